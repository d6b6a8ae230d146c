"""Facts and derived tables, as Ibis expressions over one DuckDB file.

One process owns the file. Rooms read expressions and run them here; nothing above ``store`` knows the engine.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.store.arrow import as_expressed, spare_loaded
from daogou.store.contract import bring_up
from daogou.store.csv_file import Rejected, read_csv
from daogou.store.tables import TABLES, Table

_SETTINGS = {
    "autoinstall_known_extensions": "false",  # nothing is ever downloaded
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "true",
    "disabled_optimizers": "projection_placement",  # plans a hundred columns for 0.2 s, and made no statement faster
}


_EMPTY = "a column that may not be empty is empty in "


class Unreadable(Exception):
    """A file that is not what its name says."""


class Warehouse:
    """An open warehouse. Use as a context manager, or call :meth:`close`."""

    def __init__(self, path: Path | str, spill: Path | None = None, memory: int = 1_200) -> None:
        """Open the file at ``path`` (``":memory:"`` for none), making tables that are missing.

        What does not fit into ``memory`` MB is worked on in files under ``spill``.

        Raises:
            DaogouError: another process owns the file.
        """
        spare_loaded()
        config: dict[str, Any] = _SETTINGS | {"memory_limit": f"{memory}MB"}
        config |= {"temp_directory": str(spill)} if spill else {}
        try:
            connection = duckdb.connect(str(path), config=config)
        except duckdb.IOException as error:
            if "lock" not in str(error).lower():
                raise
            raise DaogouError(
                _("another process is using this workspace"), str(path), _("Wait until it ends, then run again.")
            ) from None
        self._connection = connection
        self._editions: Counter[str] = Counter()
        self._run("SET enable_progress_bar = false")
        self._run("SET TimeZone = 'UTC'")
        self.backend: Backend = ibis.duckdb.from_connection(connection)
        self._tables: dict[str, ir.Table] = {}
        self._told = bring_up(self._run, str(path))

    def __enter__(self) -> "Warehouse":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is kept, or nothing is."""
        self._run("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            self._run("ROLLBACK")
            self._editions.update(list(TABLES))
            raise
        self._run("COMMIT")

    def table(self, table: Table) -> ir.Table:
        """A contract's table as an expression."""
        if table.name not in self._tables:  # its columns stay while the warehouse is open
            if table.name in self._told:  # the engine need not be asked
                told = ops.DatabaseTable(table.name, schema=table.schema(), source=self.backend).to_expr()
            else:
                told = self.backend.table(table.name)
            self._tables[table.name] = told
        return self._tables[table.name]

    def count(self, table: Table) -> int:
        """Rows of a table."""
        return int(self._run(f'SELECT count(*) FROM "{table.name}"')[0][0])

    def to_arrow(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression."""
        return self._found(expression, expression)

    def scalar(self, expression: ir.Scalar) -> Any:
        """The single value of an expression; None where it is null."""
        return self._found(expression, expression.as_table()).as_py()

    def edition(self, table: Table) -> int:
        """A number that differs whenever the table may have changed since the warehouse was opened."""
        return self._editions[table.name]

    def fingerprint(self, table: Table) -> str:
        """The same text for the same rows, in whatever order; another one, as good as surely, for others."""
        source = f'"{table.name}" t'
        rows, total = self._run(f"SELECT count(*), sum(hash(t)) FROM {source}")[0]
        contract = hashlib.sha256(repr(table.schema()).encode()).hexdigest()[:8]
        return f"{rows}-{total or 0:x}-{contract}"

    def write_parquet(self, table: Table, path: Path) -> None:
        """Write the rows of a table to a Parquet file at ``path``."""
        quoted = str(path).replace("'", "''")
        names = ", ".join(f'"{name}"' for name in table.names)
        self._run(f"COPY (SELECT {names} FROM \"{table.name}\") TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)")

    def replace(self, table: Table, rows: ir.Table | pa.Table, **match: date | str | int) -> None:
        """Delete the rows whose columns equal ``match``, then append ``rows``.

        Raises:
            ValueError: a column of the contract is missing, or one that may not be empty is.
        """
        condition = " AND ".join(f'"{name}" = ?' for name in match) or "TRUE"
        self._editions[table.name] += 1
        with self._registered(rows) as source:
            self._run(f'DELETE FROM "{table.name}" WHERE {condition}', list(match.values()))
            self._append(table, source)

    def append(self, table: Table, rows: ir.Table | pa.Table) -> int:
        """Append ``rows``; how many there were."""
        self._editions[table.name] += 1
        before = self.count(table)
        with self._registered(rows) as source:
            self._append(table, source)
        return self.count(table) - before

    def delete_matching(self, table: Table, keys: ir.Table) -> None:
        """Delete the rows of ``table`` whose values stand in ``keys``, by all of its columns."""
        self._editions[table.name] += 1
        on = " AND ".join(f't."{name}" IS NOT DISTINCT FROM k."{name}"' for name in keys.columns)
        with self._registered(keys) as source:
            self._run(f'DELETE FROM "{table.name}" t USING {source} k WHERE {on}')

    def rewrite(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Let a few ``rows`` be all rows of a table."""
        self.empty(table)
        if rows:
            names = ", ".join(f'"{name}"' for name in table.names)
            places = ", ".join(["(" + ", ".join("?" * len(table.names)) + ")"] * len(rows))
            values = [row[name] for row in rows for name in table.names]
            self._run(f'INSERT INTO "{table.name}" ({names}) VALUES {places}', values)

    def empty(self, table: Table) -> None:
        """Delete all rows of a table."""
        self._editions[table.name] += 1
        self._run(f'DELETE FROM "{table.name}"')

    def renew(self, table: Table, then: ir.Table, rows: ir.Table) -> None:
        """Let ``rows`` take the place of ``then``, rows of the table; what is the same already is not written.

        Raises:
            ValueError: as for :meth:`replace`.
        """
        self._editions[table.name] += 1
        self._run(f'CREATE OR REPLACE TEMPORARY TABLE rows_now AS FROM "{table.name}" LIMIT 0')
        with self._registered(rows) as source:
            self._append(table, source, "rows_now")
        with self._registered(then) as source:
            self._run(f"CREATE OR REPLACE TEMPORARY TABLE rows_then AS FROM {source}")
        on = " AND ".join(f't."{name}" = k."{name}"' for name in table.key)
        self._run(f'DELETE FROM "{table.name}" t USING (FROM rows_then EXCEPT FROM rows_now) k WHERE {on}')
        self._run(f'INSERT INTO "{table.name}" BY NAME (FROM rows_now EXCEPT FROM rows_then)')

    def carry(self, table: Table, but: ir.Table, before: date, as_of: date, **later: int) -> None:
        """Let the rows at ``before`` be those of ``as_of``, with columns greater by ``later``; no other row stays.

        Customers that stand in ``but`` (customer_id) keep none.
        """
        self.delete_matching(table, but)
        self._run(f'DELETE FROM "{table.name}" WHERE as_of <> ?', [before])
        if as_of == before:
            return
        changes = ", ".join(["as_of = ?", *(f'"{name}" = "{name}" + ?' for name in later)])
        self._run(f'UPDATE "{table.name}" SET {changes}', [as_of, *later.values()])

    def add(self, table: Table, keys: tuple[str, ...], changes: ir.Table) -> None:
        """Add the numbers of ``changes`` to the same columns of the rows that have the same ``keys``."""
        self._editions[table.name] += 1
        on = " AND ".join(f't."{name}" = k."{name}"' for name in keys)
        more = ", ".join(f'"{name}" = t."{name}" + k."{name}"' for name in changes.columns if name not in keys)
        with self._registered(changes) as source:
            self._run(f'UPDATE "{table.name}" t SET {more} FROM {source} k WHERE {on}')

    def update(self, table: Table, keys: tuple[str, ...], rows: pa.Table) -> None:
        """Let the rows that have the same ``keys`` as one of ``rows`` have its other values too."""
        self._editions[table.name] += 1
        names = [name for name in rows.column_names if name not in keys]
        on = " AND ".join(f't."{name}" = k."{name}"' for name in keys)
        other = " OR ".join(f't."{name}" IS DISTINCT FROM k."{name}"' for name in names)
        values = ", ".join(f'"{name}" = k."{name}"' for name in names)
        with self._registered(rows) as source:
            self._run(f'UPDATE "{table.name}" t SET {values} FROM {source} k WHERE {on} AND ({other})')

    def materialise(self, name: str, rows: ir.Table | pa.Table) -> ir.Table:
        """Rows kept in a temporary table until the warehouse closes, so that they are computed once."""
        with self._registered(rows) as source:
            self._run(f'CREATE OR REPLACE TEMPORARY TABLE "{name}" AS SELECT * FROM {source}')
        return self.backend.table(name, database=("temp", "main"))

    def drop(self, name: str) -> None:
        """Drop a temporary table."""
        self._run(f'DROP TABLE IF EXISTS temp."{name}"')

    def read_file(self, path: Path, name: str, row: str) -> tuple[ir.Table, list[Rejected]]:
        """A Parquet or CSV file in the temporary table ``name``, with ``row`` (1 is the first), and its torn rows.

        Every CSV column is text. ``row`` counts the rows that were not torn.

        Raises:
            Unreadable: the file is not what its name says.
        """
        rejected: list[Rejected] = []
        make = f'CREATE OR REPLACE TEMPORARY TABLE "{name}" AS SELECT *, row_number() OVER () AS "{row}" FROM '
        try:
            if path.suffix.lower() == ".parquet":
                self._run(make + "read_parquet(?)", [str(path)])
            else:
                with read_csv(path, rejected) as reader:
                    self._connection.register("file_reader", reader)
                    self._run(make + "file_reader")
                    self._connection.unregister("file_reader")
        except (duckdb.InvalidInputException, duckdb.IOException, pa.ArrowInvalid) as error:
            raise Unreadable(str(path)) from error
        return self.backend.table(name, database=("temp", "main")), rejected

    def _run(self, sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        # Every result is fetched whole: DuckDB 2 refuses the next statement while one is unfinished.
        return self._connection.execute(sql, values).fetchall()

    def _found(self, expression: Any, rows: ir.Table) -> Any:
        return as_expressed(expression, self._connection.sql(self._sql(rows)).to_arrow_table())

    def _sql(self, rows: ir.Table) -> str:
        """The rows in SQL. Selects are fused only where there is an order, which inside another select is no promise.

        The engine fuses them anyway; to do it here is a good part of the work of writing SQL.
        """
        self.backend._run_pre_execute_hooks(rows)  # makes in-memory tables of the expression visible
        ordered = bool(rows.op().find(ops.Sort, filter=ops.Relation))
        fused, ibis.options.sql.fuse_selects = ibis.options.sql.fuse_selects, ordered
        try:
            return str(self.backend.compile(rows))
        finally:
            ibis.options.sql.fuse_selects = fused

    def _append(self, table: Table, source: str, into: str = "") -> None:
        names = ", ".join(f'"{name}"' for name in table.names)
        empty = " OR ".join(f'"{column.name}" IS NULL' for column in table.columns if not column.nullable)
        told = f"error('{_EMPTY}' || r::VARCHAR)"  # seen while rows are written, so that they are computed once
        checked = f"CASE WHEN {empty} THEN {told} ELSE TRUE END"
        try:
            self._run(f'INSERT INTO "{into or table.name}" BY NAME SELECT {names} FROM {source} r WHERE {checked}')
        except duckdb.InvalidInputException as error:
            if _EMPTY not in str(error):
                raise
            raise ValueError(f"{table.name}: {_EMPTY}{str(error).partition(_EMPTY)[2]}") from None

    @contextmanager
    def _registered(self, rows: ir.Table | pa.Table) -> Iterator[str]:
        if isinstance(rows, pa.Table):
            self._connection.register("rows_to_write", rows)
            try:
                yield "rows_to_write"
            finally:
                with suppress(duckdb.Error):  # in a failed transaction; the failure itself is what matters
                    self._connection.unregister("rows_to_write")
        else:
            yield f"({self._sql(rows)})"

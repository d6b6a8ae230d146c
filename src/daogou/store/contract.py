"""What makes a table of the file what its contract says."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import ibis.expr.datatypes as dt
from ibis.backends.sql.datatypes import DuckDBType

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.store.tables import DERIVED, HISTORIES, TABLES, Table


def bring_up(run: Callable[[str], list[tuple[Any, ...]]], where: str) -> set[str]:
    """Make all tables of the file at ``where`` what their contracts say; ``run`` runs a statement.

    The names of those whose columns stood in the file as in the contract, in its order.

    Raises:
        DaogouError: a table has columns of a newer version.
    """
    known = _columns(run)
    for table in TABLES.values():
        for statement in _brought_up(table, known.get(table.name), where):
            run(statement)
            known.pop(table.name, None)
    told = {name: list(table.schema().items()) for name, table in TABLES.items()}
    return {name for name, found in known.items() if name in told and _kinds(found) == told[name]}


def _columns(run: Callable[[str], list[tuple[Any, ...]]]) -> dict[str, dict[str, str]]:
    """The columns of each table that the file holds, in its order, with their types."""
    rows = run(
        "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE database_name = current_database()"
        " ORDER BY column_index"
    )
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found


def _brought_up(table: Table, found: Mapping[str, str] | None, where: str) -> Iterator[str]:
    """Statements that make a table, or bring one with the columns ``found`` (with DuckDB's types) to its contract.

    Derived ones are computed again, and a history that knows no such key begins anew. Types of other tables stay.

    Raises:
        DaogouError: the table has columns of a newer version.
    """
    schema = table.schema()
    if found is not None and dict(_kinds(found)) == dict(schema.items()):
        return
    wanted = {name: str(DuckDBType.to_string(kind)) for name, kind in schema.items()}
    columns = ", ".join(f'"{name}" {kind}' for name, kind in wanted.items())
    if found is None:
        yield f'CREATE TABLE "{table.name}" ({columns})'
    elif table in DERIVED or (table in HISTORIES and set(table.key) - set(found)):
        yield f'CREATE OR REPLACE TABLE "{table.name}" ({columns})'
    elif set(found) - set(wanted):
        raise DaogouError(
            _("this workspace was written by a newer version of Daogou"), where, _("Install that version.")
        )
    else:
        for name in [name for name in wanted if name not in found]:
            yield f'ALTER TABLE "{table.name}" ADD COLUMN "{name}" {wanted[name]}'


def _kinds(found: Mapping[str, str]) -> list[tuple[str, dt.DataType]]:
    return [(name, _read(kind)) for name, kind in found.items()]


@cache
def _read(kind: str) -> dt.DataType:
    return DuckDBType.from_string(kind)

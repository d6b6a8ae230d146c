"""Expressions run by Apache Spark, over the warehouse's tables as Parquet.

Spark and Java are loaded only here, and only when they are asked for.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.formats.pyarrow import PyArrowSchema

from daogou.store.facts import KEPT, parquet, write_facts
from daogou.store.memory import engine_mb, machine_mb
from daogou.store.settings import WarehouseSettings
from daogou.store.spark_session import spark_session
from daogou.store.tables import Table
from daogou.store.warehouse import Warehouse

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType


@contextmanager
def spark_engine(settings: WarehouseSettings, warehouse: Warehouse, folder: Path) -> Iterator["SparkEngine"]:
    """The engine over the warehouse of the workspace in ``folder``; facts go to ``facts``, the rest under ``spill``.

    Raises:
        DaogouError: pyspark or Java is missing, or Spark does not start.
    """
    scratch = folder / "spill" / "spark"
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        with spark_session(settings, engine_mb(settings, machine_mb()), scratch) as session:
            yield SparkEngine(session, warehouse, folder / "facts", scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class SparkEngine:
    """Reads what ``warehouse`` holds, and computes with Spark. What it writes goes to ``scratch`` and stays there.

    Facts are read from their version under ``facts``; a table that was written since, or is derived, is written to
    ``scratch`` when it is asked for.
    """

    def __init__(self, session: "SparkSession", warehouse: Warehouse, facts: Path, scratch: Path) -> None:
        """Bring the Parquet facts up to the warehouse, and read them from now on."""
        self._session = session
        self._warehouse = warehouse
        self._scratch = scratch
        self._files = 0
        scratch.mkdir(parents=True, exist_ok=True)
        self.backend = ibis.pyspark.connect(session)
        version = write_facts(warehouse, facts)
        self._tables: dict[str, tuple[int, ir.Table]] = {}
        for table in KEPT:
            self._see(table, parquet(version, table))

    def table(self, table: Table) -> ir.Table:
        """A contract's table as an expression."""
        edition, seen = self._tables.get(table.name, (None, None))
        if seen is None or edition != self._warehouse.edition(table):
            path = self._new_file(table.name)
            self._warehouse.write_parquet(table, path)
            seen = self._see(table, path)
        return seen

    def to_arrow(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression, in its order, through Parquet: the driver's memory never holds them."""
        schema = PyArrowSchema.from_ibis(expression.schema())
        parts = [pq.read_table(path) for path in self._write(expression)]
        return pa.concat_tables([part.cast(schema) for part in parts]) if parts else schema.empty_table()

    def scalar(self, expression: ir.Scalar) -> Any:
        """The single value of an expression; None where it is null."""
        return self.to_arrow(expression.as_table()).column(0)[0].as_py()

    def materialise(self, name: str, rows: ir.Table | pa.Table) -> ir.Table:
        """Rows kept in ``scratch`` until the engine closes, so that they are computed once."""
        if isinstance(rows, pa.Table):
            paths = [self._new_file(name)]
            pq.write_table(rows, paths[0])
        else:
            paths = self._write(rows)
        self._session.read.parquet(*map(str, paths)).createOrReplaceTempView(name)
        return self.backend.table(name)

    def _see(self, table: Table, path: Path) -> ir.Table:
        """Make the rows at ``path`` the ones that expressions over ``table`` read."""
        frame = self._session.read.schema(_spark_schema(table.schema())).parquet(str(path))
        frame.createOrReplaceTempView(table.name)
        seen: ir.Table = self.backend.table(table.name)
        self._tables[table.name] = (self._warehouse.edition(table), seen)
        return seen

    def _write(self, expression: ir.Table) -> list[Path]:
        folder = self._new_file("rows")
        self._query(expression).write.parquet(str(folder))
        return sorted(folder.glob("part-*.parquet"))

    def _query(self, expression: ir.Table) -> "DataFrame":
        for memory in expression.op().find(ops.InMemoryTable):
            self.materialise(memory.name, memory.data.to_pyarrow(memory.schema))
        return _typed(self._session.sql(self.backend.compile(expression)), expression.schema())

    def _new_file(self, name: str) -> Path:
        self._files += 1
        return self._scratch / f"{self._files:04}-{name}"


def _typed(frame: "DataFrame", schema: sch.Schema) -> "DataFrame":
    """``frame`` in the types that Ibis says: Spark knows no type of an empty map or of a bare null."""
    from pyspark.sql.functions import col

    return frame.select(*(col(f"`{field.name}`").cast(field.dataType) for field in _spark_schema(schema)))


def _spark_schema(schema: sch.Schema) -> "StructType":
    """The same types in Spark; times have no zone there either."""
    from ibis.backends.pyspark.datatypes import PySparkSchema
    from pyspark.sql.types import StructField, StructType, TimestampNTZType, TimestampType

    fields = PySparkSchema.from_ibis(schema).fields
    naive = [TimestampNTZType() if isinstance(field.dataType, TimestampType) else field.dataType for field in fields]
    return StructType([StructField(field.name, kind) for field, kind in zip(fields, naive, strict=True)])

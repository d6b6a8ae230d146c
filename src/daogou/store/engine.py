"""What runs Ibis expressions over the tables: DuckDB, or Spark."""

from typing import Any, Protocol

import ibis.expr.types as ir
import pyarrow as pa

from daogou.store.tables import Table


class Engine(Protocol):
    """Reads tables and runs expressions over them; both engines give the same numbers."""

    def table(self, table: Table) -> ir.Table:
        """A contract's table as an expression."""

    def to_arrow(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression."""

    def scalar(self, expression: ir.Scalar) -> Any:
        """The single value of an expression; None where it is null."""

    def materialise(self, name: str, rows: ir.Table | pa.Table) -> ir.Table:
        """Rows kept until the engine closes, so that they are computed once."""

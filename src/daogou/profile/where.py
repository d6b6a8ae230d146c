"""Values of some rows alone, for aggregates.

They are cases and not filters, for each of which DuckDB copies all columns of the rows that pass: fifty sums over
windows take half the time.
"""

import ibis
import ibis.expr.types as ir


def only(value: ir.Column, condition: ir.BooleanValue) -> ir.Column:
    """``value`` where the condition holds, else null."""
    return condition.ifelse(value, ibis.null(value.type()))


def or_0(value: ir.NumericColumn, condition: ir.BooleanValue) -> ir.NumericColumn:
    """``value`` where the condition holds, else 0."""
    return condition.ifelse(value, ibis.literal(0, type=value.type()))


def how_many(condition: ir.BooleanValue) -> ir.IntegerScalar:
    """How often the condition holds."""
    return condition.nullif(False).count()

"""What a table is, and the columns that several tables have. Types are Ibis types."""

from dataclasses import dataclass

import ibis.expr.schema as sch

from daogou.store.column import Column

MONEY = "decimal(18, 4)"  # company currency; summed exactly, cast to float64 after the sum
UTC_TIME = "timestamp(6)"  # UTC, without a zone


@dataclass(frozen=True)
class Table:
    """One table. ``key`` names the columns that tell two rows apart."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    def schema(self) -> sch.Schema:
        """The Ibis schema; every type is nullable there, the contract is checked before writing."""
        return sch.Schema.from_tuples([(column.name, column.type) for column in self.columns])


def column(name: str, type_: str, meaning: str, unit: str = "") -> Column:
    """A column that every row fills."""
    return Column(name, type_, meaning, unit)


def maybe(name: str, type_: str, meaning: str, unit: str = "") -> Column:
    """A column that a row may leave empty."""
    return Column(name, type_, meaning, unit, nullable=True)


CUSTOMER = column("customer_id", "int64", "surrogate of the customer; the vault maps it to the company's own id")
AS_OF = column("as_of", "date", "local midnight: only what was known before it was used")
WHEN = (
    column("occurred_at", UTC_TIME, "when it happened", "UTC"),
    column("local_day", "date", "its day in the company's time zone"),
)
DISCOUNTS = (
    column("shop_discount", MONEY, "price cuts and member prices that the company funds", "currency"),
    column("shop_coupon", MONEY, "coupon value that the company funds", "currency"),
    column("maker_coupon", MONEY, "coupon value that a manufacturer pays back to the company", "currency"),
    column("platform_discount", MONEY, "discount that a marketplace pays back to the company", "currency"),
)
PAID = column("paid", MONEY, "what the customer paid; below 0 on a line that only carries a discount", "currency")
NET_SALES = column("net_sales", MONEY, "what the company receives: paid + maker_coupon + platform_discount", "currency")
SOURCE = column("source", "string", "the source in daogou.toml that the row came from")

"""What known people did by day: the small table that every look starts from. Guests are counted, never followed."""

from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.store.rule_events import latest
from daogou.store.tables import CUSTOMERS, ORDERS, REFUNDS
from daogou.store.warehouse import Warehouse

SUM = "decimal(38, 4)"


def guests(warehouse: Warehouse, as_of: date) -> ir.Table:
    """customer_id of the guests, as known at ``as_of``."""
    known = latest(warehouse.table(CUSTOMERS), "customer_id", as_of)
    return known.filter(known.is_guest).select("customer_id")


def customer_days(warehouse: Warehouse, as_of: date) -> ir.Table:
    """One row a customer and day before ``as_of`` with orders, and one with refunds; guests are in it, marked.

    Columns: customer_id, local_day, orders (int64), net_sales and refunds (decimal, company currency), is_guest.
    """
    orders, refunds = (_before(warehouse.table(table), as_of) for table in (ORDERS, REFUNDS))
    bought = orders.group_by("customer_id", "local_day").aggregate(
        orders=orders.count(), net_sales=orders.net_sales.sum().cast(SUM), refunds=ibis.literal(0, type=SUM)
    )
    returned = refunds.group_by("customer_id", "local_day").aggregate(refunds=refunds.amount.sum().cast(SUM))
    returned = returned.select(
        "customer_id",
        "local_day",
        orders=ibis.literal(0, type="int64"),
        net_sales=ibis.literal(0, type=SUM),
        refunds="refunds",
    )
    days = ibis.union(bought, returned)
    marked = days.left_join(guests(warehouse, as_of).mutate(is_guest=True), "customer_id").drop("customer_id_right")
    return marked.mutate(is_guest=marked.is_guest.fill_null(False))


def known_days(warehouse: Warehouse, as_of: date) -> ir.Table:
    """The same without guests."""
    days = customer_days(warehouse, as_of)
    return days.filter(~days.is_guest).drop("is_guest")


def guest_orders(warehouse: Warehouse, as_of: date) -> int:
    """Orders before ``as_of`` that name no customer."""
    orders = _before(warehouse.table(ORDERS), as_of)
    return int(warehouse.scalar(orders.semi_join(guests(warehouse, as_of), "customer_id").count()))


def day(value: date) -> ir.DateScalar:
    """A day as an expression."""
    return ibis.date(value.isoformat())


def _before(rows: ir.Table, as_of: date) -> ir.Table:
    return rows.filter(rows.local_day < day(as_of))

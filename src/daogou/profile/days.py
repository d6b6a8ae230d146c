"""What each customer did on each day: the small table that windows and distinct counts are taken from."""

import ibis
import ibis.expr.types as ir

from daogou.store.tables import ORDERS, REFUNDS
from daogou.store.warehouse import Warehouse

_SUM = "decimal(38, 4)"


def customer_days(warehouse: Warehouse) -> ir.Table:
    """One row a customer and day with orders, and one a customer and day with refunds; guests are in it too.

    Columns: customer_id, local_day, orders, lines, weekend_orders (int64); net_sales, list_value, discount, refunds
    (decimal, company currency); gap (int64, days since the customer's order day before; null on the first one and on
    rows of refunds).
    """
    return ibis.union(_bought(warehouse.table(ORDERS)), _given_back(warehouse.table(REFUNDS)))


def _bought(orders: ir.Table) -> ir.Table:
    discount = orders.shop_discount + orders.shop_coupon + orders.maker_coupon + orders.platform_discount
    weekend = orders.local_day.day_of_week.index() >= 5
    days = orders.group_by("customer_id", "local_day").aggregate(
        orders=orders.count(),
        lines=orders.lines.sum(),
        weekend_orders=orders.count(where=weekend),
        net_sales=orders.net_sales.sum().cast(_SUM),
        list_value=orders.list_value.sum().cast(_SUM),
        discount=discount.sum().cast(_SUM),
        refunds=_zero(),
    )
    before = days.local_day.lag().over(group_by="customer_id", order_by="local_day")
    return days.mutate(gap=days.local_day.delta(before, unit="day"))


def _given_back(refunds: ir.Table) -> ir.Table:
    count = ibis.literal(0, type="int64")
    days = refunds.group_by("customer_id", "local_day").aggregate(refunds=refunds.amount.sum().cast(_SUM))
    return days.select(
        "customer_id",
        "local_day",
        orders=count,
        lines=count,
        weekend_orders=count,
        net_sales=_zero(),
        list_value=_zero(),
        discount=_zero(),
        refunds="refunds",
        gap=ibis.null("int64"),
    )


def _zero() -> ir.DecimalScalar:
    return ibis.literal(0, type=_SUM)

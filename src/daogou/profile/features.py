"""What is known about each customer at a moment: the same function for past cuts and for now."""

from collections.abc import Sequence
from datetime import date
from typing import cast

import ibis
import ibis.expr.types as ir

from daogou.profile.days import customer_days
from daogou.profile.history import cut_table, guests, in_force
from daogou.profile.shares import favourite_categories
from daogou.store.tables import CUSTOMERS, ORDERS, PROFILES
from daogou.store.warehouse import Warehouse

WINDOWS = (7, 28, 90, 180, 365)
_KEY = ["customer_id", "as_of"]


def features(warehouse: Warehouse, cuts: Sequence[date]) -> ir.Table:
    """The rows of ``PROFILES`` for several cuts in one pass, in no particular order.

    A row sees only what was known before its cut: orders and refunds of earlier days, and attributes valid from the
    cut's day or before. Customers without an order before the cut, and guests, have no row.

    Raises:
        ValueError: there are no cuts, or one is given twice.
    """
    at = cut_table(cuts)
    rows = numbers(warehouse, cuts)
    for part in (
        _favourite(warehouse, at, "store_id").rename(favourite_store="store_id"),
        _favourite(warehouse, at, "local_hour").rename(favourite_hour="local_hour"),
        favourite_categories(warehouse, cuts),
        in_force(warehouse.table(CUSTOMERS), "customer_id", at).select(*_KEY, "attributes"),
    ):
        rows = rows.left_join(part, _KEY).drop("customer_id_right", "as_of_right")
    none = ibis.literal({}, type="map<string, string>")
    rows = rows.mutate(attributes=ibis.coalesce(rows.attributes, none))
    return rows.mutate(has_attributes=rows.attributes.length() > 0).select(*PROFILES.names)


def numbers(warehouse: Warehouse, cuts: Sequence[date]) -> ir.Table:
    """The same rows with the numbers alone: no favourites, no attributes. They come from orders and refunds only."""
    at = cut_table(cuts)
    rows = _derived(_totals(warehouse, at)).anti_join(guests(warehouse.table(CUSTOMERS), at), _KEY)
    return rows.select(name for name in PROFILES.names if name in rows.columns)


def _totals(warehouse: Warehouse, cuts: ir.Table) -> ir.Table:
    days = customer_days(warehouse)
    seen = days.join(cuts, days.local_day < cuts.as_of)
    ago = seen.as_of.delta(seen.local_day, unit="day")
    ordered = seen.orders > 0
    net = seen.net_sales - seen.refunds
    counts = {f"orders_{days}": seen.orders.sum(where=ago <= days) for days in WINDOWS}
    money = {f"net_sales_{days}": net.sum(where=ago <= days) for days in WINDOWS}
    totals = seen.group_by(_KEY).aggregate(
        tenure_days=ago.max(where=ordered),
        recency_days=ago.min(where=ordered),
        orders=seen.orders.sum(),
        order_days=seen.count(where=ordered),
        lines=seen.lines.sum(),
        weekend_orders=seen.weekend_orders.sum(),
        gaps=seen.gap.count(),
        gap_sum=seen.gap.sum(),
        gap_squares=(seen.gap * seen.gap).sum(),
        gap_p90=seen.gap.quantile(0.9),
        list_value=seen.list_value.sum(),
        discount=seen.discount.sum(),
        net_sales=net.sum(),
        refunds=seen.refunds.sum(),
        **counts,
        **money,
    )
    return totals.filter(totals.order_days > 0)


def _derived(totals: ir.Table) -> ir.Table:
    """Ratios from exact sums: decimals and counts become float64 before any division."""
    decimals = ["list_value", "discount", "net_sales", "refunds", *(f"net_sales_{days}" for days in WINDOWS)]
    rows = totals.mutate(
        **{name: ibis.coalesce(totals[name].cast("float64"), 0.0) for name in decimals},
        **{f"orders_{days}": ibis.coalesce(totals[f"orders_{days}"], 0) for days in WINDOWS},
    )
    gaps, gap_sum, squares = (_float(rows[name]) for name in ("gaps", "gap_sum", "gap_squares"))
    orders, tenure = _float(rows.orders), _float(rows.tenure_days)
    gap_mean = gap_sum / gaps.nullif(0.0)
    spread = (squares - gap_sum * gap_sum / gaps.nullif(0.0)) / (gaps - 1.0).nullif(0.0)
    pace = _float(rows.orders_180) / ibis.least(tenure, 180.0)
    recent = _float(rows.orders_28) / ibis.least(tenure, 28.0)
    return rows.mutate(
        gap_mean=gap_mean,
        gap_sd=ibis.ifelse(spread <= 0, 0.0, spread).sqrt(),
        gap_p90=_float(rows.gap_p90),
        overdue_ratio=_float(rows.recency_days) / gap_mean,
        orders_trend=recent / pace.nullif(0.0),
        basket_size=_float(rows.lines) / orders,
        weekend_share=_float(rows.weekend_orders) / orders,
        discount_share=ibis.ifelse(rows.list_value > 0, rows.discount / rows.list_value.nullif(0.0), 0.0),
    )


def _favourite(warehouse: Warehouse, cuts: ir.Table, column: str) -> ir.Table:
    """The value of ``column`` with most orders before each cut; ties to the smallest."""
    orders = warehouse.table(ORDERS)
    known = orders.filter(orders[column].notnull())
    days = known.group_by("customer_id", column, "local_day").aggregate(orders=known.count())
    seen = days.join(cuts, days.local_day < cuts.as_of)
    counted = seen.group_by(*_KEY, column).aggregate(orders=seen.orders.sum())
    place = ibis.row_number().over(group_by=_KEY, order_by=[counted.orders.desc(), counted[column]])
    return counted.mutate(place=place).filter(lambda t: t.place == 0).select(*_KEY, column)


def _float(value: ir.Value) -> ir.FloatingValue:
    return cast(ir.FloatingValue, value.cast("float64"))

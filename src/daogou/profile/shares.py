"""What each customer buys, by category."""

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.profile.history import cut_table, guests, spans
from daogou.store.tables import CATEGORY_SHARES, CUSTOMERS, ITEMS, ORDER_LINES, ORDERS, REFUNDS
from daogou.store.warehouse import Warehouse

_SUM = "decimal(38, 4)"


def category_shares(warehouse: Warehouse, cuts: Sequence[date]) -> ir.Table:
    """The rows of ``CATEGORY_SHARES`` for several cuts in one pass.

    Items without a category count in what shares are of, but have no row. An item counts in the category that it was
    known by at the cut. A refund that names its item is taken off its category.
    """
    at = cut_table(cuts)
    rows = _category_totals(warehouse, at)
    whole = rows.net_sales.sum().over(group_by=["customer_id", "as_of"]).cast("float64")
    money = rows.net_sales.cast("float64")
    rows = rows.mutate(net_sales=money, share=ibis.ifelse(whole > 0, money / whole.nullif(0.0), 0.0))
    rows = rows.filter(rows.category.notnull(), rows.order_days > 0)
    return rows.anti_join(guests(warehouse.table(CUSTOMERS), at), ["customer_id", "as_of"]).select(
        *CATEGORY_SHARES.names
    )


def favourite_categories(warehouse: Warehouse, cuts: Sequence[date]) -> ir.Table:
    """customer_id, as_of and ``favourite_category``, the one with most net sales; ties by name."""
    shares = category_shares(warehouse, cuts)
    place = ibis.row_number().over(
        group_by=["customer_id", "as_of"], order_by=[shares.net_sales.desc(), shares.category]
    )
    best = shares.mutate(place=place).filter(lambda t: t.place == 0)
    return best.select("customer_id", "as_of", favourite_category="category")


def category_days(warehouse: Warehouse) -> ir.Table:
    """One row a customer, day and category, and span in which the items were known by that category.

    Columns: customer_id, category (null where none), from_day, until_day, local_day, net_sales (decimal, less refunds
    that name their item), bought (whether a line with a quantity above 0 is among them).
    """
    orders, lines = warehouse.table(ORDERS), warehouse.table(ORDER_LINES)
    placed = orders.select("order_id", "customer_id", "local_day")
    sold = lines.join(placed, "order_id").select(
        "customer_id", "local_day", "item_id", net_sales="net_sales", bought=lines.quantity > 0
    )
    refunds = warehouse.table(REFUNDS)
    back = refunds.filter(refunds.item_id.notnull()).select(
        "customer_id", "local_day", "item_id", net_sales=(-refunds.amount).cast("decimal(18, 4)"), bought=False
    )
    moved = ibis.union(sold, back)
    items = spans(warehouse.table(ITEMS), "item_id").select("item_id", "category", "from_day", "until_day")
    known = moved.left_join(items, "item_id")
    return known.group_by("customer_id", "category", "from_day", "until_day", "local_day").aggregate(
        net_sales=known.net_sales.sum().cast(_SUM), bought=known.bought.any()
    )


def _category_totals(warehouse: Warehouse, cuts: ir.Table) -> ir.Table:
    days = category_days(warehouse)
    seen = days.join(cuts, days.local_day < cuts.as_of)
    held = seen.filter(seen.from_day.isnull() | ((seen.from_day <= seen.as_of) & (seen.as_of < seen.until_day)))
    day = held.group_by("customer_id", "as_of", "category", "local_day").aggregate(
        net_sales=held.net_sales.sum().cast(_SUM), bought=held.bought.any()
    )
    ago = day.as_of.delta(day.local_day, unit="day")
    return day.group_by("customer_id", "as_of", "category").aggregate(
        net_sales=day.net_sales.sum(),
        order_days=day.count(where=day.bought),
        order_days_28=day.count(where=day.bought & (ago <= 28)),
        order_days_90=day.count(where=day.bought & (ago <= 90)),
        recency_days=ago.min(where=day.bought),
    )

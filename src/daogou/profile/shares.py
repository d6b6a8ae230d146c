"""What each customer buys: by category, brand, price band and store."""

from collections.abc import Callable, Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.profile.history import cut_table, guests
from daogou.profile.purchases import assortment, at_cuts, band_names, purchases, shelf_days
from daogou.profile.settings import ProfileSettings
from daogou.profile.totals import KEY
from daogou.store.engine import Engine
from daogou.store.tables import CATEGORY_SHARES, CUSTOMERS, ORDERS, SHARES

_SUM = "decimal(38, 4)"
_PLAIN = ProfileSettings()


def category_shares(warehouse: Engine, cuts: Sequence[date], settings: ProfileSettings = _PLAIN) -> ir.Table:
    """The rows of ``CATEGORY_SHARES`` for several cuts in one pass.

    Items without a category count in what shares are of, but have no row. An item counts in the category that it was
    known by at the cut. A refund that names its item is taken off its category.
    """
    at = cut_table(cuts)
    return of_categories(_items(warehouse, at, settings), guests(warehouse.table(CUSTOMERS), at))


def shares(warehouse: Engine, cuts: Sequence[date], settings: ProfileSettings = _PLAIN) -> ir.Table:
    """The rows of ``SHARES`` for several cuts in one pass: brands, price bands and stores."""
    at = cut_table(cuts)
    items, stores = _items(warehouse, at, settings), by_store(warehouse, at)
    return of_kinds(items, stores, guests(warehouse.table(CUSTOMERS), at), settings)


def _items(warehouse: Engine, cuts: ir.Table, settings: ProfileSettings) -> ir.Table:
    goods = assortment(warehouse, settings)
    return at_cuts(shelf_days(purchases(warehouse, goods, settings), goods), goods, cuts)


def of_categories(items: ir.Table, left_out: ir.Table) -> ir.Table:
    """The rows of ``CATEGORY_SHARES`` from ``purchases.at_cuts``."""
    day = items.group_by(*KEY, "category", "local_day").aggregate(
        net_sales=items.net_sales.sum().cast(_SUM), bought=items.bought.any()
    )
    ago = day.as_of.delta(day.local_day, unit="day").cast("int64")
    rows = day.group_by(*KEY, "category").aggregate(
        net_sales=day.net_sales.sum().cast(_SUM),
        order_days=day.count(where=day.bought),
        order_days_28=day.count(where=day.bought & (ago <= 28)),
        order_days_90=day.count(where=day.bought & (ago <= 90)),
        recency_days=ago.min(where=day.bought),
    )
    totals = rows.group_by(KEY).aggregate(whole=rows.net_sales.sum().cast("float64"))
    rows = rows.filter(rows.category.notnull(), rows.order_days > 0).join(totals, KEY)
    money = rows.net_sales.cast("float64")
    share = ibis.ifelse(rows.whole > 0, money / rows.whole.nullif(0.0), 0.0)
    return rows.mutate(net_sales=money, share=share).anti_join(left_out, KEY).select(*CATEGORY_SHARES.names)


def of_kinds(items: ir.Table, stores: ir.Table, left_out: ir.Table, settings: ProfileSettings) -> ir.Table:
    """The rows of ``SHARES`` from ``purchases.at_cuts`` and :func:`by_store`."""
    bands = by(items, "band")
    bands = bands.mutate(value=band_name(bands.value, settings))
    parts = {"brand": by(items, "brand"), "price_band": bands, "store": stores}
    every = ibis.union(
        *(
            rows.select(*KEY, kind=ibis.literal(kind), value=rows.value, amount=rows.amount.cast(_SUM))
            for kind, rows in parts.items()
        )
    )
    every = every.mutate(positive=ibis.greatest(every.amount, ibis.literal(0, type=_SUM)).cast(_SUM))
    totals = every.group_by(*KEY, "kind").aggregate(whole=every.positive.sum().cast("float64"))
    rows = every.join(totals, [*KEY, "kind"])
    share = ibis.coalesce(rows.positive.cast("float64") / rows.whole.nullif(0.0), 0.0)
    rows = rows.mutate(amount=rows.amount.cast("float64"), share=share)
    return rows.anti_join(left_out, KEY).select(*SHARES.names)


def by(items: ir.Table, column: str) -> ir.Table:
    """customer_id, as_of, value and amount (net sales, decimal) by one column of ``purchases.at_cuts``, where known.

    Values of which nothing was bought have no row.
    """
    known = items.filter(items[column].notnull())
    sums = known.group_by(*KEY, value=known[column]).aggregate(
        amount=known.net_sales.sum().cast(_SUM), bought=known.bought.any()
    )
    return sums.filter(sums.bought).drop("bought")


def band_name(band: ir.Value, settings: ProfileSettings) -> ir.StringValue:
    """The name of a price band by its number; null stays null."""
    names = band_names(settings.price_bands)
    return ibis.cases(*((band == n, name) for n, name in enumerate(names)), else_=ibis.null("string"))


def by_store(warehouse: Engine, cuts: ir.Table) -> ir.Table:
    """customer_id, as_of, value and amount: orders in each store before each cut."""
    return by_order(warehouse.table(ORDERS), cuts, lambda orders: orders.store_id)


def by_order(orders: ir.Table, cuts: ir.Table, value: Callable[[ir.Table], ir.Value]) -> ir.Table:
    """customer_id, as_of, value and amount: orders by a value of theirs that is known."""
    known = orders.select("customer_id", "local_day", value=value(orders))
    known = known.filter(known.value.notnull())
    days = known.group_by("customer_id", "value", "local_day").aggregate(orders=known.count())
    seen = days.join(cuts, days.local_day < cuts.as_of)
    return seen.group_by(*KEY, "value").aggregate(amount=seen.orders.sum().cast("int64"))

"""What each customer buys: by category, brand, price band and store."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.profile.history import below, cut_days, cut_table, guests
from daogou.profile.purchases import (
    Assortment,
    aisle_days,
    assortment,
    band_names,
    purchases,
    seen_at,
    shelf_days,
    shelf_sums,
    sold,
)
from daogou.profile.settings import ProfileSettings
from daogou.profile.totals import KEY
from daogou.profile.where import how_many, only
from daogou.store.engine import Engine
from daogou.store.tables import CATEGORY_SHARES, CUSTOMERS, MONEY, ORDERS, SHARES

_PLAIN = ProfileSettings()


def category_shares(warehouse: Engine, cuts: Sequence[date], settings: ProfileSettings = _PLAIN) -> ir.Table:
    """The rows of ``CATEGORY_SHARES`` for several cuts in one pass.

    Items without a category count in what shares are of, but have no row. An item counts in the category that it was
    known by at the cut. A refund that names its item is taken off its category.
    """
    goods, seen = _seen(warehouse, cuts, settings)
    sums = shelf_sums(seen, goods, cuts)
    return of_categories(aisle_days(seen, cuts), sums, cuts, _guests(warehouse, cuts))


def shares(warehouse: Engine, cuts: Sequence[date], settings: ProfileSettings = _PLAIN) -> ir.Table:
    """The rows of ``SHARES`` for several cuts in one pass: brands, price bands and stores."""
    goods, seen = _seen(warehouse, cuts, settings)
    sums = shelf_sums(seen, goods, cuts)
    parts = {"brand": by(sums, "brand", cuts), "price_band": by(sums, "band", cuts), "store": by_store(warehouse, cuts)}
    return of_kinds(parts, _guests(warehouse, cuts), settings)


def _seen(warehouse: Engine, cuts: Sequence[date], settings: ProfileSettings) -> tuple[Assortment, ir.Table]:
    goods = assortment(warehouse, settings)
    return goods, seen_at(shelf_days(purchases(sold(warehouse), goods, settings), goods), goods, cuts)


def _guests(warehouse: Engine, cuts: Sequence[date]) -> ir.Table:
    return guests(warehouse.table(CUSTOMERS), cut_table(cuts))


def of_categories(days: ir.Table, sums: ir.Table, cuts: Sequence[date], left_out: ir.Table) -> ir.Table:
    """The rows of ``CATEGORY_SHARES`` from ``purchases.aisle_days`` and ``purchases.shelf_sums``."""
    places = range(len(cuts))
    counts = days.group_by("customer_id", "aisle").aggregate(
        **{name: value for n, cut in enumerate(cut_days(cuts)) for name, value in _days(days, n, cut).items()}
    )
    amounts = {n: sums[f"amount_{n}"] for n in places}
    money = sums.group_by("customer_id", "aisle", "category").aggregate(
        **{f"amount_{n}": amounts[n].sum().cast(MONEY) for n in places}
    )
    whole = money.group_by("customer_id").aggregate(
        **{f"whole_{n}": _positive(money[f"amount_{n}"]).sum().cast("float64") for n in places}
    )
    rows = counts.join(money, ["customer_id", "aisle"]).join(whole, "customer_id")
    return below(cuts, lambda n, cut: _category_rows(rows, n, cut)).anti_join(left_out, KEY)


def _days(day: ir.Table, n: int, cut: ir.DateScalar) -> dict[str, ir.Value]:
    """What the days with a purchase of a category say at a cut."""
    seen, ago = day[f"seen_{n}"], cut.delta(day.local_day, unit="day")
    return {
        f"order_days_{n}": how_many(seen),
        f"order_days_28_{n}": how_many(seen & (ago <= 28)),
        f"order_days_90_{n}": how_many(seen & (ago <= 90)),
        f"last_day_{n}": only(day.local_day, seen).max(),
    }


def _category_rows(rows: ir.Table, n: int, cut: ir.DateScalar) -> ir.Table:
    money, whole = rows[f"amount_{n}"], rows[f"whole_{n}"]
    made = {name: rows[f"{name}_{n}"] for name in ("order_days", "order_days_28", "order_days_90")}
    made |= {
        "as_of": cut,
        "net_sales": money.cast("float64"),
        "share": ibis.coalesce(_positive(money).cast("float64") / whole.nullif(0.0), 0.0),
        "recency_days": cut.delta(rows[f"last_day_{n}"], unit="day").cast("int64"),
    }
    told = rows.filter(rows[f"order_days_{n}"] > 0)
    return told.select("customer_id", "category", **made).select(*CATEGORY_SHARES.names)


def of_kinds(parts: Mapping[str, ir.Table], left_out: ir.Table, settings: ProfileSettings) -> ir.Table:
    """The rows of ``SHARES`` from those of :func:`by` and :func:`by_store`, by their kind."""
    bands = parts["price_band"]
    parts = {**parts, "price_band": bands.mutate(value=band_name(bands.value, settings))}
    every = ibis.union(
        *(
            rows.select(*KEY, kind=ibis.literal(kind), value=rows.value, amount=rows.amount.cast(MONEY))
            for kind, rows in parts.items()
        )
    )
    every = every.mutate(positive=_positive(every.amount))
    totals = every.group_by(*KEY, "kind").aggregate(whole=every.positive.sum().cast("float64"))
    rows = every.join(totals, [*KEY, "kind"])
    share = ibis.coalesce(rows.positive.cast("float64") / rows.whole.nullif(0.0), 0.0)
    rows = rows.mutate(amount=rows.amount.cast("float64"), share=share)
    return rows.anti_join(left_out, KEY).select(*SHARES.names)


def _positive(amount: ir.DecimalColumn) -> ir.DecimalColumn:
    return ibis.greatest(amount, ibis.literal(0, type=MONEY)).cast(MONEY)


def by(sums: ir.Table, column: str, cuts: Sequence[date]) -> ir.Table:
    """customer_id, as_of, value and amount (net sales, decimal) by one column of ``purchases.shelf_sums``, where known.

    Values of which nothing was bought have no row.
    """
    known = sums.filter(sums[column].notnull())
    made: dict[str, ir.Value] = {}
    for n in range(len(cuts)):
        made[f"amount_{n}"] = known[f"amount_{n}"].sum().cast(MONEY)
        made[f"bought_{n}"] = known[f"bought_{n}"].any()
    rows = known.group_by("customer_id", value=known[column]).aggregate(**made)
    return amounts_below(rows, cuts, lambda n: rows[f"bought_{n}"])


def amounts_below(rows: ir.Table, cuts: Sequence[date], counts: Callable[[int], ir.BooleanValue]) -> ir.Table:
    """customer_id, as_of, value and amount, from rows with a column of amounts a cut, of those that count there."""
    return below(
        cuts,
        lambda n, cut: rows.filter(counts(n)).select("customer_id", as_of=cut, value="value", amount=f"amount_{n}"),
    )


def band_name(band: ir.Value, settings: ProfileSettings) -> ir.StringValue:
    """The name of a price band by its number; null stays null."""
    names = band_names(settings.price_bands)
    return ibis.cases(*((band == n, name) for n, name in enumerate(names)), else_=ibis.null("string"))


def by_store(warehouse: Engine, cuts: Sequence[date]) -> ir.Table:
    """customer_id, as_of, value and amount: orders in each store before each cut."""
    return by_order(warehouse.table(ORDERS), cuts, lambda orders: orders.store_id)


def by_order(orders: ir.Table, cuts: Sequence[date], value: Callable[[ir.Table], ir.Value]) -> ir.Table:
    """customer_id, as_of, value and amount: orders by a value of theirs that is known."""
    known = orders.select("customer_id", "local_day", value=value(orders))
    known = known.filter(known.value.notnull())
    rows = known.group_by("customer_id", "value").aggregate(
        **{f"amount_{n}": how_many(known.local_day < day) for n, day in enumerate(cut_days(cuts))}
    )
    return amounts_below(rows, cuts, lambda n: rows[f"amount_{n}"] > 0)

"""What is known about each customer at a moment: the same function for past cuts and for now."""

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.profile.days import all_days, customer_days
from daogou.profile.formulas import due, formulas, usual_gap
from daogou.profile.history import cut_table, guests, in_force
from daogou.profile.interests import bases, leaders, spread_of_interests, topics, totals_at, weight_totals, weights
from daogou.profile.own import of_own, own_map
from daogou.profile.purchases import assortment, purchases, seen_at, shelf_days, shelf_sums, sold
from daogou.profile.settings import ProfileSettings
from daogou.profile.shares import band_name, by, by_order, by_store
from daogou.profile.spread import spread
from daogou.profile.totals import KEY, counted, totals
from daogou.store.engine import Engine
from daogou.store.features import WINDOWS
from daogou.store.tables import CUSTOMERS, ORDERS, PROFILES

LEARNED = (  # what models learn from: a feature more would change every score
    "tenure_days",
    "recency_days",
    "orders",
    "order_days",
    *(f"orders_{days}" for days in WINDOWS),
    *(f"net_sales_{days}" for days in WINDOWS),
    "net_sales",
    "gap_mean",
    "gap_sd",
    "gap_p90",
    "overdue_ratio",
    "orders_trend",
    "basket_size",
    "weekend_share",
    "discount_share",
    "refunds",
)
_PLAIN = ProfileSettings()
MANY = ("categories", "brands", "price_bands", "stores", "interests")


def features(warehouse: Engine, cuts: Sequence[date], settings: ProfileSettings = _PLAIN, market: str = "") -> ir.Table:
    """The rows of ``PROFILES`` for several cuts in one pass, in no particular order.

    A row sees only what was known before its cut: orders, refunds, coupons and events of earlier days, and attributes
    valid from the cut's day or before. Customers without an order before the cut, and guests, have no row. ``market``
    is the country whose public holidays the company's own features may name.

    Raises:
        ValueError: there are no cuts, or one is given twice.
        DaogouError: a feature of the settings is none.
    """
    at = cut_table(cuts)
    people = total_features(totals(all_days(warehouse), at), guests(warehouse.table(CUSTOMERS), at))
    goods = assortment(warehouse, settings)
    bought, known = purchases(sold(warehouse), goods, settings), topics(goods)
    since = bases(warehouse.table(ORDERS), cuts, settings)
    weight = weights(bought, goods, known, since, cuts, settings)
    sums = shelf_sums(seen_at(shelf_days(bought, goods), goods, cuts), goods, cuts)
    about = [
        *of_orders(warehouse, cuts, by_store(warehouse, cuts)),
        *of_lines(by(sums, "category", cuts), by(sums, "brand", cuts), by(sums, "band", cuts), settings),
        spread_of_interests(leaders(weight, cuts), totals_at(weight_totals(weight, cuts), cuts), known),
        of_customers(warehouse, at),
        *of_own(warehouse, cuts, settings, market),
    ]
    return whole(people, about, settings)


def numbers(warehouse: Engine, cuts: Sequence[date], attributes: bool = False, aside: Sequence[str] = ()) -> ir.Table:
    """The same rows with ``LEARNED`` alone, from orders and refunds only, and with the attributes where asked for.

    ``aside`` names columns of orders that are wanted beside these.
    """
    at = cut_table(cuts)
    sums = totals(customer_days(warehouse), at)
    rows = formulas(counted(sums.anti_join(guests(warehouse.table(CUSTOMERS), at), KEY)))
    if aside:
        rows = due(rows, usual_gap(rows))
    rows = rows.select(*KEY, *LEARNED, *aside)
    if not attributes:
        return rows
    known = of_customers(warehouse, at).select(*KEY, "attributes")
    return rows.left_join(known, KEY).drop("customer_id_right", "as_of_right")


def total_features(sums: ir.Table, left_out: ir.Table) -> ir.Table:
    """What follows from ``sums`` (rows of ``TOTALS``), for everyone but ``left_out`` (customer_id, as_of)."""
    rows = counted(sums.anti_join(left_out, KEY))
    return due(formulas(rows), usual_gap(rows))


def of_orders(warehouse: Engine, cuts: Sequence[date], stores: ir.Table) -> list[ir.Table]:
    """Favourites and spread of stores (rows of ``shares.by_store``), hours and weekdays."""
    orders = warehouse.table(ORDERS)
    hours = by_order(orders, cuts, lambda t: t.local_hour)
    weekdays = by_order(orders, cuts, lambda t: (t.local_day.day_of_week.index() + 1).cast("int16"))
    return [spread(stores, "store", "stores"), spread(hours, "hour", "hours"), spread(weekdays, "weekday", "weekdays")]


def of_lines(categories: ir.Table, brands: ir.Table, bands: ir.Table, settings: ProfileSettings) -> list[ir.Table]:
    """Favourites and spread of categories, brands and price bands, from rows of ``shares.by``."""
    banded = spread(bands, "price_band", "price_bands")
    return [
        spread(categories, "category", "categories"),
        spread(brands, "brand", "brands"),
        banded.mutate(favourite_price_band=band_name(banded.favourite_price_band, settings)),
    ]


def of_customers(warehouse: Engine, cuts: ir.Table) -> ir.Table:
    """What the company knows of each customer at each cut."""
    known = in_force(warehouse.table(CUSTOMERS), "customer_id", cuts)
    joined = known.as_of.delta(known.joined_on, unit="day").cast("int64")
    return known.select(
        *KEY,
        "member_level",
        "region",
        "attributes",
        joined_days=(joined >= 0).ifelse(joined, ibis.null("int64")),
    )


def whole(people: ir.Table, about: Sequence[ir.Table], settings: ProfileSettings) -> ir.Table:
    """``PROFILES`` from the rows of :func:`total_features` and everything else that is known of them."""
    rows = people
    for number, part in enumerate(about):
        rows = rows.left_join(part, KEY, rname=f"{{name}}_{number}")
    known = rows.attributes.length().cast("int64")
    made = {many: ibis.coalesce(rows[many], 0) for many in MANY} | {
        "attributes": ibis.coalesce(rows.attributes, ibis.literal({}, type="map<string, string>")),
        "attributes_known": ibis.coalesce(known, 0),
        "has_attributes": ibis.coalesce(known, 0) > 0,
        "own": own_map(rows, settings),
    }
    kinds = PROFILES.schema()
    values = {name: made[name] if name in made else rows[name] for name in PROFILES.names}
    return rows.select(
        **{name: value if value.type() == kinds[name] else value.cast(kinds[name]) for name, value in values.items()}
    )

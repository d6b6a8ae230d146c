"""What each customer did on each day: the small table that windows and distinct counts are taken from."""

from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from daogou.profile.where import how_many
from daogou.store.engine import Engine
from daogou.store.tables import CALENDAR, COUPONS, CUSTOMER_DAYS, EVENTS, MONEY, ORDERS, REFUNDS

ORDER, REFUND, COUPON, EVENT = "order", "refund", "coupon", "event"
_KEY = ("customer_id", "local_day", "kind")
_COUPONS = ("shop_coupon", "maker_coupon")
_DISCOUNTS = ("shop_discount", *_COUPONS, "platform_discount")
_PARTS = {"night": (0, 5), "morning": (6, 11), "afternoon": (12, 17)}  # of the day; the evening is the rest


def customer_days(warehouse: Engine) -> ir.Table:
    """One row a customer and day with orders, and one a customer and day with refunds; guests are in it too.

    Columns: those of ``CUSTOMER_DAYS`` and gap (int64, days since the customer's order day before; null on the first
    one and on rows of refunds). Festivals, coupons and events are not counted here.
    """
    ordered = _whole(_ordered(warehouse.table(ORDERS)).mutate(festival_orders=ibis.literal(0, type="int64")))
    refunded = _whole(_refunded(warehouse.table(REFUNDS))).mutate(gap=ibis.null("int64"))
    return ibis.union(ordered.mutate(gap=_gap(ordered)), refunded)


def all_days(warehouse: Engine) -> ir.Table:
    """The rows of ``CUSTOMER_DAYS``, from the facts, in no particular order."""
    ordered = _ordered(warehouse.table(ORDERS))
    festive = festival_days(warehouse).mutate(is_festive=True)
    marked = ordered.left_join(festive, "local_day").drop("local_day_right")
    marked = marked.mutate(festival_orders=marked.is_festive.notnull().ifelse(marked.orders, 0))
    others = (_refunded(warehouse.table(REFUNDS)), _coupons(warehouse.table(COUPONS)), _events(warehouse.table(EVENTS)))
    return ibis.union(_whole(marked), *(_whole(days) for days in others))


def gaps(days: ir.Table) -> ir.Table:
    """customer_id, local_day and gap (int64, days since the order day before; null on the first) of each order day.

    ``days`` are all of these customers' rows of ``CUSTOMER_DAYS``.
    """
    ordered = days.filter(days.kind == ORDER).select("customer_id", "local_day")
    return ordered.mutate(gap=_gap(ordered))


def tracked(days: ir.Table) -> ir.Table:
    """customer_id, local_day and orders of the days with an order from the customer's first event on."""
    events, ordered = days.filter(days.kind == EVENT), days.filter(days.kind == ORDER)
    first = events.group_by("customer_id").aggregate(first_event=events.local_day.min())
    since = ordered.select("customer_id", "local_day", "orders").join(first, "customer_id")
    return since.filter(since.local_day >= since.first_event).drop("first_event")


def _gap(ordered: ir.Table) -> ir.IntegerValue:
    before = ordered.local_day.lag().over(group_by="customer_id", order_by="local_day")
    return ordered.local_day.delta(before, unit="day").cast("int64")


def festival_days(warehouse: Engine) -> ir.Table:
    """local_day of each day with an order that belongs to a festival, its lead and tail days included."""
    days = warehouse.table(ORDERS).select("local_day").distinct()
    festivals = warehouse.table(CALENDAR).select("day", "lead_days", "tail_days").distinct()
    met = days.cross_join(festivals)
    after = met.local_day.delta(met.day, unit="day")
    return met.filter(after >= -met.lead_days, after <= met.tail_days).select("local_day").distinct()


def _ordered(orders: ir.Table) -> ir.Table:
    discount = reduce(add, (orders[name] for name in _DISCOUNTS))
    coupon = reduce(add, (orders[name] for name in _COUPONS))
    parts = {
        f"{part}_orders": how_many(orders.local_hour.between(first, last)) for part, (first, last) in _PARTS.items()
    }
    return orders.group_by("customer_id", "local_day").aggregate(
        kind=ibis.literal(ORDER),
        orders=orders.count(),
        lines=orders.lines.sum(),
        discounted_orders=how_many(discount > 0),
        coupon_orders=how_many(coupon > 0),
        net_sales=orders.net_sales.sum().cast(MONEY),
        list_value=orders.list_value.sum().cast(MONEY),
        discount=discount.sum().cast(MONEY),
        coupon_value=coupon.sum().cast(MONEY),
        **parts,
    )


def _refunded(refunds: ir.Table) -> ir.Table:
    return refunds.group_by("customer_id", "local_day").aggregate(
        kind=ibis.literal(REFUND), refunds=refunds.amount.sum().cast(MONEY), refund_count=refunds.count()
    )


def _coupons(coupons: ir.Table) -> ir.Table:
    """A coupon is held from the day after the UTC date of its receipt: no time zone is further ahead than a day."""
    received = ibis.coalesce(coupons.issued_at, coupons.claimed_at)
    one, none = ibis.literal(1, type="int64"), ibis.literal(0, type="int64")
    known = (received.date() + ibis.interval(days=1)).cast("date")
    held = coupons.filter(received.notnull()).select(
        "customer_id",
        local_day=ibis.least(known, coupons.redeemed_day.fill_null(known)),
        held=one,
        used=none,
        held_used=none,
    )
    used = coupons.filter(coupons.redeemed_day.notnull()).select(
        "customer_id", local_day="redeemed_day", held=none, used=one, held_used=received.notnull().cast("int64")
    )
    both = ibis.union(held, used)
    return both.group_by("customer_id", "local_day").aggregate(
        kind=ibis.literal(COUPON),
        coupons_held=both.held.sum(),
        coupons_used=both.used.sum(),
        held_coupons_used=both.held_used.sum(),
    )


def _events(events: ir.Table) -> ir.Table:
    return events.group_by("customer_id", "local_day").aggregate(
        kind=ibis.literal(EVENT),
        events=events.count(),
        views=how_many(events.kind == "view"),
        session_events=events.session_id.count(),
        sessions=events.session_id.nunique(),
    )


def _whole(days: ir.Table) -> ir.Table:
    """All columns of the contract, in its order; what a kind of day does not count is 0."""
    columns = {}
    for column in CUSTOMER_DAYS.columns:
        known = column.name in days.columns
        columns[column.name] = days[column.name] if known else ibis.literal(0, type=column.type)
    return days.select(**{name: value.cast(CUSTOMER_DAYS.schema()[name]) for name, value in columns.items()})

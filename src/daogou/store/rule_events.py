"""The events of a rule: who did what on which day before a moment."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from daogou.base import calendar
from daogou.base.rule import DEEDS, Comparison, Did, Sequence
from daogou.store.engine import Engine
from daogou.store.rule_compare import compared
from daogou.store.tables import (
    ASSIGNMENTS,
    COUPONS,
    EVENTS,
    ITEMS,
    MONEY,
    ORDER_LINES,
    ORDERS,
    PAST_CAMPAIGNS,
    REFUNDS,
    UTC_TIME,
)

_ALWAYS = date(1970, 1, 1)
_ITEM = ("category", "brand", "title")  # filters that look an item up
_NUMBERS = ("amount", "rating")
_WHO_WHEN = ("customer_id", "local_day", "occurred_at")
_UNSURE = ibis.null(UTC_TIME)


def latest(history: ir.Table, key: str, as_of: date) -> ir.Table:
    """The row of each ``key`` that was the latest known at ``as_of``; undated rows hold from always."""
    from_day = history.is_static.ifelse(_day(_ALWAYS), history.valid_from)
    known = history.mutate(from_day=from_day).filter(from_day <= _day(as_of))
    newest = [known.from_day.desc(), known.valid_from.desc()]
    place = ibis.row_number().over(group_by=key, order_by=newest)
    return known.mutate(place=place).filter(lambda t: t.place == 0).drop("place", "from_day")


def summed(warehouse: Engine, did: Did, as_of: date, market: str) -> ir.Table:
    """customer_id with ``holds``, or with those of count, sum and days that ``did`` measures; no row without events."""
    found = happened(warehouse, did, as_of, market)
    measured = {part.name for part in did.measures}
    if not measured:
        return found.select("customer_id").distinct().mutate(holds=True)
    sums = {"count": lambda: found.count(), "days": lambda: found.local_day.nunique()}
    sums["sum"] = lambda: found.amount.sum().cast("float64")  # exact until here
    return found.group_by("customer_id").aggregate(**{name: sums[name]() for name in sorted(measured)})


def sequence(warehouse: Engine, rule: Sequence, as_of: date, market: str) -> ir.Table:
    """customer_id with ``holds`` of everyone with a ``then`` on one of the ``days`` after a ``first``.

    If there is such a pair, there is one of neighbours in the order of days, where each ``then`` of a day stands before
    its ``first``: so a row is only held against the one before it.
    """
    first, then = (
        happened(warehouse, event, as_of, market).select("customer_id", "local_day")
        for event in (rule.first, rule.then)
    )
    if rule.first == rule.then:
        days, order, before = first, [first.local_day], first.local_day
    else:
        if rule.first.where and not rule.then.where:  # few people, so that the others need not be put in order
            then = then.semi_join(first, "customer_id")
        elif rule.then.where and not rule.first.where:
            first = first.semi_join(then, "customer_id")
        days = ibis.union(first.mutate(first_day=first.local_day), then.mutate(first_day=ibis.null("date")))
        order, before = [days.local_day, days.first_day.asc(nulls_first=True)], days.first_day
    days = days.mutate(before=before.lag().over(group_by="customer_id", order_by=order))
    late = days.local_day.delta(days.before, unit="day").between(1, rule.days)
    met = days.filter(late) if rule.first == rule.then else days.filter(days.first_day.isnull(), late)
    return met.select("customer_id").distinct().mutate(holds=True)


def happened(warehouse: Engine, did: Did, as_of: date, market: str) -> ir.Table:
    """One row an event that meets the filters: customer_id, local_day, occurred_at, and amount (decimal) if it has one.

    ``occurred_at`` is null where only the day is sure: redemptions, and campaigns that reached someone.
    """
    events = {"bought": _bought, "refunded": _refunded, "redeemed": _redeemed, "reached": _reached}
    return events.get(did.event, _deed)(warehouse, did, as_of, market)


def _bought(warehouse: Engine, did: Did, as_of: date, market: str) -> ir.Table:
    """Orders; where items are filtered, what they hold of these items, and only orders that hold some."""
    orders = timed(warehouse, warehouse.table(ORDERS), did, as_of, market)
    orders = filtered(orders, did, store=orders.store_id)
    if not any(part.name in ("item", *_ITEM) for part in did.where):
        orders = orders.mutate(amount=orders.net_sales)
    else:
        lines = warehouse.table(ORDER_LINES).select("order_id", "item_id", "quantity", line_sales="net_sales")
        lines = of_items(warehouse, lines, did, as_of)
        held = orders.select("order_id", *_WHO_WHEN).join(lines, "order_id")
        if not _weighs(did):
            return held.filter(held.quantity > 0).select(*_WHO_WHEN)
        orders = held.group_by("order_id", "customer_id", "local_day").aggregate(
            amount=held.line_sales.sum(), bought=(held.quantity > 0).any(), occurred_at=held.occurred_at.min()
        )
        orders = orders.filter(orders.bought)
    return filtered(orders, did, amount=orders.amount).select(*_WHO_WHEN, "amount")


def _weighs(did: Did) -> bool:
    """Whether orders must be told apart or weighed, beside the days on which they were."""
    return any(part.name in ("count", "sum") for part in did.measures) or any(
        part.name == "amount" for part in did.where
    )


def _refunded(warehouse: Engine, did: Did, as_of: date, market: str) -> ir.Table:
    refunds = timed(warehouse, warehouse.table(REFUNDS), did, as_of, market)
    refunds = of_items(warehouse, refunds, did, as_of)
    refunds = filtered(refunds, did, kind=refunds.kind, reason=refunds.reason, amount=refunds.amount)
    return refunds.select(*_WHO_WHEN, "amount")


def _redeemed(warehouse: Engine, did: Did, as_of: date, market: str) -> ir.Table:
    coupons = warehouse.table(COUPONS).rename(local_day="redeemed_day")
    used = timed(warehouse, coupons, did, as_of, market)
    used = filtered(used, did, campaign=used.campaign_id, offer=used.offer_id, funded_by=used.funded_by)
    return used.select("customer_id", "local_day", occurred_at=_UNSURE)


def _reached(warehouse: Engine, did: Did, as_of: date, market: str) -> ir.Table:
    """Each campaign once a customer, on its first day, or on the day of the lot where it has none."""
    lots = warehouse.table(ASSIGNMENTS).filter(lambda t: t.arm == "treated")
    campaigns = warehouse.table(PAST_CAMPAIGNS).select("campaign_id", "kind", "channel", "starts_on")
    known = lots.left_join(campaigns, "campaign_id")
    known = known.select(
        "campaign_id",
        "kind",
        "channel",
        customer_id=known.unit_id,
        local_day=ibis.coalesce(known.starts_on, known.occurred_at.date()),
    )
    reached = timed(warehouse, known.distinct(), did, as_of, market)
    reached = filtered(reached, did, campaign=reached.campaign_id, kind=reached.kind, channel=reached.channel)
    return reached.select("customer_id", "local_day", occurred_at=_UNSURE)


def _deed(warehouse: Engine, did: Did, as_of: date, market: str) -> ir.Table:
    """Rows of the fact events; their numbers become decimals, whose sums are the same in every order."""
    events = warehouse.table(EVENTS)
    events = timed(warehouse, events.filter(events.kind == DEEDS[did.event]), did, as_of, market)
    events = of_items(warehouse, events, did, as_of)
    events = events.mutate(amount=events.amount.cast(MONEY))
    columns = {"place": events.place, "channel": events.channel, "campaign": events.campaign_id}
    events = filtered(events, did, **columns, rating=events.rating, amount=events.amount)
    return events.select(*_WHO_WHEN, "amount")


def timed(warehouse: Engine, rows: ir.Table, did: Did, as_of: date, market: str) -> ir.Table:
    """The rows whose local_day is before ``as_of`` and in the event's window and festivals."""
    kept = [rows.local_day < _day(as_of - timedelta(days=did.skip_last))]
    first = date.min
    if did.within is not None:
        first = as_of - timedelta(days=did.within)
        kept.append(rows.local_day >= _day(first))
    elif did.on or did.around:
        first = warehouse.scalar(rows.local_day.min()) or as_of
    if did.on or did.around:
        days = calendar.festival_days(did.on or did.around, bool(did.around), market, first.year, as_of.year)
        kept.append(rows.local_day.isin(days))
    return rows.filter(*kept)


def of_items(warehouse: Engine, rows: ir.Table, did: Did, as_of: date) -> ir.Table:
    """The rows whose item_id, or what was known of the item at ``as_of``, meets the event's filters."""
    rows = filtered(rows, did, item=rows.item_id)
    asked = [one for part in did.where if part.name in _ITEM for one in part.comparisons]
    if not asked:
        return rows
    items = latest(warehouse.table(ITEMS), "item_id", as_of).select("item_id", *_ITEM)
    if Comparison("known", False) in asked:  # holds for what is in no table of items, too
        looked_up = rows.left_join(items, "item_id").drop("item_id_right")
        return filtered(looked_up, did, **{name: looked_up[name] for name in _ITEM})
    return rows.semi_join(filtered(items, did, **{name: items[name] for name in _ITEM}), "item_id")


def filtered(rows: ir.Table, did: Did, **columns: ir.Value) -> ir.Table:
    """The rows that meet the filters that are given as columns here."""
    kept = [
        compared(columns[part.name], "number" if part.name in _NUMBERS else "text", part.comparisons)
        for part in did.where
        if part.name in columns
    ]
    return rows.filter(*kept) if kept else rows


def _day(day: date) -> ir.DateScalar:
    return ibis.date(day.isoformat())

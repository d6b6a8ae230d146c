"""Signs of how well the brand is known, by week: searches for it, impressions of its keywords, unled visits.

All of them are correlational: they move with advertising, seasons and news alike, and nothing here is proven.
"""

import math
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from daogou.base.estimate import Estimate
from daogou.base.statistics import wilson
from daogou.store.tables import EVENTS, SPEND
from daogou.store.warehouse import Warehouse

MEASURES = ("branded_searches", "branded_impressions", "direct_visits")
WEEKS = 52


def searches(warehouse: Warehouse, words: list[str], as_of: date) -> ir.Table:
    """weeks_ago, value and whole: searches whose attributes hold a brand word, among all searches."""
    events = warehouse.table(EVENTS)
    mine = events.filter(events.kind == "search", events.local_day < _day(as_of))
    term = mine.attributes.values().join(" ").lower()
    return _by_week(mine.select("local_day", hit=_holds(term, words).cast("int64"), one=ibis.literal(1)), as_of)


def impressions(warehouse: Warehouse, words: list[str], as_of: date) -> ir.Table:
    """weeks_ago, value and whole: impressions of keywords that hold a brand word, among those of all keywords."""
    spend = warehouse.table(SPEND)
    mine = spend.filter(spend.keyword.notnull(), spend.impressions.notnull(), spend.day < _day(as_of))
    hit = ibis.ifelse(_holds(mine.keyword.lower(), words), mine.impressions, 0)
    return _by_week(mine.select(local_day=mine.day, hit=hit, one=mine.impressions), as_of)


def visits(warehouse: Warehouse, direct: list[str], as_of: date) -> ir.Table:
    """weeks_ago, value and whole: visits whose first event names no channel, among all visits.

    Only events of sources that name channels at all: elsewhere every visit would look direct.
    """
    events = warehouse.table(EVENTS)
    known = events.filter(events.local_day < _day(as_of), events.session_id.notnull())
    telling = known.filter(known.channel.notnull()).select("source").distinct()
    mine = known.semi_join(telling, "source")
    # an empty channel is a value, so that the first event counts whatever it says
    channel = ibis.coalesce(mine.channel.strip().lower(), ibis.literal(""))
    first = mine.group_by("source", "session_id").aggregate(
        local_day=mine.local_day.min(), channel=channel.argmin(mine.occurred_at)
    )
    names = sorted({"", *(name.strip().lower() for name in direct)})
    return _by_week(first.select("local_day", hit=first.channel.isin(names).cast("int64"), one=ibis.literal(1)), as_of)


def growth(now: float, before: float) -> Estimate:
    """How much a count of the last weeks lies above that of as many weeks before, as a share of it.

    The interval takes both as counts of chance: of their sum, the share that is recent is Wilson's. NaN without any
    before.

    >>> found = growth(130, 100)
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (0.3, 0.0, 0.69)
    """
    n = round(now + before)
    if not before > 0:
        return Estimate(math.nan, math.nan, math.nan, n, "change")
    low, high = (share / (1 - share) - 1 if share < 1 else math.inf for share in wilson(now, now + before))
    return Estimate(now / before - 1, low, high, n, "change")


def _by_week(rows: ir.Table, as_of: date) -> ir.Table:
    """Sums by whole weeks before ``as_of``: week 0 ends on the day before."""
    back = _day(as_of).delta(rows.local_day, unit="day")
    found = rows.mutate(weeks_ago=((back - 1) // 7).cast("int64"))
    found = found.filter(found.weeks_ago < WEEKS)
    sums = found.group_by("weeks_ago").aggregate(value=found.hit.sum(), whole=found.one.sum())
    return sums.order_by("weeks_ago")


def _holds(text: ir.StringValue, words: list[str]) -> ir.BooleanValue:
    found: ir.BooleanValue = ibis.literal(False)
    for word in words:
        found = found | ibis.coalesce(text.contains(word.strip().lower()), ibis.literal(False))
    return found


def _day(day: date) -> Any:
    return ibis.date(day.isoformat())

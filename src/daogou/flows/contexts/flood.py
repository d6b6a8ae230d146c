"""Messages a person, opt-outs and complaints, week by week."""

from datetime import date, timedelta
from typing import Any

from daogou.base.estimate import Estimate
from daogou.flows.contexts.told import estimate, has_interval, rows_of
from daogou.report import contexts as page
from daogou.store.tables import RATES
from daogou.store.warehouse import Warehouse

_MESSAGES, _LEFT, _COMPLAINED = "messages_per_person", "unsubscribe_rate", "complaint_rate"
_WEEK = timedelta(days=7)


def flood(warehouse: Warehouse, as_of: date) -> page.Flood | page.Missing:
    """The weeks of ``as_of``; missing where fewer than two have messages."""
    rows = [row for row in rows_of(warehouse, RATES, as_of) if row["dimension"] == "week"]
    told = {(row["name"], row["rate"]): estimate(row, "", row["below"]) for row in rows}
    known = sorted({row["name"] for row in rows if row["rate"] == _MESSAGES})
    if len(known) < 2:
        return page.Missing("flood")
    ends = _between(date.fromisoformat(known[0]), date.fromisoformat(known[-1]))
    weeks = tuple(_week(end, told) for end in ends)
    first, last = weeks[0], weeks[-1]
    return page.Flood(
        weeks=weeks,
        is_rising=_is_above(last.messages, first.messages),
        is_objected=_is_above(last.unsubscribes, first.unsubscribes) or _is_above(last.complaints, first.complaints),
    )


def _between(first: date, last: date) -> list[date]:
    """The last day of every week, those without a message too."""
    return [first + k * _WEEK for k in range((last - first) // _WEEK + 1)]


def _week(end: date, told: dict[tuple[str, Any], Estimate | None]) -> page.FloodWeek:
    return page.FloodWeek(end, *(told.get((end.isoformat(), rate)) for rate in (_MESSAGES, _LEFT, _COMPLAINED)))


def _is_above(now: Estimate | None, then: Estimate | None) -> bool:
    """Beyond chance: the intervals do not meet."""
    if now is None or then is None or not has_interval(now) or not has_interval(then):
        return False
    return now.low > then.high

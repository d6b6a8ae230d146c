"""The year's statement: what each source says that marketing brought, and by how much sources differ."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from daogou.base.estimate import Estimate

Line = Literal["claimed", "credited", "campaigns", "overlap", "holdout", "unmeasured", "cost", "books"]
LINES: tuple[Line, ...] = get_args(Line)  # in their order on the page
Pair = Literal["claims", "proof", "sum", "profit"]
WHOLE = 0.9  # of one source's days that another must cover before both are held against each other


@dataclass(frozen=True)
class Entry:
    """One source of the statement. Money in the company's currency; NaN for an interval where there is none.

    Attributes:
        value: None where the source says nothing. Claimed and credited in net sales, unmeasured and cost as paid, the
            others in contribution.
        campaigns: behind the line; of the holdout its periods.
        people: of campaigns those treated, of overlap those of them who were in several.
        net_sales: of campaigns and holdout the same in net sales.
        compared: of credited the part of the channels that claim anything.
    """

    line: Line
    value: Estimate | None
    first: date
    last: date
    campaigns: int = 0
    people: int | None = None
    net_sales: Estimate | None = None
    compared: float | None = None


@dataclass(frozen=True)
class Difference:
    """By how much one source says more than another; below 0, less.

    ``pair``: claims (claimed less credited on the same channels), proof (credited less what tests of campaigns prove in
    net sales), sum (campaigns added up less the global holdout), profit (what is proven less its cost).
    """

    pair: Pair
    gap: Estimate


def exact(value: float) -> Estimate:
    """An amount that is counted and not estimated.

    >>> exact(2.0).low
    2.0
    """
    return Estimate(value, value, value, 0)


def added(parts: Iterable[Estimate]) -> Estimate | None:
    """The sum of estimates that come from lots drawn apart; None of none. Without an interval where one has none.

    >>> added([Estimate(1.0, -2.0, 4.0, 9), Estimate(1.0, -3.0, 5.0, 9)])
    Estimate(value=2.0, low=-3.0, high=7.0, n=18, unit='')
    """
    told = list(parts)
    if not told:
        return None
    value = sum(one.value for one in told)
    half = math.sqrt(sum(((one.high - one.low) / 2) ** 2 for one in told))
    return Estimate(value, value - half, value + half, sum(one.n for one in told))


def times(one: Estimate, factor: float) -> Estimate:
    """The estimate in another measure.

    >>> times(Estimate(2.0, 1.0, 3.0, 9), 0.5).high
    1.5
    """
    return Estimate(one.value * factor, one.low * factor, one.high * factor, one.n)


def less(one: Estimate, other: Estimate) -> Estimate:
    """One estimate less another, errors taken as independent.

    What a campaign's test and the holdout find hangs together, as both have the same buyers: then this is too wide
    rather than too narrow.

    >>> less(exact(5.0), Estimate(2.0, 1.0, 3.0, 9))
    Estimate(value=3.0, low=2.0, high=4.0, n=0, unit='')
    """
    half = math.hypot((one.high - one.low) / 2, (other.high - other.low) / 2)
    gap = one.value - other.value
    return Estimate(gap, gap - half, gap + half, min(one.n, other.n))


def in_order(entries: Sequence[Entry], first: date, last: date) -> list[Entry]:
    """All lines in their order; those that no source tells of without a value."""
    told = {one.line: one for one in entries}
    return [told.get(line, Entry(line, None, first, last)) for line in LINES]


def differences(entries: Sequence[Entry]) -> list[Difference]:
    """Each difference between sources that both say something of the same days, in the order of the page."""
    told: Mapping[Line, Entry] = {one.line: one for one in entries if one.value is not None}
    found = []
    claimed, credited, campaigns = told.get("claimed"), told.get("credited"), told.get("campaigns")
    holdout, cost = told.get("holdout"), told.get("cost")
    if claimed and claimed.value and credited and credited.compared is not None and covers(claimed, credited):
        found.append(Difference("claims", less(claimed.value, exact(credited.compared))))
    proven = campaigns.net_sales if campaigns else None
    if credited and credited.value and proven:
        found.append(Difference("proof", less(credited.value, proven)))
    if campaigns and campaigns.value and holdout and holdout.value and covers(holdout, campaigns):
        found.append(Difference("sum", less(campaigns.value, holdout.value)))
    if holdout and holdout.value and cost and cost.value and covers(holdout, cost):
        found.append(Difference("profit", less(holdout.value, cost.value)))
    return found


def covers(one: Entry, other: Entry) -> bool:
    """Whether one source tells of nearly all of the other's days.

    >>> year = Entry("cost", None, date(2025, 1, 1), date(2025, 12, 31))
    >>> summer = Entry("holdout", None, date(2025, 6, 1), date(2025, 8, 31))
    >>> covers(year, summer), covers(summer, year)
    (True, False)
    """
    shared = (min(one.last, other.last) - max(one.first, other.first)).days + 1
    return shared >= WHOLE * ((other.last - other.first).days + 1)


def is_sure(gap: Estimate) -> bool:
    """Whether a difference is more than chance brings.

    >>> is_sure(Estimate(1.0, 0.5, 1.5, 9)), is_sure(Estimate(1.0, -0.5, 2.5, 9))
    (True, False)
    """
    return math.isfinite(gap.low) and gap.excludes_zero


def share_of(part: Estimate, whole: Estimate) -> Estimate | None:
    """What share of the books marketing is; None of nothing.

    >>> share_of(Estimate(2.0, 1.0, 3.0, 9), exact(8.0)).value
    0.25
    """
    return times(part, 1 / whole.value) if whole.value > 0 else None

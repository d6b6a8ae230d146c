"""What people did: cohorts, concentration, change, and what came after the first purchase."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from daogou.base.estimate import Estimate
from daogou.report.contexts.text import Text


@dataclass(frozen=True)
class Cohort:
    """Customers by the month of their first order."""

    name: str  # 2024-05
    size: int
    is_few: bool  # too few customers for an interval
    at_edge: bool  # the month holds the first day of the data
    retention: tuple[float | None, ...]  # share that bought 1, 2, ... months later; None: the month is not over
    repurchase: Estimate | None  # share that bought again within ``Look.days``; None: the window is still open


@dataclass(frozen=True)
class Moved:
    """One headline figure of the period over another one."""

    key: Literal["net_sales", "orders", "buyers", "order_value", "spend", "new", "repurchase"]
    now: float | None
    over_previous: Estimate | None  # a share; of repurchase the difference of shares; None: no comparison
    over_last_year: Estimate | None


@dataclass(frozen=True)
class Second:
    """From the first order's category to the second's; None: others together."""

    first: Text | None
    then: Text | None
    people: int
    is_over: bool  # no second order so far; ``then`` is None


@dataclass(frozen=True)
class Look:
    """The chapter; each part may be empty where the data hold nothing to say."""

    days: int  # window of the repurchase rate
    closed: int  # customers of cohorts whose window has closed, those at the edge of the data left out
    again: int  # of them, those who bought again in time
    fewest: int  # customers below which a cohort is too few
    cohorts: tuple[Cohort, ...]  # oldest first
    top: tuple[float, ...]  # share of net sales of the largest 0, 1, ..., 100 % of customers in the last 365 days
    first_day: date  # of the period that moved
    last_day: date
    last_year_known: bool  # whether last year's days are wholly in the data
    moved: tuple[Moved, ...]
    seconds: tuple[Second, ...]  # most people first

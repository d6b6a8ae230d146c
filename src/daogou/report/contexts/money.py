"""Money: the ladder, the four ratios, new customers and signs of the brand."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from daogou.base.estimate import Estimate
from daogou.report.contexts.text import Text


@dataclass(frozen=True)
class Step:
    """A line of a ladder: a step, or what lies between two."""

    key: str
    name: Text
    amount: float  # in the smallest unit of the currency, so that what is read adds up; deductions below 0
    is_sum: bool
    is_assumed: bool


@dataclass(frozen=True)
class MoneyLadder:
    """From what was ordered to contribution."""

    level: Literal["all", "days", "month", "channel", "campaign"]
    name: str
    first_day: date
    last_day: date
    is_provisional: bool
    steps: tuple[Step, ...]  # from the top


@dataclass(frozen=True)
class Ratio:
    """What was brought against what it cost."""

    level: Literal["all", "channel", "campaign"]
    name: str
    basis: Literal["roas", "profit_roi", "incremental_roas", "incremental_roi"]
    ratio: Estimate | None
    gain: Estimate | None  # currency
    cost: float | None
    is_provisional: bool
    is_assumed: bool  # margin or cost of a contact is nobody's word
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Won:
    """New customers: of all, of a channel, or by the category or an item of their first order. Money in currency."""

    level: Literal["all", "channel", "category", "item"]
    name: str
    new_customers: float  # of a channel those credited to it
    orders: float | None
    new_share: Estimate | None  # of orders, 0-1
    cost: float | None
    cpa: Estimate | None
    cac_paid: Estimate | None
    cac_blended: Estimate | None
    payback: Literal["", "covered", "not_yet"]  # empty: no cost is known
    payback_days: float | None
    ltv: Estimate | None
    ltv_cac: Estimate | None


@dataclass(frozen=True)
class Sign:
    """A sign of how well the brand is known, by week; it proves nothing."""

    measure: Literal["branded_searches", "branded_impressions", "direct_visits"]
    weeks: tuple[date, ...]  # their last days, oldest first
    values: tuple[float, ...]
    shares: tuple[float | None, ...]


@dataclass(frozen=True)
class Money:
    """The chapter."""

    ladder: MoneyLadder  # of the last days
    others: tuple[MoneyLadder, ...]  # months, channels, campaigns: steps alone are shown
    ratios: tuple[Ratio, ...]
    won: tuple[Won, ...]  # of all first
    won_days: tuple[date, date] | None
    signs: tuple[Sign, ...]

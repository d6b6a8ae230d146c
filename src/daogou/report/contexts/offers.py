"""Who needs the company, and what to offer whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from daogou.base.estimate import Estimate
from daogou.report.contexts.text import Cell, Missing


@dataclass(frozen=True)
class CallList:
    """People to write to this week.

    ``facts`` are the numbers that its reason is said with, by name: period (days) of all; overdue: order_days, ratio;
    second: low, high, known, fewest; replenish: days, purchases.
    """

    key: Literal["overdue", "second", "replenish"]
    size: int
    money: float  # currency; overdue: their last year, second: one usual second order each, replenish: what is due
    came_back: Estimate | None  # 0-1, of those on the list a period ago, who came back with no message known of
    facts: Mapping[str, float]
    columns: tuple[str, ...]  # keys of the columns, the company's own customer id first
    rows: tuple[tuple[Cell, ...], ...]  # best first; may be fewer than size


@dataclass(frozen=True)
class Needs:
    """Who needs the company this week."""

    lists: tuple[CallList | Missing, ...]


Reason = Literal["together", "people", "next", "like", "again", "alike", "popular", "not_personal", "pinned", "range"]


@dataclass(frozen=True)
class Pick:
    """One item for one customer."""

    title: str
    because: tuple[str, ...]  # titles of what the customer bought that speaks for it; empty: nothing personal does
    is_new: bool  # the customer never bought anything of that title
    kind: Reason = "together"  # what speaks for it
    same: tuple[str, ...] = ()  # of brand and category, what it shares with the first title


@dataclass(frozen=True)
class Guided:
    """One real customer with what to offer."""

    customer: str  # the company's own id
    bought_on: date  # day of the last basket
    basket: tuple[str, ...]  # titles in it, most money first
    more: int  # further titles in the basket
    picks: tuple[Pick, ...]


@dataclass(frozen=True)
class Hits:
    """How much of what customers then bought was among their picks, as measured on later data."""

    kind: Literal["repeat", "new"]
    picks: int  # how many picks each customer got
    ours: Estimate  # 0-1
    popular: Estimate  # 0-1, by offering everyone the best sellers


@dataclass(frozen=True)
class ModelScore:
    """How well one model foresaw later purchases: NDCG@10, 0-1; None where nobody could be asked."""

    model: str
    new: Estimate | None  # items new to the customer
    repeat: Estimate | None  # items taken again
    is_used: bool


@dataclass(frozen=True)
class Guide:
    """What to offer whom."""

    customers: tuple[Guided, ...]
    is_personal: bool  # whether picks rest on each customer's own purchases; else on what sells well
    hits: tuple[Hits, ...]  # empty where not personal, or not measured yet
    models: tuple[ModelScore, ...] = ()  # best on new items first; empty where nothing was compared

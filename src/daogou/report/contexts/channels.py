"""Channels: claimed by their platforms, credited by our rule, proven by a test."""

from dataclasses import dataclass
from datetime import date

from daogou.base.estimate import Estimate
from daogou.report.contexts.text import Text


@dataclass(frozen=True)
class Channel:
    """One channel over the days; None where nothing is known."""

    name: str
    cost: float | None  # currency
    claimed: float | None  # orders
    credited: float | None  # orders by the chosen rule
    net_sales: float | None  # of the credited orders, less refunds, currency
    over_claim: float | None  # claimed / credited
    proven: Estimate | None  # orders that would not have been made; None: not tested
    by_rule: tuple[float, ...]  # orders by each rule; empty where no person's touch is known
    proven_by: Text | None = None  # by which kind of test


@dataclass(frozen=True)
class Channels:
    """What is claimed, credited and proven of the orders between two days."""

    first_day: date
    last_day: date
    orders: int
    no_path: int  # orders that nothing touched in the look-back days
    rule: Text  # what the chosen rule does
    rules: tuple[Text, ...]  # what each rule does, in the order of Channel.by_rule
    rows: tuple[Channel, ...]  # most claimed or credited first
    notes: tuple[Text, ...]  # what is flagged, and what is missing

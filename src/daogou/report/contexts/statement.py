"""The year's statement."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from daogou.base.estimate import Estimate
from daogou.report.contexts.text import Text

Line = Literal["claimed", "credited", "campaigns", "overlap", "holdout", "unmeasured", "cost", "books"]


@dataclass(frozen=True)
class StatementLine:
    """One source of what marketing brought; None where it says nothing. Currency."""

    line: Line
    net_sales: Estimate | None
    value: Estimate | None  # contribution; of unmeasured and cost what was paid
    silent: Text | None  # where it says nothing: what that leaves unknown, and what would make it speak
    campaigns: int  # behind it; of holdout its periods
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Statement:
    """What each source says of the year, and why they differ."""

    year: int
    says: tuple[Text, ...]  # claimed, credited and proven in one breath first
    lines: tuple[StatementLine, ...]  # in their order on the page
    differences: tuple[Text, ...]

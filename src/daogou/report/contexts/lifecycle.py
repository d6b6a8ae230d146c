"""How customers moved between the states of the lifecycle."""

from dataclasses import dataclass
from datetime import date

from daogou.report.contexts.text import Text


@dataclass(frozen=True)
class State:
    """One state: its key and its name."""

    key: str  # not_yet, new, second, active, overdue, lapsed, lost or won_back
    name: Text


@dataclass(frozen=True)
class Move:
    """Customers who went from one state to another, or stayed where both are the same."""

    source: State
    target: State
    customers: int
    net_sales: float  # theirs in the 365 days before the later day, currency


@dataclass(frozen=True)
class Lifecycle:
    """Movements between two days; states in the order in which a customer meets them."""

    days: int  # between the two
    before: date  # last local day that the earlier states know of
    last_day: date  # last local day that the later states know of
    moves: tuple[Move, ...]

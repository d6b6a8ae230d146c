"""How much people are written to, and how many object."""

from dataclasses import dataclass
from datetime import date

from daogou.base.estimate import Estimate


@dataclass(frozen=True)
class FloodWeek:
    """One week; None where it has nothing of it."""

    last_day: date
    messages: Estimate | None  # per person who got any
    unsubscribes: Estimate | None  # opt-outs per message, 0-1
    complaints: Estimate | None  # per message, 0-1


@dataclass(frozen=True)
class Flood:
    """Weeks, oldest first, at least two."""

    weeks: tuple[FloodWeek, ...]
    is_rising: bool  # more messages a person in the last week than in the first, beyond chance
    is_objected: bool  # more opt-outs or complaints a message in the last week than in the first, beyond chance

"""Weeks in pairs of neighbours, of which a coin says which one a channel is on in."""

from dataclasses import dataclass
from datetime import date, timedelta

BLOCK = 7  # days of a block, so that each holds every weekday once


@dataclass(frozen=True)
class Block:
    """One block of days: of which pair, counted from 0, and its first and last day."""

    pair: int
    first: date
    last: date


def blocks(starts_on: date, pairs: int, days: int = BLOCK) -> list[Block]:
    """Two blocks a pair, one after the other.

    >>> [(one.pair, one.first.day, one.last.day) for one in blocks(date(2025, 6, 1), 2)]
    [(0, 1, 7), (0, 8, 14), (1, 15, 21), (1, 22, 28)]
    """
    made = []
    for k in range(2 * pairs):
        first = starts_on + timedelta(days=k * days)
        made.append(Block(k // 2, first, first + timedelta(days=days - 1)))
    return made

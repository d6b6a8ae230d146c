"""Months, weeks and quarters: when they begin, how many lie between two, and what people call them."""

from datetime import date, timedelta
from typing import Literal

By = Literal["week", "month", "quarter"]
UNITS: dict[By, str] = {"week": "W", "month": "M", "quarter": "Q"}  # as Ibis truncates; weeks begin on Monday
_MONTHS = {"month": 1, "quarter": 3}


def start(day: date, by: By) -> date:
    """The first day of the period that ``day`` lies in.

    >>> [str(start(date(2024, 5, 16), by)) for by in ("week", "month", "quarter")]
    ['2024-05-13', '2024-05-01', '2024-04-01']
    """
    if by == "week":
        return day - timedelta(days=day.weekday())
    return date(day.year, day.month - (day.month - 1) % _MONTHS[by], 1)


def later(first: date, k: int, by: By) -> date:
    """The first day of the period ``k`` after the one that begins on ``first``.

    >>> str(later(date(2024, 11, 1), 2, "month")), str(later(date(2024, 10, 1), 1, "quarter"))
    ('2025-01-01', '2025-01-01')
    """
    if by == "week":
        return first + timedelta(weeks=k)
    month = first.year * 12 + first.month - 1 + k * _MONTHS[by]
    return date(month // 12, month % 12 + 1, 1)


def between(first: date, then: date, by: By) -> int:
    """How many periods ``then`` begins after ``first``; both are first days of periods.

    >>> between(date(2023, 11, 1), date(2024, 2, 1), "month"), between(date(2024, 1, 1), date(2024, 1, 15), "week")
    (3, 2)
    """
    if by == "week":
        return (then - first).days // 7
    return ((then.year - first.year) * 12 + then.month - first.month) // _MONTHS[by]


def label(first: date, by: By) -> str:
    """A short name of the period, the same in every language: 2024-05, 2024-Q2, or the Monday of a week.

    >>> label(date(2024, 4, 1), "quarter"), label(date(2024, 5, 1), "month"), label(date(2024, 5, 13), "week")
    ('2024-Q2', '2024-05', '2024-05-13')
    """
    if by == "quarter":
        return f"{first.year}-Q{(first.month + 2) // 3}"
    return first.isoformat() if by == "week" else first.isoformat()[:7]

"""Festivals that move a company's sales, and what they do to the moments that models learn from.

A window that holds a festival is no ordinary one: what people do in it tells little of other weeks. It is compared with
windows that hold the same festivals, or left out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from daogou.base.calendar import Festival
from daogou.predict.moments import Moments

FELT = 1.25  # times the sales of ordinary days beside it, or one over it
SURE = 3.0  # standard errors by which it must differ
_BESIDE = 28  # days before and after a festival that it is held against
_SEEN = 0.8  # share of its days that must lie in the data
_LEAST = 7  # ordinary days on either side: growth alone would look like a festival at the end of the data


@dataclass(frozen=True)
class Occurrence:
    """A festival of one year: its own days, and those around it on which people buy for it."""

    name: str
    days: frozenset[date]
    around: frozenset[date]


@dataclass(frozen=True)
class Windows:
    """What festivals did to the moments of a target."""

    moments: Moments
    left_out: tuple[date, ...] = ()  # moments whose windows hold festivals that nothing here is compared with
    held: frozenset[str] = frozenset()  # festivals in those, or in all where leaving them out would leave nothing
    nothing_else: bool = False  # so that they stay
    now: frozenset[str] = frozenset()  # festivals in the window that begins now and in none that was learned from


def occurrences(festivals: Iterable[Festival]) -> list[Occurrence]:
    """Days of one festival and year together, in the order of the first."""
    found: dict[tuple[str, int], list[Festival]] = {}
    for one in festivals:
        found.setdefault((one.name, one.day.year), []).append(one)
    return [
        Occurrence(name, frozenset(one.day for one in days), frozenset(day for one in days for day in one.around))
        for (name, _year), days in found.items()
    ]


def felt(sales: Mapping[date, float], known: Iterable[Occurrence]) -> tuple[str, ...]:
    """Names of the festivals around which a day's ``sales`` surely lay a quarter above, or a fifth below, those beside.

    Each day is held against the mean of its weekday in the four weeks before and after; days without sales count as 0.
    """
    if not sales:
        return ()
    first, last = min(sales), max(sales)
    return tuple(sorted({one.name for one in known if _is_felt(sales, one, first, last)}))


def _is_felt(sales: Mapping[date, float], one: Occurrence, first: date, last: date) -> bool:
    inside = sorted(day for day in one.around if first <= day <= last)
    if len(inside) < _SEEN * len(one.around):
        return False
    before = [inside[0] - timedelta(n) for n in range(1, _BESIDE + 1)]
    after = [inside[-1] + timedelta(n) for n in range(1, _BESIDE + 1)]
    sides = [[day for day in side if first <= day <= last and day not in one.around] for side in (before, after)]
    if min(map(len, sides)) < _LEAST:
        return False
    beside = sides[0] + sides[1]
    by_weekday: dict[int, list[float]] = {}
    for day in beside:
        by_weekday.setdefault(day.weekday(), []).append(sales.get(day, 0.0))
    usual = {weekday: float(np.mean(values)) for weekday, values in by_weekday.items()}
    if any(day.weekday() not in usual for day in inside):
        return False
    off = np.array([sales.get(day, 0.0) - usual[day.weekday()] for day in beside])
    expected = float(np.mean([usual[day.weekday()] for day in inside]))
    seen = float(np.mean([sales.get(day, 0.0) for day in inside]))
    if expected <= 0:
        return False
    error = float(off.std(ddof=1)) * np.sqrt(1 / len(inside) + 1 / len(beside))
    return not (1 / FELT < seen / expected < FELT) and abs(seen - expected) > SURE * error


def crossed(day: date, days: int, known: Sequence[Occurrence]) -> frozenset[str]:
    """Names of the festivals in [day, day + days): one of its days lies there, or half of those around it."""
    end = day + timedelta(days)

    def inside(some: frozenset[date]) -> int:
        return sum(day <= one < end for one in some)

    return frozenset(one.name for one in known if inside(one.days) or 2 * inside(one.around) >= len(one.around))


def settled(plan: Moments, days: int, as_of: date, known: Sequence[Occurrence]) -> Windows:
    """``plan`` without the moments whose windows hold festivals that nothing is compared with.

    A moment to test on stays where its window holds just those of a window to train on, be it none; one to learn from
    stays where it holds none, or just those of a window to test on or of the window that begins at ``as_of``.
    """
    holds = {day: crossed(day, days, known) for day in {as_of, *plan.train, *plan.test, *plan.known}}
    trained = {holds[day] for day in plan.train}
    test = [day for day in plan.test if holds[day] in trained]
    asked = {frozenset[str](), holds[as_of], *(holds[day] for day in test)}
    train = [day for day in plan.train if holds[day] in asked]
    learned = [day for day in plan.known if holds[day] in asked]
    every = {*plan.train, *plan.test, *plan.known}
    if not train or not test:
        held = frozenset().union(*(holds[day] for day in every))
        return Windows(plan, (), held, bool(held), _unmet(holds, plan.known, as_of))
    kept = _only(plan, {*train, *test, *learned}, {day: holds[day] in asked for day in every}.__getitem__)
    kept = replace(kept, test=tuple(test))
    out = tuple(sorted(every - {*kept.train, *kept.test, *kept.known}))
    held = frozenset().union(*(holds[day] for day in out))
    return Windows(kept, out, held, False, _unmet(holds, kept.known, as_of))


def _only(plan: Moments, held: set[date], asked: Callable[[date], bool]) -> Moments:
    def some(days: Sequence[date]) -> tuple[date, ...]:
        return tuple(day for day in days if day in held and asked(day))

    before, calibrate = some(plan.before), some(plan.calibrate)
    if not before or not calibrate:
        before = calibrate = ()
    return Moments(some(plan.train), some(plan.test), some(plan.known), before, calibrate)


def _unmet(holds: Mapping[date, frozenset[str]], learned: Sequence[date], as_of: date) -> frozenset[str]:
    return holds[as_of] - frozenset().union(*(holds[day] for day in learned))

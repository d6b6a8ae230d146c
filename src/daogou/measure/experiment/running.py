"""One look at a test that is still running: whether it decides, by the error that earlier looks have left to spend.

Error is spent by the calendar, which nobody can bend: by the share of the planned days that have passed. How looks hang
together is taken from the people themselves, by how what they had brought at the last look goes with what they have
brought now (:func:`link`). With the share of the days alone, sales that come late (a festival at the end of a test), or
an outcome that most people reach, would decide up to 9 tests of nothing in 100 instead of 5.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.experiment.always_valid import days_left
from daogou.measure.experiment.sequential import ALPHA, next_boundary, spent, stopped

Array = np.ndarray[Any, Any]
State = Literal["running", "works", "harms", "nothing", "mismatch"]

DECIDED = ("works", "harms")
CUT_AT = 0.99  # the point of amounts above 0 at which the test of money cuts them off
_NEAR = 0.999  # looks that hang together more closely count as if this closely, which spends less


@dataclass(frozen=True)
class Seen:
    """What one look finds, per person assigned.

    Attributes:
        estimate: the effect so far as it is told.
        tested: the effect by which it is decided: of money, with the largest amounts cut off.
        link: how z hangs together with that of the last look that could be read; None: as the days say.
    """

    estimate: Estimate
    tested: Estimate
    link: float | None = None


@dataclass(frozen=True)
class Look:
    """One look. ``told`` is the effect after stopping, corrected for having looked: only where a look ends the test.

    Attributes:
        fraction: share of the planned days that have passed.
        information: what had come in, on a scale on which the first look stands at its ``fraction``.
        boundary: the value of |z| from which it decides.
        z: the value found; None: too few to say.
    """

    fraction: float
    information: float
    boundary: float
    z: float | None
    state: State
    told: Estimate | None = None


def look(history: Sequence[Look], seen: Seen | None, fraction: float, alpha: float = ALPHA) -> Look:
    """The next look of a test after those of ``history``, oldest first.

    ``seen`` is None where the arms are not those that were drawn, which decides nothing and spends nothing. A look
    at ``fraction`` 1 is the last one. ``alpha`` is the error of the whole test: of one arm of several, its part. A test
    that a look has decided stays decided: its look is given back.

    >>> seen = Seen(Estimate(3.0, 2.0, 4.0, 900), Estimate(3.0, 2.0, 4.0, 900))
    >>> first = look([], seen, 0.5)
    >>> first.state, round(first.boundary, 2), round(first.z, 2)
    ('works', 2.96, 5.88)
    >>> look([first], seen, 0.75) == first
    True

    Raises:
        ValueError: a fraction outside 0 to 1, or one that is not above those of ``history``.
    """
    if history and history[-1].state in DECIDED:
        return history[-1]
    if not 0 < fraction <= 1 or any(one.fraction >= fraction for one in history):
        raise ValueError(f"a look needs a share of the days that rises, above 0 and at most 1: {fraction}")
    read = [one for one in history if one.z is not None]
    information = _information(read, None if seen is None else seen.link, fraction)
    earlier = [one.information for one in read], [one.boundary for one in read]
    boundary = next_boundary(*earlier, information, spent(fraction, alpha))
    ends = fraction >= 1
    if seen is None:
        return Look(fraction, information, boundary, None, "mismatch")
    z = z_of(seen.tested)
    if z is None:
        return Look(fraction, information, boundary, None, "nothing" if ends else "running")
    state: State = "nothing" if ends else "running"
    if abs(z) >= boundary:
        state = "works" if z > 0 else "harms"
    found = Look(fraction, information, boundary, z, state)
    return found if state == "running" else replace(found, told=_told(read, found, seen, alpha))


def z_of(estimate: Estimate) -> float | None:
    """The estimate in its standard errors; None where it has no interval.

    >>> round(z_of(Estimate(1.96, 0.0, 3.92, 50)), 2)
    1.96
    """
    error = _error(estimate)
    return estimate.value / error if math.isfinite(error) and error > 0 else None


def cut(values: Array) -> Array:
    """Amounts no larger than the 99 % point of those above 0, for the test alone.

    >>> cut(np.append(np.ones(200), 1000.0)).max().item()
    1.0
    """
    above = values[values > 0]
    return np.minimum(values, np.quantile(above, CUT_AT)) if len(above) else values


def link(now: Array, before: Array, unit: Array | None = None) -> float | None:
    """The correlation of two effects on the same people: how z at two looks hangs together.

    ``now`` and ``before`` of shape (n,) are what each person adds to the error of either, as
    :meth:`daogou.measure.experiment.difference.Comparison.influence` tells it of what the people have brought now, and
    of what the same people had brought at the last look; ``unit`` as there. None where either has no spread.

    >>> days = np.random.default_rng(1).normal(size=(4000, 4)).cumsum(axis=1)
    >>> abs(link(days[:, 3], days[:, 0]) - 0.5) < 0.05
    True
    """
    both = np.column_stack([now, before]).astype(np.float64)
    if unit is not None:
        place = np.unique(unit, return_inverse=True)[1]
        both = np.column_stack([np.bincount(place, both[:, one]) for one in (0, 1)])
    together = both.T @ both
    spread = math.sqrt(together[0, 0] * together[1, 1])
    return float(together[0, 1]) / spread if spread > 0 else None


def growth(earlier: Estimate, now: Estimate, share: float) -> float:
    """The power of time with which the variance of the effect grows, 1 to 2, from an ``earlier`` share of the days.

    1 where either has no interval.

    >>> growth(Estimate(0.0, -1.0, 1.0, 9), Estimate(0.0, -2.0, 2.0, 9), 0.5)
    2.0
    """
    before, after = _error(earlier), _error(now)
    if not (math.isfinite(before) and math.isfinite(after) and min(before, after) > 0 and 0 < share < 1):
        return 1.0
    return min(max(2 * math.log(after / before) / -math.log(share), 1.0), 2.0)


def time_left(now: Estimate, planned_effect: float, passed: int, days: int, power: float = 1.0) -> int | None:
    """Days until the ``planned_effect``, which is to come evenly over all ``days``, would be found 4 times in 5.

    ``now`` is the effect of the days that have ``passed``; its value does not count. As :func:`days_left`.

    >>> time_left(Estimate(7.0, 7.0 - 1.96, 7.0 + 1.96, 100), planned_effect=4.0, passed=10, days=20)
    10
    """
    a_day = Estimate(now.value / passed, now.low / passed, now.high / passed, now.n)
    return days_left(a_day, planned_effect / days, passed, power)


def _information(read: Sequence[Look], known: float | None, fraction: float) -> float:
    """How much has come in: the last look's, divided by the square of how both hang together."""
    if not read:
        return fraction
    last = read[-1]
    square = last.fraction / fraction if known is None else max(known, 0.0) ** 2
    return last.information / min(max(square, 1e-6), _NEAR)


def _told(read: Sequence[Look], found: Look, seen: Seen, alpha: float) -> Estimate:
    """The effect after stopping: corrected by as many standard errors as the tested one is, median-unbiased."""
    times = [one.information / found.information for one in read] + [1.0]
    bounds = [one.boundary for one in read] + [found.boundary]
    tested = seen.tested
    right = stopped(tested, times, bounds, alpha)
    error, scale = _error(seen.estimate), _error(tested)
    if not math.isfinite(error) or scale == 0:
        return seen.estimate
    value, low, high = (
        (one - tested.value) / scale * error + seen.estimate.value for one in (right.value, right.low, right.high)
    )
    return Estimate(value, low, high, seen.estimate.n, seen.estimate.unit)


def _error(estimate: Estimate) -> float:
    return (estimate.high - estimate.low) / (2 * Z95)

"""What an experiment can show before it is run."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtrit

from daogou.base.statistics import Z95

Floats = np.ndarray[Any, np.dtype[np.float64]]
Array = np.ndarray[Any, Any]

POWER = 0.8  # a true effect is found 4 times in 5
_UNITS_A_COLUMN = 10  # below, what is known of before says more by luck than by sense
Z_POWER = 0.8416212335729143  # its point of the standard normal


@dataclass(frozen=True)
class Spread:
    """How an outcome differed between people in the past.

    Attributes:
        mean: per person.
        deviation: standard deviation of a unit's part of the mean, so that the standard error of the mean of m units is
            ``deviation / sqrt(m)``; of people it is that of the outcome.
        units: how many were looked at: people, or households or stores where these are drawn.
    """

    mean: float
    deviation: float
    units: int

    @classmethod
    def of(cls, outcome: Array, known: Array | None = None, unit: Array | None = None) -> "Spread":
        """The spread of ``outcome`` (n,), those who did nothing included; NaN below 3 units.

        What ``known`` of before, (n,) or (n, k), explains by linear regression is taken off, as an analysis adjusted
        for it does (Deng et al. 2013, CUPED; Lin 2013). Where ``unit`` (n,) says who is drawn together, what is left
        is summed by unit, as their people are alike (Donner and Klar 2000, Design and Analysis of Cluster
        Randomization Trials).

        >>> spend = np.array([1.0, 1.0, 3.0, 3.0])
        >>> [round(Spread.of(spend, unit=who).deviation, 3) for who in (np.arange(4), np.array([0, 0, 1, 1]))]
        [1.155, 1.414]
        """
        values = np.asarray(outcome, dtype=np.float64)
        people = len(values)
        columns = _columns(known, people)
        rest = values - values.mean() if people else values
        units = people if unit is None else len(np.unique(unit))
        if units < _UNITS_A_COLUMN * columns.shape[1]:
            columns = columns[:, :0]
        if columns.shape[1]:
            rest = rest - columns @ np.linalg.lstsq(columns, rest, rcond=None)[0]
        sums = rest if unit is None else np.bincount(np.unique(unit, return_inverse=True)[1], rest)
        free = len(sums) - 1 - columns.shape[1]
        if free < 1:
            return cls(float(values.mean()) if people else math.nan, math.nan, len(sums))
        part = math.sqrt(float(np.sum(sums**2)) / free) * len(sums) / people
        return cls(float(values.mean()), part, len(sums))


def _columns(known: Array | None, people: int) -> Floats:
    """``known`` as columns with mean 0, those that vary alone."""
    if known is None or not people:
        return np.empty((people, 0))
    columns = np.asarray(known, dtype=np.float64).reshape(people, -1)
    columns = columns[:, columns.std(axis=0) > 0]
    scaled: Floats = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    return scaled


def visible_effect(spread: Spread, held_out: Array | float, treated: Array | float) -> Any:
    """The smallest true effect per person that a two-sided test at 5 % finds 4 times in 5; as many as are asked for.

    ``held_out`` and ``treated`` count units. NaN where either has fewer than 2. Source: Bloom (1995), Minimum
    detectable effects; with Student's t, so that few stores are not taken for many.

    >>> round(float(visible_effect(Spread(1.0, 1.0, 1000), 500, 500)), 4), round(
    ...     float(visible_effect(Spread(1.0, 1.0, 10), 5, 5)), 2
    ... )
    (0.1774, 2.02)
    """
    out, on = np.asarray(held_out, dtype=np.float64), np.asarray(treated, dtype=np.float64)
    enough = np.minimum(out, on) >= 2
    out, on = np.where(enough, out, 2.0), np.where(enough, on, 2.0)
    points = stdtrit(out + on - 2, 0.975) + stdtrit(out + on - 2, POWER)
    return np.where(enough, points * spread.deviation * np.sqrt(1 / out + 1 / on), np.nan)


def smallest_visible_lift(spend: Floats, held_out: int, before: Array | None = None) -> float:
    """The smallest gain in mean spend, as a share of it, that a two-sided test at 5 % finds 4 times in 5.

    ``spend`` of shape (n,) is what each person spent in a past window as long as the outcome's, those who spent nothing
    included; ``held_out`` of the n are left out. ``before``, (n,) or (n, k), is what was known of them at its start.
    NaN where an arm has fewer than 2 people or nobody spent.

    >>> round(smallest_visible_lift(np.tile([0.0, 2.0], 500), 500), 4)
    0.1774
    """
    n = len(spend)
    if min(held_out, n - held_out) < 2 or not spend.mean() > 0:
        return math.nan
    found = Spread.of(spend, before)
    return float(visible_effect(found, held_out, n - held_out)) / found.mean


def people_needed(spend: Floats, holdout: float, lift: float) -> int | None:
    """How many such people would make a gain of ``lift`` visible; None where the spend says nothing.

    >>> people_needed(np.tile([0.0, 2.0], 500), 0.5, 0.1773) in range(999, 1002)
    True
    """
    if len(spend) < 2 or not spend.mean() > 0 or not spend.std(ddof=1) > 0:
        return None
    variation = float(spend.std(ddof=1) / spend.mean())
    return math.ceil(((Z95 + Z_POWER) * variation / lift) ** 2 / (holdout * (1 - holdout)))

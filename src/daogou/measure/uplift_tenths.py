"""Whether effects came as they were told: customers in ten groups by the effect told, and what each group showed."""

from dataclasses import dataclass

import numpy as np

from daogou.base.estimate import Estimate
from daogou.measure.uplift_policy import mean
from daogou.measure.uplift_trial import Places, Vector

TENTHS = 10
TENTH = "mean effect shown by the trial, by doubly robust scores"


@dataclass(frozen=True)
class Tenth:
    """A tenth of the customers, 1 being those with the largest effect: what was told, and what the trial showed."""

    number: int
    told: float
    shown: Estimate

    @property
    def agrees(self) -> bool:
        """Whether what was told lies in the interval of what was shown."""
        return bool(self.shown.low <= self.told <= self.shown.high)


def tenths(effect: Vector, score: Vector, unit: Places) -> list[Tenth]:
    """The tenths of held-out ``effect``, best first; each array has shape (customers,).

    Equal effects are not torn apart, so there are fewer tenths where many customers have the same.

    >>> found = tenths(np.repeat([0.0, 1.0], 50), np.repeat([0.1, 0.9], 50), np.arange(100))
    >>> [(one.number, one.told, round(one.shown.value, 6)) for one in found]
    [(1, 1.0, 0.9), (6, 0.0, 0.1)]
    """
    if not len(effect):
        return []
    _values, place, rows = np.unique(-effect, return_inverse=True, return_counts=True)
    before = (np.cumsum(rows) - rows)[place]  # customers with a larger effect
    number = before * TENTHS // len(effect)
    found = []
    for one in np.unique(number):
        mine = number == one
        inside = np.unique(unit[mine], return_inverse=True)[1]
        found.append(Tenth(int(one) + 1, float(effect[mine].mean()), mean(score[mine], inside, TENTH)))
    return found

"""The outcome that decides: what it was in the past, what it is worth, and which effect on it must show."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from daogou.campaign.costs import Terms
from daogou.campaign.design import AMOUNTS
from daogou.campaign.holdout import Array
from daogou.campaign.population import Population
from daogou.campaign.power import Spread
from daogou.campaign.sizing import Floor, Wanted

LARGEST_USEFUL_LIFT = 1.0  # an experiment that sees nothing below a doubling is not worth its cost
TAUGHT_LIFT = 0.2  # the gain that is wanted where nobody said which, and the outcome has no price


@dataclass(frozen=True)
class Primary:
    """An outcome as it was in the last window.

    Attributes:
        name: one of ``OUTCOMES``.
        values: shape (n,), one a person.
        worth: what 1 more of it contributes, in the currency; NaN: not known.
        among: whom it speaks of, shape (n,); None: everyone. Means and effects are per person of these.
    """

    name: str
    values: Array
    worth: float
    among: Array | None = None

    def take(self, rows: Array) -> "Primary":
        """Of the people at these positions."""
        return replace(self, values=self.values[rows], among=None if self.among is None else self.among[rows])

    @property
    def counted(self) -> Array:
        """Whom it speaks of, shape (n,)."""
        return np.ones(len(self.values), dtype=bool) if self.among is None else self.among

    @property
    def mean(self) -> float:
        """Per person of whom it speaks; NaN with nobody."""
        values = self.values[self.counted]
        return float(values.mean()) if len(values) else math.nan

    @property
    def worth_to_all(self) -> float:
        """What 1 more a person of whom it speaks contributes, divided among everyone."""
        return self.worth * float(self.counted.mean()) if len(self.values) else math.nan

    @property
    def contribution(self) -> float:
        """What one of everyone brought in the window, as far as it hangs on this outcome; NaN where not known."""
        return self.mean * self.worth_to_all

    def spread(self, people: Population, is_adjusted: bool = True) -> Spread:
        """How it differed between people, less what was known of them before."""
        rows = self.counted
        known = people.known_or_before[rows] if is_adjusted else None
        return Spread.of(self.values[rows], known, None if people.unit is None else people.unit[rows])


def contribution_of(people: Population, margin: float) -> Primary:
    """What people contributed before marketing cost, at this margin."""
    return Primary("contribution", margin * people.spend, 1.0)


def wanted(terms: Terms, primary: Primary) -> list[Wanted]:
    """The effect that each arm must show: the planned one, else that from which the arm pays, else a gain of 20 %."""
    return [Wanted(arm.share, _effect(terms, primary, arm.coupon_value)) for arm in terms.arms_used]


def _effect(terms: Terms, primary: Primary, coupon_value: float) -> float:
    if terms.planned_effect is not None:
        return terms.planned_effect
    if primary.worth_to_all > 0:
        return terms.cost_of(coupon_value) / primary.worth_to_all
    return max(TAUGHT_LIFT * primary.mean, 0.0) if primary.mean > 0 else 0.0


def within_a_doubling(aims: Sequence[Wanted], primary: Primary) -> list[Wanted]:
    """The same, none above a doubling of the outcome."""
    return [replace(one, effect=min(one.effect, LARGEST_USEFUL_LIFT * max(primary.mean, 0.0))) for one in aims]


def floor_of(primary: Primary, people: Population, units: int, buyers: int) -> Floor:
    """What a reading of this outcome asks of an arm: ``units``, and of amounts ``buyers``, people who have one."""
    if primary.name not in AMOUNTS or not len(people):
        return Floor(units)
    drawn = len(people) if people.unit is None else len(np.unique(people.unit))
    return Floor(units, buyers, float(np.count_nonzero(primary.values)) / drawn)


def planned_effect(found: Sequence[Wanted]) -> float | None:
    """The effect that the test is made to find: the smallest of those of its arms."""
    smallest = min(one.effect for one in found)
    return smallest if smallest > 0 else None

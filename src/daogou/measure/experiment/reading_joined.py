"""Several trials read as one: campaigns of one offer, or all of a year, some people in more than one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.experiment.difference import FEWEST_BUYERS, FEWEST_UNITS

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Part:
    """One trial's effect on one outcome, ready to be added to others.

    Attributes:
        effect: per person assigned.
        treated: people who were to be reached.
        person: shape (n,), numbers of the people, or of the units that were drawn; the same in all parts.
        influence: shape (n,), what each adds to the error of the effect, as ``Comparison.influence``.
        wider: variance that the effect's own interval has beyond that, as money has.
        buyers: people of the smaller arm with an amount other than 0; None: not money.
    """

    effect: float
    treated: int
    person: Array
    influence: Array
    wider: float = 0.0
    buyers: int | None = None


def total(parts: Sequence[Part]) -> Estimate:
    """The sum over trials of effect times people treated, 95 % interval; each person counts as one draw, however often.

    The sum of the parts' own totals is its value, exactly. NaN for the interval below 10 people an outcome, and for
    money below 200 people an arm with an amount, all trials together.

    >>> half = np.tile([0.1, -0.1], 50)
    >>> one = total([Part(2.0, 50, np.arange(100), half)])
    >>> twice = total([Part(2.0, 50, np.arange(100), half)] * 2)
    >>> one.value, round((twice.high - twice.low) / (one.high - one.low), 6)
    (100.0, 2.0)
    """
    value = float(sum(part.effect * part.treated for part in parts))
    people = np.concatenate([part.person for part in parts])
    moved = np.concatenate([part.influence * part.treated for part in parts])
    who, place = np.unique(people, return_inverse=True)
    buyers = [part.buyers for part in parts if part.buyers is not None]
    if len(who) < 2 * FEWEST_UNITS or (buyers and sum(buyers) < FEWEST_BUYERS):
        return Estimate(value, np.nan, np.nan, len(who))
    per_person = np.bincount(place, moved)
    variance = float(per_person @ per_person) + sum(part.wider * part.treated**2 for part in parts)
    half = Z95 * float(np.sqrt(variance))
    return Estimate(value, value - half, value + half, len(who))


def joined(parts: Sequence[Part]) -> Estimate:
    """The mean effect per person treated of all trials, each compared within itself: ``total`` over all treated."""
    people = sum(part.treated for part in parts)
    all_together = total(parts)
    return Estimate(all_together.value / people, all_together.low / people, all_together.high / people, all_together.n)

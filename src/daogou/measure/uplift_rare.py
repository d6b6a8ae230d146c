"""Rare outcomes: how many events a trial holds, and how many it takes before anything is advised."""

import numpy as np
from numpy.typing import ArrayLike

from daogou.measure.uplift_trial import Trial

NEEDED = 30  # events in each arm


def fewest_events(treated: ArrayLike, outcome: ArrayLike, units: ArrayLike | None = None) -> int | None:
    """Events of the arm that has fewest, arrays of shape (customers,); None where most outcomes differ.

    An event is an outcome other than the usual one: a visit, an order where most bring 0, a cancellation where most
    stay. ``units``, such as households, count once each, as their customers may be alike.

    Raises:
        ValueError: what :meth:`Trial.read` refuses.

    >>> fewest_events([0, 0, 0, 1, 1, 1], outcome=[0, 0, 20, 0, 30, 20])
    1
    >>> fewest_events([0, 0, 1, 1], outcome=[1.5, 2.5, 3.5, 4.5]) is None
    True
    """
    trial = Trial.read(treated, outcome, units)
    values, counts = np.unique(trial.outcome, return_counts=True)
    if 2 * counts.max() < len(trial.outcome):
        return None
    happened = trial.outcome != values[counts.argmax()]
    return min(len(np.unique(trial.unit[happened & (trial.arm == arm)])) for arm in range(trial.arms + 1))

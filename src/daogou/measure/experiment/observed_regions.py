"""Where nobody drew lots and whole regions were reached: how they changed beside the others. Not randomised."""

from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.measure.experiment.difference import difference

Array = np.ndarray[Any, Any]

ALL, NONE = 0.9, 0.1  # shares of a region's people that count as all of them, and as none
NEARLY_ALL = 0.98  # share of people who must live in such regions


def difference_in_differences(before: Array, after: Array, treated: Array) -> Estimate:
    """Change of the treated regions less change of the others, 95 % interval; not randomised.

    ``before`` and ``after`` of shape (regions, periods), ``treated`` of shape (regions,). Periods are averaged first,
    so that a region counts once: errors are clustered by region (Bertrand, Duflo and Mullainathan 2004). It believes
    that both would have changed alike. NaN for the interval below 10 regions a side.

    >>> level = np.arange(20.0)[:, None] + np.zeros((20, 3))
    >>> difference_in_differences(level, level + 1 + np.tile([0.0, 2.0], 10)[:, None], np.tile([0, 1], 10)).value
    2.0

    Raises:
        ValueError: other shapes, or no region on a side.
    """
    early, late = (np.asarray(part, dtype=np.float64) for part in (before, after))
    if early.ndim != 2 or late.ndim != 2 or len(early) != len(late):
        raise ValueError(f"before and after must have shape (regions, periods): {early.shape}, {late.shape}")
    return difference(late.mean(axis=1) - early.mean(axis=1), treated)


def placebo_in_regions(before: Array, treated: Array) -> Estimate:
    """The same difference, of the last period before the start against the earlier ones: there can be no effect yet.

    ``before`` of shape (regions, periods), the last period last.

    >>> level = np.arange(20.0)[:, None] + np.arange(3.0)
    >>> placebo_in_regions(level, np.tile([0, 1], 10)).value
    0.0

    Raises:
        ValueError: fewer than two periods, or as for :func:`difference_in_differences`.
    """
    early = np.asarray(before, dtype=np.float64)
    if early.ndim != 2 or early.shape[1] < 2:
        raise ValueError(f"a placebo needs two periods before the start: before has shape {early.shape}")
    return difference_in_differences(early[:, :-1], early[:, -1:], treated)


def whole_regions(region: Array, reached: Array) -> Array | None:
    """Whether each region was reached as a whole, shape (regions,), by number; None where it went by people.

    ``region`` of shape (n,), each person's region from 0, -1 where not known; ``reached`` of shape (n,). It went by
    regions where 98 % of all people live in regions of which at least 90 %, or at most 10 %, were reached, and there
    are regions of both kinds.

    >>> whole_regions(np.array([0, 0, 1, 1]), np.array([True, True, False, False])).tolist()
    [True, False]
    >>> whole_regions(np.array([0, 0, 1, 1]), np.array([True, False, True, False])) is None
    True
    """
    known = region >= 0
    if not len(region) or known.mean() < NEARLY_ALL:
        return None
    people = np.bincount(region[known])
    share = np.bincount(region[known], reached[known].astype(np.float64)) / np.maximum(people, 1)
    clear = (share >= ALL) | (share <= NONE)
    inside = float(people[clear].sum()) / len(region)
    hit = (share > 0.5) & (people > 0)
    if inside < NEARLY_ALL or not hit.any() or not (~hit & (people > 0)).any():
        return None
    return np.asarray(hit)

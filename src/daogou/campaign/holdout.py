"""Who is left out, and who gets which arm: lots drawn within strata."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

RECENT_DAYS = (28, 90)  # borders of the recency groups
SMALLEST_STRATUM = 10  # units; smaller strata are drawn together
REST = "rest"
_VALUES = ("high", "middle", "low")
_RECENCIES = ("recent", "quiet", "gone")


@dataclass(frozen=True)
class Lots:
    """One row a unit, in the order given.

    Attributes:
        held_out: shape (n,), True for those left out.
        propensity: shape (n,), probability of the arm that the unit is in.
        lot: shape (n,), the draw in [0, 1); the lowest of each stratum are left out.
    """

    held_out: Array
    propensity: Array
    lot: Array


def strata(value: Array, recency_days: Array) -> Array:
    """The stratum of each person, shape (n,): a third of ``value`` and a group of ``recency_days``, e.g. high/recent.

    Equal values are never parted. Strata of fewer than 10 people become one, named rest.

    >>> strata(np.repeat([1.0, 5.0, 9.0], 10), np.repeat([3, 40, 300], 10))[[0, 15, 29]].tolist()
    ['low/recent', 'middle/quiet', 'high/gone']
    """
    return joined([by_value(value), by_recency(recency_days)])


def by_value(value: Array) -> Array:
    """The third of ``value`` that each is in: high, middle or low; equal values are never parted."""
    if len(value) == 0:
        return np.array([], dtype=str)
    borders = np.quantile(value, [1 / 3, 2 / 3], method="inverted_cdf")
    found: Array = np.array(_VALUES)[2 - np.searchsorted(borders, value, side="left")]
    return found


def by_recency(recency_days: Array) -> Array:
    """When each last bought: recent, quiet or gone."""
    found: Array = np.array(_RECENCIES)[np.searchsorted(RECENT_DAYS, recency_days, side="left")]
    return found


def joined(parts: Sequence[Array], smallest: int = SMALLEST_STRATUM) -> Array:
    """Names of several groupings as one, with /; groups of fewer than ``smallest`` become one, named rest.

    Should these be fewer than that together, the smallest of the other groups joins them.

    >>> joined([np.repeat(["a", "b", "c"], [9, 12, 20])]).tolist().count("rest")
    21
    """
    names = parts[0].astype(str)
    for part in parts[1:]:
        names = np.char.add(np.char.add(names, "/"), part.astype(str))
    found, index, sizes = np.unique(names, return_inverse=True, return_counts=True)
    small = sizes < smallest
    if 0 < sizes[small].sum() < smallest and not small.all():
        small[np.argmin(np.where(small, np.iinfo(np.int64).max, sizes))] = True
    result: Array = np.where(small, REST, found)[index]
    return result


def smallest_stratum(holdout: float, arms: int = 1) -> int:
    """Units that a stratum needs for each arm to have a chance in it.

    >>> smallest_stratum(0.5), smallest_stratum(0.02), smallest_stratum(0.1, arms=3)
    (10, 50, 30)
    """
    rarer = min(holdout, 1 - holdout)
    return max(SMALLEST_STRATUM, math.ceil(1 / rarer - 1e-9) if rarer > 0 else 0) * arms


def hold_out(stratum: Array, lots: Array, share: float) -> Lots:
    """Leave out ``share`` of the people, in each stratum as nearly as whole people allow, in total exactly.

    The lowest ``lots`` of a stratum are left out, so the draw can be made again from its key by anyone; the
    propensity is the share of the stratum that is in the person's arm.

    >>> drawn = hold_out(np.array(["a", "a", "a", "b"]), np.array([0.3, 0.1, 0.9, 0.5]), 0.5)
    >>> drawn.held_out.tolist(), np.round(drawn.propensity, 3).tolist()
    ([True, True, False, False], [0.667, 0.667, 0.333, 1.0])
    """
    held_out = lowest(stratum, lots, share)
    return Lots(held_out, shares_within(stratum, held_out), np.asarray(lots, dtype=np.float64))


def parted(stratum: Array, lots: Array, shares: Mapping[str, float]) -> Array:
    """The name that each unit draws, shape (n,): each ``share`` of each stratum, as nearly as whole units allow.

    ``shares`` add up to 1. One after the other takes the lowest lots of those who are left.

    >>> drawn = parted(np.repeat(["a", "b"], 6), np.tile([0.1, 0.9, 0.2, 0.8, 0.3, 0.7], 2), {"x": 1 / 3, "y": 2 / 3})
    >>> drawn.tolist()
    ['x', 'y', 'x', 'y', 'y', 'y', 'x', 'y', 'x', 'y', 'y', 'y']
    """
    names, left = list(shares), 1.0
    drawn = np.full(len(stratum), names[-1], dtype=object)
    free = np.arange(len(stratum))
    for name in names[:-1]:
        taken = lowest(stratum[free], lots[free], shares[name] / left)
        drawn[free[taken]] = name
        free, left = free[~taken], left - shares[name]
    found: Array = drawn.astype(str)
    return found


def lowest(stratum: Array, lots: Array, share: float) -> Array:
    """Whether each lot is among the lowest ``share`` of its stratum, shape (n,)."""
    _names, index, sizes = np.unique(stratum, return_inverse=True, return_counts=True)
    taken = whole_shares(sizes.tolist(), share)
    order = np.lexsort((lots, index))
    rank = np.empty(len(stratum), dtype=np.int64)
    rank[order] = np.arange(len(stratum)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    found: Array = rank < taken[index]
    return found


def shares_within(stratum: Array, arm: Array) -> Array:
    """The share of each unit's stratum that is in the unit's arm: the probability of this arm, shape (n,)."""
    _names, index = np.unique(stratum, return_inverse=True)
    _arms, which = np.unique(arm, return_inverse=True)
    cells = np.zeros((index.max(initial=-1) + 1, which.max(initial=-1) + 1))
    np.add.at(cells, (index, which), 1.0)
    found: Array = cells[index, which] / cells.sum(axis=1)[index]
    return found


def whole_shares(sizes: Sequence[int], share: float) -> Array:
    """Whole numbers, each next to ``share`` of a size, that add up to ``share`` of the total, rounded half up.

    The people left over by rounding down go to the largest remainders, ties to the earlier.

    >>> whole_shares([3, 3, 3], 0.5).tolist()
    [2, 2, 1]
    """
    exact = np.asarray(sizes, dtype=np.float64) * share
    whole = np.floor(exact + 1e-9).astype(np.int64)
    total = int(np.floor(sum(sizes) * share + 0.5 + 1e-9))
    largest_first = np.argsort(-(exact - whole), kind="stable")
    whole[largest_first[: total - int(whole.sum())]] += 1
    return whole

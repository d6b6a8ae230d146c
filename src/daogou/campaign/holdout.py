"""Who is left out: lots drawn within strata of value and recency."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

RECENT_DAYS = (28, 90)  # borders of the recency groups
SMALLEST_STRATUM = 10  # people; smaller strata are drawn together
REST = "rest"
_VALUES = ("high", "middle", "low")
_RECENCIES = ("recent", "quiet", "gone")


@dataclass(frozen=True)
class Lots:
    """One row a person, in the order given.

    Attributes:
        held_out: shape (n,), True for those left out.
        propensity: shape (n,), probability of the arm that the person is in.
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
    if len(value) == 0:
        return np.array([], dtype=str)
    borders = np.quantile(value, [1 / 3, 2 / 3], method="inverted_cdf")
    worth = np.array(_VALUES)[2 - np.searchsorted(borders, value, side="left")]
    recency = np.array(_RECENCIES)[np.searchsorted(RECENT_DAYS, recency_days, side="left")]
    names = np.char.add(np.char.add(worth, "/"), recency)
    found, index, sizes = np.unique(names, return_inverse=True, return_counts=True)
    return np.where(sizes < SMALLEST_STRATUM, REST, found)[index]


def hold_out(stratum: Array, lots: Array, share: float) -> Lots:
    """Leave out ``share`` of the people, in each stratum as nearly as whole people allow, in total exactly.

    The lowest ``lots`` of a stratum are left out, so the draw can be made again from its key by anyone; the
    propensity is the share of the stratum that is in the person's arm.

    >>> drawn = hold_out(np.array(["a", "a", "a", "b"]), np.array([0.3, 0.1, 0.9, 0.5]), 0.5)
    >>> drawn.held_out.tolist(), np.round(drawn.propensity, 3).tolist()
    ([True, True, False, False], [0.667, 0.667, 0.333, 1.0])
    """
    _names, index, sizes = np.unique(stratum, return_inverse=True, return_counts=True)
    taken = whole_shares(sizes.tolist(), share)
    order = np.lexsort((lots, index))
    rank = np.empty(len(stratum), dtype=np.int64)
    rank[order] = np.arange(len(stratum)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    held_out = rank < taken[index]
    held_share = taken / sizes
    propensity = np.where(held_out, held_share[index], 1 - held_share[index])
    return Lots(held_out, propensity, np.asarray(lots, dtype=np.float64))


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

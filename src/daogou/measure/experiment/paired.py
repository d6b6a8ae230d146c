"""Tests of audience channels: matched regions, or weeks switched on and off by lot. Intervals by randomisation alone.

In each pair a coin decides which half is on. No model of trend, season or how regions hang together is needed: whatever
they are, the coin could have fallen the other way.
"""

from typing import Any

import numpy as np

from daogou.base.estimate import Estimate

Array = np.ndarray[Any, Any]

FEWEST_PAIRS = 6  # with 5, a 95 % interval has no bounds: 2 of 32 ways to draw are already 6 %
_ALL_UP_TO = 14  # pairs whose subsets are all looked at
_SUBSETS = 2**14 - 1


def paired_difference(on: Array, off: Array, *, seed: int = 0) -> Estimate:
    """Mean of on less off over pairs, with the 95 % interval that turning the coins round gives.

    ``on`` and ``off`` of shape (pairs,): of a pair of regions the change from before to after where the channel ran and
    where it did not, or of a pair of weeks what was sold. The interval lies between the 2.5 % and 97.5 % points of the
    means of all subsets of pairs (Hartigan 1969), which is the randomisation test of each possible effect turned round.
    Above 14 pairs, subsets are drawn with ``seed``. NaN for the interval below 6 pairs.

    >>> effect = paired_difference(np.array([5.0, 7.0, 6.0, 9.0, 4.0, 8.0]), np.array([4.0, 5.0, 3.0, 5.0, 2.0, 5.0]))
    >>> effect.value, effect.low, effect.high, effect.n
    (2.5, 1.0, 4.0, 6)

    Raises:
        ValueError: unequal lengths, no pair, or a value that is no number.
    """
    left, right = np.asarray(on, dtype=np.float64), np.asarray(off, dtype=np.float64)
    if left.shape != right.shape or left.ndim != 1 or not len(left):
        raise ValueError(f"on and off need one number a pair: they have shapes {left.shape} and {right.shape}")
    gaps = left - right
    if not np.isfinite(gaps).all():
        raise ValueError(f"{int((~np.isfinite(gaps)).sum())} pairs hold a value that is no number: leave the pair out")
    pairs = len(gaps)
    if pairs < FEWEST_PAIRS:
        return Estimate(float(gaps.mean()), np.nan, np.nan, pairs, "pairs")
    means = np.sort(_subset_means(gaps, seed))
    place = int(0.025 * (len(means) + 1))
    return Estimate(float(gaps.mean()), float(means[place - 1]), float(means[-place]), pairs, "pairs")


def switched(values: Array, is_on: Array, wash_out: int = 0) -> tuple[Array, Array]:
    """Means on and off of each pair of neighbouring blocks, shapes (pairs,), from periods in order.

    ``values`` and ``is_on`` of shape (pairs, 2, periods): two blocks a pair, one of them on. The first ``wash_out``
    periods of each block are left out, as what went before still works in them.

    >>> values = np.array([[[9.0, 3.0], [9.0, 1.0]], [[9.0, 2.0], [9.0, 5.0]]])
    >>> [part.tolist() for part in switched(values, np.array([[True, False], [False, True]]), wash_out=1)]
    [[3.0, 5.0], [1.0, 2.0]]

    Raises:
        ValueError: shapes that do not fit, a pair without exactly one block on, or a wash-out as long as a block.
    """
    seen, on = np.asarray(values, dtype=np.float64), np.asarray(is_on, dtype=bool)
    if seen.ndim != 3 or seen.shape[:2] != on.shape or on.shape[1:] != (2,):
        raise ValueError(f"values must have shape (pairs, 2, periods) and is_on (pairs, 2): {seen.shape}, {on.shape}")
    if (on.sum(axis=1) != 1).any():
        raise ValueError("one block of each pair must be on and one off")
    if not 0 <= wash_out < seen.shape[2]:
        raise ValueError(f"a wash-out of {wash_out} leaves nothing of blocks of {seen.shape[2]} periods")
    means = seen[:, :, wash_out:].mean(axis=2)
    return means[on], means[~on]


def _subset_means(gaps: Array, seed: int) -> Array:
    """Means of subsets of ``gaps``, the empty one left out: all of them, or as many drawn by lot."""
    pairs = len(gaps)
    if pairs <= _ALL_UP_TO:
        chosen = (np.arange(1, 2**pairs)[:, None] >> np.arange(pairs)) & 1
    else:
        chosen = np.random.default_rng(seed).integers(0, 2, (_SUBSETS, pairs))
        chosen[chosen.sum(axis=1) == 0, 0] = 1
    return np.asarray(chosen @ gaps / chosen.sum(axis=1))

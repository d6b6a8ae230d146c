"""Tests of audience channels: matched regions, or weeks switched on and off by lot. Intervals by randomisation alone.

In each pair a coin decides which half is on. No model of trend, season or how regions hang together is needed: whatever
they are, the coin could have fallen the other way.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate

Array = np.ndarray[Any, Any]

FEWEST_PAIRS = 6  # with 5, a 95 % interval has no bounds: 2 of 32 ways to draw are already 6 %
_ALL_UP_TO = 14  # pairs whose subsets are all looked at
_SUBSETS = 2**14 - 1
_AT_ONCE = 64  # tests whose subsets are in memory together


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
    place = _place(len(means))
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


def paired_lift(on: Array, expected: Array, *, seed: int = 0) -> Estimate:
    """By which share ``on`` lies above what was ``expected`` of it, summed over pairs, with its 95 % interval.

    ``expected`` of shape (pairs,): what the half that was off did, carried over to the other (plus how far both lay
    apart before). The interval turns the randomisation test of each possible share round, as
    :func:`paired_difference` does for amounts. NaN for the interval below 6 pairs, and where the expectation of some
    pairs together is not above 0.

    >>> usual = np.array([10.0, 20.0, 30.0, 10.0, 20.0, 30.0])
    >>> told = paired_lift(usual + np.array([1.0, 2.0, 3.0, 1.0, 3.0, 2.0]), usual)
    >>> round(told.value, 3), round(told.low, 3), round(told.high, 3)
    (0.1, 0.067, 0.15)

    Raises:
        ValueError: as for :func:`paired_difference`.
    """
    told = paired_difference(on, expected, seed=seed)
    above, below = np.asarray(on, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    if not below.sum() > 0:
        return Estimate(np.nan, np.nan, np.nan, told.n, "share")
    value = float(above.sum() / below.sum() - 1)
    chosen = _subsets(told.n, seed)
    under = chosen @ below
    if told.n < FEWEST_PAIRS or not (under > 0).all():
        return Estimate(value, np.nan, np.nan, told.n, "share")
    shares = np.sort(chosen @ above / under - 1)
    place = _place(len(shares))
    return Estimate(value, float(shares[place - 1]), float(shares[-place]), told.n, "share")


def no_difference_p(on: Array, off: Array, *, seed: int = 0) -> float:
    """How often coins alone would bring a difference as far from 0, on its side, times two: at most 1.

    It is 0.05 or less exactly where the interval of :func:`paired_difference` leaves 0 out. NaN below 6 pairs.

    >>> no_difference_p(np.array([5.0, 7.0, 6.0, 9.0, 4.0, 8.0]), np.array([4.0, 5.0, 3.0, 5.0, 2.0, 5.0]))
    0.03125
    """
    told = paired_difference(on, off, seed=seed)
    if told.n < FEWEST_PAIRS:
        return float("nan")
    gaps = np.asarray(on, dtype=np.float64) - np.asarray(off, dtype=np.float64)
    means = _subset_means(gaps, seed)
    beyond = min(int((means <= 0).sum()), int((means >= 0).sum()))
    return min(2 * (1 + beyond) / (len(means) + 1), 1.0)


def shown_from(gaps: Array, scale: Array, *, seed: int = 0) -> Array:
    """The least share of ``scale`` that each test would have shown, shape (tests,); infinite where none would.

    ``gaps`` of shape (tests, pairs): on less off where nothing was done. ``scale`` of the same shape, at least 0: what
    the half that is on brings, so that a share of it is added to each gap. Above that share the interval of
    :func:`paired_difference` lies above 0. Below 0 is a false alarm: the test shows a gain though nothing was done.

    >>> shown_from(np.full((1, 6), -2.0), np.full((1, 6), 100.0)).tolist()
    [0.02]

    Raises:
        ValueError: shapes that differ, below 6 pairs, or a scale below 0.
    """
    apart, size = np.asarray(gaps, dtype=np.float64), np.asarray(scale, dtype=np.float64)
    if apart.shape != size.shape or apart.ndim != 2 or apart.shape[1] < FEWEST_PAIRS:
        raise ValueError(f"gaps and scale need 6 pairs and one shape: {apart.shape}, {size.shape}")
    if not (size >= 0).all():
        raise ValueError("scale must be at least 0")
    chosen = _subsets(apart.shape[1], seed)
    place = _place(len(chosen))
    found = [
        -_nth(apart[k : k + _AT_ONCE] @ chosen.T, size[k : k + _AT_ONCE] @ chosen.T, place)
        for k in range(0, len(apart), _AT_ONCE)
    ]
    return np.concatenate(found) if found else np.zeros(0)


def _nth(sums: Array, sizes: Array, place: int) -> Array:
    """The ``place``-th smallest of sums over sizes in each row; a sum that no size moves is infinite, on its side."""
    still = np.where(sums > 0, np.inf, -np.inf)
    shares = np.divide(sums, sizes, out=still, where=sizes > 0)
    return np.asarray(np.partition(shares, place - 1, axis=1)[:, place - 1])


def _place(means: int) -> int:
    """Which of the sorted means, counted from 1, bounds a 95 % interval."""
    return int(0.025 * (means + 1))


def _subset_means(gaps: Array, seed: int) -> Array:
    """Means of subsets of ``gaps``, the empty one left out: all of them, or as many drawn by lot."""
    chosen = _subsets(len(gaps), seed)
    return np.asarray(chosen @ gaps / chosen.sum(axis=1))


@lru_cache(maxsize=8)
def _subsets(pairs: int, seed: int) -> Array:
    """Which pairs each subset holds, 0 or 1 of shape (subsets, pairs)."""
    if pairs <= _ALL_UP_TO:
        chosen = (np.arange(1, 2**pairs)[:, None] >> np.arange(pairs)) & 1
    else:
        chosen = np.random.default_rng(seed).integers(0, 2, (_SUBSETS, pairs))
        chosen[chosen.sum(axis=1) == 0, 0] = 1
    held = np.asarray(chosen, dtype=np.float64)
    held.setflags(write=False)
    return held

"""Others as active and as lately here: what a list would find that knows nothing else."""

from typing import Any

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import rankdata

Array = np.ndarray[Any, Any]

_BANDS = 10
_NEAREST = 50  # others that a seed is compared with
_FARTHEST = 0.05  # of the ranking by activity and by recency: others beyond it are not matched


def strata(orders: Array, recency: Array, is_seed: Array) -> Array:
    """A number for each customer, 0 upwards: the tenth of ``orders`` by the tenth of ``recency``, as the seeds divide.

    The limits are quantiles of the seeds, so that the bands are fine where the seeds are.

    >>> strata(np.array([1, 9, 9, 1]), np.array([5, 5, 90, 90]), np.array([True, True, True, True])).tolist()
    [0, 2, 3, 1]
    """
    number = np.zeros(len(orders), dtype=np.int64)
    for values in (orders, recency):
        limits = np.unique(np.quantile(values[is_seed], np.arange(1, _BANDS) / _BANDS))
        number = number * (_BANDS + 1) + np.searchsorted(limits, values, "left")
    return np.unique(number, return_inverse=True)[1].ravel()


def above(scores: Array, seeds: Array, others: Array, orders: Array, recency: Array) -> Array:
    """For each of ``seeds``, the share of the matched ``others`` whose score it lies above, ties half.

    Matched are the nearest by rank of ``orders`` and of ``recency``, at most :data:`_NEAREST`, none farther than 5 % of
    the customers in the two ranks together; NaN where there is none. ``seeds`` and ``others`` are places in ``scores``.
    What the score owes to activity within that distance is taken off by a regression of the others (Abadie and Imbens
    2011, bias-corrected matching).
    """
    ranks = np.column_stack([rankdata(values) for values in (orders, recency)]) / len(orders)
    scores = scores - _owed(scores, ranks, others)
    k = min(_NEAREST, len(others))
    gaps, near = cKDTree(ranks[others]).query(ranks[seeds], k=[*range(1, k + 1)], distance_upper_bound=_FARTHEST)
    found = np.isfinite(gaps)
    theirs = scores[others[np.where(found, near, 0)]]
    mine = scores[seeds][:, None]
    won = np.where(found, (mine > theirs) + 0.5 * (mine == theirs), 0.0).sum(axis=1)
    shares: Array = np.divide(won, found.sum(axis=1), out=np.full(len(seeds), np.nan), where=found.any(axis=1))
    return shares


def _owed(scores: Array, ranks: Array, others: Array) -> Array:
    """What the two ranks alone say of each score: a polynomial of the third degree, fitted on the others."""
    powers = [ranks[:, 0] ** a * ranks[:, 1] ** b for a in range(4) for b in range(4 - a)]
    design = np.column_stack(powers)
    weights = np.linalg.lstsq(design[others], scores[others], rcond=None)[0]
    return np.asarray(design @ weights)


def chances(of: Array, candidates: Array, listed: Array) -> Array:
    """The chance of a candidate of each stratum to be on a random list with as many of each stratum as ``listed``.

    >>> chances(np.array([0, 0, 0, 0, 1, 1]), np.arange(6), np.array([0, 4, 5])).tolist()
    [0.25, 1.0]
    """
    kinds = int(of.max()) + 1
    there, taken = (np.bincount(of[places], minlength=kinds) for places in (candidates, listed))
    return np.divide(taken, there, out=np.zeros(kinds), where=there > 0)

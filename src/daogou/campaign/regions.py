"""Regions in pairs of those that are most alike, so that a coin can say which of both a channel is on for."""

from typing import Any

import numpy as np
from scipy import optimize, sparse

Array = np.ndarray[Any, Any]

_EXACT_UP_TO = 40  # regions whose best pairs are searched for exactly
_NODES = 200  # of that search: a limit of time would make the answer depend on the machine


def standardized(series: Array) -> Array:
    """``series`` of shape (regions, periods), each period with mean 0 and deviation 1 over the regions.

    A period in which all regions are equal says nothing and is 0.

    >>> standardized(np.array([[1.0, 5.0], [3.0, 5.0]])).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """
    apart = series - series.mean(axis=0)
    deviation = apart.std(axis=0)
    found: Array = np.divide(apart, deviation, out=np.zeros_like(apart), where=deviation > 0)
    return found


def matched(series: Array) -> Array:
    """The pairs of regions, shape (pairs, 2), with the least sum of distances; of an odd number one is left out.

    ``series`` of shape (regions, periods): what each region bought in each period before. The distance of two regions
    is the Euclidean one of their standardized series, so level, trend and season all count. Up to 40 regions the best
    pairs of all are searched for (minimum-weight perfect matching as an integer program, HiGHS); above, and where that
    search ends early, pairs are taken greedily and exchanged two by two until no exchange helps. Each pair and the
    pairs are in the order of the regions.

    >>> matched(np.array([[1.0, 1.0], [9.0, 8.0], [1.1, 1.0], [9.0, 8.1]])).tolist()
    [[0, 2], [1, 3]]

    Raises:
        ValueError: fewer than 2 regions, no period, or a value that is no number.
    """
    known = np.asarray(series, dtype=np.float64)
    if known.ndim != 2 or known.shape[0] < 2 or not known.shape[1] or not np.isfinite(known).all():
        raise ValueError(f"matching needs numbers of 2 regions and a period at least: shape {known.shape}")
    own = standardized(known)
    far = np.sqrt(((own[:, None, :] - own[None, :, :]) ** 2).sum(axis=2))
    if len(own) % 2:  # who is paired with nobody costs nothing: the region that is least like any other
        far = np.pad(far, (0, 1))
    pairs = _exchanged(far, _greedy(far))
    if len(far) <= _EXACT_UP_TO:
        best = _exact(far)
        if best is not None and _cost(far, best) < _cost(far, pairs):
            pairs = best
    pairs = np.sort(pairs[(pairs < len(own)).all(axis=1)], axis=1)
    return pairs[np.argsort(pairs[:, 0])]


def _cost(far: Array, pairs: Array) -> float:
    return float(far[pairs[:, 0], pairs[:, 1]].sum())


def _greedy(far: Array) -> Array:
    """Nearest first."""
    left, right = np.triu_indices(len(far), 1)
    free = np.ones(len(far), dtype=bool)
    pairs = []
    for k in np.argsort(far[left, right], kind="stable").tolist():
        a, b = int(left[k]), int(right[k])
        if free[a] and free[b]:
            free[a] = free[b] = False
            pairs.append((a, b))
    return np.array(pairs)


def _exchanged(far: Array, pairs: Array) -> Array:
    """Partners of two pairs exchanged, the exchange that saves most first, until none saves anything."""
    pairs = pairs.copy()
    while len(pairs) > 1:
        a, b = pairs[:, 0], pairs[:, 1]
        now = far[a, b][:, None] + far[a, b][None, :]
        saved = np.stack([now - far[np.ix_(a, a)] - far[np.ix_(b, b)], now - far[np.ix_(a, b)] - far[np.ix_(b, a)]])
        saved[:, np.arange(len(pairs)), np.arange(len(pairs))] = 0.0
        way, p, q = np.unravel_index(int(saved.argmax()), saved.shape)
        if saved[way, p, q] <= 1e-12:
            break
        (i, j), (k, m) = pairs[p].tolist(), pairs[q].tolist()
        pairs[p], pairs[q] = ((i, k), (j, m)) if way == 0 else ((i, m), (j, k))
    return pairs


def _exact(far: Array) -> Array | None:
    """The best pairs as far as the search's nodes go; None where it found none."""
    left, right = np.triu_indices(len(far), 1)
    edges = np.arange(len(left))
    ends = sparse.csr_array(
        (np.ones(2 * len(left)), (np.concatenate([left, right]), np.concatenate([edges, edges]))),
        shape=(len(far), len(left)),
    )
    found = optimize.milp(
        far[left, right],
        integrality=np.ones(len(left)),
        bounds=optimize.Bounds(0, 1),
        constraints=[optimize.LinearConstraint(ends, 1, 1)],
        options={"node_limit": _NODES, "mip_rel_gap": 1e-9},
    )
    if found.x is None:
        return None
    on = found.x > 0.5
    return np.column_stack([left[on], right[on]])

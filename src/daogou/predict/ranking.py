"""How well a ranking finds the events, each number with an interval that respects repeated customers."""

from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import cluster_weights, percentile_interval

Array = np.ndarray[Any, Any]

_BLOCK = 25  # resamples held at once
TENTH = 0.1


def gain(y: Array, probability: Array, depth: float) -> float:
    """The share of the events among the ``depth`` (0 to 1) of the rows that are most likely; ties by their order.

    >>> gain(np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1]), 0.5)
    0.5
    """
    order = np.argsort(-probability, kind="stable")
    taken = np.clip(depth * len(y) - np.arange(len(y)), 0.0, 1.0)
    return float(taken @ y[order] / y.sum())


def ranking(y: Array, probability: Array, customer: Array, resamples: int, seed: int) -> dict[str, Estimate]:
    """``average_precision`` and ``lift_in_tenth``: events among the likeliest tenth, over those of a random tenth."""
    order = np.argsort(-probability, kind="stable")
    _names, group = np.unique(customer, return_inverse=True)
    group, happened = group[order], y[order].astype(np.float64)
    drawn = []
    for start in range(0, resamples, _BLOCK):
        weights = cluster_weights(int(group.max()) + 1, min(_BLOCK, resamples - start), seed + start)
        drawn.append(_both(weights[:, group].astype(np.float64), happened))
    found = np.concatenate(drawn)
    point = _both(np.ones((1, len(y))), happened)[0]
    return {
        name: Estimate(float(point[at]), *percentile_interval(found[:, at]), len(y))
        for at, name in enumerate(("average_precision", "lift_in_tenth"))
    }


def _both(weights: Array, happened: Array) -> Array:
    """Shape (n, 2) for weights of shape (n, rows), likeliest first."""
    hits = weights * happened
    rows, found = np.cumsum(weights, axis=1), np.cumsum(hits, axis=1)
    total, events = rows[:, -1], found[:, -1]
    precision = (hits * found / np.maximum(rows, 1e-12)).sum(axis=1) / events
    taken = np.clip(TENTH * total[:, None] - (rows - weights), 0.0, weights)
    lift = (taken @ happened) / events / TENTH
    return np.stack([precision, lift], axis=1)

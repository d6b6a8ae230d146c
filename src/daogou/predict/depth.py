"""What the likeliest customers hold of all that happened: gain, lift, and the value that would be lost."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import cluster_weights, percentile_interval

Array = np.ndarray[Any, Any]

_BLOCK = 50  # resamples held at once


def shares(
    weight: Mapping[str, tuple[Array, Array]], depths: Sequence[float], customer: Array, resamples: int, seed: int
) -> dict[tuple[str, float], Estimate]:
    """(name, depth) -> the share of a weight that the ``depth`` (0 to 1) of the rows with the highest ranks holds.

    ``weight`` holds, by name, what is counted and what it is ranked by, each of shape (rows,), as (counted, rank); ties
    in rank go by their order. One draw of customers serves every interval.

    >>> y, p = np.array([1.0, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1])
    >>> shares({"gain": (y, p)}, [0.5], np.arange(4), 100, 1)["gain", 0.5].value
    0.5

    Raises:
        ValueError: a depth that is not above 0 and at most 1.
    """
    if not all(0 < depth <= 1 for depth in depths):
        raise ValueError(f"depths must be above 0 and at most 1, not {list(depths)}")
    _names, group = np.unique(customer, return_inverse=True)
    orders = {name: np.argsort(-rank, kind="stable") for name, (_counted, rank) in weight.items()}
    found: dict[str, list[Array]] = {name: [] for name in weight}
    for start in range(0, resamples, _BLOCK):
        drawn = cluster_weights(int(group.max()) + 1, min(_BLOCK, resamples - start), seed + start)
        for name, (counted, _rank) in weight.items():
            order = orders[name]
            found[name].append(_held(drawn[:, group[order]], counted[order], depths))
    told = {}
    for name, (counted, _rank) in weight.items():
        point = _held(np.ones((1, len(customer)), dtype=np.float32), counted[orders[name]], depths)[0]
        resampled = np.concatenate(found[name])
        for at, depth in enumerate(depths):
            low, high = percentile_interval(resampled[:, at])
            told[name, depth] = Estimate(float(point[at]), low, high, len(customer))
    return told


def _held(weights: Array, counted: Array, depths: Sequence[float]) -> Array:
    """Shape (n, depths) for weights of shape (n, rows), highest rank first; NaN where nothing is counted."""
    rows = np.cumsum(weights, axis=1, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = weights @ counted
        parts = []
        for depth in depths:
            taken = np.clip(depth * rows[:, -1:] - (rows - weights), 0.0, weights)
            parts.append((taken @ counted) / total)
        return np.stack(parts, axis=1)


def at_depths(
    y: Array, probability: Array, customer: Array, depths: Sequence[float], resamples: int, seed: int
) -> dict[str, Estimate]:
    """``gain_in_10``: the share of events among the likeliest 10 %; ``lift_in_10``: times that of a random 10 %."""
    told: dict[str, Estimate] = {}
    for (_name, depth), one in shares({"gain": (y, probability)}, depths, customer, resamples, seed).items():
        percent = f"{100 * depth:g}"
        told[f"gain_in_{percent}"] = one
        told[f"lift_in_{percent}"] = Estimate(one.value / depth, one.low / depth, one.high / depth, one.n)
    return told


def lost_value(
    y: Array, probability: Array, worth: Array, customer: Array, resamples: int, seed: int, depth: float = 0.1
) -> dict[str, Estimate]:
    """The share of the value of those who left that the likeliest tenth to leave holds; that with most at risk.

    ``worth``, of shape (rows,), is what each customer brought; what is below 0 counts as 0. At risk is the probability
    times the worth.
    """
    value = np.maximum(np.nan_to_num(worth), 0.0)
    lost = y * value
    told = shares(
        {"lost_value_in_tenth": (lost, probability), "lost_value_in_tenth_by_risk": (lost, probability * value)},
        [depth],
        customer,
        resamples,
        seed,
    )
    return {name: one for (name, _depth), one in told.items()}

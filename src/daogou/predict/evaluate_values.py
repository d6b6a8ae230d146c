"""How well models of amounts did on later moments, each number with an interval that respects repeated customers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import cluster_weights, percentile_interval
from daogou.predict.depth import shares

Array = np.ndarray[Any, Any]

TENTH = 0.1


def evaluate_values(
    y: Array, customer: Array, predicted: Mapping[str, Array], rule: str, resamples: int, seed: int
) -> dict[str, dict[str, Estimate]]:
    """Model -> metric -> estimate, for amounts ``y`` and predicted ones by model, each of shape (rows,).

    mae and rmse (mean and root mean squared error, a row); total_off: how much the predicted total lies above the true
    one, as a share of it; spend_in_tenth: the share of all that the tenth with the highest predictions brought;
    gain_over_<rule>: the share of the rule's squared error that the model saves. One draw of customers serves all.
    """
    names, group = np.unique(customer, return_inverse=True)
    rows = np.bincount(group).astype(np.float64)
    truth = np.bincount(group, y)
    sums = {name: _sums(y, one, predicted[rule], group) for name, one in predicted.items()}
    weights = cluster_weights(len(names), resamples, seed).astype(np.float64)
    ranked = {name: (y, one) for name, one in predicted.items()}
    held = shares(ranked, [TENTH], customer, resamples, seed)
    told: dict[str, dict[str, Estimate]] = {}
    for name, parts in sums.items():
        columns = np.stack([rows, truth, *parts], axis=1)
        point, drawn = _metrics(columns.sum(axis=0)[None, :]), _metrics(weights @ columns)
        told[name] = {
            metric: Estimate(float(value[0]), *percentile_interval(drawn[metric]), len(y))
            for metric, value in point.items()
            if metric != "gain" or name != rule
        }
        if "gain" in told[name]:
            told[name][f"gain_over_{rule}"] = told[name].pop("gain")
        told[name]["spend_in_tenth"] = held[name, TENTH]
    return told


def _sums(y: Array, predicted: Array, rule: Array, group: Array) -> list[Array]:
    off = predicted - y
    return [np.bincount(group, part) for part in (np.abs(off), off**2, predicted, (rule - y) ** 2)]


def _metrics(totals: Array) -> dict[str, Array]:
    """Metric -> shape (n,), from totals of shape (n, 6)."""
    n, truth, absolute, squared, predicted, of_rule = totals.T
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "mae": absolute / n,
            "rmse": np.sqrt(squared / n),
            "total_off": predicted / truth - 1,
            "gain": 1 - squared / of_rule,
        }

"""How well models did on later moments, each number with an interval that respects repeated customers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import cluster_weights, percentile_interval, wilson
from daogou.predict import calibrate
from daogou.predict.auc import auc

Array = np.ndarray[Any, Any]

FLAGGED = 100
_BLOCK = 50  # resamples held at once


@dataclass(frozen=True)
class Happened:
    """What happened: arrays of shape (rows,), one row a customer and moment."""

    y: Array  # 1 where the event happened, else 0
    customer: Array
    moment: Array


def evaluate(
    happened: Happened, probabilities: Mapping[str, Array], rule: str, resamples: int, seed: int
) -> dict[str, dict[str, Estimate]]:
    """Model -> metric -> estimate, for probabilities of shape (rows,) by model.

    auc; brier; log_loss; slope and intercept of calibration; ece (expected calibration error, ten bins of equally many
    rows); gain_over_<rule>: how much lower the log-loss is than that of ``rule``, row by row; hits_in_100: of the 100
    most likely at each moment (at most a tenth of the customers), how many did, and random_in_100: of 100 at random.
    One draw of customers (Poisson bootstrap) serves every interval but that of auc, so that differences are paired.
    """
    models = {name: _Sums(happened, p, probabilities[rule]) for name, p in probabilities.items()}
    _names, group = np.unique(happened.customer, return_inverse=True)
    drawn: dict[str, list[dict[str, Array]]] = {name: [] for name in models}
    by_customer = {name: _total_by(sums.terms, group) for name, sums in models.items()}
    for weights in _weights(int(group.max()) + 1, resamples, seed):
        for name, sums in models.items():
            totals = weights.astype(np.float64) @ by_customer[name]
            drawn[name].append(sums.metrics(totals) | {"hits_in_100": sums.hits(weights[:, group])})
    return {
        name: {"auc": auc(happened.y, probabilities[name], happened.customer)}
        | _estimates(sums, drawn[name], len(happened.y), rule, name)
        for name, sums in models.items()
    }


def log_losses(y: Array, probability: Array) -> Array:
    """Shape (rows,), natural logarithm."""
    p = calibrate.inside(probability)
    losses: Array = -np.where(y > 0, np.log(p), np.log1p(-p))
    return losses


def _weights(customers: int, resamples: int, seed: int) -> Iterator[Array]:
    for start in range(0, resamples, _BLOCK):
        yield cluster_weights(customers, min(_BLOCK, resamples - start), seed + start)


def _total_by(terms: Array, group: Array) -> Array:
    """Row terms of shape (rows, k) summed by customer: (customers, k)."""
    return np.stack([np.bincount(group, column) for column in terms.T], axis=1)


class _Sums:
    """Every metric but auc as a function of sums over rows, so that a resample is one product of matrices."""

    def __init__(self, happened: Happened, probability: Array, rule: Array) -> None:
        y = happened.y.astype(np.float64)
        self.line = calibrate.line(y, probability)
        loss = log_losses(y, probability)
        at = np.where(np.isfinite(self.line), self.line, 0.0)
        self.terms = np.column_stack(
            [
                np.ones_like(y),
                y,
                (probability - y) ** 2,
                loss,
                log_losses(y, rule) - loss,
                calibrate.line_terms(y, probability)(at),
                calibrate.bin_terms(y, probability),
            ]
        )
        self.ranked = [_top(happened, probability, moment) for moment in np.unique(happened.moment)]
        self.y = y

    def metrics(self, totals: Array) -> dict[str, Array]:
        """Metric -> shape (n,), from totals of shape (n, terms)."""
        n = totals[:, 0]
        line = self.line + calibrate.newton_step(totals[:, 5:10])
        return {
            "brier": totals[:, 2] / n,
            "log_loss": totals[:, 3] / n,
            "gain": totals[:, 4] / n,
            "intercept": line[:, 0],
            "slope": line[:, 1],
            "ece": np.abs(totals[:, 10:]).sum(axis=1) / n,
            "random_in_100": 100 * totals[:, 1] / n,
        }

    def hits(self, weights: Array) -> Array:
        """Shape (n,): events in 100 flagged rows, for row weights of shape (n, rows)."""
        hits, flagged = np.zeros(len(weights)), 0
        for rows, size in self.ranked:
            weight = weights[:, rows].astype(np.float64)
            taken = np.clip(size - (np.cumsum(weight, axis=1) - weight), 0.0, weight)
            hits += taken @ self.y[rows]
            flagged += size
        return 100 * hits / flagged


def _top(happened: Happened, probability: Array, moment: Any) -> tuple[Array, int]:
    """The rows of a moment, most likely first and ties by customer, and how many of them are flagged.

    Only the first of them matter: three times as many as are flagged and 50 more always hold weight for a resample.
    """
    rows = np.flatnonzero(happened.moment == moment)
    size = max(min(FLAGGED, len(rows) // 10), 1)
    order = np.lexsort((happened.customer[rows], -probability[rows]))
    return rows[order[: 3 * size + 50]], size


def _estimates(sums: _Sums, drawn: list[dict[str, Array]], rows: int, rule: str, name: str) -> dict[str, Estimate]:
    values = sums.metrics(sums.terms.sum(axis=0)[None, :])
    values["hits_in_100"] = sums.hits(np.ones((1, len(sums.y))))
    found = {}
    for metric, value in values.items():
        if metric == "gain" and name == rule:
            continue
        resampled = np.concatenate([block[metric] for block in drawn])
        point = float(value[0])
        if metric == "ece":  # resampling adds noise to every bin, and noise only adds: keep the spread, not the shift
            resampled = np.maximum(resampled - resampled.mean() + point, 0.0)
        low, high = percentile_interval(resampled)
        if metric == "hits_in_100" and point in (0, 100):  # resampling all or nothing only gives the same again
            one_moment = max(size for _rows, size in sums.ranked)  # whose customers may be flagged at each
            low, high = (100 * end for end in wilson(one_moment * point / 100, one_moment))
        unit = "in 100" if metric.endswith("in_100") else ""
        found[f"gain_over_{rule}" if metric == "gain" else metric] = Estimate(point, low, high, rows, unit)
    return found

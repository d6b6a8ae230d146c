"""How well models foresee ratings: k folds, RMSE and MAE, with intervals that draw customers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import cluster_weights, percentile_interval
from daogou.recommend.evaluate_splits import folds
from daogou.recommend.interactions import Array, Interactions

RATING_METRICS = ("rmse", "mae")
FEWEST = 30
_RESAMPLES = 1000
_SEED = 20


class Rater(Protocol):
    """A model that foresees ratings."""

    def fit(self, interactions: Interactions) -> Any:
        """Learn."""

    def rate(self, customers: Any, items: Any) -> Array:
        """(pairs,) the rating of each customer and the item beside."""


class MeanRating:
    """The floor: the mean of all ratings, for every pair."""

    def fit(self, interactions: Interactions) -> "MeanRating":
        """Learn the mean."""
        values = interactions.values
        self.mean_ = float(values.mean()) if values is not None and len(values) else np.nan
        return self

    def rate(self, customers: Any, _items: Any) -> Array:
        """(pairs,) the mean."""
        return np.full(len(customers), self.mean_)


@dataclass(frozen=True)
class RatingEvaluation:
    """Estimates by model and metric (rmse, mae: lower is better), and by model what it has more than the best."""

    ratings: int
    estimates: Mapping[tuple[str, str], Estimate]
    over_best: Mapping[tuple[str, str], Estimate]
    best: str  # lowest RMSE


def evaluate_ratings(
    models: Mapping[str, Rater],
    interactions: Interactions,
    k: int = 5,
    progress: Callable[[float, str], None] = lambda _done, _text: None,
) -> RatingEvaluation:
    """Foresee every rating once, by a model that did not see it, in ``k`` folds drawn by a fixed seed.

    RMSE is the root of the mean of squared errors over all ratings, MAE the mean of absolute ones. The best is chosen
    and measured on the same folds: among few models that flatters it by little.

    Raises:
        ValueError: ``interactions`` have no values, or fewer than ``k``.
    """
    if interactions.values is None or len(interactions) < k:
        raise ValueError(f"ratings in {k} folds need values, and {k} ratings or more")
    errors = {name: np.empty(len(interactions)) for name in models}
    for number, (split, places) in enumerate(folds(interactions, k, _SEED)):
        after = split.after
        customers, items = after.customer_ids.take(after.customers), after.item_ids.take(after.items)
        for name, model in models.items():
            progress(number / k, name)
            model.fit(split.before)
            errors[name][places] = np.abs(model.rate(customers, items) - interactions.values[places])
    people = np.unique(interactions.customers, return_inverse=True)[1]
    weights = cluster_weights(int(people.max()) + 1, _RESAMPLES, _SEED)
    drawn: dict[tuple[str, str], tuple[float, Array]] = {}
    for name, error in errors.items():
        drawn[name, "rmse"] = _drawn(error**2, people, weights, np.sqrt)
        drawn[name, "mae"] = _drawn(error, people, weights, np.asarray)
    best = min(models, key=lambda name: drawn[name, "rmse"][0])
    n = int(people.max()) + 1
    estimates = {key: _estimate(value, many, n) for key, (value, many) in drawn.items()}
    over = {
        key: _estimate(value - drawn[best, key[1]][0], many - drawn[best, key[1]][1], n)
        for key, (value, many) in drawn.items()
        if key[0] != best
    }
    return RatingEvaluation(len(interactions), estimates, over, best)


def _drawn(errors: Array, people: Array, weights: Array, of: Callable[[Any], Any]) -> tuple[float, Array]:
    sums, counts = np.bincount(people, errors), np.bincount(people)
    return float(of(errors.mean())), of((weights @ sums) / np.maximum(weights @ counts, 1))


def _estimate(value: float, drawn: Array, n: int) -> Estimate:
    low, high = percentile_interval(drawn) if n >= FEWEST else (np.nan, np.nan)
    return Estimate(value, low, high, n)

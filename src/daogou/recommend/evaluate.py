"""How well models foresee what customers take next: a global temporal split, all items ranked, none sampled."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import cluster_weights, percentile_interval
from daogou.recommend.base import Picks, Recommender
from daogou.recommend.interactions import Array, Interactions

SUBJECTS = ("repeat", "new")  # what a customer took before, and all the rest
METRICS = ("ndcg@10", "recall@20")
DECIDING = ("new", "ndcg@10")
FEWEST = 30  # customers; below, an interval would pretend
_DEPTH = 20
_RESAMPLES = 1000
_WEIGHTS = 4_000_000  # resampling weights in memory at a time
_SEED = 20


@dataclass(frozen=True)
class Evaluation:
    """Estimates by model, subject and metric, each a mean over customers; ``gains`` are paired: model less simplest.

    ``customers`` is how many had a past before the cut and took something after it.
    """

    customers: int
    estimates: Mapping[tuple[str, str, str], Estimate]
    gains: Mapping[tuple[str, str, str], Estimate]

    @property
    def champion(self) -> str:
        """The best by NDCG@10 on what is new to the customer, if its gain is beyond doubt; else the simplest."""
        models = list(dict.fromkeys(model for model, _subject, _metric in self.estimates))
        proven = [model for model in models[1:] if self.gains[model, *DECIDING].low > 0]
        return max(proven, key=lambda model: self.estimates[model, *DECIDING].value, default=models[0])


def ndcg(hits: Array, relevant: Array, k: int) -> Array:
    """(customers,) normalised discounted cumulative gain of the first ``k`` places, 0 to 1, each hit worth the same.

    ``hits`` (customers, places) says which places hold what was taken; ``relevant`` (customers,) how much was, at
    least 1. Source: Järvelin & Kekäläinen (2002), with the ideal list cut at ``k`` too.

    >>> ndcg(np.array([[True, False, True]]), np.array([2]), 3).round(4).tolist()
    [0.9197]
    """
    k = min(k, hits.shape[1])
    discounts = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discounts)[np.minimum(relevant, k) - 1]
    return np.asarray(hits[:, :k] @ discounts / ideal)


def recall(hits: Array, relevant: Array, k: int) -> Array:
    """(customers,) the share of what was taken that stands in the first ``k`` places, 0 to 1.

    >>> recall(np.array([[True, False, True]]), np.array([4]), 3).tolist()
    [0.5]
    """
    return np.asarray(hits[:, :k].sum(axis=1) / relevant)


def evaluate(models: Mapping[str, Recommender], interactions: Interactions, cut: float) -> Evaluation:
    """Fit ``models``, simplest first, on what was before ``cut`` (days since 1970) and compare them on what came after.

    "repeat" asks which of their past items customers take again, "new" which of all others they take. A customer
    counts in a subject who took at least one item of its kind; items that nobody took before the cut are among
    those to be found, though no model can find them. Estimates are NaN where nobody counts.

    Raises:
        ValueError: ``interactions`` have no times.
    """
    if interactions.when is None:
        raise ValueError("a temporal split needs times")
    before = interactions.where(interactions.when < cut)
    after = interactions.where(interactions.when >= cut)
    sought, people = _sought(before, after)
    values = np.full((len(people), len(models) * len(SUBJECTS) * len(METRICS)), np.nan)
    names: list[tuple[str, str, str]] = []
    for name, model in models.items():
        model.fit(before)
        found = model.again_and_new(model.customer_ids_.take(people), _DEPTH)
        for subject, picks in zip(SUBJECTS, found, strict=True):
            for metric, column in zip(METRICS, _measured(picks, sought[subject], people), strict=True):
                values[:, len(names)] = column
                names.append((name, subject, metric))
    resampled = _resampled(values)
    simplest = next(iter(models))
    estimates, gains = {}, {}
    for i, (name, subject, metric) in enumerate(names):
        estimates[names[i]] = _estimate(values[:, i], resampled[:, i])
        if name != simplest:
            base = names.index((simplest, subject, metric))
            gains[names[i]] = _estimate(values[:, i] - values[:, base], resampled[:, i] - resampled[:, base])
    return Evaluation(len(people), estimates, gains)


def _sought(before: Interactions, after: Interactions) -> tuple[dict[str, Array], Array]:
    """By subject, sorted keys (customer * items + item) of what was taken after the cut; and customers with both."""
    starts = before.pairs()[0]
    past, later = _keys(before), _keys(after)
    width = max(len(before.item_ids), 1)
    later = later[np.diff(starts)[later // width] > 0]
    again = np.isin(later, past, assume_unique=True)
    return {"repeat": later[again], "new": later[~again]}, np.unique(later // width)


def _keys(interactions: Interactions) -> Array:
    _starts, items, first = interactions.pairs()
    return interactions.customers[first].astype(np.int64) * len(interactions.item_ids) + items


def _measured(picks: Picks, sought: Array, people: Array) -> tuple[Array, Array]:
    """NDCG@10 and Recall@20 of each of ``people``; NaN for those who took nothing of the kind."""
    width = max(len(picks.item_ids), 1)
    relevant = np.bincount(sought // width, minlength=people.max(initial=0) + 1)[people]
    counted = relevant > 0
    codes = picks.codes[counted]
    hits = np.isin(people[counted, None] * width + codes, sought) & (codes >= 0)
    columns = np.full((2, len(people)), np.nan)
    columns[0, counted] = ndcg(hits, relevant[counted], 10)
    columns[1, counted] = recall(hits, relevant[counted], _DEPTH)
    return columns[0], columns[1]


def _resampled(values: Array) -> Array:
    """(resamples, columns) means under one draw of weights for all columns; NaN in ``values`` is left out."""
    there = np.isfinite(values).astype(np.float64)
    filled = np.nan_to_num(values)
    size = max(_WEIGHTS // max(len(values), 1), 1)
    means = []
    for start in range(0, _RESAMPLES, size):
        weights = cluster_weights(len(values), min(size, _RESAMPLES - start), _SEED + start)
        total = weights @ there
        means.append(np.divide(weights @ filled, total, out=np.full_like(total, np.nan), where=total > 0))
    return np.concatenate(means)


def _estimate(values: Array, resampled: Array) -> Estimate:
    n = int(np.isfinite(values).sum())
    value = float(np.nanmean(values)) if n else np.nan
    low, high = percentile_interval(resampled) if n >= FEWEST else (np.nan, np.nan)
    return Estimate(value, low, high, n)

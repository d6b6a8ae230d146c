"""How well models foresee what customers take next: all items ranked, none sampled, each number with its doubt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from scipy import sparse

from daogou.base.errors import DaogouError
from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95, cluster_weights, percentile_interval
from daogou.recommend.base import Recommender
from daogou.recommend.evaluate_metrics import (
    coverage,
    diversity,
    gini,
    hit,
    ndcg,
    novelty,
    recall,
    reciprocal_rank,
)
from daogou.recommend.evaluate_splits import Split
from daogou.recommend.interactions import Array, Interactions
from daogou.recommend.picks import Picks

SUBJECTS = ("repeat", "new")  # what a customer took before, and all the rest
ACCURACY = ("ndcg@10", "recall@10", "mrr@10", "hit@10", "recall@20")
LISTS = ("novelty@10", "diversity@10")  # means over customers, of lists of what is new to them
SPREAD = ("coverage@10", "gini@10")  # of all those lists together
METRICS = (*ACCURACY, *LISTS, *SPREAD)
GROUPS = ((0, 0), (1, 1), (2, 4), (5, 9), (10, None))  # past orders, from and to
FEWEST = 30  # customers; below, an interval would pretend
_K, _DEPTH = 10, 20
_RESAMPLES = 1000
_SPREAD_RESAMPLES = 200
_WEIGHTS = 4_000_000  # resampling weights in memory at a time
_SEED = 20
Key = tuple[str, str, str]  # model, subject, metric
Progress = Callable[[float, str], None]


class _Asked(NamedTuple):
    """Who is asked about what: ``people`` are customers' codes, ``sought`` sorted keys (customer * items + item)."""

    people: Array
    sought: Mapping[str, Array]
    steps: Array  # (people,) different times, or without times events, before the split


@dataclass(frozen=True)
class Evaluation:
    """Estimates by model, subject and metric, each but the spread a mean over customers; gains are paired.

    Subjects are "repeat", "new", and "new, orders 1", "new, orders 2-4" and so on: what is new to those with so many
    past orders. ``customers`` is how many had a past and took something later.
    """

    models: tuple[str, ...]  # simplest first
    customers: int
    estimates: Mapping[Key, Estimate]
    refused: Mapping[str, DaogouError]  # models that could not learn from these data, and why
    _values: Mapping[Key, Array] = field(repr=False, compare=False)
    _resampled: Mapping[Key, Array] = field(repr=False, compare=False)

    def gain(self, model: str, over: str, subject: str, metric: str) -> Estimate:
        """What ``model`` has more than ``over``, customer by customer; an interval for the same draws of customers."""
        mine, other = (model, subject, metric), (over, subject, metric)
        if metric in SPREAD:
            more = self._values[mine] - self._values[other]
            return _spread_estimate(float(more[0]), more[1:], self.estimates[mine].n)
        return _estimate(self._values[mine] - self._values[other], self._resampled[mine] - self._resampled[other])

    def champion(self, subject: str = "new", metric: str = "ndcg@10") -> str:
        """The best by ``metric`` on ``subject``, if its gain over the simplest is beyond doubt; else the simplest."""
        simplest = self.models[0]
        proven = [model for model in self.models[1:] if self.gain(model, simplest, subject, metric).low > 0]
        return max(proven, key=lambda model: self.estimates[model, subject, metric].value, default=simplest)


def evaluate(
    models: Mapping[str, Recommender],
    split: Split,
    *,
    tables: Mapping[str, pa.Table] = MappingProxyType({}),
    groups: bool = False,
    spread: bool = True,
    progress: Progress = lambda _done, _text: None,
) -> Evaluation:
    """Fit ``models``, simplest first, on what was before the split and compare them on what came after.

    "repeat" asks which of their past items customers take again, "new" which of all others they take. A customer
    counts in a subject who took at least one item of its kind; items that nobody took before the split are among
    those to be found, though not every model can find them. Estimates are NaN where nobody counts.

    ``tables`` are what models know beside, as ``fit`` takes it; the ids of the split must hold theirs. ``groups``: also
    by how many past orders a customer has, where those without a past have a group of their own. ``spread``: also the
    novelty, diversity, coverage and evenness of lists of what is new.
    """
    asked = _asked(split, strangers=groups)
    took = _matrix(split.before) if spread else None
    values: dict[Key, Array] = {}
    refused: dict[str, DaogouError] = {}
    for number, (name, model) in enumerate(models.items()):
        progress(number / len(models), name)
        try:
            model.fit(split.before, **tables)
        except DaogouError as error:
            refused[name] = error
            continue
        found = model.again_and_new(model.customer_ids_.take(asked.people), _DEPTH)
        for subject, picks in zip(SUBJECTS, found, strict=True):
            values |= {(name, subject, metric): column for metric, column in _accuracy(picks, asked, subject).items()}
        if took is not None:
            values |= {(name, "new", metric): column for metric, column in _lists(found[1], asked, took).items()}
        if groups:
            values |= _by_group(name, values[name, "new", "ndcg@10"], asked.steps)
    known = asked.steps > 0
    for key, column in values.items():
        if key[2] in ACCURACY and "," not in key[1]:
            column[~known] = np.nan
    means = {key: column for key, column in values.items() if key[2] not in SPREAD}
    drawn = dict(zip(means, _resampled(np.array(list(means.values())).T).T, strict=True)) if means else {}
    estimates = {key: _estimate(means[key], drawn[key]) for key in means}
    count = int(known.sum())
    estimates |= {
        key: _spread_estimate(float(column[0]), column[1:], count) for key, column in values.items() if key[2] in SPREAD
    }
    names = tuple(name for name in models if name not in refused)
    return Evaluation(names, count, estimates, refused, values, drawn)


def group_name(low: int, high: int | None) -> str:
    """The subject of a group of customers by past orders.

    >>> group_name(2, 4), group_name(10, None)
    ('new, orders 2-4', 'new, orders 10+')
    """
    return f"new, orders {low}" + ("+" if high is None else "" if high == low else f"-{high}")


def _asked(split: Split, strangers: bool) -> _Asked:
    before, after = split.before, split.after
    past, later = _keys(before), _keys(after)
    width = max(len(before.item_ids), 1)
    steps = _steps(before)
    if not strangers:
        later = later[steps[later // width] > 0]
    again = np.isin(later, past, assume_unique=True)
    people = np.unique(later // width)
    return _Asked(people, {"repeat": later[again], "new": later[~again]}, steps[people])


def _steps(before: Interactions) -> Array:
    """(customers,) different times of each; events, where there are no times."""
    when = np.arange(len(before)) if before.when is None else before.when
    order = np.lexsort((when, before.customers))
    who, at = before.customers[order], when[order]
    first = np.append(True, (np.diff(who) != 0) | (np.diff(at) != 0)) if len(who) else np.zeros(0, bool)
    return np.bincount(who[first], minlength=len(before.customer_ids))


def _keys(interactions: Interactions) -> Array:
    _starts, items, first = interactions.pairs()
    return interactions.customers[first].astype(np.int64) * len(interactions.item_ids) + items


def _matrix(interactions: Interactions) -> sparse.csr_array:
    starts, items, _first = interactions.pairs()
    shape = (len(interactions.customer_ids), len(interactions.item_ids))
    return sparse.csr_array((np.ones(len(items), np.float32), items, starts), shape=shape)


def _accuracy(picks: Picks, asked: _Asked, subject: str) -> dict[str, Array]:
    """By metric, (people,); NaN for those who took nothing of the kind."""
    people, sought = asked.people, asked.sought[subject]
    width = max(len(picks.item_ids), 1)
    relevant = np.bincount(sought // width, minlength=people.max(initial=0) + 1)[people]
    counted = relevant > 0
    codes = picks.codes[counted]
    hits = np.isin(people[counted, None] * width + codes, sought) & (codes >= 0)
    made = {
        "ndcg@10": ndcg(hits, relevant[counted], _K),
        "recall@10": recall(hits, relevant[counted], _K),
        "mrr@10": reciprocal_rank(hits, relevant[counted], _K),
        "hit@10": hit(hits, relevant[counted], _K),
        "recall@20": recall(hits, relevant[counted], _DEPTH),
    }
    columns = {}
    for metric, column in made.items():
        columns[metric] = np.full(len(people), np.nan)
        columns[metric][counted] = column
    return columns


def _lists(picks: Picks, asked: _Asked, took: sparse.csr_array) -> dict[str, Array]:
    """Novelty and diversity, (people,); coverage and Gini, (1 + draws,), of which the first is that of all."""
    known = asked.steps > 0
    codes = np.where(known[:, None], picks.codes[:, :_K], -1)
    takers = np.bincount(took.indices, minlength=took.shape[1])
    made = {
        "novelty@10": novelty(codes, takers, int((np.diff(took.indptr) > 0).sum())),
        "diversity@10": diversity(codes, took),
    }
    there = codes >= 0
    used, columns = np.unique(codes[there], return_inverse=True)
    rows = np.repeat(np.arange(len(codes)), there.sum(axis=1))
    shape = (len(codes), len(used))
    lists = sparse.csr_array((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    weights = np.vstack([np.ones((1, len(codes)), np.float32), cluster_weights(len(codes), _SPREAD_RESAMPLES, _SEED)])
    offered = np.asarray((lists.T @ weights.T).T, dtype=np.float64)
    catalogue = max(int((takers > 0).sum()), len(used))
    return made | {"coverage@10": coverage(offered, catalogue), "gini@10": gini(offered, catalogue)}


def _by_group(name: str, column: Array, steps: Array) -> dict[Key, Array]:
    return {
        (name, group_name(low, high), "ndcg@10"): np.where(
            (steps >= low) & (steps <= (np.inf if high is None else high)), column, np.nan
        )
        for low, high in GROUPS
    }


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


def _spread_estimate(value: float, drawn: Array, n: int) -> Estimate:
    """The value and 1.96 times the deviation of its draws on both sides.

    A draw of customers holds some twice and so covers less than all of them: its percentiles would miss the value.
    """
    if n < FEWEST or not np.isfinite(value):
        return Estimate(value if n else np.nan, np.nan, np.nan, n)
    half = Z95 * float(np.nanstd(drawn))
    return Estimate(value, value - half, value + half, n)


def deciding(evaluation: Evaluation, repeat: bool) -> str:
    """The subject that decides: what is new, or where lists may ``repeat``, what is taken again, if enough do that."""
    again = evaluation.estimates[evaluation.models[0], "repeat", "ndcg@10"].n
    return "repeat" if repeat and again >= FEWEST else "new"


def best_first(evaluation: Evaluation, subject: str, metric: str = "ndcg@10") -> Sequence[str]:
    """The models by ``metric`` on ``subject``, best first; equals in their own order."""
    values = {model: evaluation.estimates[model, subject, metric].value for model in evaluation.models}
    return sorted(values, key=lambda model: -np.nan_to_num(values[model], nan=-1.0))

"""Who is most like a list of customers: learned from profiles, tested, and refused where there is nothing to see.

A part of the seeds is hidden five times over. What is learned from the rest must rank the hidden ones above other
customers who are as active and were here as lately: only what it finds beyond them is likeness, and not mere activity.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from threadpoolctl import threadpool_limits

from daogou.base.estimate import Estimate
from daogou.base.statistics import cluster_weights, percentile_interval
from daogou.profile.lookalike_matched import above, chances, strata
from daogou.profile.lookalike_score import likeness, points_of
from daogou.profile.mixed import Space

Array = np.ndarray[Any, Any]

FEWEST = 50  # seeds below which a fifth of them shows nothing
FOLDS = 5
RESAMPLES = 500
_MOST_TESTED = 10_000  # hidden seeds that are looked at
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)  # of the others: sizes of list that the curve shows

Lack = Literal["few", "everyone", "alone", "alike"]


@dataclass(frozen=True)
class At:
    """What lists of one size find: shares of the hidden seeds, by likeness and by a matched random list; the lift."""

    size: int
    found: Estimate
    matched: Estimate
    lift: Estimate


@dataclass(frozen=True)
class Alike:
    """Everyone's likeness, or why there is none.

    ``scores`` has a number for each customer, higher the more alike; None where ``lack`` says why. ``auc`` is the
    chance that a hidden seed ranks above a random other customer as active and as lately here; None with too few seeds.
    """

    seeds: int
    scores: Array | None
    auc: Estimate | None
    curve: tuple[At, ...]
    lack: Lack | None = None


def alike(
    rows: Any, is_seed: Array, orders: Array, recency: Array, sizes: tuple[int, ...] = (), seed: int = 20170101
) -> Alike:
    """How alike each row of the Arrow table ``rows`` is to those that ``is_seed`` marks; both of one moment.

    ``orders`` and ``recency`` (days) say how active each customer is and how lately; ``sizes`` are lists that the curve
    shows beside those of :data:`SHARES`.
    """
    seeds = int(is_seed.sum())
    if seeds < FEWEST:
        return Alike(seeds, None, None, (), "few")
    others = len(is_seed) - seeds
    if others < FEWEST:
        return Alike(seeds, None, None, (), "everyone")
    with threadpool_limits(limits=1):
        points = points_of(Space.learn(rows), rows)
        lists = sorted({max(1, round(share * others)) for share in SHARES} | {size for size in sizes if size <= others})
        hidden = _hidden(points, is_seed, orders, recency, lists, seed)
        if np.isfinite(hidden.above).sum() < FEWEST / 2:
            return Alike(seeds, None, None, (), "alone")
        auc = _mean(hidden.above, "AUC", seed)
        curve = tuple(_at(hidden, lists, column, seed) for column in range(len(lists)))
        if not auc.low > 0.5:
            return Alike(seeds, None, auc, curve, "alike")
        scores = likeness(points, is_seed, np.ones(len(is_seed), dtype=bool), seed)
    return Alike(seeds, scores, auc, curve)


@dataclass(frozen=True)
class _Hidden:
    """What was seen of each seed while it was hidden."""

    above: Array  # (seeds,): share of matched others that it ranks above; NaN: there were none
    found: Array  # (seeds, lists): whether it was on the list of each size
    matched: Array  # (seeds, lists): its chance to be on a random list as active and as lately here as that list


def _hidden(points: Array, is_seed: Array, orders: Array, recency: Array, lists: Sequence[int], seed: int) -> _Hidden:
    random = np.random.default_rng(seed)
    seeds, others = np.flatnonzero(is_seed), np.flatnonzero(~is_seed)
    fold = random.permutation(np.arange(len(seeds)) % FOLDS)
    tested = np.zeros(len(seeds), dtype=bool)
    tested[random.permutation(len(seeds))[:_MOST_TESTED]] = True
    of = strata(orders, recency, is_seed)
    won = np.full(len(seeds), np.nan)
    found, matched = (np.zeros((len(seeds), len(lists))) for _side in range(2))
    for part in range(FOLDS):
        mine, known = (fold == part) & tested, is_seed.copy()
        known[seeds[fold == part]] = False
        scores = likeness(points, known, known | ~is_seed, seed + part)
        won[mine] = above(scores, seeds[mine], others, orders, recency)
        candidates = np.flatnonzero(~known)
        ranked = candidates[np.argsort(-scores[candidates], kind="stable")]
        place = np.empty(len(is_seed), dtype=np.int64)
        place[ranked] = np.arange(len(ranked))
        for column, size in enumerate(lists):
            found[mine, column] = place[seeds[mine]] < size
            matched[mine, column] = chances(of, candidates, ranked[:size])[of[seeds[mine]]]
    return _Hidden(won[tested], found[tested], matched[tested])


def _mean(values: Array, unit: str, seed: int) -> Estimate:
    """The mean of what is known, its interval by drawing seeds again."""
    known = values[np.isfinite(values)]
    weights = cluster_weights(len(known), RESAMPLES, seed).astype(np.float64)
    drawn = weights @ known / np.maximum(weights.sum(axis=1), 1)
    value = float(known.mean())
    return Estimate(value, *_widened(value, *percentile_interval(drawn)), len(known), unit)


def _widened(value: float, low: float, high: float) -> tuple[float, float]:
    """The interval for what was learned five times over from overlapping seeds, which the bootstrap does not know of.

    Source: Nadeau and Bengio (2003), Inference for the generalization error: the variance of a mean over folds grows by
    the share of what is tested over what is learned from.
    """
    factor = (1 + FOLDS * (1 / (FOLDS - 1))) ** 0.5
    return value - factor * (value - low), value + factor * (high - value)


def _at(hidden: _Hidden, lists: Sequence[int], column: int, seed: int) -> At:
    found, matched = hidden.found[:, column], hidden.matched[:, column]
    weights = cluster_weights(len(found), RESAMPLES, seed).astype(np.float64)
    drawn = (weights @ found) / np.maximum(weights @ matched, 1e-12)
    value = float(found.mean() / max(matched.mean(), 1e-12))
    low, high = _widened(value, *percentile_interval(drawn))
    lift = Estimate(value, max(low, 0.0), high, len(found), "times a matched random list")
    unit = "share of hidden seeds"
    return At(lists[column], _mean(found, unit, seed), _mean(matched, unit, seed), lift)

"""Weights of a blend of models, learnt on what customers took in a later window."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from daogou.recommend.base import Recommender
from daogou.recommend.interactions import Array, Interactions
from daogou.recommend.ranking import in_threads

FEWEST = 100  # customers with events on both sides of a cut, below which each gets a cut of their own
DEPTH = 200  # items of each part of which a blend takes notice, new to the customer and taken before
_MOST = 1500  # customers that weights are learnt on
_LEARNT = 100  # items of each part that may come among the first 10 of a blend
_PLACES = 10
_GRID = np.array([0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5])  # of a part beside those that add up to 1
_AGAIN = np.array([1.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.5, 2.5, 5.0, 10.0])  # what was taken against new
_GAIN = 1.0  # standard errors that a part must add
_WORTH = 0.25  # of what the best part reaches: what alone reaches less is not tried, its gains are chance
_BLOCK = 3_000_000  # scores in memory at a time


class Window(NamedTuple):
    """Pairs to be foreseen: ``customers`` and ``items`` (pairs,) are codes, in the order of customer and item."""

    customers: Array
    items: Array

    @classmethod
    def of(cls, interactions: Interactions, share: float) -> tuple[Interactions, "Window"]:
        """The last ``share`` of the events by time, and those before.

        Where that leaves fewer than ``FEWEST`` customers with events on both sides, and without times, it is the last
        ``share`` of each customer's events; of equal or no times, by a fixed mixture.
        """
        later = _last(interactions, share)
        if later is None:
            later = _last_of_each(interactions, share)
        after = interactions.where(later)
        _starts, items, first = after.pairs()
        return interactions.where(~later), cls(after.customers[first], items)


def _last(interactions: Interactions, share: float) -> Array | None:
    """(events,) a mask of the last by time; None where too few customers have events on both sides."""
    if interactions.when is None or not len(interactions):
        return None
    times = np.sort(interactions.when)
    later = interactions.when >= times[min(int(np.ceil(len(times) * (1 - share))), len(times) - 1)]
    both = np.intersect1d(interactions.customers[later], interactions.customers[~later])
    return later if len(both) >= FEWEST else None


def _last_of_each(interactions: Interactions, share: float) -> Array:
    customers = interactions.customers
    starts = np.searchsorted(customers, np.arange(len(interactions.customer_ids) + 1))
    when = np.zeros(len(customers)) if interactions.when is None else interactions.when
    mixed = np.arange(len(customers)) * 2654435761 % 4294967296
    order = np.lexsort((mixed, when, customers))
    place = np.arange(len(customers)) - starts[customers]
    later = np.zeros(len(customers), bool)
    later[order] = place >= np.ceil((1 - share) * np.diff(starts)[customers])
    return later


class Head(NamedTuple):
    """The best of one part for each customer: ``codes`` (rows, n), -1 where it has no opinion above 0.

    ``shares`` (rows, n) are scores over the customer's highest, 0 beyond; ``tops`` (rows,) that highest, 1 without one.
    """

    codes: Array
    shares: Array
    tops: Array

    @classmethod
    def of(cls, model: Recommender, customers: Array, again: bool, depth: int = DEPTH) -> "Head":
        """What ``model`` thinks best of what is new to ``customers`` (rows,), codes, or of what they took before."""
        width = len(model.item_ids_)
        n = min(depth, width)
        codes, scores = model._best(customers, np.ones(width, bool), "only" if again else False, n)
        there = (codes >= 0) & (scores > 0)
        tops = np.where(there[:, 0], scores[:, 0], 1.0) if n else np.ones(len(customers))
        return cls(np.where(there, codes, -1), np.where(there, scores, 0.0) / tops[:, None], tops)


def learnt_weights(models: Sequence[Recommender], past: Interactions, window: Window) -> Array:
    """(2, models) weights: for items new to the customer, which add up to 1, and for those taken before.

    The second add up to how much an item taken before counts against one that is new, where a list may hold both. The
    models are fitted on ``past``. Without a pair to foresee all weigh the same.
    """
    starts, taken, _first = past.pairs()
    width = np.int64(max(len(past.item_ids), 1))
    before = np.repeat(np.arange(len(starts) - 1), np.diff(starts)) * width + taken
    sought = window.customers * width + window.items
    sought = sought[np.diff(starts)[window.customers] > 0]
    people = np.unique(sought // width)
    if len(people) > _MOST:
        people = np.sort(np.random.default_rng(0).choice(people, _MOST, replace=False))
    sought = sought[np.isin(sought // width, people)]
    again = np.isin(sought, before)
    found = np.full((2, len(models)), 1 / max(len(models), 1))
    sides = [_candidates(models, width, people, sought[again == side], side) for side in (False, True)]
    relevant = [np.bincount(np.searchsorted(people, sought[again == side] // width), minlength=len(people))
                for side in (False, True)]  # fmt: skip
    learnt = [side for side in (0, 1) if relevant[side].any()]
    for side in learnt:
        there = relevant[side] > 0
        values, hits = sides[side]
        found[side] = _added(values[there], hits[there], relevant[side][there])
    if len(learnt) == 1:  # nothing to learn the other from
        found[1 - learnt[0]] = found[learnt[0]]
    if len(learnt) == 2:
        blends = [values @ weights.astype(np.float32) for (values, _hits), weights in zip(sides, found, strict=True)]
        hits = np.hstack([hits for _values, hits in sides])
        reached = [
            _ndcg(np.hstack([blends[0], np.float32(share) * blends[1]]), hits, relevant[0] + relevant[1]).mean()
            for share in _AGAIN
        ]
        found[1] *= _AGAIN[int(np.argmax(reached))]
    return found


def _candidates(
    models: Sequence[Recommender], width: np.int64, people: Array, keys: Array, again: bool
) -> tuple[Array, Array]:
    """Shares (people, candidates, models), and which are sought (people, candidates).

    Candidates are the first of each model, in the order of items; places beyond them are empty and score 0.
    """
    size = max(_BLOCK // int(width), 1)
    blocks = [people[start : start + size].astype(np.int32) for start in range(0, len(people), size)]
    rows = np.arange(len(people))[:, None] * width
    listed, shares = [], []
    for model in models:
        heads = in_threads(partial(Head.of, model, again=again, depth=_LEARNT), blocks)
        codes = np.concatenate([head.codes for head in heads] or [np.zeros((0, 1), np.int32)])
        listed.append(np.where(codes >= 0, rows + codes, -1))
        shares.append(np.concatenate([head.shares for head in heads] or [np.zeros((0, 1))]))
    chosen = np.unique(np.concatenate([*(each.ravel() for each in listed), [-1]]))[1:]  # row * items + item
    row = chosen // width
    starts = np.searchsorted(row, np.arange(len(people) + 1))
    column = np.arange(len(chosen)) - starts[row]
    values = np.zeros((len(people), max(int(np.diff(starts).max(initial=0)), 1), len(models)), np.float32)
    hits = np.zeros(values.shape[:2], bool)
    hits[row, column] = np.isin(people[row] * width + chosen % width, keys)
    for at, (mine, share) in enumerate(zip(listed, shares, strict=True)):
        place = np.searchsorted(chosen, mine[mine >= 0])
        values[row[place], column[place], at] = share[mine >= 0]
    return values, hits


def _added(values: Array, hits: Array, relevant: Array) -> Array:
    """Weights: of the model with the best mean NDCG, and of each that adds more to it than one standard error.

    In each step it is the model, with the weight of the grid, that adds most. A model that adds less is no reason to
    leave the others: that may be chance, and chance harms as often as it helps.
    """
    alone = [_ndcg(values[:, :, at], hits, relevant) for at in range(values.shape[2])]
    means = np.array([each.mean() for each in alone])
    best = int(np.argmax(means))
    worth = means >= _WORTH * means[best]
    weights = np.zeros(values.shape[2])
    weights[best], reached = 1.0, alone[best]
    while not weights[worth].all():
        blend = values @ (weights / weights.sum()).astype(np.float32)
        tried = {
            (at, float(weight)): _ndcg(blend + np.float32(weight) * values[:, :, at], hits, relevant)
            for at in np.flatnonzero(worth & (weights == 0)).tolist()
            for weight in _GRID
        }
        at, weight = max(tried, key=lambda which: tried[which].mean())
        gains = tried[at, weight] - reached
        if gains.mean() <= _GAIN * gains.std() / np.sqrt(len(gains)):
            break
        weights /= weights.sum()
        weights[at], reached = weight, tried[at, weight]
    return np.asarray(weights / weights.sum())


def _ndcg(scores: Array, hits: Array, relevant: Array) -> Array:
    """(people,) NDCG@10; equal scores in the order of items."""
    places = min(_PLACES, scores.shape[1])
    near = np.argpartition(-scores, places - 1, axis=1)[:, :places] if places < scores.shape[1] else None
    if near is None:
        near = np.tile(np.arange(places), (len(scores), 1))
    near = np.sort(near, axis=1)
    ranked = np.take_along_axis(scores, near, axis=1)
    order = np.argsort(-ranked, axis=1, kind="stable")
    found = np.take_along_axis(hits, np.take_along_axis(near, order, axis=1), axis=1)
    found &= np.take_along_axis(ranked, order, axis=1) > 0
    discounts = 1 / np.log2(np.arange(2, places + 2))
    ideal = np.cumsum(1 / np.log2(np.arange(2, _PLACES + 2)))[np.minimum(relevant, _PLACES) - 1]
    return np.asarray(found @ discounts / ideal)

"""Weights of a blend of models, learnt on what customers took in a later window."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from daogou.recommend.base import Recommender
from daogou.recommend.interactions import Array, Interactions

FEWEST = 100  # customers with events on both sides of a cut, below which each gets a cut of their own
_MOST = 800  # customers that weights are learnt on
_DEPTH = 200  # items of each part that may come among the first 10 of a blend
_PLACES = 10
_GRID = np.array([0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0])  # of a weight beside the others
_AGAIN = np.array([1.0, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.5, 2.5, 5.0, 10.0])  # what was taken against new
_ROUNDS = 3
_BEYOND_DOUBT = 2.0  # standard errors
_BLOCK = 1_000_000  # scores in memory at a time


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


def shares(scores: Array, taken: Array) -> tuple[Array, Array]:
    """Scores, of which those of 0 and below count 0, over the customer's highest; and the highest.

    ``taken`` (rows, items) is a mask; what is in it is set against the highest of it, the rest against the highest of
    the rest: (rows, 2) rest first, 1 where there is none.
    """
    positive = np.where(scores > 0, scores, 0.0)
    tops = np.ones((len(scores), 2))
    if scores.shape[1]:
        tops[:, 0] = np.where(taken, 0.0, positive).max(axis=1)
        tops[:, 1] = np.where(taken, positive, 0.0).max(axis=1)
        tops[tops == 0] = 1.0
    return positive / np.where(taken, tops[:, [1]], tops[:, [0]]), tops


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
    sides = [_candidates(models, past, people, sought[again == side], side) for side in (False, True)]
    relevant = [np.bincount(np.searchsorted(people, sought[again == side] // width), minlength=len(people))
                for side in (False, True)]  # fmt: skip
    learnt = [side for side in (0, 1) if relevant[side].any()]
    for side in learnt:
        there = relevant[side] > 0
        values, hits = sides[side]
        found[side] = _climbed(values[there], hits[there], relevant[side][there])
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
    models: Sequence[Recommender], past: Interactions, people: Array, keys: Array, again: bool
) -> tuple[Array, Array]:
    """Shares (people, candidates, models), and which are sought (people, candidates).

    Candidates are the first of each model, in the order of items; places beyond them are empty and score 0.
    """
    starts, taken, _first = past.pairs()
    width = len(past.item_ids)
    most, depth = min(_DEPTH * len(models), width), min(_DEPTH, width)
    values = np.zeros((len(people), most, len(models)), np.float32)
    hits = np.zeros((len(people), most), bool)
    size = max(_BLOCK // max(width * (len(models) + 2), 1), 1)
    for start in range(0, len(people), size):
        block = people[start : start + size].astype(np.int32)
        mask = np.zeros((len(block), width), bool)
        for row, customer in enumerate(block):
            mask[row, taken[starts[customer] : starts[customer + 1]]] = True
        side = mask if again else ~mask
        parts = [np.where(side, shares(model.scores(block), mask)[0], 0.0) for model in models]
        chosen = np.zeros((len(block), width), bool)
        for part in parts:
            head = np.argpartition(-part, depth - 1, axis=1)[:, :depth]
            np.put_along_axis(chosen, head, True, axis=1)
        chosen &= np.any([part > 0 for part in parts], axis=0)
        for row in range(len(block)):
            items = np.flatnonzero(chosen[row])
            values[start + row, : len(items)] = np.array([part[row, items] for part in parts]).T
            hits[start + row, : len(items)] = np.isin(block[row] * np.int64(width) + items, keys)
    return values, hits


def _climbed(values: Array, hits: Array, relevant: Array) -> Array:
    """Weights of the highest mean NDCG along coordinates, from the best model alone; that one if none is better.

    A model whose list is about as good as the best is no reason to leave it: what is gained must be beyond doubt.
    """
    alone = [_ndcg(values[:, :, at], hits, relevant) for at in range(values.shape[2])]
    best = int(np.argmax([each.mean() for each in alone]))
    weights = np.zeros(values.shape[2])
    weights[best] = 1.0
    reached = alone[best].mean()
    for _round in range(_ROUNDS):
        before = reached
        for at in range(len(weights)):
            if weights.sum() == weights[at]:
                continue
            rest = values @ np.where(np.arange(len(weights)) == at, 0, weights / weights.sum()).astype(np.float32)
            for weight in _GRID:
                gained = _ndcg(rest + np.float32(weight) * values[:, :, at], hits, relevant).mean()
                if gained > reached + 1e-9:
                    others = np.where(np.arange(len(weights)) == at, 0, weights)
                    weights = others / others.sum()
                    weights[at] = weight
                    reached = gained
        if reached == before:
            break
    weights /= weights.sum()
    gains = _ndcg(values @ weights.astype(np.float32), hits, relevant) - alone[best]
    if gains.mean() <= _BEYOND_DOUBT * gains.std() / np.sqrt(len(gains)):
        weights = (np.arange(len(weights)) == best).astype(float)
    return weights


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

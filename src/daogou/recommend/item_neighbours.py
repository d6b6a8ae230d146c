"""Items like those that the customer took or rated."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from daogou.recommend.base import Picks
from daogou.recommend.counting import neighbours, weighted
from daogou.recommend.interactions import Array, Interactions, codes_of, ids_like
from daogou.recommend.neighbours import Neighbours
from daogou.recommend.ranking import Repeat
from daogou.recommend.ratings import RatingNeighbours
from daogou.recommend.recounting import recounted
from daogou.recommend.shortlist import Votes, scored, shortlist, spoken

_RATINGS_BLOCK = 8_000_000  # scores in memory at a time in each thread, on ratings
_COUNTS_BLOCK = 200_000_000  # scores that are made in turn by one call, on counts, where one line is in memory


@dataclass
class ItemKNN(Neighbours):
    """Items that customers treated as they treated those that this customer took or rated.

    **On ratings**, for customer u and item j, N(u) the ``k`` items most similar to j that u rated::

        r(u, j) = sum over i in N(u) of sim(i, j) r(u, i) / sum over i in N(u) of sim(i, j)

    ``sim`` is the cosine, 1 / (1 + mean squared difference) or Pearson's correlation over the customers who rated both.
    Neighbours of no positive similarity do not vote; ties go to the earlier row. With ``centered``, each r(u, i) counts
    as its distance from the mean of i, and the mean of j is added. Sarwar et al. (2001), Item-based collaborative
    filtering; rules and answers as in Surprise's KNNBasic and KNNWithMeans.

    **On what was taken**, with n_i customers of item i and n_ij of both i and j, the similarity is the cosine of the
    two sets of customers, drawn towards 0 where few are shared::

        sim(i, j) = n_ij / (sqrt(n_i n_j) + shrinkage)

    (tfidf and bm25 count customers who took much for less: :func:`daogou.recommend.counting.weighted`.)
    N(i) are the ``k`` items most similar to i (ties: the item of more customers, then the lower id). A customer took
    item j with weight w_j = log2(1 + the sum over the times of 0.5 ^ (age / half_life)), each multiplied by its value
    where there are values: once, now, is 1, and what is bought every week does not drown the rest. Then

        score(i) = k w_i + trend(i) * sum over the customer's items j with i in N(j) of sim(i, j) w_j

    An item is its own neighbour with the weight of all k: what was taken before is judged by how often and how lately
    (w_i is 0 for what is new to the customer). trend(i) is the share of its customers that are left when each counts
    0.5 ^ (age of their last time / half_life). Without a ``half_life`` or times, the trend is 1 and this is the plain
    item-based rule of Deshpande & Karypis (2004), Item-based top-n recommendation algorithms. A score of 0 is no
    opinion.
    """

    def _fit_counts(self, interactions: Interactions) -> None:
        items = len(interactions.item_ids)
        self.weights_ = _weights(interactions, self.half_life)
        choices: dict[str, Any] = {"k": self.k, "shrinkage": float(self.shrinkage), "min_support": self.min_support}
        before, found = getattr(self, "_before", None), None
        if before is not None:
            found = recounted(self.starts_, self.taken_, items, *before, **choices)
        if found is None:
            weights = weighted(self.starts_, self.taken_, items, self.similarity)
            found = neighbours(self.starts_, self.taken_, items, **choices, weights=weights)
        self.neighbour_starts_, self.neighbours_, self.similarities_ = found
        customers = np.bincount(self.taken_, minlength=items)
        self.trend_ = interactions.popularity(self.half_life) / np.maximum(customers, 1)

    def _learn_more(self, past: Interactions, more: Interactions) -> Self:
        if self.on_ratings or self.similarity != "cosine":
            return super()._learn_more(past, more)
        together = self._widened(past.and_then(more))
        place = codes_of(self.item_ids_, together.item_ids)
        items = len(together.item_ids)
        counts, lengths = np.zeros(items, np.int64), np.zeros(items, np.int64)
        counts[place] = np.bincount(self.taken_, minlength=len(place))
        lengths[place] = np.diff(self.neighbour_starts_)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        self._before = counts, (starts, place[self.neighbours_], self.similarities_)
        try:
            return self._learn(together)
        finally:
            del self._before

    def _prepare_counts(self) -> None:
        speaking = self.starts_, self.taken_, self.weights_
        lists = self.neighbour_starts_, self.neighbours_.view(np.uint32), self.similarities_
        trend = self.trend_ if (self.trend_ != 1).any() else np.zeros(0)
        self._votes = Votes(*speaking, *lists, trend, float(self.k))

    def _ratings_of(self, customers: Array, items: Array, values: Array) -> RatingNeighbours:
        return RatingNeighbours(
            items, customers, values, len(self.item_ids_), len(self.customer_ids_),
            self.k, self.min_k, self.min_support, self.similarity, self.centered,
        )  # fmt: skip

    def _foreseen(self, customers: Array, items: Array) -> Array:
        return self._rated.pairs(items, customers)

    def _score(self, customers: Array, scores: Array) -> None:
        if self.on_ratings:
            known = np.flatnonzero(customers >= 0)
            people, back = np.unique(customers[known], return_inverse=True)
            items = np.flatnonzero(self._rated.x_rated)
            found = self._in_scale(self._rated.rows(items, people))
            scores[known[:, None], items] = found.T[back]
            return
        scored(self._votes, customers, scores)

    def _best(self, customers: Array, allowed: Array, repeat: Repeat, n: int) -> tuple[Array, Array]:
        if self.on_ratings:
            return super()._best(customers, allowed, repeat, n)
        return shortlist(self._votes, customers, (self.starts_, self.taken_), allowed, repeat, n)

    def _block(self) -> int:
        # Each block makes all rows of similarities again, so that fewer and larger ones are quicker.
        return _RATINGS_BLOCK if self.on_ratings else _COUNTS_BLOCK

    def _contributions(self, customer: int, items: Array) -> tuple[Array, Array]:
        if self.on_ratings:
            return self._contributions_of_ratings(customer, items)
        mine = slice(*self.starts_[customer : customer + 2]) if customer >= 0 else slice(0)
        taken = self.taken_[mine]
        weights = self.weights_[mine] if len(self.weights_) > 1 else self.weights_
        parts, columns = np.zeros((len(items), len(taken))), np.full(len(self.item_ids_), -1)
        columns[items] = np.arange(len(items))
        spoken(*self._votes[3:6], taken, columns, parts)
        own = float(self.k) * (items[:, None] == taken)
        return np.tile(taken, (len(items), 1)), (parts * self.trend_[items, None] + own) * weights

    def _contributions_of_ratings(self, customer: int, items: Array) -> tuple[Array, Array]:
        codes = np.full((len(items), self.k + 1), -1, np.int32)
        parts = np.zeros(codes.shape)
        if customer < 0 or not len(items):
            return codes, parts
        votes = [self._rated.voters(int(item), np.array([customer])) for item in items]
        voters, sims = (np.concatenate([vote[side] for vote in votes]) for side in (0, 1))
        values = np.zeros(len(self.item_ids_) + 1)
        mine = slice(self.starts_[customer], self.starts_[customer + 1])
        values[self.taken_[mine]] = self.ratings_[mine]
        base = np.zeros(len(items))
        if self.centered:
            values[:-1] -= self._rated.means
            base = self._rated.means[items]
        codes[:, 1:] = voters
        parts[:, 1:], parts[:, 0] = self._reasons(sims, values[voters], base)
        return codes, parts

    def similar(self, items: Sequence[Any] | Any, n: int) -> Picks:
        """The ``n`` items most similar to each of ``items``, and how similar; on counts at most ``k`` are known.

        Raises:
            DaogouError: the model is not fitted, ``n`` is below 0, or an id is of another type than at fit.
        """
        self._check(n)
        return self._most_similar(ids_like(items, self.item_ids_, "items"), self.item_ids_, n)


def _weights(interactions: Interactions, half_life: float | None) -> Array:
    """(pairs,) what each pair weighs; (1,) where all weigh the same."""
    _starts, taken, first = interactions.pairs()
    timeless = half_life is None or interactions.when is None
    if interactions.values is None and timeless and len(taken) == len(interactions):
        return np.ones(1)
    return np.asarray(np.log2(1 + interactions.weights(half_life, first)))

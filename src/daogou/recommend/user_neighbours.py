"""What customers like this one took or rated."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from scipy import sparse

from daogou.recommend.base import Picks
from daogou.recommend.counting import neighbours, weighted
from daogou.recommend.interactions import Array, Interactions, ids_like
from daogou.recommend.neighbours import Neighbours
from daogou.recommend.ranking import Repeat
from daogou.recommend.ratings import RatingNeighbours
from daogou.recommend.shortlist import Votes, shortlist


@dataclass
class UserKNN(Neighbours):
    """What was taken or rated highly by customers who are like this one.

    **On ratings**, for customer v and item i, N(v) the ``k`` customers most similar to v who rated i::

        r(v, i) = sum over u in N(v) of sim(u, v) r(u, i) / sum over u in N(v) of sim(u, v)

    ``sim`` is the cosine, 1 / (1 + mean squared difference) or Pearson's correlation over the items that both rated.
    Neighbours of no positive similarity do not vote; ties go to the earlier row. With ``centered``, each r(u, i) counts
    as its distance from the mean of u, and the mean of v is added. Resnick et al. (1994), GroupLens; rules and answers
    as in Surprise's KNNBasic and KNNWithMeans.

    **On what was taken**, similarities of customers are made from their sets of items as :class:`ItemKNN` makes those
    of items, N(v) are the ``k`` customers most similar to v, and with w(u, i) and trend(i) as there::

        score(v, i) = k w(v, i) + trend(i) * sum over u in N(v) of sim(u, v) w(u, i)

    Reasons: what a neighbour adds is shared out to the items that made them similar, in proportion to what each added
    to the similarity on counts, evenly on ratings.
    """

    def _fit_counts(self, interactions: Interactions) -> None:
        customers, items = len(interactions.customer_ids), len(interactions.item_ids)
        self.weights_ = np.log2(1 + interactions.weights(self.half_life, interactions.pairs()[2]))
        starts, people = self._by_item()
        self.neighbour_starts_, self.neighbours_, self.similarities_ = neighbours(
            starts,
            people,
            customers,
            k=self.k,
            shrinkage=float(self.shrinkage),
            min_support=self.min_support,
            weights=weighted(starts, people, customers, self.similarity),
        )
        rated = np.bincount(self.taken_, minlength=items)
        self.trend_ = interactions.popularity(self.half_life) / np.maximum(rated, 1)

    def _by_item(self) -> tuple[Array, Array]:
        """Who took each item, in CSR form."""
        shape = (len(self.customer_ids_), len(self.item_ids_))
        took = sparse.csr_array((np.ones(len(self.taken_), np.int8), self.taken_, self.starts_), shape=shape).tocsc()
        return took.indptr.astype(np.int64), took.indices.astype(np.int32)

    def _prepare_counts(self) -> None:
        self._trending = self.weights_ * self.trend_[self.taken_]
        near = self.neighbour_starts_, self.neighbours_, self.similarities_
        theirs = self.starts_, self.taken_.view(np.uint32), self._trending
        terms = weighted(*self._by_item(), len(self.customer_ids_), self.similarity)
        self._telling = np.ones(len(self.item_ids_)) if terms is None else terms[0]
        self._votes = Votes(*near, *theirs, np.zeros(0), 0.0)

    def _ratings_of(self, customers: Array, items: Array, values: Array) -> RatingNeighbours:
        return RatingNeighbours(
            customers, items, values, len(self.customer_ids_), len(self.item_ids_),
            self.k, self.min_k, self.min_support, self.similarity, self.centered,
        )  # fmt: skip

    def _foreseen(self, customers: Array, items: Array) -> Array:
        return self._rated.pairs(customers, items)

    def _score(self, customers: Array, scores: Array) -> None:
        if self.on_ratings:
            known = np.flatnonzero(customers >= 0)
            items = np.flatnonzero(self._rated.y_rated)
            scores[known[:, None], items] = self._in_scale(self._rated.rows(customers[known], items))
            return
        mine = self.starts_, self.taken_, self.weights_, self._trending
        near = self.neighbour_starts_, self.neighbours_, self.similarities_
        _add_tastes(customers, *mine, *near, float(self.k), scores)

    def _best(self, customers: Array, allowed: Array, repeat: Repeat, n: int) -> tuple[Array, Array]:
        if self.on_ratings or repeat is not False:
            return super()._best(customers, allowed, repeat, n)
        return shortlist(self._votes, customers, (self.starts_, self.taken_), allowed, repeat, n)

    def _contributions(self, customer: int, items: Array) -> tuple[Array, Array]:
        if customer < 0 or not len(items):
            return np.full((len(items), 1), -1, np.int32), np.zeros((len(items), 1))
        rest = np.zeros(len(items))
        if self.on_ratings:
            voters, sims = self._rated.voters(customer, items)
            values = np.where(voters >= 0, self._taken_by(voters, items, self.ratings_), 0.0)
            base = np.zeros(len(items))
            if self.centered:
                values = np.where(voters >= 0, values - self._rated.means[voters], 0.0)
                base = np.full(len(items), self._rated.means[customer])
            parts, rest = self._reasons(sims, values, base)
        else:
            voters, sims = (np.repeat(side, len(items), axis=0) for side in self._listed(np.array([customer]), self.k))
            parts = sims * self._taken_by(voters, items, self._trending)
        mine = slice(self.starts_[customer], self.starts_[customer + 1])
        own = np.where(voters == customer, parts, 0.0).sum(axis=1)
        if not self.on_ratings:
            own = self.k * self._taken_by(np.full((len(items), 1), customer), items, self.weights_)[:, 0]
        shared = self._shared(np.where(voters == customer, -1, voters), parts, self.taken_[mine])
        codes = np.tile(np.append(self.taken_[mine], np.int32(-1)), (len(items), 1))
        shared += np.where(codes[:, :-1] == np.asarray(items)[:, None], own[:, None], 0.0)
        return codes, np.hstack([shared, rest[:, None]])

    def _taken_by(self, customers: Array, items: Array, values: Array) -> Array:
        """(items, customers) the ``values`` of each pair of an item and its row's customers; 0 where not taken."""
        found = np.zeros(customers.shape)
        for row, column in zip(*np.nonzero(customers >= 0), strict=True):
            start, stop = self.starts_[customers[row, column]], self.starts_[customers[row, column] + 1]
            place = start + np.searchsorted(self.taken_[start:stop], items[row])
            if place < stop and self.taken_[place] == items[row]:
                found[row, column] = values[place]
        return found

    def _shared(self, voters: Array, parts: Array, mine: Array) -> Array:
        """(items, mine) what voters add, shared out to those of the customer's items that they took too."""
        people, place = np.unique(voters, return_inverse=True)
        weight = np.ones(len(self.item_ids_)) if self.on_ratings else self._telling
        share = np.zeros((len(people), len(mine)))
        for row, person in enumerate(people):
            if person >= 0:
                theirs = self.taken_[self.starts_[person] : self.starts_[person + 1]]
                share[row] = np.where(np.isin(mine, theirs, assume_unique=True), weight[mine], 0.0)
        share /= np.maximum(share.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        each = np.zeros((len(voters), len(people)))
        np.add.at(each, (np.arange(len(voters))[:, None], place.reshape(voters.shape)), parts)
        return np.asarray(each @ share)

    def similar(self, customers: Sequence[Any] | Any, n: int) -> Picks:
        """The ``n`` customers most similar to each of ``customers``, whose ids stand where items stand elsewhere.

        Raises:
            DaogouError: the model is not fitted, ``n`` is below 0, or an id is of another type than at fit.
        """
        self._check(n)
        return self._most_similar(ids_like(customers, self.customer_ids_, "customers"), self.customer_ids_, n)


@numba.njit(cache=True, nogil=True)
def _add_tastes(  # type: ignore[no-untyped-def]
    customers, starts, taken, weights, trending, near_starts, near, sims, own, scores
):
    """Add to ``scores`` (rows, items), NaN where nobody has voted yet, what the neighbours of each customer took."""
    for row in range(len(customers)):
        customer = customers[row]
        if customer < 0:
            continue
        line = scores[row]
        for place in range(starts[customer], starts[customer + 1]):
            if weights[place] > 0:
                line[taken[place]] = own * weights[place]
        for step in range(near_starts[customer], near_starts[customer + 1]):
            sim = np.float64(sims[step])
            for place in range(starts[near[step]], starts[near[step] + 1]):
                item = taken[place]
                value = sim * trending[place]
                if value > 0:
                    line[item] = value if np.isnan(line[item]) else line[item] + value

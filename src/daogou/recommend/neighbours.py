"""Item-based collaborative filtering on what people took."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.recommend.base import Picks, Recommender
from daogou.recommend.counting import add_votes, neighbours
from daogou.recommend.interactions import Array, Interactions, codes_of, ids_like


@dataclass
class ItemKNN(Recommender):
    """Items that were taken by the same customers as those that the customer took.

    With n_i customers of item i and n_ij of both i and j, the similarity is the cosine of the two sets of customers,
    drawn towards 0 where few are shared::

        sim(i, j) = n_ij / (sqrt(n_i n_j) + shrinkage)

    N(i) are the ``k`` items most similar to i (ties: the item of more customers, then the lower id). A customer took
    item j with weight w_j = log2(1 + the sum over the times of 0.5 ^ (age / half_life)), each multiplied by its value
    where there are values: once, now, is 1, and what is bought every week does not drown the rest. Then

        score(i) = k w_i + trend(i) * sum over j in N(i) of sim(i, j) w_j

    An item is its own neighbour with the weight of all k: what was taken before is judged by how often and how lately
    (w_i is 0 for what is new to the customer). trend(i) is the share of its customers that are left when each counts
    0.5 ^ (age of their last time / half_life). Without a ``half_life`` or times, the trend is 1 and this is the plain
    item-based rule of Deshpande & Karypis (2004), Item-based top-n recommendation algorithms.
    """

    k: int = 40  # neighbours that vote
    min_support: int = 1  # customers in common that make a neighbour
    shrinkage: float = 0.0
    half_life: float | None = None  # days

    def _fit(self, interactions: Interactions) -> None:
        if self.k < 1:
            raise DaogouError(_("k is {k}").format(k=self.k), "ItemKNN", _("Let 1 neighbour or more vote."))
        if interactions.values is not None and (interactions.values < 0).any():
            raise DaogouError(_("a value is below 0"), "ItemKNN", _("Values are weights: leave such rows out."))
        items = len(interactions.item_ids)
        self.weights_ = np.log2(1 + interactions.weights(self.half_life, interactions.pairs()[2]))
        self.neighbour_starts_, self.neighbours_, self.similarities_ = neighbours(
            self.starts_, self.taken_, items, k=self.k, shrinkage=float(self.shrinkage), min_support=self.min_support
        )
        customers = np.bincount(self.taken_, minlength=items)
        self.trend_ = interactions.popularity(self.half_life) / np.maximum(customers, 1)

    def _prepare(self) -> None:
        items = len(self.trend_)
        votes = self.similarities_ * np.repeat(self.trend_, np.diff(self.neighbour_starts_))
        turned = sparse.csr_array((votes, self.neighbours_, self.neighbour_starts_), shape=(items, items)).tocsc()
        self._vote_starts = turned.indptr.astype(np.int64)
        self._voted = turned.indices.astype(np.int32)
        self._votes = turned.data

    def _score(self, customers: Array, scores: Array) -> None:
        add_votes(
            customers,
            self.starts_,
            self.taken_,
            self.weights_,
            self._vote_starts,
            self._voted,
            self._votes,
            float(self.k),
            scores,
        )

    def _contributions(self, customer: int, items: Array) -> tuple[Array, Array]:
        weights = np.zeros(len(self.item_ids_) + 1)  # the last place stands for -1
        if customer >= 0:
            mine = slice(self.starts_[customer], self.starts_[customer + 1])
            weights[self.taken_[mine]] = self.weights_[mine]
        others, similarities = self._nearest(items, self.k)
        codes = np.hstack([items[:, None].astype(np.int32), others])
        own = np.full((len(items), 1), float(self.k))
        return codes, np.hstack([own, similarities * self.trend_[items, None]]) * weights[codes]

    def _nearest(self, items: Array, n: int) -> tuple[Array, Array]:
        """The first ``n`` neighbours of each of ``items`` and their similarities, (items, n); -1 and 0 beyond."""
        places = self.neighbour_starts_[items, None] + np.arange(n)
        there = places < self.neighbour_starts_[items + 1, None]
        codes, similarities = np.full(there.shape, -1, np.int32), np.zeros(there.shape)
        codes[there], similarities[there] = self.neighbours_[places[there]], self.similarities_[places[there]]
        return codes, similarities

    def similar(self, items: Sequence[Any] | Any, n: int) -> Picks:
        """The ``n`` items most similar to each of ``items``, with their similarities; at most ``k`` are known.

        Raises:
            DaogouError: the model is not fitted, ``n`` is below 0, or an id is of another type than at fit.
        """
        self._check(n)
        subjects = ids_like(items, self.item_ids_, "items")
        rows = codes_of(subjects, self.item_ids_)
        codes = np.full((len(rows), n), -1, np.int32)
        scores = np.full((len(rows), n), np.nan)
        known = rows >= 0
        codes[known], scores[known] = self._nearest(rows[known], n)
        scores[codes < 0] = np.nan
        return Picks(subjects, self.item_ids_, codes, scores)

"""User-based and item-based collaborative filtering, on ratings and on what people took."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.recommend.base import Picks, Recommender
from daogou.recommend.interactions import Array, Interactions, codes_of, ids_like
from daogou.recommend.ratings import RatingNeighbours

Feedback = Literal["auto", "ratings", "implicit"]
ON_RATINGS = ("cosine", "msd", "pearson")
ON_COUNTS = ("cosine", "bm25", "tfidf")


class _Learnt(Recommender, ABC):
    """Arrays that are learnt, apart from the choices, which are a dataclass's fields."""

    ratings_: Array  # (pairs,) on ratings
    rows_: Array  # (pairs,) on ratings: the place of each in the order of rows
    neighbour_starts_: Array  # on counts: the nearest of each item (ItemKNN) or customer (UserKNN), in CSR form
    neighbours_: Array
    similarities_: Array


@dataclass
class Neighbours(_Learnt):
    """What UserKNN and ItemKNN share: their choices, their checks, and which formulas speak."""

    k: int = 40  # neighbours that vote
    min_k: int = 1  # on ratings: neighbours without which there is no opinion
    min_support: int = 1  # customers, or items, in common that make a neighbour
    shrinkage: float = 0.0  # on counts: draws similarities towards 0 where little is shared
    half_life: float | None = None  # on counts: days
    similarity: str = "cosine"  # msd, cosine, pearson on ratings; cosine, bm25, tfidf on counts
    centered: bool = False  # on ratings: average how far they lie from each neighbour's mean
    feedback: Feedback = "auto"  # ratings if there are values, else implicit
    scale: tuple[float, float] | None = None  # of ratings; by default the lowest and highest of the training

    def __post_init__(self) -> None:
        """A scale comes as a list from a file."""
        self.scale = None if self.scale is None else (float(self.scale[0]), float(self.scale[1]))

    @property
    def on_ratings(self) -> bool:
        """Whether the fitted model learnt ratings."""
        return hasattr(self, "ratings_")

    def _fit(self, interactions: Interactions) -> None:
        rated = self.feedback == "ratings" or (self.feedback == "auto" and interactions.values is not None)
        self._check_choices(ON_RATINGS if rated else ON_COUNTS, rated)
        if rated:
            self._fit_ratings(interactions)
            return
        if interactions.values is not None and (interactions.values < 0).any():
            raise self._wrong(_("a value is below 0"), _("Values are weights: leave such rows out."))
        self._fit_counts(interactions)

    def _check_choices(self, similarities: tuple[str, ...], rated: bool) -> None:
        if self.k < 1:
            raise self._wrong(_("k is {k}").format(k=self.k), _("Let 1 neighbour or more vote."))
        if min(self.min_k, self.min_support) < 1:
            raise self._wrong(_("min_k or min_support is below 1"), _("Ask for 1 or more."))
        if self.similarity not in similarities:
            raise self._wrong(
                _("there is no similarity '{name}' here").format(name=self.similarity),
                _("Choose one of: {names}.").format(names=", ".join(similarities)),
            )
        if rated and self.scale is not None and not self.scale[0] <= self.scale[1]:
            raise self._wrong(_("the scale ends before it starts"), _("Give the lowest rating first."))

    def _fit_ratings(self, interactions: Interactions) -> None:
        if interactions.values is None:
            raise self._wrong(_("there are no values to learn ratings from"), _("Name their column: value=..."))
        if len(self.taken_) < len(interactions):
            raise self._wrong(
                _("{n} ratings are of a customer and an item that were rated already").format(
                    n=len(interactions) - len(self.taken_)
                ),
                _('Keep the last: Interactions.from_frame(..., keep="last").'),
            )
        self.ratings_ = interactions.values
        rows = np.arange(len(interactions)) if interactions.rows is None else interactions.rows
        present = np.zeros(int(rows.max(initial=-1)) + 1, bool)
        present[rows] = True
        self.rows_ = (np.cumsum(present) - 1)[rows]  # (pairs,) place of each rating in the order of rows

    @abstractmethod
    def _fit_counts(self, interactions: Interactions) -> None:
        """Learn from what was taken."""

    @abstractmethod
    def _prepare_counts(self) -> None:
        """Derive from that what makes answers fast."""

    @abstractmethod
    def _ratings_of(self, customers: Array, items: Array, values: Array) -> RatingNeighbours:
        """Neighbours of the right side; all (ratings,), in the order of rows."""

    @abstractmethod
    def _foreseen(self, customers: Array, items: Array) -> Array:
        """(pairs,) ratings of pairs of codes, before they are held to the scale."""

    def _prepare(self) -> None:
        if not self.on_ratings:
            self._prepare_counts()
            return
        customers = np.repeat(np.arange(len(self.customer_ids_), dtype=np.int32), np.diff(self.starts_))
        order = np.empty(len(self.rows_), np.int64)
        order[self.rows_] = np.arange(len(order))
        self._rated = self._ratings_of(customers[order], self.taken_[order], self.ratings_[order])

    def _remembered(self) -> Interactions | None:
        if not self.on_ratings:
            return super()._remembered()
        customers = np.repeat(np.arange(len(self.customer_ids_), dtype=np.int32), np.diff(self.starts_))
        return Interactions(
            self.customer_ids_, self.item_ids_, customers, self.taken_, self.ratings_, rows=self.rows_
        )  # fmt: skip

    def _learn_more(self, past: Interactions, more: Interactions) -> Self:
        return super()._learn_more(past, more.without_times() if self.on_ratings else more)

    def rate(self, customers: Sequence[Any] | Any, items: Sequence[Any] | Any) -> Array:
        """(pairs,) the rating that each customer is foreseen to give the item beside them, held to the scale.

        An unknown customer or item, or fewer than ``min_k`` neighbours, give the mean of all ratings; with
        ``centered``, too few neighbours give the mean of the customer (UserKNN) or the item (ItemKNN). NaN if the model
        learnt from no rating at all.

        Raises:
            DaogouError: the model is not fitted or learnt no ratings, the two are not equally long, or an id is of
                another type than at fit.
        """
        self._check(0)
        if not self.on_ratings:
            raise self._wrong(
                _("the model learnt what was taken, not ratings"), _("Fit it on interactions with values.")
            )
        people = codes_of(ids_like(customers, self.customer_ids_, "customers"), self.customer_ids_)
        things = codes_of(ids_like(items, self.item_ids_, "items"), self.item_ids_)
        if len(people) != len(things):
            raise self._wrong(
                _("there are {customers} customers and {items} items").format(customers=len(people), items=len(things)),
                _("Give one item for each customer."),
            )
        return self._in_scale(self._foreseen(people, things))

    def _in_scale(self, ratings: Array) -> Array:
        if not len(self.ratings_):
            return ratings
        low, high = self.scale or (self.ratings_.min(), self.ratings_.max())
        return np.clip(ratings, low, high)

    def _listed(self, codes: Array, n: int) -> tuple[Array, Array]:
        """On counts: the first ``n`` neighbours of each and their similarities, (codes, n); -1 and 0 beyond."""
        places = self.neighbour_starts_[codes, None] + np.arange(n)
        there = places < self.neighbour_starts_[codes + 1, None]
        nearest, similarities = np.full(there.shape, -1, np.int32), np.zeros(there.shape)
        nearest[there], similarities[there] = self.neighbours_[places[there]], self.similarities_[places[there]]
        return nearest, similarities

    def _most_similar(self, subjects: pa.Array, known: pa.Array, n: int) -> Picks:
        rows = codes_of(subjects, known)
        codes, scores = np.full((len(rows), n), -1, np.int32), np.full((len(rows), n), np.nan)
        there = np.flatnonzero(rows >= 0)
        if self.on_ratings:
            for place in there:
                sims = self._rated.similar(rows[place])
                order = np.argsort(-sims, kind="stable")[:n]
                order = order[sims[order] > 0]
                codes[place, : len(order)], scores[place, : len(order)] = order, sims[order]
        else:
            codes[there], scores[there] = self._listed(rows[there], n)
        scores[codes < 0] = np.nan
        return Picks(subjects, known, codes, scores)

    def _reasons(self, sims: Array, values: Array, base: Array) -> tuple[Array, Array]:
        """What each vote adds to a score and what is left, (items, votes) and (items,); zeros without ``min_k``."""
        enough = (sims > 0).sum(axis=1) >= self.min_k
        total = np.where(enough, sims.sum(axis=1), np.inf)
        parts = sims * values / total[:, None]
        score = self._in_scale(base + parts.sum(axis=1))
        return parts, np.where(enough, score - parts.sum(axis=1), 0.0)

    def _wrong(self, problem: str, hint: str) -> DaogouError:
        return DaogouError(problem, type(self).__name__, hint)

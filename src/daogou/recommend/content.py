"""Items like those that the customer took, by what they are: their attributes and their text."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.recommend.attributes import aligned
from daogou.recommend.base import Recommender
from daogou.recommend.content_terms import terms_of
from daogou.recommend.interactions import Array, Interactions


@dataclass
class ContentBased(Recommender):
    """Items whose attributes and text are like those of what the customer took; new items are offered at once.

    It learns from a table of items too: ``fit(interactions, items=frame)``. Columns in ``text`` are read as words of
    letters, their runs of three letters, and runs of one and two Chinese characters; all others are attributes: a text
    or a truth is one term, numbers are cut into ``bins`` of equally many items. With tf the times that an item has a
    term, N items and n of them with the term, each column is a vector of (1 + log tf) * log(1 + N / n), brought to
    length 1; all columns together again make v(i) of length 1. With w_j = log2(1 + decayed times, as in
    :class:`ItemKNN`) for the customer's items::

        score(i) = sum over the customer's items j of w_j v(j) . v(i) / sum of w_j

    which is the cosine with the customer's items, on average. Rocchio's profile with tf-idf: Pazzani & Billsus (2007),
    Content-based recommendation systems. There is no opinion where nothing is alike.
    """

    half_life: float | None = None  # days
    text: tuple[str, ...] = ("title", "description")  # columns that are read word by word
    bins: int = 8  # of a column of numbers

    def __post_init__(self) -> None:
        """Names come as a list from a file."""
        self.text = tuple(self.text)

    def _fit(self, interactions: Interactions) -> None:
        if interactions.values is not None and (interactions.values < 0).any():
            raise DaogouError(_("a value is below 0"), "ContentBased", _("Values are weights: leave such rows out."))
        table = aligned(self._items, "item_id", interactions.item_ids)
        if table is None or not table.num_columns:
            raise DaogouError(
                _("there is no table of items to learn from"),
                "ContentBased",
                _("Give one with an item_id and what is known of it: fit(interactions, items=frame)."),
            )
        vectors = terms_of(table, self.text, self.bins)
        self.term_starts_, self.terms_, self.term_weights_ = vectors.indptr, vectors.indices, vectors.data
        self.weights_ = np.log2(1 + interactions.weights(self.half_life, interactions.pairs()[2]))

    def _prepare(self) -> None:
        width = int(self.terms_.max(initial=-1)) + 1
        shape = len(self.item_ids_), width
        self._vectors = sparse.csr_array(
            (self.term_weights_.astype(float), self.terms_, self.term_starts_), shape=shape
        )

    def _mine(self, customers: Array) -> sparse.csr_array:
        """(rows, items) what each customer's items weigh, 1 in all; customers of no items weigh nothing."""
        begins = np.append(self.starts_[:-1], 0)[customers]  # the last stands for -1
        starts = np.concatenate([[0], np.cumsum(np.append(np.diff(self.starts_), 0)[customers])])
        places = np.repeat(begins - starts[:-1], np.diff(starts)) + np.arange(starts[-1])
        weights, row = self.weights_[places], np.repeat(np.arange(len(customers)), np.diff(starts))
        total = np.bincount(row, weights, len(customers))
        shape = len(customers), len(self.item_ids_)
        shares = weights / np.maximum(total, np.finfo(float).tiny)[row]
        return sparse.csr_array((shares, self.taken_[places], starts), shape=shape)

    def _score(self, customers: Array, scores: Array) -> None:
        taste = (self._mine(customers) @ self._vectors).toarray()
        found = (self._vectors @ np.ascontiguousarray(taste.T)).T
        np.copyto(scores, found, where=found > 0)

    def _contributions(self, customer: int, items: Array) -> tuple[Array, Array]:
        mine = self._mine(np.array([customer]))
        alike = (self._vectors[items] @ self._vectors[mine.indices].T).toarray()
        return np.tile(mine.indices, (len(items), 1)), alike * mine.data

    def _likeness(self, items: Array) -> Array:
        alike = (self._vectors @ np.ascontiguousarray(self._vectors[items].toarray().T)).T
        return np.where(alike > 0, alike, np.nan)

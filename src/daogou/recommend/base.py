"""What every recommender is: checks, masks, the best n and their ties live here once."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.recommend.attributes import described, newer
from daogou.recommend.filters import Rules, choose
from daogou.recommend.interactions import Array, Interactions, codes_of, ids_like
from daogou.recommend.picks import Picks as Picks
from daogou.recommend.ranking import Repeat, best, in_threads
from daogou.recommend.saving import Saved

_BLOCK = 1_000_000  # scores in memory at a time in each thread: never a matrix of all customers and items


class Reason(NamedTuple):
    """What one item of the customer adds to a score; ``item`` is None for what does not hang on the customer."""

    item: Any
    contribution: float


class Recommender(Saved, ABC):
    """A model that offers items.

    A subclass is a dataclass, whose fields are what may be chosen and are saved as JSON. It writes ``_fit``, ``_score``
    and ``_contributions``. What ``_fit`` learns are arrays whose names end with an underscore; they are saved too.
    """

    customer_ids_: pa.Array
    item_ids_: pa.Array
    starts_: Array  # (customers + 1,) what each customer took, in CSR form
    taken_: Array

    @abstractmethod
    def _fit(self, interactions: Interactions) -> None:
        """Learn arrays."""

    @abstractmethod
    def _score(self, customers: Array, scores: Array) -> None:
        """Write the scores of ``customers`` (rows,), -1 for unknown, into (rows, items), which comes full of NaN."""

    def _best(self, customers: Array, allowed: Array, repeat: Repeat, n: int) -> tuple[Array, Array]:
        """Codes and scores of the best ``n`` of ``allowed`` (items,), both (rows, n); -1 and NaN beyond.

        A model may do this without a matrix of all scores, if what comes out is the same bit for bit.
        """
        scores = np.full((len(customers), len(self.item_ids_)), np.nan)
        self._score(customers, scores)
        return best(scores, customers, self.starts_, self.taken_, allowed, repeat, n)

    @abstractmethod
    def _contributions(self, customer: int, items: Array) -> tuple[Array, Array]:
        """Codes and what they add to the scores of ``items``: both (items, parts); -1 is none of the items."""

    def _remembered(self) -> Interactions | None:
        """What the model learnt from; None if it cannot tell."""
        return getattr(self, "_past", None)

    def fit(self, interactions: Interactions, *, items: Any = None, customers: Any = None) -> Self:
        """Learn from ``interactions``.

        ``items`` and ``customers`` are pandas, polars or Arrow tables with a row for each ``item_id`` or
        ``customer_id`` and columns of what is known of them. Models that look at interactions alone make no use of
        the columns. What has a row there is known, whether it was seen in ``interactions`` or not.

        Raises:
            DaogouError: the interactions are not such as the model learns from, or a table lacks its ids.
        """
        self._items, self._customers = described(items, "item_id"), described(customers, "customer_id")
        return self._learn(self._widened(interactions))

    def _widened(self, interactions: Interactions) -> Interactions:
        """The same interactions, with the ids of the tables."""
        customers = None if self._customers is None else self._customers["customer_id"]
        items = None if self._items is None else self._items["item_id"]
        return interactions.knowing(customers, items)

    def _learn(self, interactions: Interactions) -> Self:
        for name in [name for name in vars(self) if name.endswith("_")]:  # another fit may learn other arrays
            delattr(self, name)
        self._past = interactions
        self.customer_ids_, self.item_ids_ = interactions.customer_ids, interactions.item_ids
        self.starts_, self.taken_, _first = interactions.pairs()
        self._fit(interactions)
        self._prepare()
        return self

    def update(self, more: Interactions, *, items: Any = None, customers: Any = None) -> Self:
        """Learn from ``more`` too: equal bit for bit to a fit on all, with the rows of ``more`` below the others.

        A model that comes near it only says so in its own words. Rows of ``items`` and ``customers`` take the place of
        earlier ones of the same id.

        Raises:
            DaogouError: the model is not fitted, was loaded and does not hold what it learnt from, or ``more`` has
                other types of ids, or values or times where the others have none.
        """
        self._check(0)
        past = self._remembered()
        if past is None:
            raise DaogouError(
                _("a loaded model does not hold the interactions that it learnt from"),
                type(self).__name__,
                _("Fit it again on all of them."),
            )
        self._items = newer(getattr(self, "_items", None), described(items, "item_id"), "item_id")
        self._customers = newer(
            getattr(self, "_customers", None), described(customers, "customer_id"), "customer_id"
        )  # fmt: skip
        return self._learn_more(past, more)

    def _learn_more(self, past: Interactions, more: Interactions) -> Self:
        return self._learn(self._widened(past.and_then(more)))

    def rate(self, customers: Sequence[Any] | Any, items: Sequence[Any] | Any) -> Array:
        """(pairs,) the rating that each customer is foreseen to give the item beside them.

        Raises:
            DaogouError: the model learns what is taken, not ratings.
        """
        self._check(0)
        raise DaogouError(
            _("the model learnt what was taken, not ratings"),
            type(self).__name__,
            _("Use UserKNN or ItemKNN on interactions with values."),
        )

    def similar(self, items: Sequence[Any] | Any, n: int) -> Picks:
        """The ``n`` items most like each of ``items``, as this model sees it, and how like.

        Raises:
            DaogouError: the model compares no items, is not fitted, ``n`` is below 0, or an id is of another type.
        """
        self._check(n)
        subjects = ids_like(items, self.item_ids_, "items")
        rows = codes_of(subjects, self.item_ids_)
        width = len(self.item_ids_)
        codes, scores = np.full((len(rows), n), -1, np.int32), np.full((len(rows), n), np.nan)
        size = max(_BLOCK // max(width, 1), 1)
        for start in range(0, len(rows), size):
            block = rows[start : start + size]
            likeness = np.where(block[:, None] >= 0, self._likeness(np.maximum(block, 0)), np.nan) if width else None
            if likeness is not None and n:
                likeness[block[:, None] == np.arange(width)] = np.nan
                nobody = np.full(len(block), -1, np.int32)
                found = best(likeness, nobody, self.starts_, self.taken_, np.ones(width, bool), True, n)
                codes[start : start + size], scores[start : start + size] = found
        return Picks(subjects, self.item_ids_, codes, scores)

    def _likeness(self, items: Array) -> Array:
        """(rows, items) how like the items of these codes all items are; NaN is no opinion."""
        raise DaogouError(
            _("the model compares no items"), type(self).__name__, _("Use ItemKNN, ContentBased, EASE or ALS.")
        )

    def recommend(
        self,
        customers: Sequence[Any] | Any,
        n: int,
        *,
        allowed: Sequence[Any] | Any = None,
        repeat: Repeat = False,
        rules: Rules | None = None,
    ) -> Picks:
        """The ``n`` best items for each of ``customers``, (customers, n).

        ``allowed`` are the ids of items that may be offered, all by default. ``repeat``: False offers only what is new
        to the customer, True anything, "only" what the customer took before. Unknown customers took nothing. With
        ``rules``, which say what may be offered in place of ``allowed``, a list is as long as they let it be: see
        :func:`daogou.recommend.filters.choose`.

        Raises:
            DaogouError: the model is not fitted, ``n`` is below 0, or an id is of another type than at fit.
        """
        if rules is not None:
            return choose([self], customers, n, rules, repeat=repeat).picks
        return self._picks(customers, n, allowed, [repeat])[0]

    def again_and_new(
        self, customers: Sequence[Any] | Any, n: int, *, allowed: Sequence[Any] | Any = None
    ) -> tuple[Picks, Picks]:
        """:meth:`recommend` with ``repeat="only"`` and with ``repeat=False``."""
        again, new = self._picks(customers, n, allowed, ["only", False])
        return again, new

    def _picks(self, customers: Any, n: int, allowed: Any, repeats: Sequence[Repeat]) -> list[Picks]:
        self._check(n)
        subjects = ids_like(customers, self.customer_ids_, "customers")
        rows = codes_of(subjects, self.customer_ids_)
        mask = np.ones(len(self.item_ids_), bool) if allowed is None else self._mask(allowed)

        def part(block: Array) -> list[tuple[Array, Array]]:
            return [self._best(block, mask, repeat, n) for repeat in repeats]

        size = max(self._block() // max(len(self.item_ids_), 1), 1)
        found = in_threads(part, [rows[start : start + size] for start in range(0, max(len(rows), 1), size)])
        return [
            Picks(subjects, self.item_ids_, *(np.concatenate([each[i][side] for each in found]) for side in (0, 1)))
            for i in range(len(repeats))
        ]

    def explain(self, customer: Any, item: Any) -> list[Reason]:
        """Why ``item`` has its score for ``customer``: reasons that add up to it, heaviest first; none if unknown.

        Raises:
            DaogouError: the model is not fitted, or an id is of another type than at fit.
        """
        self._check(0)
        row = int(codes_of(ids_like([customer], self.customer_ids_, "customer"), self.customer_ids_)[0])
        column = codes_of(ids_like([item], self.item_ids_, "item"), self.item_ids_)
        if column[0] < 0:
            return []
        codes, parts = (array[0] for array in self._contributions(row, column))
        order = np.lexsort((codes, -parts))
        return [
            Reason(self.item_ids_[int(codes[i])].as_py() if codes[i] >= 0 else None, float(parts[i]))
            for i in order
            if parts[i] != 0
        ]

    def because(self, picks: Picks, most: int) -> Array:
        """(rows, n, most) codes of the customer's items that speak best for each pick, -1 where there are fewer.

        Each item's contribution to the score is weighed by log((customers + 1) / customers of the item): what nearly
        everyone takes moves scores, but tells nobody why this customer is offered this.
        """
        counts = np.bincount(self.taken_, minlength=len(self.item_ids_))
        telling = np.append(np.log((len(self.customer_ids_) + 1) / np.maximum(counts, 1)), 0)  # the last stands for -1
        best_of_all = np.full((*picks.codes.shape, most), -1, np.int32)
        for place, (row, items) in enumerate(
            zip(codes_of(picks.subjects, self.customer_ids_), picks.codes, strict=True)
        ):
            codes, parts = self._contributions(int(row), items[items >= 0])
            weights = parts * telling[codes]
            order = np.lexsort((codes, -weights), axis=1)[:, :most]
            speaks = np.take_along_axis(weights, order, axis=1) > 0
            best_of_all[place, items >= 0, : order.shape[1]] = np.where(
                speaks, np.take_along_axis(codes, order, axis=1), -1
            )
        return best_of_all

    def _block(self) -> int:
        """How many scores to hold at a time."""
        return _BLOCK

    def _mask(self, allowed: Any) -> Array:
        mask = np.zeros(len(self.item_ids_), bool)
        codes = codes_of(ids_like(allowed, self.item_ids_, "allowed"), self.item_ids_)
        mask[codes[codes >= 0]] = True
        return mask

    def scores(self, customers: Array) -> Array:
        """(rows, items) scores of all items for ``customers``, which are codes, -1 for unknown; NaN is no opinion."""
        scores = np.full((len(customers), len(self.item_ids_)), np.nan)
        self._score(customers, scores)
        return scores

    def check(self, n: int) -> None:
        """Refuse to go on without a fit or with ``n`` below 0.

        Raises:
            DaogouError: so it is.
        """
        self._check(n)

    def _check(self, n: int) -> None:
        name = type(self).__name__
        if not hasattr(self, "item_ids_"):
            raise DaogouError(_("the model is not fitted"), name, _("Call fit first."))
        if n < 0:
            raise DaogouError(_("n is {n}").format(n=n), name, _("Ask for 0 items or more."))

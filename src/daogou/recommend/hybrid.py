"""Several models in one: blended for whom enough is known, falling through to simpler ones for the others."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.recommend.als import ALS
from daogou.recommend.base import Recommender
from daogou.recommend.blending import Head, Window, learnt_weights
from daogou.recommend.content import ContentBased
from daogou.recommend.interactions import Array, Interactions, codes_of
from daogou.recommend.item_neighbours import ItemKNN
from daogou.recommend.picks import Picks
from daogou.recommend.popular import Popular
from daogou.recommend.ranking import Repeat, best
from daogou.recommend.sequence import SequentialKNN
from daogou.recommend.user_neighbours import UserKNN

SOURCES = ("blend", "content", "segment", "popular")
_STEP = 2.0  # each source that is fallen through to scores so much lower than the one before


def _parts() -> tuple[Recommender, ...]:
    neighbours = ItemKNN(feedback="implicit"), UserKNN(feedback="implicit")
    return (Popular(), *neighbours, SequentialKNN(), ALS(), ContentBased())


@dataclass
class Hybrid(Recommender):
    """A blend of models with weights that are learnt on a validation window.

    With s_m(i) the score of part m for the 200 items that it thinks best, and 0 for all others, and with the highest of
    the customer's scores by m on top_m::

        score(i) = sum over parts m of weight_m s_m(i) / top_m

    once for items new to the customer and once for those taken before, each with weights and tops of its own. The
    weights are at least 0; those for new items add up to 1, the others to what something taken before counts against
    something new. They are found for the mean NDCG@10 over customers in the last ``window`` of the events by time, the
    parts having learnt from those before; without times, or where that leaves fewer than 100 customers, in the last
    ``window`` of each customer's. First comes the part that is best alone; then, one at a time, what raises that mean
    most, as long as it raises it by more than the standard error of the gain, so that a part is no harm. Then the
    parts that have a weight learn from everything, and the others are left out.

    For whom the blended parts have no opinion, and after the last item of which they have one, a list goes on with what
    is like the customer's items (a part that is a :class:`ContentBased`), then with what is popular in the customer's
    segment (a :class:`Popular` part with a ``segment``) or with all; such scores are below 0. :meth:`sources` says
    which. A ``ContentBased`` part is left out where there is no table of items.

    ``update`` updates the parts and keeps the weights: it comes near a fit on all, which would learn them anew.
    """

    parts: Sequence[Any] = field(default_factory=_parts)
    window: float = 0.1  # of the events

    def __post_init__(self) -> None:
        """Parts come as kinds and settings from a file."""
        self.parts = tuple(part if isinstance(part, Recommender) else _made(*part) for part in self.parts)

    def _fit(self, interactions: Interactions) -> None:
        if not 0 < self.window < 1:
            raise DaogouError(
                _("window is {window}").format(window=self.window), "Hybrid", _("Choose one above 0 and below 1.")
            )
        tables = {"items": self._items, "customers": self._customers}
        self.used_ = np.array(
            [at for at, part in enumerate(self.parts) if self._items is not None or not isinstance(part, ContentBased)],
            np.int64,
        )
        if not len(self.used_):
            raise DaogouError(_("a Hybrid has no part"), "Hybrid", _("Give it a model or more: Hybrid([ItemKNN()])."))
        self._models = [_made(*_told(self.parts[at])) for at in self.used_]
        past, window = Window.of(interactions, self.window)
        for model in self._models:
            model.fit(past, **tables)
        weights = learnt_weights(self._models, past, window)
        used = weights.any(axis=0) | np.array([isinstance(model, ContentBased) for model in self._models], bool)
        self._models = [model for model, there in zip(self._models, used, strict=True) if there]
        self.used_, self.weights_ = self.used_[used], weights[:, used]  # (2, parts): new to the customer, taken before
        for model in self._models:
            model.fit(interactions, **tables)
        self._rest = self._popular().fit(interactions, **tables)

    def _popular(self) -> Popular:
        return next((_made(*_told(part)) for part in self.parts if isinstance(part, Popular)), Popular())

    def _learnt(self) -> dict[str, Any]:
        models = [*self._models, self._rest]
        return super()._learnt() | {
            f"part_{at}_": np.frombuffer(model.to_bytes(), np.uint8) for at, model in enumerate(models)
        }

    def _prepare(self) -> None:
        if hasattr(self, "part_0_"):  # from a file
            kinds: list[Any] = [*(type(self.parts[at]) for at in self.used_), Popular]
            found: list[Any] = []
            for at, kind in enumerate(kinds):
                found.append(kind.from_bytes(getattr(self, f"part_{at}_").tobytes()))
                delattr(self, f"part_{at}_")
            *self._models, self._rest = found
        self._asked: dict[tuple[int, bool], tuple[Array, Head]] = {}
        self._content = next((model for model in self._models if isinstance(model, ContentBased)), None)

    def _learn_more(self, past: Interactions, more: Interactions) -> Self:
        together, weights, used = self._widened(past.and_then(more)), self.weights_, self.used_
        models, rest = self._models, self._rest
        for model in [*models, rest]:
            model.update(more, items=self._items, customers=self._customers)
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)
        self._past, self.weights_, self.used_ = together, weights, used
        self.customer_ids_, self.item_ids_ = together.customer_ids, together.item_ids
        self.starts_, self.taken_, _first = together.pairs()
        self._prepare()
        return self

    def _settings(self) -> dict[str, Any]:
        return {"parts": [_told(part) for part in self.parts], "window": self.window}

    def _block(self) -> int:
        return 3 * super()._block()

    def _taken_mask(self, customers: Array) -> Array:
        mask = np.zeros((len(customers), len(self.item_ids_)), bool)
        for row in np.flatnonzero(customers >= 0):
            mask[row, self.taken_[self.starts_[customers[row]] : self.starts_[customers[row] + 1]]] = True
        return mask

    def _fallen_to(self) -> list[Recommender]:
        return [self._rest] if self._content is None else [self._content, self._rest]

    def _blend(self, customers: Array, scores: Array, repeat: Repeat) -> None:
        """Write the blend of what is new to ``customers`` or was taken before, as asked; NaN is no opinion."""
        scores[:] = 0.0
        known = np.flatnonzero(self._known(customers))
        for again in (False, True):
            if (repeat == "only" and not again) or (repeat is False and again):
                continue
            for weight, model in zip(self.weights_[int(again)], self._models, strict=True):
                if weight:
                    head = Head.of(model, customers[known], again)
                    row, place = np.nonzero(head.codes >= 0)
                    scores[known[row], head.codes[row, place]] += weight * head.shares[row, place]
        scores[~(scores > 0)] = np.nan

    def _best(self, customers: Array, allowed: Array, repeat: Repeat, n: int) -> tuple[Array, Array]:
        scores = np.full((len(customers), len(self.item_ids_)), np.nan)
        self._blend(customers, scores, repeat)
        codes, found = best(scores, customers, self.starts_, self.taken_, allowed, repeat, n)
        counts = (codes >= 0).sum(axis=1)
        most = np.append(np.diff(self.starts_), 0)[customers] if repeat == "only" else n
        lacking = np.flatnonzero(counts < np.minimum(most, n))  # the others need not fall through
        if len(lacking):
            codes[lacking], found[lacking] = super()._best(customers[lacking], allowed, repeat, n)
        return codes, found

    def _score(self, customers: Array, scores: Array) -> None:
        self._blend(customers, scores, True)
        for step, model in enumerate(self._fallen_to(), 1):
            found = model.scores(customers)
            top = np.fmax.reduce(found, axis=1, initial=np.finfo(float).tiny)
            fallen = found / top[:, None]
            there = np.isnan(scores) & (fallen > 0)
            scores[there] = fallen[there] - _STEP * step

    def _known(self, customers: Array) -> Array:
        """(rows,) whether a customer took anything."""
        return np.append(np.diff(self.starts_) > 0, False)[customers]

    def _contributions(self, customer: int, items: Array) -> tuple[Array, Array]:
        rows = np.array([customer], np.int32)
        taken = self._taken_mask(rows)[0, items]
        warm = bool(self._known(rows)[0])
        score = np.zeros(len(items))
        reasons: list[tuple[Array, Array]] = []
        for at, model in enumerate(self._models):
            factor = np.zeros(len(items))
            for again in (False, True):
                weight = self.weights_[int(again), at]
                if warm and weight and (taken == again).any():
                    head = self._head(at, customer, again)
                    there = (taken == again) & np.isin(items, head.codes[0])
                    factor[there] = weight / head.tops[0]
                    share = np.zeros(len(self.item_ids_) + 1)
                    share[head.codes[0]] = head.shares[0]
                    score[there] += weight * share[items[there]]
            reasons.append(self._weighed(model, customer, items, factor))
        step = np.zeros(len(items))
        for place, model in enumerate(self._fallen_to(), 1):
            lacking = (score == 0) & (step == 0)
            if not lacking.any():
                break
            scores = model.scores(rows)[0]
            there = lacking & (np.nan_to_num(scores[items]) > 0)
            step[there] = place
            top = np.nanmax(np.append(scores, np.finfo(float).tiny))
            reasons.append(self._weighed(model, customer, items, there / top))
        codes = [np.full((len(items), 1), -1, np.int32), *(each for each, _parts in reasons)]
        return np.hstack(codes), np.hstack([-_STEP * step[:, None], *(parts for _codes, parts in reasons)])

    def because(self, picks: Picks, most: int) -> Array:
        """As :meth:`Recommender.because`; each part is asked for everybody's best at once."""
        rows = np.unique(codes_of(picks.subjects, self.customer_ids_)).astype(np.int32)
        self._asked = {
            (at, again): (rows, Head.of(model, rows, again))
            for at, model in enumerate(self._models)
            for again in (False, True)
            if self.weights_[int(again), at]
        }
        try:
            return super().because(picks, most)
        finally:
            self._asked = {}

    def _head(self, at: int, customer: int, again: bool) -> Head:
        """The best of a part for one customer."""
        if (at, again) not in self._asked:
            return Head.of(self._models[at], np.array([customer], np.int32), again)
        rows, head = self._asked[at, again]
        place = int(np.searchsorted(rows, customer))
        return Head(*(values[place : place + 1] for values in head))

    @staticmethod
    def _weighed(model: Recommender, customer: int, items: Array, factor: Array) -> tuple[Array, Array]:
        """A model's reasons as they count in the blend, by a factor (items,)."""
        if not factor.any():
            return np.zeros((len(items), 0), np.int32), np.zeros((len(items), 0))
        codes, parts = model._contributions(customer, items)
        return codes.astype(np.int32), parts * factor[:, None]

    def sources(self, picks: Picks) -> Array:
        """(rows, n) where each pick of :meth:`recommend` is from: a name of :data:`SOURCES`; None where there is none.

        The picks' scores must be as this model gave them.
        """
        step = np.ceil(-np.nan_to_num(picks.scores) / _STEP).astype(int)
        names = np.empty(picks.codes.shape, object)
        segment = self._rest.of_segment(codes_of(picks.subjects, self.customer_ids_))
        popular = np.where(segment, SOURCES[2], SOURCES[3])[:, None]
        names[:] = np.where(step <= 0, SOURCES[0], popular)
        if self._content is not None:
            names[step == 1] = SOURCES[1]
        names[picks.codes < 0] = None
        return names

    def _likeness(self, items: Array) -> Array:
        """Of the part with the highest weight that compares items."""
        for at in np.argsort(-self.weights_[0], kind="stable"):
            if type(self._models[at])._likeness is not Recommender._likeness or isinstance(self._models[at], ItemKNN):
                return self._compared(self._models[at], items)
        return super()._likeness(items)

    def _compared(self, model: Recommender, items: Array) -> Array:
        if not isinstance(model, ItemKNN):
            return model._likeness(items)
        found = np.full((len(items), len(self.item_ids_)), np.nan)
        picks = model.similar(self.item_ids_.take(items), model.k)
        row, place = np.nonzero(picks.codes >= 0)
        found[row, picks.codes[row, place]] = picks.scores[row, place]
        return found


def _told(part: Recommender) -> tuple[str, dict[str, Any]]:
    return type(part).__name__, part._settings()


def _made(kind: str, settings: dict[str, Any]) -> Any:
    """A model that learnt nothing yet.

    Raises:
        DaogouError: no such kind is imported.
    """
    kinds: set[Any] = {Recommender}
    while more := {child for each in kinds for child in each.__subclasses__()} - kinds:
        kinds |= more
    found = next((each for each in kinds if each.__name__ == kind), None)
    if found is None:
        raise DaogouError(
            _("there is no model '{kind}'").format(kind=kind), "Hybrid", _("Import the module that defines it first.")
        )
    return found(**settings)

"""What may be offered to whom and in which order: hard rules as masks, caps that give way, boosts and pins."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.recommend.choosing import CATALOGUE, PINNED, Block, choose_block
from daogou.recommend.interactions import Array, codes_of, ids_like
from daogou.recommend.picks import Picks
from daogou.recommend.ranking import Repeat, in_threads

if TYPE_CHECKING:
    from daogou.recommend.base import Recommender

__all__ = ["CATALOGUE", "PINNED", "Cap", "Chosen", "Pin", "Rules", "choose"]
_BLOCK = 1_000_000  # scores in memory at a time in each thread


class Cap(NamedTuple):
    """At most ``most`` items of a group; ``groups`` (items,) are codes, -1 for an item of no group."""

    groups: Array
    most: int


class Pin(NamedTuple):
    """An item that stands at a rank, 1 the first, of whoever may be offered it."""

    item: Any
    rank: int


@dataclass(frozen=True, eq=False)
class Rules:
    """Rules of an offer, as arrays over ``item_ids`` and ``customer_ids``.

    Hard: ``offered`` (items,) is a mask. With ``levels`` (items,) and ``suits`` (customers,), an item is offered to
    those whom at least its level suits; NaN, which is not known, suits nobody. ``kept_from`` are (customers,) and
    (items,) places of one length: pairs that are not offered, such as what was bought lately. What the rules do not
    know: an item is not offered, a customer is one of whom nothing is known.

    Soft: ``caps`` hold as long as there are enough items without breaking them; then the first gives way, then the
    second, and so on. ``factors`` (items,) multiply scores above 0 and divide those below. ``pins`` count in caps and
    never yield to them.
    """

    item_ids: pa.Array
    offered: Array
    customer_ids: pa.Array = field(default_factory=lambda: pa.array([], pa.int64()))
    levels: Array | None = None
    suits: Array | None = None
    kept_from: tuple[Array, Array] | None = None
    caps: tuple[Cap, ...] = ()
    factors: Array | None = None
    pins: tuple[Pin, ...] = ()

    def __post_init__(self) -> None:
        """Check the pins.

        Raises:
            DaogouError: two pins stand at one rank, an item is pinned twice, or a rank is below 1.
        """
        ranks, items = [pin.rank for pin in self.pins], [pin.item for pin in self.pins]
        if min(ranks, default=1) < 1:
            raise DaogouError(_("a rank is below 1"), "pins", _("The first rank is 1."))
        if len(set(ranks)) < len(ranks) or len(set(items)) < len(items):
            raise DaogouError(_("two pins share a rank or an item"), "pins", _("Give each a rank of its own."))


class Chosen(NamedTuple):
    """Picks, and what spoke for each place: the place of a model, :data:`PINNED` or :data:`CATALOGUE`; (rows, n)."""

    picks: Picks
    spoke: Array


def choose(
    models: Sequence["Recommender"],
    customers: Sequence[Any] | Any,
    n: int,
    rules: Rules,
    *,
    repeat: Repeat = False,
    personal: bool = True,
) -> Chosen:
    """The best ``n`` items for each of ``customers`` that meet ``rules``: as many as there are, up to ``n``.

    The first model speaks; what it leaves empty is filled by the second, and so on, at last by items of which no model
    has an opinion, in the order of the rules. Caps give way only when all of that is spent. ``personal=False`` looks at
    nothing that a customer took: those whom the same levels suit get the same list. Codes of the picks are places in
    their ``item_ids``: those of the models, then what only the rules know.

    Raises:
        DaogouError: a model is not fitted, ``n`` is below 0, or an id is of another type than at fit.
        ValueError: the models were fitted on different items.
    """
    first = models[0]
    for model in models:
        model.check(n)
        if not model.item_ids_.equals(first.item_ids_):
            raise ValueError("models that fill each other's lists must be fitted on the same items")
    subjects = ids_like(customers, first.customer_ids_, "customers")
    rows = codes_of(subjects, first.customer_ids_) if personal else np.full(len(subjects), -1, np.int32)
    aligned = _Aligned(rules, first.item_ids_, subjects, personal)

    def part(at: slice) -> tuple[Array, Array, Array]:
        return choose_block(models, rows[at], n, repeat, aligned.block(at))

    size = max(_BLOCK // max(len(aligned.item_ids), 1), 1)
    found = in_threads(part, [slice(start, start + size) for start in range(0, max(len(rows), 1), size)])
    codes, scores, spoke = (np.concatenate([each[side] for each in found]) for side in range(3))
    return Chosen(Picks(subjects, aligned.item_ids, codes, scores), spoke)


class _Aligned:
    """Rules in the codes of the models' items, of what only the rules know after them, and of the subjects."""

    def __init__(self, rules: Rules, known: pa.Array, subjects: pa.Array, personal: bool) -> None:
        rule_ids = ids_like(rules.item_ids, known, "rules")
        more = np.flatnonzero(codes_of(rule_ids, known) < 0).astype(np.int32)
        self.item_ids = pa.concat_arrays([known, rule_ids.take(pa.array(more))]) if len(more) else known
        self._place = np.concatenate([codes_of(known, rule_ids), more])  # (items,) in the rules, -1 for none
        self._offered = self._items(rules.offered, False)
        self._factors = np.zeros(0) if rules.factors is None else self._items(rules.factors, 1.0)
        self._levels = None if rules.levels is None else self._items(rules.levels, np.nan)
        groups = [_counted_from_0(self._items(cap.groups, -1)) for cap in rules.caps]
        self._groups = np.array(groups, np.int32).reshape(len(groups), len(self._place))
        self._most = np.array([cap.most for cap in rules.caps], np.int32)
        pinned = codes_of(ids_like([pin.item for pin in rules.pins], self.item_ids, "pins"), self.item_ids)
        self._pins = sorted((pin.rank, int(code)) for pin, code in zip(rules.pins, pinned, strict=True) if code >= 0)
        people = codes_of(subjects, ids_like(rules.customer_ids, subjects, "rules"))
        suits = np.full(len(rules.customer_ids), np.nan) if rules.suits is None else rules.suits
        self._suits = np.append(suits, np.nan)[people]
        self._starts, self._kept = np.zeros(len(subjects) + 1, np.int64), np.zeros(0, np.int32)
        if rules.kept_from is not None and personal:
            self._keep(*rules.kept_from, people)

    def _items(self, values: Array, unknown: Any) -> Array:
        """``values`` by item of the rules, by item of all."""
        return np.asarray(np.append(values, np.array([unknown], values.dtype))[self._place])

    def _keep(self, customers: Array, items: Array, people: Array) -> None:
        """What each subject is kept from, in CSR form."""
        code = np.full(int(self._place.max(initial=-1)) + 1, -1, np.int32)
        known = np.flatnonzero(self._place >= 0)
        code[self._place[known]] = known
        order = np.argsort(customers, kind="stable")
        starts = np.searchsorted(customers, people, sorter=order)
        stops = np.searchsorted(customers, people, side="right", sorter=order)
        self._starts = np.concatenate([[0], np.cumsum(stops - starts)]).astype(np.int64)
        mine = [order[start:stop] for start, stop in zip(starts, stops, strict=True)]
        self._kept = code[items[np.concatenate([*mine, order[:0]])]]

    def block(self, at: slice) -> Block:
        """The rules of some of the subjects."""
        start, stop, _step = at.indices(len(self._suits))
        return Block(
            self._offered,
            self._factors,
            self._levels,
            self._suits[start:stop],
            self._starts[start : stop + 1],
            self._kept,
            self._groups,
            self._most,
            self._pins,
        )


def _counted_from_0(groups: Array) -> Array:
    """The same groups numbered without gaps; -1 stays."""
    used, codes = np.unique(groups, return_inverse=True)
    return np.asarray(codes - int((used < 0).sum()))

"""k-means on customers as they are: numbers, categories and several interests in a cell, with gaps."""

import json
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

from daogou.base.errors import DaogouError
from daogou.base.estimate import Estimate
from daogou.base.raw import Raw, framed
from daogou.base.words import gettext as _
from daogou.profile import apart, groups
from daogou.profile.groups import Array, Blocks, Clarity, Curve
from daogou.profile.mixed import Space
from daogou.profile.mixed_identifier import identifier
from daogou.profile.mixed_match import Before, matched

FEWEST = 30  # rows below which k cannot be chosen
_SAMPLE = 50_000  # rows that centres are learned from; everyone is then given the nearest
UNKNOWN = -1


class TooFewError(DaogouError):
    """There are too few rows, or too little that differs, for so many groups."""


@dataclass
class KMeans:
    """Groups of the rows of any frame that narwhals reads (pandas, polars, pyarrow).

    >>> import pyarrow as pa
    >>> likes = ["tea", "tea;go", "tea", "opera", "opera|chess", "opera"]
    >>> frame = pa.table({"age": [20, 21, 22, 60, 61, 62], "likes": likes})
    >>> model = KMeans(k=2).fit(frame)
    >>> model.labels_.tolist()
    [1, 1, 1, 0, 0, 0]
    >>> model.predict(pa.table({"age": [25, None], "likes": [None, "chess"]})).tolist()
    [1, 0]

    Fields are parameters and never change; what ``fit`` learns ends with an underscore. ``labels_`` holds a number for
    each row, of shape (rows,): 0 for the largest group, and -1 where less than half of a row's attributes is known.
    """

    k: int = 0  # 0: chosen by silhouette between 2 and 10
    seed: int = 20170101

    _KIND: ClassVar[str] = "KMeans"

    def __post_init__(self) -> None:
        if self.k < 0 or self.k == 1:
            raise ValueError("k must be 0 (chosen) or 2 or more")

    def fit(self, frame: Raw, weight: ArrayLike | None = None, previous: "KMeans | None" = None) -> Self:
        """Learn the groups of ``frame``, all of whose columns count alike.

        Groups are numbered by the sum of ``weight`` over their rows (their size without one), most first; those of
        ``previous``, an earlier fit, keep their numbers where they are found again (:mod:`daogou.profile.mixed_match`).

        Raises:
            TooFewError: there are too few rows or differences for so many groups.
            DaogouError: a column names customers instead of describing them.
        """
        data = framed(frame)
        for name in data.columns:
            identifier(data[name], name)
        with threadpool_limits(limits=1):  # any number of threads gives the same groups
            self.space_ = Space.learn(data.to_native())
            learn_from = self._sample(data)
            blocks = self._blocks()
            ks = self._ks(learn_from)
            self.curve_: Curve = groups.curve(learn_from, blocks, ks, self.seed)
            k = self.k or groups.chosen(self.curve_, len(previous.numbers_) if previous else 0)
            before = Before.of(previous, self.space_, data, k) if previous else None
            start = before.start if before else None
            self.centres_: Array = groups.centres(learn_from, blocks, k, self.seed, start)
            of = self._nearest(data)
        rank = np.ones(len(data)) if weight is None else np.asarray(weight, dtype=np.float64)
        self._number(data, of, rank, before)
        return self

    def predict(self, frame: Raw) -> Array:
        """The group of each row of a frame with the columns learned from; -1 where too little is known.

        Raises:
            ValueError: the model is not fitted, or a column is absent.
        """
        if not hasattr(self, "centres_"):
            raise ValueError("fit the model first")
        with threadpool_limits(limits=1):
            return self._numbered(self._nearest(framed(frame)))

    @property
    def keys(self) -> Array:
        """The key of each row's group, ``group_1`` for label 0; None where there is no label."""
        return np.array([key(label) if label >= 0 else None for label in self.labels_.tolist()], dtype=object)

    @property
    def names(self) -> dict[int, str]:
        """What sets each group apart, as a name in the current language, by label."""
        named = apart.names({key(label): text for label, text in self.apart_.items()})
        return {label: named[key(label)] for label in self.apart_}

    @property
    def better_than_noise(self) -> bool:
        """Whether the groups are clearer than those of data without kinds of customers."""
        return groups.better_than_noise(self.curve_, len(self.numbers_))

    def to_bytes(self) -> bytes:
        """The fitted model as JSON, without pickle and without a row of any customer."""
        kept = {
            "kind": self._KIND,
            "parameters": {"k": self.k, "seed": self.seed},
            "space": self.space_.state(),
            "centres": self.centres_.tolist(),
            "numbers": list(self.numbers_),
            "spreads": list(self.spreads_),
            "used": self.used_,
            "curve": [asdict(clarity) for clarity in self.curve_],
            "apart": {str(label): text for label, text in self.apart_.items()},
        }
        return json.dumps(kept, ensure_ascii=False, allow_nan=False).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The model that :meth:`to_bytes` kept; it has no ``labels_``.

        Raises:
            ValueError: the bytes hold another kind of model.
        """
        kept = json.loads(data)
        if kept["kind"] != cls._KIND:
            raise ValueError(f"these bytes hold a {kept['kind']}, not a {cls._KIND}")
        model = cls(**kept["parameters"])
        model.space_ = Space.restore(kept["space"])
        model.centres_ = np.array(kept["centres"], dtype=np.float64)
        model.numbers_, model.spreads_, model.used_ = tuple(kept["numbers"]), tuple(kept["spreads"]), kept["used"]
        model.curve_ = tuple(
            Clarity(told["k"], Estimate(**told["silhouette"]), told["shuffled"]) for told in kept["curve"]
        )
        model.apart_ = {int(label): text for label, text in kept["apart"].items()}
        return model

    def _blocks(self) -> Blocks:
        several, numbers = (
            frozenset(place for place, kind in enumerate(self.space_.kinds) if kind == wanted)
            for wanted in ("several", "number")
        )
        return Blocks(self.space_.blocks, several, numbers)

    def _sample(self, data: Any) -> Array:
        """Points of a sample of the rows of which at least half is known."""
        if not self.space_.attributes:
            raise TooFewError(
                _("nothing in these columns differs from row to row: {columns}").format(
                    columns=_(", ").join(self.space_.constant) or "-"
                ),
                "k-means",
                _("Name a column that tells customers apart."),
            )
        order = np.random.default_rng(self.seed).permutation(len(data))[:_SAMPLE]
        points = self.space_.place(data[np.sort(order).tolist()].to_native())
        made: Array = points[self._enough(points)]
        return made

    def _enough(self, points: Array) -> Array:
        known = np.isfinite(points[:, [block.start for block in self.space_.blocks]])
        enough: Array = 2 * known.sum(axis=1) >= known.shape[1]
        return enough

    def _ks(self, points: Array) -> list[int]:
        distinct = len(np.unique(points, axis=0))
        if self.k:
            if self.k > distinct:
                raise TooFewError(
                    _("{k} groups are asked for, and there are {n} different rows").format(k=self.k, n=distinct),
                    "k-means",
                    _("Ask for fewer groups, or give more rows or columns."),
                )
            return [self.k]
        if len(points) < FEWEST or distinct <= groups.KS[0]:
            raise TooFewError(
                _("too few rows to choose the number of groups: {n} ({distinct} different; needed: {fewest})").format(
                    n=len(points), distinct=distinct, fewest=FEWEST
                ),
                "k-means",
                _("Say how many groups you want, or give more rows."),
            )
        return [k for k in groups.KS if k < distinct]

    def _nearest(self, data: Any) -> Array:
        """The place of each row's centre; -1 where too little is known."""
        made = [np.empty(0, dtype=np.int64)]
        for part in self.space_.parts(data.to_native()) if len(data) else ():
            points = self.space_.place(part)
            made.append(np.where(self._enough(points), groups.assigned(points, self.centres_), UNKNOWN))
        return np.concatenate(made)

    def _number(self, data: Any, of: Array, rank: Array, before: Before | None) -> None:
        k = len(self.centres_)
        held = of >= 0
        totals = np.bincount(of[held], weights=rank[held], minlength=k)
        sizes = np.bincount(of[held], minlength=k)
        order = np.lexsort((-sizes, -totals))
        if before is None:
            numbers = np.empty(k, dtype=np.int64)
            numbers[order] = np.arange(k)
            self.used_ = k
        else:
            numbers, self.used_ = matched(before.means(data, of, k), before, order)
        self.numbers_: tuple[int, ...] = tuple(numbers.tolist())
        self.labels_: Array = self._numbered(of)
        tally = apart.Tally(self.space_.titles, k)
        square, count = np.zeros(k), np.zeros(k)
        start = 0
        for part in self.space_.parts(data.to_native()):
            seen = self.space_.seen(part)
            inside = of[start : start + len(seen)]
            start += len(seen)
            tally.add(seen, inside)
            near = groups.gaps_to(self.space_.place(part), self.centres_).min(axis=1)[inside >= 0]
            square += np.bincount(inside[inside >= 0], weights=near, minlength=k)
            count += np.bincount(inside[inside >= 0], minlength=k)
        self.spreads_: tuple[float, ...] = tuple((square / np.maximum(count, 1)).tolist())
        found = tally.contrasts()
        self.apart_: dict[int, str] = {self.numbers_[n]: apart.to_json(found[n]) for n in np.argsort(numbers).tolist()}

    def _numbered(self, of: Array) -> Array:
        return np.where(of >= 0, np.array(self.numbers_)[np.maximum(of, 0)], UNKNOWN)


def key(label: int) -> str:
    """The key of a group, the same in every language.

    >>> key(0)
    'group_1'
    """
    return f"group_{label + 1}"

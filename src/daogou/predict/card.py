"""A model's card: what it learned from, how well it did and for whom, what moves it, and what it is not for.

Everything here is plain data that JSON holds; ``card_words`` says it to people. Source of the form: Mitchell et al.
(2019), Model cards for model reporting.
"""

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from typing import Any, Self

import numpy as np

from daogou.base.estimate import Estimate
from daogou.predict.drift import Reference
from daogou.predict.leaks_found import Finding

Array = np.ndarray[Any, Any]

FORMAT = 1  # of the JSON
LIBRARIES = ("lightgbm", "numpy", "scikit-learn", "scipy")
DEPTHS = tuple(depth / 100 for depth in range(0, 101, 5))


@dataclass(frozen=True)
class Rows:
    """Rows of a window: how many, of how many customers, and in how many it happened."""

    rows: int
    customers: int
    events: int

    @classmethod
    def of(cls, y: Array, customer: Array) -> Self:
        """From arrays of shape (rows,)."""
        return cls(len(y), len(np.unique(customer)), int(np.sum(y > 0)))


@dataclass(frozen=True)
class Windows:
    """Moments and how long outcomes take; ``embargo_days`` lie between those learned from and those tested on."""

    train: tuple[date, ...]
    calibrate: tuple[date, ...]  # of these, where its probabilities were set right, by a model of earlier ones
    test: tuple[date, ...]
    known: tuple[date, ...]  # all that the model in use learned from
    outcome_days: int
    embargo_days: int
    next_moment: date  # the first day on which there is an outcome more to learn from


@dataclass(frozen=True)
class Group:
    """A part of the tested rows, by what was known at their moment. Metrics are None where there are too few."""

    by: str
    name: str
    rows: int
    customers: int
    events: int
    few: bool
    expected: float | None = None  # mean probability
    happened: Estimate | None = None
    auc: Estimate | None = None  # None too where nearly all did, or did not
    brier: float | None = None
    log_loss: float | None = None


@dataclass(frozen=True)
class Bin:
    """Tested rows of like probability: what was expected and what happened."""

    rows: int
    expected: float
    happened: Estimate


@dataclass(frozen=True)
class Feature:
    """A column that models may look at: what it means in each language, and the tables that it is made from.

    One that ``grows`` counts everything since the first order, so it lies higher for every customer as time passes.
    """

    column: str
    en: str
    zh: str
    source: tuple[str, ...]
    grows: bool = False


@dataclass(frozen=True)
class Input:
    """A column of the data. ``moves`` is the mean size of what it adds to a score, over everyone of now.

    ``way`` is 1 where the more of it the higher the score, -1 the other way round, 0 where it is neither or a text.
    """

    column: str
    moves: float
    way: int


@dataclass(frozen=True)
class Card:
    """All of it. Estimates of ``compared`` are by model and metric; ``references`` by column, that of scores is ""."""

    target: str
    title: Mapping[str, str]  # by language
    asks: Mapping[str, Any]  # the target's definition: cards with the same foretell the same event
    as_of: date
    model: str
    kind: str
    parameters: Mapping[str, Any]
    seed: int
    versions: Mapping[str, str]
    windows: Windows
    rows: Mapping[str, Rows]  # train, test and known
    population_days: int
    attributes: tuple[str, ...]  # of people, that the model may use
    fewest: int  # customers below which a group is too small to be judged
    compared: Mapping[str, Mapping[str, Estimate]]
    ties: tuple[str, ...]  # models that are not surely better or worse than the one in use
    calibration: str  # used, flips, no better, or no window
    groups: tuple[Group, ...]
    bins: tuple[Bin, ...]
    gain: tuple[float, ...]  # share of the events at each of DEPTHS, likeliest first
    features: tuple[Feature, ...]
    inputs: tuple[Input, ...]  # strongest first
    unit: str  # of what inputs add: log-odds, or probability
    findings: tuple[Finding, ...]
    references: Mapping[str, Reference]

    @property
    def grows(self) -> frozenset[str]:
        """The columns that move by themselves: training again does not hold them."""
        return frozenset(one.column for one in self.features if one.grows)

    @property
    def metrics(self) -> Mapping[str, Estimate]:
        """Those of the model in use, on rows that it had not seen."""
        return self.compared[self.model]

    def to_json(self) -> str:
        """As text; :meth:`from_json` reads it back."""
        whole = asdict(self)
        bins = plain(whole.pop("references"), digits=17)  # a value that is an edge must stay in its bin
        kept = {"format": FORMAT} | plain(whole) | {"references": bins}
        return json.dumps(kept, ensure_ascii=False, allow_nan=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The card that :meth:`to_json` wrote.

        Raises:
            ValueError: it is of a format that this version does not read.
        """
        kept = json.loads(text)
        if kept.pop("format") != FORMAT:
            raise ValueError("a card of another version of Daogou")
        windows = kept["windows"]
        days = {name: tuple(map(date.fromisoformat, windows[name])) for name in ("train", "calibrate", "test", "known")}
        windows |= days | {"next_moment": date.fromisoformat(windows["next_moment"])}
        return cls(
            **kept
            | {
                "as_of": date.fromisoformat(kept["as_of"]),
                "windows": Windows(**windows),
                "rows": {name: Rows(**one) for name, one in kept["rows"].items()},
                "attributes": tuple(kept["attributes"]),
                "ties": tuple(kept["ties"]),
                "compared": {
                    model: {metric: _estimate(one) for metric, one in metrics.items()}
                    for model, metrics in kept["compared"].items()
                },
                "groups": tuple(
                    Group(**one | {name: _estimate(one[name]) for name in ("happened", "auc")})
                    for one in kept["groups"]
                ),
                "bins": tuple(Bin(**one | {"happened": _estimate(one["happened"])}) for one in kept["bins"]),
                "gain": tuple(kept["gain"]),
                "features": tuple(Feature(**one | {"source": tuple(one["source"])}) for one in kept["features"]),
                "inputs": tuple(Input(**one) for one in kept["inputs"]),
                "findings": tuple(Finding(**one) for one in kept["findings"]),
                "references": {name: _reference(one) for name, one in kept["references"].items()},
            }
        )


def versions() -> dict[str, str]:
    """What the numbers were made with."""
    return {"daogou": version("daogou"), "python": platform.python_version()} | {
        name: version(name) for name in LIBRARIES
    }


def plain(value: Any, digits: int = 12) -> Any:
    """As JSON holds it: NaN and infinity become None, days and what JSON does not know text, tuples lists."""
    if isinstance(value, Mapping):
        return {name: plain(one, digits) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one, digits) for one in value]
    if isinstance(value, float):
        return float(f"{value:.{digits}g}") if np.isfinite(value) else None
    if value is None or isinstance(value, str | int):
        return value
    return value.isoformat() if isinstance(value, date) else repr(value)


def _estimate(kept: dict[str, Any] | None) -> Any:
    if kept is None:
        return None
    known: dict[str, Any] = {name: float("nan") if value is None else value for name, value in kept.items()}
    return Estimate(**known)


def _reference(kept: dict[str, Any]) -> Reference:
    levels = kept["levels"]
    return Reference(
        tuple(kept["counts"]), kept["customers"], tuple(kept["edges"]), None if levels is None else tuple(levels)
    )

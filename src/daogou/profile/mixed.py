"""Customers of mixed attributes as points: numbers, categories and cells of several texts, none heavier than another.

Each attribute is centred, and its columns together have a variance of 1, however many levels it has: two customers
drawn at random are, on average, equally far apart in every attribute.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np

from daogou.base.raw import Raw, framed
from daogou.profile.mixed_columns import Column, Kind, read_column

Array = np.ndarray[Any, Any]

LEVEL = "is:"  # prefix of the title of a level: is:occupation=teacher
DAY = "day:"  # prefix of the title of a date
MOST_LEVELS = 100  # of an attribute; the rows of rarer ones are in none of its levels
_BLOCK = 65_536  # rows that are placed at once
_SKEWED = 1.0  # skewness above which a number is taken in logarithms


@dataclass(frozen=True)
class Number:
    """How a number is scaled: its logarithm where it is skewed, the outer 1 % at the 1 % points, then standardised."""

    name: str
    logged: bool
    low: float
    high: float
    mean: float
    scale: float
    is_day: bool = False  # whether it counts the days since 1970

    @property
    def titles(self) -> tuple[str, ...]:
        """What the column holds."""
        return (DAY + self.name if self.is_day else self.name,)

    def place(self, column: Column) -> Array:
        """Shape (rows, 1), NaN where not known."""
        values = np.log1p(np.maximum(column.numbers, 0.0)) if self.logged else column.numbers
        return ((np.clip(values, self.low, self.high) - self.mean) / self.scale)[:, None]

    def seen(self, column: Column) -> Array:
        """Shape (rows, 1): the number itself."""
        return column.numbers[:, None]


@dataclass(frozen=True)
class Levels:
    """How texts are placed: 1 where the row has a level, 0 where not, less the level's share, times ``weight``."""

    name: str
    several: bool  # whether a cell may hold several texts
    levels: tuple[str, ...]
    shares: tuple[float, ...]  # of the rows that are known
    weight: float

    @property
    def titles(self) -> tuple[str, ...]:
        """What each column holds."""
        return tuple(f"{LEVEL}{self.name}={level}" for level in self.levels)

    def place(self, column: Column) -> Array:
        """Shape (rows, levels), NaN where not known."""
        placed: Array = (self.seen(column) - np.array(self.shares)) * self.weight
        return placed

    def seen(self, column: Column) -> Array:
        """Shape (rows, levels): 1 where the row has the level, 0 where not, NaN where nothing is known."""
        return column.held(self.levels)


Attribute = Number | Levels


@dataclass(frozen=True)
class Space:
    """The attributes that tell the rows of a frame apart, and how each is scaled; learned once, used for later rows."""

    attributes: tuple[Attribute, ...]
    kinds: tuple[Kind, ...]
    constant: tuple[str, ...]  # columns in which everyone is equal, or nothing is known: they tell nobody apart

    @classmethod
    def learn(cls, frame: Raw) -> Self:
        """From every column of ``frame``: numbers, booleans, dates or texts, any of them missing in places."""
        data = framed(frame)
        made: list[Attribute] = []
        kinds: list[Kind] = []
        constant = []
        for name in data.columns:
            column = read_column(data[name])
            attribute = _number(name, column) if column.kind == "number" else _levels(name, column)
            if attribute is None:
                constant.append(name)
            else:
                made.append(attribute)
                kinds.append(column.kind)
        return cls(tuple(made), tuple(kinds), tuple(constant))

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are used."""
        return tuple(attribute.name for attribute in self.attributes)

    @property
    def titles(self) -> tuple[str, ...]:
        """What each column of a point holds."""
        return tuple(title for attribute in self.attributes for title in attribute.titles)

    @property
    def blocks(self) -> tuple[slice, ...]:
        """The columns of each attribute."""
        ends = np.cumsum([0, *(len(attribute.titles) for attribute in self.attributes)]).tolist()
        return tuple(slice(start, end) for start, end in pairwise(ends))

    def place(self, frame: Raw) -> Array:
        """Points of shape (rows, titles), NaN where an attribute is not known.

        Raises:
            ValueError: a column is absent.
        """
        return self._of(frame, "place")

    def seen(self, frame: Raw) -> Array:
        """The same columns unscaled: numbers as they are, levels as 1 and 0."""
        return self._of(frame, "seen")

    def parts(self, frame: Raw) -> Iterator[Any]:
        """The frame in parts of rows, so that a million customers fit into memory."""
        data = framed(frame, self.names)
        for start in range(0, max(len(data), 1), _BLOCK):
            yield data[start : start + _BLOCK].to_native()

    def state(self) -> dict[str, Any]:
        """What was learned, as JSON can hold it."""
        return {
            "attributes": [
                {"kind": kind, **asdict(one)} for kind, one in zip(self.kinds, self.attributes, strict=True)
            ],
            "constant": list(self.constant),
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Self:
        """What :meth:`state` told."""
        made: list[Attribute] = []
        for told in state["attributes"]:
            values: dict[str, Any] = {
                name: tuple(v) if isinstance(v, list) else v for name, v in told.items() if name != "kind"
            }
            made.append(Number(**values) if told["kind"] == "number" else Levels(**values))
        kinds = tuple(told["kind"] for told in state["attributes"])
        return cls(tuple(made), kinds, tuple(state["constant"]))

    def _of(self, frame: Raw, how: str) -> Array:
        data = framed(frame, self.names)
        if absent := [name for name in self.names if name not in data.columns]:
            raise ValueError(f"columns are absent that the groups were made from: {', '.join(absent)}")
        parts = [
            getattr(one, how)(read_column(data[one.name], kind))
            for one, kind in zip(self.attributes, self.kinds, strict=True)
        ]
        return np.hstack([np.empty((len(data), 0)), *parts])


def _number(name: str, column: Column) -> Number | None:
    known = column.numbers[np.isfinite(column.numbers)]
    if not len(known):
        return None
    logged = bool(not column.is_day and known.min() >= 0 and _skewness(known) > _SKEWED)
    if logged:
        known = np.log1p(known)
    low, high = (float(point) for point in np.quantile(known, [0.01, 0.99]))
    known = np.clip(known, low, high)
    mean, scale = float(known.mean()), float(known.std())
    if scale <= 1e-9 * max(1.0, abs(mean)):
        return None
    return Number(name, logged, low, high, mean, scale, column.is_day)


def _levels(name: str, column: Column) -> Levels | None:
    counts, known = column.counted()
    often = sorted(counts, key=lambda level: (-counts[level], level))[:MOST_LEVELS]
    levels = tuple(sorted(level for level in often if counts[level] < known))
    shares = tuple(counts[level] / known for level in levels)
    variance = sum(share * (1 - share) for share in shares)
    return Levels(name, column.kind == "several", levels, shares, variance**-0.5) if levels else None


def _skewness(values: Array) -> float:
    spread = values.std()
    return float(((values - values.mean()) ** 3).mean() / spread**3) if spread > 0 else 0.0

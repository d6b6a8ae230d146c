"""What was known of people before a day, as columns of numbers: what the models of who was reached may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

WINDOWS = (28, 56, 91, 182, 364)  # days back
TOPICS = 8  # categories that have a column each
_VALUES = 8  # values of an attribute that have a column each
_COMMON = 0.02  # share of people who have a value that gets a column
_SPAN = 1 << 17  # days from 1970 that a key holds


@dataclass(frozen=True)
class Dated:
    """Amounts by unit and day, so that the sum over any days takes two look-ups; exact, as they are whole numbers.

    ``keys`` of shape (rows,) rise, each a unit and a day; ``sums`` by name, shape (rows + 1,), running totals.
    """

    keys: Array
    sums: Mapping[str, Array]

    @classmethod
    def of(cls, unit: Array, day: Array, amounts: Mapping[str, Array]) -> "Dated":
        """From rows in any order: ``unit`` from 0, ``day`` counted from 1970, amounts as whole numbers."""
        keys = unit.astype(np.int64) * _SPAN + day
        order = np.argsort(keys, kind="stable")
        made = {name: np.concatenate([[0], np.cumsum(amount[order])]) for name, amount in amounts.items()}
        return cls(keys[order], made)

    def between(self, name: str, unit: Array, first: int, last: int) -> Array:
        """The sum of each unit in [first, last), shape (units,).

        >>> days = Dated.of(np.array([1, 0, 1]), np.array([5, 5, 9]), {"orders": np.array([1, 2, 4])})
        >>> days.between("orders", np.array([0, 1, 2]), 5, 9).tolist()
        [2, 1, 0]
        """
        start, end = (np.searchsorted(self.keys, unit * _SPAN + max(day, 0)) for day in (first, last))
        total = self.sums[name]
        return np.asarray(total[end] - total[start])

    def last_day(self, unit: Array, before: int) -> Array:
        """The last day of each unit before ``before``, shape (units,); -1 where there is none.

        >>> Dated.of(np.array([1, 1]), np.array([5, 9]), {}).last_day(np.array([0, 1]), 9).tolist()
        [-1, 5]
        """
        if not len(self.keys):
            return np.full(len(unit), -1)
        place = np.searchsorted(self.keys, unit * _SPAN + before) - 1
        found = self.keys[np.maximum(place, 0)]
        return np.where((place >= 0) & (found // _SPAN == unit), found % _SPAN, -1)


@dataclass(frozen=True)
class Attributes:
    """What the company knows of people, by name: rows of a person and a day from which a value holds.

    ``labels`` has the values of each name, ``keys`` of shape (rows,) rise, and ``codes`` of shape (rows, names) number
    the values; -1 where not known.
    """

    labels: Mapping[str, tuple[str, ...]]
    keys: Array
    codes: Array

    @classmethod
    def of(cls, unit: Array, day: Array, values: Mapping[str, Sequence[str | None]]) -> "Attributes":
        """From rows in any order, and the value of each row by name."""
        keys = unit.astype(np.int64) * _SPAN + day
        order = np.argsort(keys, kind="stable")
        labels, codes = {}, np.full((len(keys), len(values)), -1)
        for number, (name, told) in enumerate(values.items()):
            labels[name] = tuple(sorted({value for value in told if value is not None}))
            place = {value: k for k, value in enumerate(labels[name])}
            codes[:, number] = [-1 if value is None else place[value] for value in told]
        return cls(labels, keys[order], codes[order])

    def at(self, unit: Array, cut: int) -> Array:
        """The codes in force for each unit on the day before ``cut``, shape (units, names); -1 where not known.

        >>> told = Attributes.of(np.array([0, 0]), np.array([0, 10]), {"level": ["basic", "gold"]})
        >>> told.at(np.array([0, 1]), 10).tolist(), told.at(np.array([0]), 11).tolist()
        ([[0], [-1]], [[1]])
        """
        if not len(self.keys):
            return np.full((len(unit), len(self.labels)), -1)
        place = np.searchsorted(self.keys, unit * _SPAN + cut) - 1
        known = (place >= 0) & (self.keys[np.maximum(place, 0)] // _SPAN == unit)
        return np.where(known[:, None], self.codes[np.maximum(place, 0)], -1)


@dataclass(frozen=True)
class Known:
    """What is loaded of all people who are compared, numbered from 0; money in ten-thousandths.

    Attributes:
        customer: their ids, shape (people,), rising.
        since: the first day that each was known, shape (people,).
        days: sold, refunded, listed, discount and orders by person and day.
        orders: days with an order.
        coupons: coupons used, by person and day.
        topics: sold of ``TOPICS`` categories, unit = category * people + person.
        topic_names: their names.
        about: attributes.
        first: the first day of the data.
    """

    customer: Array
    since: Array
    days: Dated
    orders: Dated
    coupons: Dated
    topics: Dated
    topic_names: tuple[str, ...]
    about: Attributes
    first: int

    def brought(self, people: Array, first: int, last: int) -> Array:
        """Net sales less refunds of each of ``people`` in [first, last), in currency."""
        sold, refunded = (self.days.between(name, people, first, last) for name in ("sold", "refunded"))
        return np.asarray((sold - refunded) / 10_000)


@dataclass(frozen=True)
class Columns:
    """Covariates with their names: ``values`` of shape (people, names), every value known, every column varying."""

    names: tuple[str, ...]
    values: Array


def columns(known: Known, people: Array, cut: int, others: Mapping[str, Array]) -> Columns:
    """What was known of ``people`` (their numbers) before the day ``cut``; nothing of that day or later.

    ``others`` are columns that the caller knows, such as which other campaigns had reached them. Columns that do not
    vary are left out.
    """
    made: dict[str, Array] = _money(known, people, cut)
    made |= _topics(known, people, cut) | _attributes(known.about, people, cut)
    made |= {name: np.asarray(values, dtype=np.float64) for name, values in others.items()}
    varying = {name: values for name, values in made.items() if len(values) and values.min() < values.max()}
    kept: dict[str, Array] = {}
    for name, values in varying.items():
        if not any(np.array_equal(values, one) for one in kept.values()):
            kept[name] = values
    stacked = np.column_stack(list(kept.values())) if kept else np.zeros((len(people), 0))
    return Columns(tuple(kept), stacked)


def _money(known: Known, people: Array, cut: int) -> dict[str, Array]:
    made: dict[str, Array] = {}
    back = [min(window, cut - known.first) for window in WINDOWS]
    for window in sorted({one for one in back if one > 0}):
        made[f"net_sales_{window}"] = known.brought(people, cut - window, cut)
        made[f"orders_{window}"] = known.days.between("orders", people, cut - window, cut).astype(np.float64)
    year = WINDOWS[-1]
    listed, discount = (known.days.between(name, people, cut - year, cut) for name in ("listed", "discount"))
    made["discount_share"] = np.where(listed > 0, discount / np.maximum(listed, 1), 0.0)
    made["refunded"] = known.days.between("refunded", people, cut - year, cut) / 10_000
    made["coupons_used"] = known.coupons.between("coupons", people, cut - year, cut).astype(np.float64)
    last = known.orders.last_day(people, cut)
    made["recency_days"] = np.where(last >= 0, np.minimum(cut - last, year), year).astype(np.float64)
    made["tenure_days"] = np.minimum(cut - known.since[people], year).astype(np.float64)
    return made


def _topics(known: Known, people: Array, cut: int) -> dict[str, Array]:
    """The share of each category in what was bought in the last year."""
    n, year = len(known.customer), WINDOWS[-1]
    sold = known.brought(people, cut - year, cut)
    made = {}
    for number, name in enumerate(known.topic_names):
        amount = known.topics.between("sold", number * n + people, cut - year, cut) / 10_000
        made[f"category {name}"] = np.where(sold > 0, np.clip(amount / np.maximum(sold, 1e-9), 0, 1), 0.0)
    return made


def _attributes(about: Attributes, people: Array, cut: int) -> dict[str, Array]:
    """A column for each common value of each attribute, and for its not being known."""
    made: dict[str, Array] = {}
    codes = about.at(people, cut)
    for number, (name, labels) in enumerate(about.labels.items()):
        mine = codes[:, number]
        if (mine < 0).any():
            made[f"{name} not known"] = (mine < 0).astype(np.float64)
        count = np.bincount(mine[mine >= 0]) if (mine >= 0).any() else np.zeros(0, dtype=np.int64)
        common = [k for k in np.argsort(-count, kind="stable")[:_VALUES] if count[k] >= _COMMON * len(people)]
        made |= {f"{name} {labels[k]}": (mine == k).astype(np.float64) for k in common}
    return made

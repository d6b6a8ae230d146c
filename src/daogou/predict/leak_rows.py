"""Signs of a leak between rows: copies, customers on both sides, order, and what was fitted on all of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import chi2, rankdata

from daogou.base.raw import Vector, distinct
from daogou.predict.columns import Columns, Matrix
from daogou.predict.leaks_found import Finding

_LIKELY_KEY = re.compile(r"(^|[_\W])(id|key|no|number|customer|user|household|member)$|[a-z](ID|Id|No)$|编号|号码")
_KEY_DISTINCT = 0.98  # share of rows with a value of their own, from which a column may number the rows
_UNLIKELY = np.log(1e-6)
_BLOCKS = 20


@dataclass(frozen=True)
class Copies:
    """What is found of rows that occur more than once, and one of each: places of shape (distinct rows,)."""

    found: tuple[Finding, ...]
    once: np.ndarray[Any, np.dtype[np.int64]]


def row_findings(
    data: Any, columns: Columns, numbers: Matrix, y: Vector, when: Any, groups: Any
) -> tuple[list[Finding], Copies]:
    """Findings about rows, and those of copies; ``numbers`` of shape (rows, columns.titles)."""
    places = {name: distinct(data[name])[1] for name in (*columns.texts, *columns.prose)}
    shared = [np.unique(numbers[:, at], return_inverse=True, return_counts=True) for at in range(len(columns.numbers))]
    places |= {name: place for name, (_values, place, _rows) in zip(columns.numbers, shared, strict=True)}
    sizes = {name: int(place.max(initial=-1)) + 1 for name, place in places.items()}
    keys = {
        name: _serial(data[name], name, numbers, columns) for name in places if sizes[name] > _KEY_DISTINCT * len(y)
    }
    found = [Finding("identifier", name, 0.0) for name, key in keys.items() if key is not None and _follows(key, y)]
    identity = {name: place for name, place in places.items() if keys.get(name) is None or name not in keys}
    copies = _copies(list(identity.values()), numbers[:, len(columns.numbers) :], y, groups)
    if groups is None and not copies.found:
        found += _customers({name: place for name, place in places.items() if name not in keys}, columns, numbers, y)
    if when is None and _ordered(numbers, columns, y):
        found.append(Finding("ordered", "", float(len(y))))
    return found + list(_fitted(columns, numbers, shared)), copies


def _serial(column: Any, name: str, numbers: Matrix, columns: Columns) -> Vector | None:
    """The serial number in a column that numbers its rows; None where it is a measure, or holds no number."""
    if name in columns.numbers:
        values = numbers[:, columns.numbers.index(name)]
        known = values[np.isfinite(values)]
        whole = bool((known == np.floor(known)).all())
        steps = np.diff(known)
        dense = bool(len(known)) and np.ptp(known) <= 3 * len(known)
        return values if whole and (dense or (steps > 0).all() or bool(_LIKELY_KEY.search(name))) else None
    texts, place = distinct(column)
    ends = [re.search(r"(\d{1,15})\D*$", text) for text in texts]
    return np.array([float(end[1]) if end else np.nan for end in ends])[place]


def _follows(key: Vector, y: Vector) -> bool:
    """Whether serial numbers are higher, or lower, where it happened: by six standard errors and a tenth of AUC."""
    known = np.isfinite(key)
    event = y[known] > 0
    m, n = int(event.sum()), int((~event).sum())
    if min(m, n) < 10:
        return False
    away = abs((rankdata(key[known])[event].sum() / m - (m + 1) / 2) / n - 0.5)
    return bool(away > 0.1 and away > 6 * np.sqrt((m + n + 1) / (12 * m * n)))


def _copies(places: list[Any], others: Matrix, y: Vector, groups: Any) -> Copies:
    """Rows that agree in everything, their outcome too, oftener than columns as rich as these let chance do it."""
    mixed = np.zeros(len(y), np.uint64)
    alike = 1.0
    for place in [*places, *(np.unique(other, return_inverse=True)[1] for other in others.T)]:
        mixed = (mixed ^ place.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
        share = np.bincount(place) / max(len(y), 1)
        alike *= float(share @ share)
    _rows, first, group, size = np.unique(mixed, return_index=True, return_inverse=True, return_counts=True)
    happened = np.bincount(group, y)
    again = size > 1
    pairs, chance = float((size * (size - 1) / 2).sum()), len(y) ** 2 / 2 * alike
    rows = float(size[again].sum())
    if rows < max(20, 0.005 * len(y)) or pairs <= 10 * chance:
        return Copies((), np.arange(len(y)))
    one_way = again & ((happened == 0) | (happened == size))
    rate = float(y.mean())
    luck = float(np.log(rate ** size[again] + (1 - rate) ** size[again]).sum())
    if one_way.sum() < 0.98 * again.sum() or luck > _UNLIKELY:
        return Copies((), np.arange(len(y)))
    lone = float(y[~again[group]].mean()) if not again.all() else rate
    lone = min(max(lone, 0.01), 0.99)
    positive = float((happened[again] > 0).mean())
    all_yes = positive > 0.98 and again.sum() * np.log(lone) < _UNLIKELY
    all_no = positive < 0.02 and again.sum() * np.log(1 - lone) < _UNLIKELY
    if all_yes or all_no:
        return Copies((Finding("resampled", "", rows),), np.sort(first))
    return Copies((Finding("repeated", "", rows),) if groups is None else (), np.sort(first))


def _customers(places: dict[str, Any], columns: Columns, numbers: Matrix, y: Vector) -> Iterator[Finding]:
    """Columns that name customers of several rows each, whose outcomes go together."""
    rate = float(y.mean())
    by_chance = rate**2 + (1 - rate) ** 2
    for name, place in places.items():
        size = np.bincount(place)
        size_of_several = size[size > 1]
        named = bool(_LIKELY_KEY.search(name))
        if name in columns.numbers:
            values = numbers[:, columns.numbers.index(name)]
            if not named or not (values == np.floor(values)).all():
                continue
        if not len(y) / 50 <= (size > 0).sum() or len(size_of_several) < 30:
            continue
        happened = np.bincount(place, y)[size > 1]
        pairs = size_of_several * (size_of_several - 1) / 2
        same = (happened * (happened - 1) + (size_of_several - happened) * (size_of_several - happened - 1)) / 2
        together = (float(same.sum() / pairs.sum()) - by_chance) / (1 - by_chance)
        if together > (0.1 if named else 0.5):
            yield Finding("customers", name, float((size > 0).sum()))


def _ordered(numbers: Matrix, columns: Columns, y: Vector) -> bool:
    """Whether a column of dates rises or falls with the rows, or the rate differs between stretches of rows."""
    for at in range(len(columns.days)):
        day = numbers[:, len(columns.numbers) + 3 * at]
        steps = np.diff(day[np.isfinite(day)])
        if (steps != 0).sum() >= 10 and max((steps >= 0).mean(), (steps <= 0).mean()) > 0.99:
            return True
    if len(y) < 10 * _BLOCKS:
        return False
    block = np.arange(len(y)) * _BLOCKS // len(y)
    rows, happened, rate = np.bincount(block), np.bincount(block, y), float(y.mean())
    statistic = float(((happened - rows * rate) ** 2 / (rows * rate * (1 - rate))).sum())
    return bool(chi2.logsf(statistic, _BLOCKS - 1) < np.log(1e-9))


def _fitted(columns: Columns, numbers: Matrix, shared: Sequence[Any]) -> Iterator[Finding]:
    """Means of exactly 0, or gaps filled with exactly the mean: no honest training part has those of all rows."""
    for at, name in enumerate(columns.numbers):
        unique, rows = shared[at][0], shared[at][2]
        known = np.isfinite(unique)
        if known.sum() <= 20:
            continue
        values, unique, rows = numbers[np.isfinite(numbers[:, at]), at], unique[known], rows[known]
        if _scaled(values, unique, rows):
            yield Finding("scaled", name, 0.0)
        elif (filled := _filled(values, unique, rows)) is not None:
            yield Finding("imputed", name, filled)


def _scaled(values: Vector, unique: Vector, rows: Any) -> bool:
    """To mean 0 and deviation 1, or from 0 to 1, but not by chance: measured shares have many 0s or 1s, or none."""
    spread = float(values.std())
    deviation = spread * np.sqrt(len(values) / (len(values) - 1))
    standard = abs(float(values.mean())) < 1e-9 and min(abs(spread - 1), abs(deviation - 1)) < 1e-6
    reaches = (unique[0], unique[-1]) == (0.0, 1.0) and max(rows[0], rows[-1]) <= 2
    return standard or bool(reaches and len(unique) > len(values) / 4)


def _filled(values: Vector, unique: Vector, rows: Any) -> float | None:
    """Rows that hold the mean, or the median, of the others, oftener than any other number."""
    common = int(rows.argmax())
    if rows[common] < max(10, 0.01 * len(values)):
        return None
    others = values[values != unique[common]]
    spread, second = float(values.std()), int(np.partition(rows, -2)[-2])
    is_mean = abs(float(others.mean()) - unique[common]) < 1e-9 * spread
    is_median = rows[common] > 5 * second and abs(float(np.median(others)) - unique[common]) < 1e-3 * spread
    return float(rows[common]) if is_mean or is_median else None

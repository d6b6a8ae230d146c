"""The audit before every training: does a column, or a row, know the outcome as nothing will in future."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from daogou.base.raw import Raw, Vector, framed
from daogou.predict.columns import RARE, Codes, Columns, Matrix
from daogou.predict.leak_rows import row_findings
from daogou.predict.leaks_found import COLUMN_LEAKS, Finding
from daogou.predict.outcome import events

ALONE, EXACT, AGREES = 0.93, 0.995, 0.7  # AUC of one column alone; that of a copy; phi of two that say the same
SAMPLE = 4_000  # rows by which a column's AUC is told well enough
FEWEST, UNLIKELY = 30, np.log(1e-9)

__all__ = ["COLUMN_LEAKS", "Finding", "audit"]


def audit(frame: Raw, y: ArrayLike, when: Any = None, groups: Any = None) -> list[Finding]:
    """What looks like a leak in ``frame`` and ``y`` of 0 and 1; an empty list where nothing does.

    ``when`` and ``groups``, of shape (rows,), say when each row was known and whose it is: with them, rows ordered by
    time and customers with several rows are no leak. A statistic cannot see every leak: a column that is written while
    the outcome comes about may look like any strong column. Ask of each: was it known before?

    Raises:
        ValueError: ``y`` is no outcome of these rows, or a column holds neither numbers, booleans, texts nor dates.
    """
    data = framed(frame)
    event = events(y, len(data))
    columns = Columns.learn(data.to_native(), rare=min(RARE, max(len(data) // 50, 1)))
    numbers, codes = columns.numbers_of(data.to_native()), columns.codes_of(data.to_native())
    in_rows, copies = row_findings(data, columns, numbers, event, when, groups)
    once = copies.once  # a copied row would look like proof
    moment = None if (moments := _moments(when)) is None else moments[once]
    told = (_first(one, event[once]) for one in _columns(columns, numbers[once], codes[once], moment))
    return [*(one for one in told if one is not None), *in_rows, *copies.found]


@dataclass(frozen=True)
class _Column:
    """One column as numbers of shape (rows,), NaN where missing; texts are their levels' places."""

    name: str
    values: Vector
    is_text: bool
    moment: Vector | None = None  # days since 1970 of each row, for a column of dates


def _columns(names: Columns, numbers: Matrix, codes: Codes, moment: Vector | None) -> Iterator[_Column]:
    plain = len(names.numbers)
    for at, name in enumerate(names.numbers):
        yield _Column(name, numbers[:, at], False)
    for at, name in enumerate(names.days):
        yield _Column(name, numbers[:, plain + 3 * at], False, moment)
    for at, name in enumerate(names.texts):
        values = codes[:, at].astype(np.float64)
        yield _Column(name, np.where(values < 0, np.nan, values), True)


def _first(column: _Column, y: Vector) -> Finding | None:
    """The plainest leak of a column."""
    for look in (_after, _copied, _only, _encoded):
        found = look(column, y)
        if found is not None:
            return found
    return None


def _after(column: _Column, y: Vector) -> Finding | None:
    """Dates later than the row's moment, where the outcome decides which."""
    if column.moment is None:
        return None
    known = np.isfinite(column.values) & np.isfinite(column.moment)
    later = known & (column.values > column.moment)
    if later.sum() < FEWEST or abs(_phi(later, y)) * np.sqrt(len(y)) < 6:
        return None
    return Finding("after", column.name, float(later.sum()))


def _copied(column: _Column, y: Vector) -> Finding | None:
    rows = np.arange(len(y))
    if len(y) > SAMPLE:
        rows = np.random.default_rng(0).choice(len(y), SAMPLE, replace=False)
    values, event = column.values[rows], y[rows]
    known = np.isfinite(values)
    if event.sum() < 5 or (1 - event).sum() < 5:
        return None
    if _varies(known) and abs(_phi(known, event)) >= AGREES:
        return Finding("filled", column.name, abs(_phi(known, event)))
    if column.is_text:
        values = _rates(values, event)
    values, event = values[known], event[known]
    if len(values) < FEWEST or not _varies(event) or values.min() == values.max():
        return None
    alone = _auc(values, event)
    two = len(values) > 1 and bool(np.isin(values, [values.min(), values.max()]).all())
    phi = abs(_phi(values == values.max(), event)) if two else 0.0
    if alone >= EXACT and (not two or phi > 0.98):
        return Finding("copy", column.name, alone)
    return Finding("near_copy", column.name, alone) if alone >= ALONE or phi >= AGREES else None


def _only(column: _Column, y: Vector) -> Finding | None:
    """A value with which it always or never happens, though it does and does not with the values next to it."""
    parts = list(_parts(column))
    counts = [int(part.sum()) for part, _beside in parts]
    for (part, beside), rows in zip(parts, counts, strict=True):
        if rows < FEWEST or beside.sum() < FEWEST:
            continue
        rate, near = float(y[part].mean()), float(y[beside].mean())
        if rate in (0.0, 1.0) and 0 < near < 1 and rows * np.log(near if rate else 1 - near) < UNLIKELY:
            return Finding("only", column.name, float(rows))
    return None


def _parts(column: _Column) -> Iterator[tuple[Any, Any]]:
    """Rows of one value, and rows that are nearest to them in the column."""
    values = column.values
    missing = np.isnan(values)
    if missing.any():
        yield missing, ~missing
        yield ~missing, missing
    if column.is_text:
        for level in np.unique(values[~missing]):
            yield values == level, ~missing & (values != level)
        return
    zero = values == 0
    other = np.abs(values[~zero & ~missing])
    if zero.sum() >= FEWEST and len(other) >= FEWEST:
        nearest = np.abs(values) <= np.quantile(other, 0.25)
        yield zero, nearest & ~zero & ~missing
        yield ~zero & ~missing, zero


def _encoded(column: _Column, y: Vector) -> Finding | None:
    """A number that is the rate of the rows that share it: nearer than chance lets an honest rate come.

    Smoothing by k rows draws a rate to the whole: (n rate + k whole) / (n + k), for the k that fits best.
    """
    values = column.values
    known = np.isfinite(values)
    if column.is_text or not known.any() or values[known].min() < 0 or values[known].max() > 1:
        return None
    shared, group, rows = np.unique(values[known], return_inverse=True, return_counts=True)
    if not 3 <= len(shared) <= len(values) / 3 or rows.mean() < 3:
        return None
    rate, whole = np.bincount(group, y[known]) / rows, float(y.mean())
    toward = whole - shared
    clear = np.abs(toward) > 1e-6
    smoothing = max(float(np.median((rows * (shared - rate))[clear] / toward[clear])), 0.0) if clear.any() else 0.0
    off = np.min(  # categories of equal rows and rates share a number: then it is smoothed as if of fewer rows
        [np.abs(shared - (rows * rate + n * smoothing * whole) / (rows + n * smoothing)) for n in range(1, 6)], axis=0
    )
    chance = np.sqrt(whole * (1 - whole) / rows)
    nearness = float(np.sqrt((rows * off**2).sum() / (rows * chance**2).sum()))
    varied = np.ptp(shared) > chance.mean() / 4
    return Finding("encoded", column.name, float(len(shared))) if nearness < 0.02 and varied else None


def _rates(levels: Vector, y: Vector) -> Vector:
    """Each level's own rate in the place of its number, NaN where missing."""
    known = np.isfinite(levels)
    out = np.full(len(levels), np.nan)
    _names, group, rows = np.unique(levels[known], return_inverse=True, return_counts=True)
    out[known] = (np.bincount(group, y[known]) / rows)[group] if known.any() else np.nan
    return out


def _auc(values: Vector, y: Vector) -> float:
    """Either way round, from 0.5 to 1."""
    m, n = y.sum(), (1 - y).sum()
    area = (rankdata(values)[y > 0].sum() / m - (m + 1) / 2) / n
    return float(max(area, 1 - area))


def _phi(mask: Any, y: Vector) -> float:
    if not _varies(mask) or not _varies(y):
        return 0.0
    return float(np.corrcoef(mask.astype(np.float64), y)[0, 1])


def _varies(values: Any) -> bool:
    return bool(len(values)) and bool((values != values[0]).any())


def _moments(when: Any) -> Vector | None:
    """Days since 1970 of dates; None where ``when`` is not one of dates."""
    if when is None:
        return None
    given: Sequence[Any] | np.ndarray[Any, Any] = np.asarray(when)
    try:
        moments = np.asarray(given, dtype="datetime64[us]")
    except (TypeError, ValueError):
        return None
    days: Vector = np.where(np.isnat(moments), np.nan, moments.astype(np.int64) / 86_400e6)
    return days

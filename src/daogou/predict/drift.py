"""Whether customers of now are still those that a model learned from: the population stability index, bin by bin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from scipy.stats import chi2

Array = np.ndarray[Any, Any]
Size = Literal["none", "some", "large"]

SOME, LARGE = 0.1, 0.25  # Siddiqi (2006), Credit Risk Scorecards
BINS = 10
MOST_LEVELS, COMMON = 20, 0.01  # texts that have a bin of their own: so many at most, and no rarer than this
CHANCE = 0.01  # among all columns of one model: how often chance alone may pass the limit
_EMPTY = 0.5  # rows that an empty bin counts as: its logarithm would have no end


@dataclass(frozen=True)
class Reference:
    """How a column was spread where a model learned. ``counts`` are rows by bin; the last bin holds missing values.

    Numbers: bin k holds values above ``edges[k - 1]`` and up to ``edges[k]``, which are deciles; equal ones count once,
    so that a heap of zeros has a bin of its own. Texts: one bin for each of ``levels``, then one for all others.
    """

    counts: tuple[int, ...]
    customers: int  # different ones behind the rows
    edges: tuple[float, ...] = ()
    levels: tuple[str, ...] | None = None

    def count(self, values: Any) -> tuple[int, ...]:
        """Rows by bin of other ``values``, an Arrow array or one of numbers."""
        if self.levels is None:
            return _numbers(values, np.array(self.edges))
        return _texts(values, self.levels)


@dataclass(frozen=True)
class Shift:
    """How far a column has moved. ``expected`` is its index where nothing changed; chance seldom passes ``limit``."""

    psi: float
    expected: float
    limit: float
    customers: int  # of now

    @property
    def size(self) -> Size:
        """``none`` below 0.1 or within chance, ``some`` below 0.25, else ``large``.

        >>> Shift(0.3, 0.01, 0.05, 900).size, Shift(0.3, 0.25, 0.6, 40).size
        ('large', 'none')
        """
        if self.psi < SOME or self.psi <= self.limit:
            return "none"
        return "some" if self.psi < LARGE else "large"


def reference(values: Any, customers: int) -> Reference:
    """The bins of a column, by its own deciles or its commonest texts.

    ``values`` is an Arrow array or one of numbers, of shape (rows,); ``customers`` are the different ones in it.

    >>> reference(np.array([0.0, 0, 0, 0, 0, 0, 1, 2, 3, 4]), 10).edges
    (0.0, 1.0, 2.0, 3.0)
    """
    column = _arrow(values)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        counted = {row["values"]: row["counts"] for row in column.drop_null().value_counts().to_pylist()}
        often = [text for text, rows in counted.items() if rows >= COMMON * len(column)]
        levels = tuple(sorted(sorted(often, key=lambda text: (-counted[text], text))[:MOST_LEVELS]))
        return Reference(_texts(column, levels), customers, levels=levels)
    numbers = _floats(column)
    known = numbers[~np.isnan(numbers)]
    inner = np.arange(1, BINS) / BINS
    edges = np.unique(np.quantile(known, inner, method="inverted_cdf")) if len(known) else np.empty(0)
    if len(known) and known.min() == known.max():  # of a constant, below and above tell a change
        edges = np.array([np.nextafter(known[0], -np.inf), known[0]])
    return Reference(_numbers(column, edges), customers, edges=tuple(edges.tolist()))


def psi(before: Sequence[int] | Array, now: Sequence[int] | Array) -> float:
    """The sum over bins of (a - b) ln(a / b), for shares a of rows now and b before. An empty bin counts as half a row.

    Source: Siddiqi (2006); it is Jeffreys' divergence between two histograms.

    >>> round(psi([50, 50], [75, 25]), 6)  # 0.25 ln 1.5 + 0.25 ln 2
    0.274653
    """
    counts = np.stack([np.asarray(before, dtype=np.float64), np.asarray(now, dtype=np.float64)])
    counts = counts[:, counts.sum(axis=0) > 0]
    if not counts.sum(axis=1).all():
        return float("nan")
    b, a = np.maximum(counts, _EMPTY) / counts.sum(axis=1, keepdims=True)
    return float(np.sum((a - b) * np.log(a / b)))


def shift(before: Reference, values: Any, customers: int, columns: int = 1) -> Shift:
    """How far ``values`` of ``customers`` of now lie from ``before``; ``columns`` are looked at together.

    Where nothing changed, the index is (1/n + 1/m) times a chi-squared number with one degree of freedom less than
    there are bins. n and m are customers, not rows: rows of one customer at several moments are alike. Chance passes
    the limit once in a hundred models, not columns. Source: Yurdakul and Naranjo (2020), Statistical properties of the
    PSI.
    """
    now = before.count(values)
    used = sum(1 for a, b in zip(before.counts, now, strict=True) if a + b > 0)
    noise = 1 / max(before.customers, 1) + 1 / max(customers, 1)
    free = max(used - 1, 0)
    limit = float(chi2.ppf(1 - CHANCE / max(columns, 1), free)) * noise if free else 0.0
    return Shift(psi(before.counts, now), free * noise, limit, customers)


def shifts(before: Mapping[str, Reference], frame: pa.Table, customers: int) -> dict[str, Shift]:
    """Every column of ``frame`` that has a reference."""
    return {name: shift(known, frame[name], customers, len(before)) for name, known in before.items()}


def _arrow(values: Any) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks()
    return values if isinstance(values, pa.Array) else pa.array(values)


def _floats(values: Any) -> Array:
    """float64, NaN where missing or infinite."""
    column = _arrow(values).cast(pa.float64())
    numbers: Array = column.fill_null(np.nan).to_numpy(zero_copy_only=False)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _numbers(values: Any, edges: Array) -> tuple[int, ...]:
    numbers = _floats(values)
    known = numbers[~np.isnan(numbers)]
    bins = np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(edges) + 1)
    return (*bins.tolist(), len(numbers) - len(known))


def _texts(values: Any, levels: Sequence[str]) -> tuple[int, ...]:
    place = {level: at for at, level in enumerate(levels)}
    counts = [0] * (len(levels) + 2)
    for row in _arrow(values).value_counts().to_pylist():
        at = len(levels) + 1 if row["values"] is None else place.get(row["values"], len(levels))
        counts[at] += row["counts"]
    return tuple(counts)

"""Bins of a histogram: edges that a person can read, and how many values fall between them."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
_MOST = 20  # bins that a person still reads
_FEW_VALUES = 12  # so many different whole numbers stand one by one
_TAIL = 0.99  # the last bin is open from about this quantile on


def edges(values: Array) -> list[float]:
    """Lower edges of bins, ascending; the last bin has no upper end. Empty without values.

    Few different whole numbers have a bin each. Otherwise widths are 1, 2 or 5 times a power of ten, near the width of
    Freedman and Diaconis (1981), 2 IQR / n^(1/3), with at most twenty bins below the 99th percentile.

    >>> edges(np.array([1.0, 1, 2, 2, 3])), edges(np.linspace(0, 99, 100))
    ([1.0, 2.0, 3.0], [0.0, 50.0])
    """
    if not len(values):
        return []
    different = np.unique(values)
    if len(different) <= _FEW_VALUES and np.all(different == np.floor(different)):
        return [float(value) for value in different]
    low, lower, upper, high = np.quantile(values, [0.0, 0.25, 0.75, _TAIL])
    wanted = 2 * (upper - lower) / len(values) ** (1 / 3)
    width = _round_width(max(wanted, (high - low) / _MOST, _smallest(different)))
    first = math.floor(low / width)
    last = max(math.ceil(high / width) - 1, first)
    while last - first >= _MOST:  # rounding of the width down
        width = _round_width(width * 1.5)
        first, last = math.floor(low / width), max(math.ceil(high / width) - 1, first)
    return [round(k * width, 10) for k in range(first, last + 1)]


def counts(values: Array, lower: Sequence[float]) -> Array:
    """How many ``values`` each bin holds: one more than there are edges, the first below all of them.

    >>> counts(np.array([0.0, 1, 1, 5, 9]), [1, 5]).tolist()
    [1, 2, 2]
    """
    return np.bincount(np.searchsorted(lower, values, side="right"), minlength=len(lower) + 1)


def _round_width(width: float) -> float:
    """1, 2 or 5 times a power of ten, at least ``width``.

    >>> _round_width(0.3), _round_width(21), _round_width(1)
    (0.5, 50.0, 1.0)
    """
    power = 10.0 ** math.floor(math.log10(width))
    step = next(step for step in (1, 2, 5, 10) if step * power >= width * (1 - 1e-9))
    return float(step * power)


def _smallest(different: Array) -> float:
    """The least width that makes sense: 1 for whole numbers, else what keeps the logarithm finite."""
    return 1.0 if np.all(different == np.floor(different)) else max(float(np.ptp(different)) * 1e-6, 1e-6)

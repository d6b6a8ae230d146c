"""Floats as they are written: 12 significant digits, so that sums in another order give the same rows."""

import math
from typing import Any

import numpy as np
import pyarrow as pa

from daogou.store.arrow import float_array, of_floats

_DIGITS = 12


def significant(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """``values`` to 12 significant digits; what is not finite stays.

    >>> significant(np.array([0.1 + 0.2, 123456789.123456789, -2e20, 0.0])).tolist()
    [0.3, 123456789.123, -2e+20, 0.0]
    """
    usable = np.isfinite(values) & (values != 0)
    safe = np.where(usable, values, 1.0)
    digits = _DIGITS - 1 - np.floor(np.log10(np.abs(safe)))
    # multiplying and dividing by powers of ten that are exact, never by 0.1
    up, down = 10.0 ** np.maximum(digits, 0), 10.0 ** np.maximum(-digits, 0)
    return np.where(usable, np.round(safe * up / down) * down / up, values)


def number(value: float) -> float | None:
    """The value to 12 significant digits; None where it is not finite, as JSON knows no NaN.

    >>> number(0.1 + 0.2), number(float("nan"))
    (0.3, None)
    """
    return float(f"{value:.12g}") if math.isfinite(value) else None


def rounded(rows: pa.Table) -> pa.Table:
    """``rows`` with every float64 column to 12 significant digits; empty stays empty."""
    for place, field in enumerate(rows.schema):
        if field.type == pa.float64():
            values, empty = of_floats(rows.column(place))
            rows = rows.set_column(place, field, float_array(significant(values), empty))
    return rows

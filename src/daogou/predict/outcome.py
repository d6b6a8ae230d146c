"""What a model learns: whether something happened, or how much."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from daogou.base.raw import MISSING, Vector, is_missing, written

YES = frozenset({"1", "true", "yes", "y", "t", "是", "有"})
NO = frozenset({"0", "false", "no", "n", "f", "否", "无"})


def events(y: ArrayLike, rows: int) -> Vector:
    """``y`` as 0 and 1, shape (rows,): from 0 and 1, false and true, or texts as no and yes.

    Raises:
        ValueError: another shape, another value, none at all, or only one of the two.

    >>> events(["No", "Yes"], 2).tolist()
    [0.0, 1.0]
    """
    given = _shaped(y, rows)
    if given.dtype.kind in "OUST":
        told = [written(value).lower() for value in given.tolist()]
        given = np.array([1.0 if t in YES else 0.0 if t in NO else np.nan for t in told])
    event = given.astype(np.float64)
    if set(np.unique(event)) != {0.0, 1.0}:
        raise ValueError("y must hold both 0 and 1 (or no and yes), and nothing else")
    return event


def amounts(y: ArrayLike, rows: int) -> Vector:
    """``y`` as finite numbers, shape (rows,).

    Raises:
        ValueError: another shape, no rows, or a value that is missing, infinite or no number.
    """
    given = _shaped(y, rows)
    try:
        amount = given.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError("y must hold numbers") from None
    if not len(amount) or not np.isfinite(amount).all():
        raise ValueError("y must hold numbers, none missing or infinite")
    return amount


def told(y: ArrayLike) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Where an outcome is given at all, shape (rows,)."""
    return np.array([not is_missing(value) and written(value) != MISSING for value in np.asarray(y).tolist()])


def _shaped(y: ArrayLike, rows: int) -> np.ndarray[Any, Any]:
    given = np.asarray(y)
    if given.shape != (rows,):
        raise ValueError(f"y must have one value a row, not shape {given.shape}")
    return given

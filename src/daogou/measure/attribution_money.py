"""Money in whole steps that add up."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def rounded(parts: Array, total: int) -> Array:
    """``parts``, shape (n,), which add up to ``total`` but for rounding, as whole numbers that add up to it exactly.

    Each is rounded down, and what is left goes, one each, to those that lost most (largest remainder; ties to the
    first). A part of 0 gets nothing.

    >>> rounded(np.array([33.3, 33.3, 0.0, 33.4]), 100).tolist()
    [33, 33, 0, 34]
    """
    whole = np.floor(parts + 1e-6).astype(np.int64)  # 99.9999999 is 100 that lost something in a sum
    left = total - int(whole.sum())
    takers = np.flatnonzero(parts)
    lost = np.round((parts - whole)[takers], 6)
    by_loss = takers[np.argsort(-lost, kind="stable")]
    np.add.at(whole, np.resize(by_loss, abs(left)), 1 if left > 0 else -1)
    return whole

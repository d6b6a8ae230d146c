"""Many readings at once: how many of those that look like something are nothing."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import norm

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95

Array = np.ndarray[Any, Any]

_NEVER = 1e-200  # a smaller p-value says nothing more


def adjusted_p_values(p_values: Sequence[float]) -> Array:
    """P-values of shape (n,) adjusted so that calling those below q discoveries leaves a share of at most q false.

    Source: Benjamini and Hochberg (1995). A p-value that is not known (NaN) stays so and counts for nothing.

    >>> adjusted_p_values([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p_values, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    out = np.full(len(p), np.nan)
    out[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return out


def p_value(estimate: Estimate) -> float:
    """The two-sided p-value of 0 that belongs to a normal 95 % interval; NaN where there is none.

    >>> round(p_value(Estimate(1.96, 0.0, 3.92, 100)), 3)
    0.05
    """
    error = (estimate.high - estimate.low) / (2 * Z95)
    if not np.isfinite(error):
        return np.nan
    if error == 0:
        return 0.0 if estimate.value else 1.0
    found = float(2 * norm.sf(abs(estimate.value) / error))
    return found if found > _NEVER else 0.0

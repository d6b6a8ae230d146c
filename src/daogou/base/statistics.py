"""Intervals that more than one room needs."""

import math
from typing import Any

import numpy as np

Z95 = 1.959963984540054  # the 97.5 % point of the standard normal


def wilson(successes: float, n: float) -> tuple[float, float]:
    """The 95 % Wilson score interval of a share of ``n`` independent trials; (NaN, NaN) for no trials.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.

    >>> low, high = wilson(10, 100)
    >>> round(low, 4), round(high, 4)
    (0.0552, 0.1744)
    """
    if n == 0:
        return math.nan, math.nan
    share = successes / n
    centre = share + Z95**2 / (2 * n)
    half = Z95 * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    scale = 1 + Z95**2 / n
    return max((centre - half) / scale, 0.0), min((centre + half) / scale, 1.0)


def cluster_weights(groups: int, resamples: int, seed: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Bootstrap weights of shape (resamples, groups): how often each group is drawn, Poisson with mean 1.

    One draw of weights serves every statistic of a stage, so that differences are paired. Rows of one group share its
    weight, and so repeated customers do not narrow an interval. Source: Chamandy et al. (2012), the Poisson bootstrap.
    """
    return np.random.default_rng(seed).poisson(1.0, (resamples, groups)).astype(np.float32)


def percentile_interval(values: np.ndarray[Any, Any]) -> tuple[float, float]:
    """The central 95 % of resampled ``values`` of shape (resamples,), those that are not finite left out."""
    finite = values[np.isfinite(values)]
    if len(finite) < 0.9 * len(values):
        return math.nan, math.nan
    low, high = np.quantile(finite, [0.025, 0.975])
    return float(low), float(high)

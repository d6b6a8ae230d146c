"""Area under the ROC curve, with an interval that respects repeated customers."""

from typing import Any

import numpy as np
from scipy.stats import rankdata

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95

Array = np.ndarray[Any, Any]


def auc(y: Array, probability: Array, customer: Array) -> Estimate:
    """The chance that a row with the event is ranked above one without; arrays of shape (rows,), ties count half.

    The interval is DeLong's, its components summed by customer, since one customer's rows at several moments are alike.
    Sources: DeLong et al. (1988); Obuchowski (1997), Nonparametric analysis of clustered ROC curve data; Sun and Xu
    (2014) for components by ranks.

    >>> auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]), np.arange(4)).value
    0.75
    """
    event = y > 0
    ranks = rankdata(probability)
    m, n = int(event.sum()), int((~event).sum())
    value = (ranks[event].sum() / m - (m + 1) / 2) / n
    above = (ranks[event] - rankdata(probability[event])) / n  # share of rows without the event below this row
    below = 1 - (ranks[~event] - rankdata(probability[~event])) / m
    names, group = np.unique(customer, return_inverse=True)
    with_event = _by_customer(above - value, group[event], len(names))
    without = _by_customer(below - value, group[~event], len(names))
    variance = _corrected(with_event, group[event]) / m**2 + _corrected(without, group[~event]) / n**2
    covariance = float(with_event @ without) * len(names) / max(len(names) - 1, 1)
    half = Z95 * float(np.sqrt(max(variance + 2 * covariance / (m * n), 0.0)))
    return Estimate(float(value), max(float(value) - half, 0.0), min(float(value) + half, 1.0), len(y))


def auc_within(y: Array, probability: Array, customer: Array, block: Array) -> Estimate:
    """The mean of the areas of the blocks that have rows of both kinds; their errors are taken as independent.

    A rate that drifts from block to block would otherwise count as ranking, or hide it.
    """
    held = [block == name for name in np.unique(block)]
    parts = [auc(y[rows], probability[rows], customer[rows]) for rows in held if len(np.unique(y[rows])) == 2]
    if not parts:
        return Estimate(float("nan"), float("nan"), float("nan"), len(y))
    value = float(np.mean([part.value for part in parts]))
    half = float(np.sqrt(np.sum([(part.high - part.value) ** 2 for part in parts]))) / len(parts)
    return Estimate(value, max(value - half, 0.0), min(value + half, 1.0), len(y))


def _by_customer(components: Array, group: Array, customers: int) -> Array:
    return np.bincount(group, components, minlength=customers)


def _corrected(sums: Array, group: Array) -> float:
    """The sum of squares, times customers / (customers - 1), over the customers that have such rows."""
    customers = len(np.unique(group))
    return float(sums @ sums) * customers / max(customers - 1, 1)

"""Shares of people: who redeemed, and whose campaigns overlap."""

from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import percentile_interval, wilson

Array = np.ndarray[Any, Any]


def redemption_rate(redeemed: Array, customer: Array, weights: Array) -> Estimate:
    """Redeemers over people reached. One row a person and campaign; ``customer`` numbers the people from 0.

    Where everyone stands in one row, a Wilson interval; where people repeat, the percentiles over ``weights`` of shape
    (resamples, people), so that repeats do not narrow it. NaN where nobody was reached.

    >>> rate = redemption_rate(np.array([True] * 10 + [False] * 90), np.arange(100), np.ones((1, 100)))
    >>> round(rate.value, 3), round(rate.low, 4), round(rate.high, 4), rate.n
    (0.1, 0.0552, 0.1744, 100)
    """
    n = len(redeemed)
    if n == 0:
        return Estimate(np.nan, np.nan, np.nan, 0, "redeemers per person reached")
    if len(np.unique(customer)) == n:
        low, high = wilson(int(redeemed.sum()), n)
    else:
        low, high = ratio_interval(redeemed, np.ones(n), customer, weights)
    return Estimate(float(redeemed.mean()), low, high, n, "redeemers per person reached")


def overlap(customer: Array, starts: Array, ends: Array, weights: Array) -> Estimate:
    """Share of a person's consecutive campaigns, ordered by start, of which the later starts by the earlier's end.

    One row a person and campaign; days as numbers, both ends included. NaN where nobody was in two campaigns.

    >>> days = [np.array(d) for d in ([0, 0, 0, 1, 1], [1, 20, 25, 1, 11], [10, 30, 40, 10, 15])]
    >>> overlap(*days, weights=np.ones((1, 2))).value
    0.3333333333333333
    """
    order = np.lexsort((ends, starts, customer))
    customer, starts, ends = customer[order], starts[order], ends[order]
    follows = customer[1:] == customer[:-1]
    overlaps = (starts[1:] <= ends[:-1])[follows]
    people = customer[1:][follows]
    unit = "pairs of a person's consecutive campaigns"
    if len(overlaps) == 0:
        return Estimate(np.nan, np.nan, np.nan, 0, unit)
    low, high = ratio_interval(overlaps, np.ones(len(overlaps)), people, weights)
    return Estimate(float(overlaps.mean()), low, high, len(overlaps), unit)


def ratio_interval(above: Array, below: Array, customer: Array, weights: Array) -> tuple[float, float]:
    """The 95 % interval of sum(above) / sum(below), people drawn with ``weights`` of shape (resamples, people).

    Where there are more people than columns, those whose numbers leave the same remainder are drawn together.
    """
    columns = weights.shape[1]
    sums = [weights @ np.bincount(customer % columns, part, minlength=columns) for part in (above, below)]
    with np.errstate(divide="ignore", invalid="ignore"):
        return percentile_interval(sums[0] / sums[1])

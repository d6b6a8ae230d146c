"""Differences of ratios (a price per order, clicks per message) and of shares of the untouched mean."""

from typing import Any

import numpy as np
from scipy import stats

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.experiment.arrays import checked, units_of, weights_of
from daogou.measure.experiment.difference import FEWEST_UNITS

Array = np.ndarray[Any, Any]


def ratio_difference(
    numerator: Array,
    denominator: Array,
    treated: Array,
    *,
    unit: Array | None = None,
    propensity: Array | None = None,
) -> Estimate:
    """Sum over sum of the treated less that of the others, 95 % interval by the delta method (Deng et al. 2018).

    Arrays of shape (n,), a row a person (or a visit, with ``unit`` naming the person who was drawn). ``propensity`` of
    shape (n,) is the probability to be treated, where it was not the same for all. NaN where an arm's denominator adds
    up to 0, and for the interval below 10 units an arm.

    >>> spent, orders = np.array([10.0, 20.0, 6.0, 6.0] * 10), np.array([1.0, 1.0, 1.0, 2.0] * 10)
    >>> ratio_difference(spent, orders, np.array([1, 1, 0, 0] * 10)).value
    11.0

    Raises:
        ValueError: as :func:`daogou.measure.difference`.
    """
    above, is_treated = checked(numerator, treated)
    below, _ = checked(denominator, treated)
    units, weight = units_of(unit, is_treated), weights_of(propensity, is_treated)
    above, below = above * weight, below * weight
    sides = [_side(above[mine], below[mine], units[mine]) for mine in (is_treated, ~is_treated)]
    value = sides[0][0] - sides[1][0]
    if min(side[2] for side in sides) < FEWEST_UNITS:
        return Estimate(value, np.nan, np.nan, len(above))
    variance = sides[0][1] + sides[1][1]
    freedom = variance**2 / max(sum(side[1] ** 2 / (side[2] - 1) for side in sides), 1e-300)
    half = stats.t.ppf(0.975, max(freedom, 1.0)) * np.sqrt(variance)
    return Estimate(value, value - half, value + half, len(above))


def lift(outcome: Array, treated: Array, *, unit: Array | None = None, propensity: Array | None = None) -> Estimate:
    """The difference of means as a share of the mean of those not treated, interval by Fieller (1954).

    ``propensity`` of shape (n,) is the probability to be treated, where it was not the same for all. NaN for the
    interval where the mean of those not treated cannot be told from 0, since the share has no bounds then.

    >>> round(lift(np.tile([1.0, 1.1, 1.2, 1.3], 50), np.tile([0, 0, 1, 1], 50)).value, 6)
    0.190476

    Raises:
        ValueError: as :func:`daogou.measure.difference`.
    """
    y, is_treated = checked(outcome, treated)
    units, weight = units_of(unit, is_treated), weights_of(propensity, is_treated)
    (a, va, ga), (b, vb, gb) = (
        _side((y * weight)[mine], weight[mine], units[mine]) for mine in (is_treated, ~is_treated)
    )
    value = a / b - 1 if b else np.nan
    square = b**2 - Z95**2 * vb
    if min(ga, gb) < FEWEST_UNITS or square <= 0:
        return Estimate(value, np.nan, np.nan, len(y), "share")
    root = np.sqrt(max((a * b) ** 2 - square * (a**2 - Z95**2 * va), 0.0))
    return Estimate(value, (a * b - root) / square - 1, (a * b + root) / square - 1, len(y), "share")


def _side(above: Array, below: Array, units: Array) -> tuple[float, float, int]:
    """Sum over sum, its variance and the units of one arm."""
    total = below.sum()
    if total == 0:
        return np.nan, np.nan, 0
    ratio = float(above.sum() / total)
    per_unit = np.bincount(np.unique(units, return_inverse=True)[1], above - ratio * below)
    g = len(per_unit)
    return ratio, float((per_unit**2).sum() / total**2) * g / max(g - 1, 1), g

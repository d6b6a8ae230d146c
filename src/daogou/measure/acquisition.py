"""New customers: what one costs, when that is earned back, and what one is worth against it."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.rates import rate

Array = np.ndarray[Any, Any]
WARM_UP = 90  # days of data in which a first order may only be the first that is seen
FEWEST_OBSERVED = 30  # new customers below whom the curve of what they brought ends


def new_share(first: npt.ArrayLike, orders: npt.ArrayLike, customer: npt.ArrayLike | None = None) -> Estimate:
    """Share of orders that are a customer's first, a row a customer: 1 or 0, and the orders of the days."""
    return rate(first, orders, customer, unit="first orders per order")


def cpa(cost: float, orders: float) -> Estimate:
    """Cost per order: cost / orders, with the interval that chance in their number leaves. See :func:`cac`."""
    return _each(cost, orders, "currency per order")


def cac(cost: float, new_customers: float) -> Estimate:
    """Cost of a new customer: cost / new customers.

    What was spent is known; how many came is not more than a count of chance: the interval is Garwood's for a Poisson
    count (1936). NaN where nobody came; nothing spent costs 0.

    Raises:
        ValueError: a cost or a count below 0, or no number.

    >>> found = cac(1000.0, 25)
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (40.0, 27.1, 61.81)
    """
    return _each(cost, new_customers, "currency per new customer")


def _each(cost: float, count: float, unit: str) -> Estimate:
    if not (cost >= 0 and count >= 0 and math.isfinite(cost) and math.isfinite(count)):
        raise ValueError(f"the cost is {cost} and the count {count}; give what was spent and how many came")
    if count == 0:
        return Estimate(math.nan, math.nan, math.nan, 0, unit)
    fewest, most = float(stats.chi2.ppf(0.025, 2 * count) / 2), float(stats.chi2.ppf(0.975, 2 * count + 2) / 2)
    return Estimate(cost / count, cost / most, cost / fewest if fewest > 0 else math.inf, round(count), unit)


def mean_cumulative(brought: Array, observed: Array, fewest: int = FEWEST_OBSERVED) -> Array:
    """What a new customer has brought on the mean by each day since the first order, shape (days,).

    ``brought`` is the sum of that day over all, ``observed`` how many customers are known that long; customers of all
    ages count for the days that are known of them (Nelson 2003, mean cumulative function). It ends where fewer than
    ``fewest`` are.

    >>> mean_cumulative(np.array([300.0, 0.0, 100.0]), np.array([100, 100, 50])).tolist()
    [3.0, 3.0, 5.0]
    """
    if len(brought) != len(observed):
        raise ValueError(f"brought has {len(brought)} days and observed {len(observed)}; give one each")
    few = np.flatnonzero(np.asarray(observed) < fewest)
    end = int(few[0]) if len(few) else len(observed)
    return np.cumsum(np.asarray(brought, float)[:end] / np.asarray(observed, float)[:end])


def payback_days(curve: Array, cost: float) -> int | None:
    """Days since the first order by which the curve has covered ``cost`` for good; None: not yet.

    For good: refunds may take it below again, and then it had not.

    >>> payback_days(np.array([3.0, 3.0, 5.0]), 4.0), payback_days(np.array([3.0, 3.0]), 4.0)
    (2, None)
    """
    below = np.flatnonzero(np.asarray(curve) < cost)
    first = int(below[-1]) + 1 if len(below) else 0
    return first if first < len(curve) else None


def curve_error(brought: Array, observed: Array, fewest: int = FEWEST_OBSERVED) -> Array:
    """The standard error of the curve on each of its days, shape (days,), from customers split at random into groups.

    ``brought`` and ``observed`` have the shape (groups, days); the curve is made again without each group in turn
    (delete-a-group jackknife; Kott 2001).
    """
    groups, whole = len(brought), mean_cumulative(brought.sum(axis=0), observed.sum(axis=0), fewest)
    left = observed.sum(axis=0) - observed
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(left > 0, (brought.sum(axis=0) - brought) / left, 0.0)
    others = np.cumsum(steps, axis=1)[:, : len(whole)]
    error: Array = np.sqrt((groups - 1) / groups * ((others - others.mean(axis=0)) ** 2).sum(axis=0))
    return error


def payback(curve: Array, error: Array, cost: Estimate) -> Estimate:
    """Days until the curve has covered the cost for good, with what chance in both leaves; NaN: not yet.

    Where the upper end is NaN, it may not be before the days that are known are over.

    >>> found = payback(np.arange(100.0), np.full(100, 2.0), Estimate(40.0, 40.0, 40.0, 500))
    >>> found.value, found.low, found.high
    (40.0, 37.0, 44.0)
    """
    apart = (cost.high - cost.low) / (2 * Z95)
    half = Z95 * np.sqrt(np.asarray(error) ** 2 + (apart**2 if math.isfinite(apart) else math.inf))
    days = (payback_days(each, cost.value) for each in (curve, curve + half, curve - half))
    value, low, high = (math.nan if day is None else float(day) for day in days)
    return Estimate(value, low, high, cost.n, "days")


def ltv_to_cac(ltv: Estimate, cost: Estimate) -> Estimate:
    """LTV : CAC with an interval on the log scale, both errors together; NaN ends where either has none.

    >>> found = ltv_to_cac(Estimate(120.0, 100.0, 140.0, 400), cac(12_000.0, 400))
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)
    (4.0, 3.3, 4.85)
    """
    if not cost.value > 0 or not math.isfinite(ltv.value):
        return Estimate(math.nan, math.nan, math.nan, ltv.n, "LTV per CAC")
    value = ltv.value / cost.value
    if not ltv.value > 0 or not math.isfinite(ltv.low) or cost.n == 0:
        return Estimate(value, math.nan, math.nan, ltv.n, "LTV per CAC")
    apart = (ltv.high - ltv.low) / (2 * Z95 * ltv.value)
    factor = math.exp(Z95 * math.sqrt(apart**2 + 1 / cost.n))
    return Estimate(value, value / factor, value * factor, ltv.n, "LTV per CAC")


def lifetime_value(mean: float, sd: float, n: int, future: float, future_error: float) -> Estimate:
    """What a new customer brings: the mean of so far and expected over ``n`` of them, standard deviation ``sd``.

    ``future_error`` is the relative standard error of what is expected in all, which more customers do not narrow; it
    is taken of ``future``, the mean that is only expected.

    >>> found = lifetime_value(50.0, 20.0, 400, 30.0, 0.1)
    >>> round(found.low, 1), round(found.high, 1)
    (43.8, 56.2)
    """
    if n < 2 or not math.isfinite(sd):
        return Estimate(mean, math.nan, math.nan, n, "currency")
    error = Z95 * math.sqrt(sd**2 / n + (future * future_error) ** 2)
    return Estimate(mean, mean - error, mean + error, n, "currency")

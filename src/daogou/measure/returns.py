"""What marketing brought against what it cost: four ratios, each with its basis, none of them bare."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.measure.rates import FEWEST_CLUSTERS

Array = np.ndarray[Any, Any]
Ids = npt.ArrayLike | None

BASES = ("roas", "profit_roi", "incremental_roas", "incremental_roi")
_SHORT = {"profit": "profit_roi", "incremental": "incremental_roi"}
_UNITS = {
    "roas": "attributed net sales per media cost",
    "profit_roi": "(attributed contribution before marketing cost - cost) per cost",
    "incremental_roas": "incremental net sales per media cost",
    "incremental_roi": "(incremental contribution before marketing cost - cost) per cost",
}


def roas(net_sales: npt.ArrayLike, media_cost: npt.ArrayLike, customer: Ids = None, day: Ids = None) -> Estimate:
    """ROAS: attributed net sales / media cost. See :func:`roi`.

    >>> roas([30.0, 0.0], [5.0, 5.0]).value
    3.0
    """
    return roi(net_sales, media_cost, basis="roas", customer=customer, day=day)


def roi(gain: npt.ArrayLike, cost: npt.ArrayLike, *, basis: str, customer: Ids = None, day: Ids = None) -> Estimate:
    """One of the four ratios, as ``basis`` says; sums of rows of whatever kind: a person, a campaign, a day.

    ``roas`` and ``incremental_roas`` are gain / cost, gain being net sales and cost what media cost. ``profit_roi``
    (or ``profit``) and ``incremental_roi`` (or ``incremental``) are (gain - cost) / cost, gain being contribution
    before marketing cost and cost all of it. All arrays have the shape (rows,).

    The 95 % interval sums residuals by customer where customers are given, else by day, else by row (linearised ratio,
    Student's t), and ``unit`` says so. It is NaN below 10 clusters. Where nothing was spent there is no ratio: NaN.

    Raises:
        ValueError: an unknown basis, unequal lengths, a gain that is no number, or a cost below 0.

    >>> roi([110.0, 40.0], [25.0, 25.0], basis="profit").value
    2.0
    """
    name = basis_of(basis)
    gains, costs = np.atleast_1d(np.asarray(gain, float)), np.atleast_1d(np.asarray(cost, float))
    if gains.shape != costs.shape or gains.ndim != 1:
        raise ValueError(f"gain has the shape {gains.shape} and cost {costs.shape}; give one row each")
    if not np.isfinite(gains).all() or not np.isfinite(costs).all() or (costs < 0).any():
        raise ValueError("gain holds what is no number, or cost what is none or below 0; give amounts, 0 where nothing")
    by, ids = ("customer", customer) if customer is not None else ("day", day)
    clusters = np.arange(len(gains)) if ids is None else np.unique(np.asarray(ids), return_inverse=True)[1]
    if len(clusters) != len(gains):
        raise ValueError(f"{by} has {len(clusters)} rows and gain has {len(gains)}; give one a row")
    unit = f"{_UNITS[name]}, clustered by {by if ids is not None else 'row'}"
    total = float(costs.sum())
    if total == 0:
        return Estimate(math.nan, math.nan, math.nan, len(gains), unit)
    value = float(gains.sum()) / total
    half = _half(np.bincount(clusters, gains), np.bincount(clusters, costs), value)
    less = 1.0 if name.endswith("roi") else 0.0
    return Estimate(value - less, value - less - half, value - less + half, len(gains), unit)


def basis_of(basis: str) -> str:
    """The ratio that ``basis`` names.

    Raises:
        ValueError: it names none; the message lists the four.

    >>> basis_of("incremental")
    'incremental_roi'
    """
    name = _SHORT.get(basis, basis)
    if name not in BASES:
        raise ValueError(f"no ratio has the basis {basis!r}; there are {', '.join(BASES)}")
    return name


def returned(gain: Estimate, cost: float, *, basis: str) -> Estimate:
    """The ratio of a gain that has its interval already, such as a test's, to a cost that is known.

    Raises:
        ValueError: an unknown basis, or a cost that is below 0 or no number.

    >>> returned(Estimate(300.0, 100.0, 500.0, 40), 100.0, basis="incremental_roi").low
    0.0
    """
    name = basis_of(basis)
    if not cost >= 0:
        raise ValueError(f"the cost is {cost}; give what was spent, 0 where nothing")
    if cost == 0:
        return Estimate(math.nan, math.nan, math.nan, gain.n, _UNITS[name])
    less = 1.0 if name.endswith("roi") else 0.0
    value, low, high = (end / cost - less for end in (gain.value, gain.low, gain.high))
    return Estimate(value, low, high, gain.n, _UNITS[name])


def gain_to_cost(gain: float, cost: float) -> str:
    """Gain : cost, as people say it; a dash where nothing was spent.

    >>> gain_to_cost(260.0, 100.0), gain_to_cost(5.0, 0.0)
    ('2.6 : 1', '–')
    """
    if not cost > 0 or not math.isfinite(gain):
        return "–"
    return _("{gain} : 1").format(gain=f"{gain / cost:.1f}")


def credited_gain(value: float, orders: float, per_buyer: float, spread: float) -> Estimate:
    """Credited money with the interval that chance in who buys leaves; the rule's own doubt is not in it.

    The channel's buyers (orders / ``per_buyer``) are taken as drawn like all buyers, whose money has the coefficient of
    variation ``spread``: a sum over a Poisson number of them has the relative variance (1 + spread^2) / buyers. NaN
    ends below 10 buyers.

    >>> found = credited_gain(1000.0, 200.0, 2.0, 0.0)
    >>> round(found.low), round(found.high)
    (804, 1196)
    """
    buyers = orders / per_buyer if per_buyer > 0 else 0.0
    n = round(orders)
    if not buyers >= FEWEST_CLUSTERS or not math.isfinite(spread):
        return Estimate(value, math.nan, math.nan, n, "currency")
    half = float(stats.norm.ppf(0.975)) * abs(value) * math.sqrt((1 + spread**2) / buyers)
    return Estimate(value, value - half, value + half, n, "currency")


def _half(gain: Array, cost: Array, value: float) -> float:
    """Half the interval of sum(gain) / sum(cost) over clusters that have either."""
    known = (gain != 0) | (cost != 0)
    gain, cost = gain[known], cost[known]
    n = len(gain)
    if n < FEWEST_CLUSTERS:
        return math.nan
    rests = gain - value * cost
    variance = n / (n - 1) * float((rests**2).sum()) / float(cost.sum()) ** 2
    return float(stats.t.ppf(0.975, n - 1)) * math.sqrt(variance)

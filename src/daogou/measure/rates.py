"""Rates: arrays of counts in, one Estimate out, its interval clustered by customer or by day."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from daogou.base.estimate import Estimate
from daogou.base.estimate import by_group as by_group
from daogou.base.statistics import Z95, percentile_interval, wilson

Array = np.ndarray[Any, Any]
Counts = npt.ArrayLike
Ids = npt.ArrayLike | None
FEWEST_CLUSTERS = 10  # customers or days below which no interval is given


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


def rate(
    above: npt.ArrayLike,
    below: npt.ArrayLike,
    customer: npt.ArrayLike | None = None,
    day: npt.ArrayLike | None = None,
    *,
    unit: str = "",
) -> Estimate:
    """``above`` over ``below``, sums of rows of whatever kind: a person, a person and campaign, a day.

    All of shape (rows,). The interval's clusters are customers where they are given, else days, and ``unit`` says so:
    residuals are summed by cluster (the linearised ratio), and a share that no row takes above 1 gets Wilson's interval
    of as many independent trials as the clusters are worth (Korn and Graubard 1998). Without either, and where every
    customer is one trial, trials are independent: Wilson's interval. It is NaN below 10 clusters, and where independent
    trials would have to be more than they are (more clicks than impressions). NaN alone where nothing is below.

    Raises:
        ValueError: unequal lengths, or rows that are negative or no number.

    >>> found = rate([10], [100])
    >>> round(found.low, 4), round(found.high, 4), found.unit
    (0.0552, 0.1744, 'independent trials')
    """
    a, b = _counts(above, below)
    name, ids = ("customer", customer) if customer is not None else ("day", day)
    if ids is None:
        if not b.sum():
            return Estimate(np.nan, np.nan, np.nan, 0, unit)
        ends = wilson(float(a.sum()), float(b.sum())) if a.sum() <= b.sum() else (np.nan, np.nan)
        return Estimate(float(a.sum() / b.sum()), *ends, round(float(b.sum())), _unit(unit, "independent trials"))
    groups = np.unique(np.asarray(ids), return_inverse=True)[1]
    if len(groups) != len(a):
        raise ValueError(f"{name} has {len(groups)} rows and above has {len(a)}; give one a row")
    return rate_of(Clusters.of(np.bincount(groups, a), np.bincount(groups, b)), name, unit)


@dataclass(frozen=True)
class Clusters:
    """What a rate and its interval need of the clusters' totals a above and b below; those with neither left out."""

    n: int
    a: float
    b: float
    aa: float  # sum of a^2
    ab: float
    bb: float
    above_one: bool  # some a is more than its b
    single: bool  # each is one trial: b = 1, and a is 0 or 1

    @classmethod
    def of(cls, a: Array, b: Array) -> "Clusters":
        """Of totals of shape (clusters,)."""
        known = (a > 0) | (b > 0)
        a, b = a[known], b[known]
        single = bool((b == 1).all() and np.isin(a, (0, 1)).all())
        above, below, aa, ab, bb = (float(x.sum()) for x in (a, b, a * a, a * b, b * b))
        return cls(len(a), above, below, aa, ab, bb, bool((a > b).any()), single)


def rate_of(clusters: Clusters, name: str, unit: str) -> Estimate:
    """The rate of clusters called ``name``, as :func:`rate`."""
    if clusters.b == 0:
        return Estimate(np.nan, np.nan, np.nan, 0, unit)
    value, trials = clusters.a / clusters.b, round(clusters.b)
    if clusters.single and name == "customer":
        return Estimate(value, *wilson(clusters.a, clusters.b), trials, _unit(unit, "independent trials"))
    return Estimate(value, *_interval(clusters, value), trials, _unit(unit, f"clustered by {name}"))


def _interval(clusters: Clusters, value: float) -> tuple[float, float]:
    if clusters.n < FEWEST_CLUSTERS:
        return np.nan, np.nan
    rests = clusters.aa - 2 * value * clusters.ab + value**2 * clusters.bb
    if rests < 1e-12 * clusters.aa:
        rests = 0.0  # rounding
    variance = clusters.n / (clusters.n - 1) * rests / clusters.b**2
    reach = float(stats.t.ppf(0.975, clusters.n - 1))
    if clusters.above_one:
        half = reach * float(np.sqrt(variance))
        return max(value - half, 0.0), value + half
    spread = value * (1 - value)
    worth = float(clusters.n) if spread == 0 else clusters.b
    if variance > 0:
        worth = min(spread / variance * (Z95 / reach) ** 2, clusters.b)
    return wilson(value * worth, worth)


def _counts(above: npt.ArrayLike, below: npt.ArrayLike) -> tuple[Array, Array]:
    a, b = np.atleast_1d(np.asarray(above, float)), np.atleast_1d(np.asarray(below, float))
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"above has the shape {a.shape} and below {b.shape}; give one row each")
    if not (np.isfinite(a).all() and np.isfinite(b).all() and (a >= 0).all() and (b >= 0).all()):
        raise ValueError("rows hold what is negative or no number; give counts, 0 where nothing happened")
    return a, b


def _unit(unit: str, how: str) -> str:
    return f"{unit}, {how}" if unit else how


def ctr(clicks: Counts, impressions: Counts, customer: Ids = None, day: Ids = None) -> Estimate:
    """Click-through rate: clicks / impressions, total or unique as the rows are. See :func:`rate`."""
    return rate(clicks, impressions, customer, day, unit="clicks per impression")


def cvr(conversions: Counts, clicks: Counts, customer: Ids = None, day: Ids = None) -> Estimate:
    """Conversion rate per click: conversions / clicks. See :func:`rate` and :func:`counted_conversions`."""
    return rate(conversions, clicks, customer, day, unit="conversions per click")


def visitor_cvr(buyers: Counts, visitors: Counts, customer: Ids = None, day: Ids = None) -> Estimate:
    """Conversion rate per visitor: people who ordered / people who visited."""
    return rate(buyers, visitors, customer, day, unit="buyers per visitor")


def reach_cvr(buyers: Counts, reached: Counts, customer: Ids = None, day: Ids = None) -> Estimate:
    """Conversion rate per person reached: people who ordered / people reached."""
    return rate(buyers, reached, customer, day, unit="buyers per person reached")


def click_rate(clicks: Counts, delivered: Counts, customer: Ids = None, day: Ids = None) -> Estimate:
    """Clicks / messages delivered."""
    return rate(clicks, delivered, customer, day, unit="clicks per message delivered")


def click_to_open_rate(clicks: Counts, opens: Counts, customer: Ids = None, day: Ids = None) -> Estimate:
    """Clicks / messages opened. Mail programs open by themselves, so that what stands below is no evidence."""
    return rate(clicks, opens, customer, day, unit="clicks per message opened")


def open_rate(opens: Counts, delivered: Counts, customer: Ids = None, day: Ids = None) -> Estimate:
    """Messages opened / delivered. No evidence that anybody read them: mail programs open by themselves."""
    return rate(opens, delivered, customer, day, unit="opens per message delivered")


def delivery_rate(delivered: Counts, sent: Counts, customer: Ids = None, day: Ids = None) -> Estimate:
    """Messages delivered / sent."""
    return rate(delivered, sent, customer, day, unit="delivered per message sent")


def unsubscribe_rate(unsubscribes: Counts, delivered: Counts, customer: Ids = None, day: Ids = None) -> Estimate:
    """Opt-outs / messages delivered."""
    return rate(unsubscribes, delivered, customer, day, unit="opt-outs per message delivered")


def complaint_rate(complaints: Counts, delivered: Counts, customer: Ids = None, day: Ids = None) -> Estimate:
    """Complaints / messages delivered."""
    return rate(complaints, delivered, customer, day, unit="complaints per message delivered")


def messages_per_person(messages: Counts, people: Counts, customer: Ids = None, day: Ids = None) -> Estimate:
    """Messages / people who got any; a row a person and week, ``people`` 1 each, says how much is sent in a week."""
    return rate(messages, people, customer, day, unit="messages per person")


def first_rows(*keys: Any) -> Array:
    """Which rows are the first with their keys, shape (rows,): unique clicks are clicks of these rows.

    >>> first_rows([1, 1, 2], ["spring", "spring", "spring"]).tolist()
    [True, False, True]
    """
    numbered = np.column_stack([np.unique(np.asarray(key), return_inverse=True)[1] for key in keys])
    first = np.unique(numbered, axis=0, return_index=True)[1]
    found = np.zeros(len(numbered), bool)
    found[first] = True
    return found


def counted_conversions(order_id: Any, days: npt.ArrayLike, window: float = 30.0) -> tuple[Array, dict[str, int]]:
    """Which conversions count, shape (rows,), and how many were claimed twice, came late, or followed no click.

    An order counts once, at its earliest row in ``days`` since the click (NaN: there was none); later than ``window``
    days it does not count.

    >>> counted_conversions(["o1", "o1", "o2", "o3"], [2.0, 1.0, 40.0, float("nan")])
    (array([False,  True, False, False]), {'doubled': 1, 'late': 1, 'without_click': 1})
    """
    orders, since = np.asarray(order_id), np.asarray(days, float)
    if orders.shape != since.shape:
        raise ValueError(f"order_id has {len(orders)} rows and days {len(since)}; give one a conversion")
    by_time = np.lexsort((np.arange(len(since)), since))  # NaN last
    first = np.zeros(len(since), bool)
    first[by_time[np.unique(orders[by_time], return_index=True)[1]]] = True
    without, late = first & np.isnan(since), first & (since > window)
    counts = {"doubled": int((~first).sum()), "late": int(late.sum()), "without_click": int(without.sum())}
    return first & ~without & ~late, counts

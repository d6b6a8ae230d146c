"""Concentration: how much of net sales few customers, items or categories bring."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import ibis.expr.types as ir
import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import percentile_interval
from daogou.measure.look.people import SUM, day, known_days
from daogou.store.rule_events import latest
from daogou.store.tables import ITEMS, ORDER_LINES, ORDERS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]
Of = Literal["customers", "items", "categories"]
TOPS = (0.01, 0.05, 0.1, 0.2, 0.5)
_GROUPS = 2_000  # neighbours in rank are drawn together above so many
_CURVE = 101


@dataclass(frozen=True)
class Concentration:
    """``curve``: share of net sales that the smallest 0, 1, ..., 100 % bring (Lorenz). ``tops``: that of the largest.

    ``below``: how many have net sales of 0 or less; they count as 0. NaN and an empty curve without net sales.
    """

    n: int
    below: int
    total: float
    gini: Estimate
    tops: tuple[tuple[float, float], ...]
    curve: tuple[float, ...]


@dataclass(frozen=True)
class Amounts:
    """Net sales of each unit, the largest first; ties by name."""

    names: list[Any]
    values: Array


def read(warehouse: Warehouse, of: Of, first: date, until: date) -> Amounts:
    """Net sales on the days [first, until): of known customers less refunds, of items and categories before them."""
    rows = _customers(warehouse, first, until) if of == "customers" else _sold(warehouse, of, first, until)
    found = warehouse.to_arrow(rows.order_by(rows["amount"].desc(), "name"))
    return Amounts(found["name"].to_pylist(), found["amount"].to_numpy(zero_copy_only=False).astype(float))


def _customers(warehouse: Warehouse, first: date, until: date) -> ir.Table:
    """Whoever ordered or gave something back in these days."""
    days = known_days(warehouse, until)
    days = days.filter(days.local_day >= day(first))
    net = (days.net_sales - days.refunds).sum()
    return days.group_by(name=days.customer_id).aggregate(amount=net.cast(SUM).cast("float64"))


def _sold(warehouse: Warehouse, of: Of, first: date, until: date) -> ir.Table:
    """Guests buy items too: nobody is left out here."""
    orders = warehouse.table(ORDERS)
    orders = orders.filter(orders.local_day >= day(first), orders.local_day < day(until)).select("order_id")
    lines = warehouse.table(ORDER_LINES).select("order_id", "item_id", "net_sales").semi_join(orders, "order_id")
    items = lines.group_by("item_id").aggregate(amount=lines.net_sales.sum().cast(SUM))
    if of == "categories":
        known = latest(warehouse.table(ITEMS), "item_id", until).select("item_id", "category")
        named = items.join(known.filter(known.category.notnull()), "item_id")
        return named.group_by(name=named.category).aggregate(amount=named.amount.sum().cast("float64"))
    return items.select(name=items.item_id, amount=items.amount.cast("float64"))


def concentration(values: Array, resamples: int, seed: int, fewest: int) -> Concentration:
    """What ``values`` of shape (n,), the largest first, say; the Gini's interval draws units again (bootstrap).

    Below ``fewest`` units, and with 0 resamples, there is no interval.

    >>> found = concentration(np.array([6.0, 2, 1, 1]), 0, 1, 30)
    >>> round(found.gini.value, 3), found.tops[-1]
    (0.4, (0.5, 0.8))
    """
    n = len(values)
    clipped = np.maximum(values, 0.0)
    total = float(clipped.sum())
    below = int((values <= 0).sum())
    if total <= 0:
        return Concentration(n, below, 0.0, Estimate(np.nan, np.nan, np.nan, n, "gini"), (), ())
    ascending = clipped[::-1]
    low, high = (np.nan, np.nan)
    if resamples and n >= fewest:
        low, high = percentile_interval(_resampled(ascending, resamples, seed))
    share = np.concatenate([[0.0], np.cumsum(ascending)]) / total
    share[-1] = 1.0
    at = np.linspace(0, 1, _CURVE)
    curve = np.interp(at, np.arange(n + 1) / n, share)
    tops = [(top, float(1 - share[n - len_of(top, n)])) for top in TOPS]
    gini = Estimate(gini_of(ascending, np.ones(n)), low, high, n, "gini")
    return Concentration(n, below, total, gini, tuple(tops), tuple(curve.tolist()))


def len_of(top: float, n: int) -> int:
    """How many the top share of ``n`` are: rounded up, so that it is at least one.

    >>> len_of(0.1, 25), len_of(0.01, 25), len_of(0.2, 5)
    (3, 1, 1)
    """
    return min(int(np.ceil(round(top * n, 9))), n)


def gini_of(ascending: Array, weight: Array) -> float:
    """The Gini coefficient of values of shape (n,) that each stand for ``weight`` units; NaN where all are 0.

    Twice the area between the Lorenz curve and the diagonal (Gini, 1914), by trapezes.

    >>> gini_of(np.array([1.0, 1, 1, 1]), np.ones(4)), gini_of(np.array([0.0, 0, 0, 1]), np.ones(4))
    (0.0, 0.75)
    """
    people, money = np.cumsum(weight), np.cumsum(weight * ascending)
    if money[-1] <= 0:
        return float("nan")
    before = np.concatenate([[0.0], money[:-1]])
    return float(1 - (weight * (money + before)).sum() / (people[-1] * money[-1]))


def _resampled(ascending: Array, resamples: int, seed: int) -> Array:
    """The Gini of resamples: each unit is drawn a Poisson number of times, mean 1 (Chamandy et al., 2012).

    Of many units, neighbours in rank stand together with their mean: g of them are drawn a Poisson number of times with
    mean g, which is what g units drawn one by one add up to.
    """
    groups = np.array_split(ascending, min(_GROUPS, len(ascending)))
    sizes, means = np.array([len(g) for g in groups]), np.array([g.mean() for g in groups])
    drawn = np.random.default_rng(seed).poisson(sizes, (resamples, len(groups)))
    return np.array([gini_of(means, weight) if weight.any() else np.nan for weight in drawn])

"""What new customers have brought by days since the first order, and what they bring in all."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.acquisition import WARM_UP, curve_error, lifetime_value, mean_cumulative
from daogou.measure.money_redemptions import steps
from daogou.store.tables import CUSTOMER_VALUES, VALUE_TOTALS
from daogou.store.warehouse import Warehouse

LONGEST = 730  # days back from which new customers show how contribution grows
KNOWN = 0.9  # of new customers who must have an expected value
GROUPS = 20  # at random, by which the curve's error is found


@dataclass(frozen=True)
class Days:
    """The days [first, as_of) whose new customers are looked at, when the data begin, and whether returns are open."""

    first: date
    as_of: date
    begin: date
    provisional: bool

    @property
    def before(self) -> int:
        """Days of data before the first: new means no order in these."""
        return (self.first - self.begin).days


@dataclass(frozen=True)
class Curve:
    """What a new customer brought on the mean by each day since the first order, and its standard error."""

    mean: np.ndarray[Any, Any]
    error: np.ndarray[Any, Any]


def curve_of(warehouse: Warehouse, days: Days, buyers: ir.Table, orders: ir.Table) -> Curve:
    """Mean contribution of new customers by days since the first order; empty where too few are known."""
    since = max(days.begin + timedelta(days=WARM_UP), days.as_of - timedelta(days=LONGEST))
    mine = buyers.filter(buyers.first_day >= _day(since))
    mine = mine.select("customer_id", "first_day", part=mine.customer_id % GROUPS)
    known = warehouse.to_arrow(mine.group_by("first_day", "part").aggregate(n=mine.count()))
    if not known.num_rows:
        return Curve(np.zeros(0), np.zeros(0))
    ages = (np.datetime64(days.as_of) - known["first_day"].to_numpy().astype("datetime64[D]")).astype(int)
    shape = (GROUPS, int(ages.max()))
    arrived, brought = np.zeros(shape), np.zeros(shape)
    np.add.at(arrived, (known["part"].to_numpy().astype(int), ages - 1), known["n"].to_numpy())
    observed = np.cumsum(arrived[:, ::-1], axis=1)[:, ::-1]  # who is known for at least so many days after the first
    joined = orders.filter(orders.is_paid).inner_join(mine, "customer_id")
    age = joined.local_day.delta(joined.first_day, unit="day")
    rows = joined.select("part", age=age, left=steps(joined, "contribution"))
    sums = rows.group_by("part", "age").aggregate(left=rows.left.sum().cast("float64"))
    found = warehouse.to_arrow(sums)
    places = found["part"].to_numpy().astype(int), found["age"].to_numpy().astype(int)
    brought[places] = found["left"].to_numpy()
    return Curve(mean_cumulative(brought.sum(axis=0), observed.sum(axis=0)), curve_error(brought, observed))


def lifetime_of(warehouse: Warehouse, days: Days, buyers: ir.Table, orders: ir.Table) -> Estimate | None:
    """What a new customer of the days has brought and is expected to bring; None where predict told too little."""
    values, totals = warehouse.table(CUSTOMER_VALUES), warehouse.table(VALUE_TOTALS)
    expected = values.filter(values.as_of == _day(days.as_of)).select("customer_id", future="contribution")
    if not warehouse.scalar(expected.count()):
        return None
    mine = buyers.filter(buyers.first_day >= _day(days.first)).select("customer_id")
    theirs = orders.filter(orders.local_day >= _day(days.first)).semi_join(mine, "customer_id")
    left = theirs.select("customer_id", left=steps(theirs, "contribution")).group_by("customer_id")
    so_far = left.aggregate(so_far=lambda t: t.left.sum().cast("float64"))
    both = so_far.inner_join(expected, "customer_id")
    worth = both.so_far + both.future
    sums = both.aggregate(n=both.count(), mean=worth.mean(), sd=worth.std(how="sample"), future=both.future.mean())
    row = warehouse.to_arrow(sums).to_pylist()[0]
    new = int(warehouse.scalar(mine.count()))
    if not row["n"] or row["n"] < KNOWN * new:
        return None
    told = totals.filter(totals.as_of == _day(days.as_of), totals.measure == "contribution")
    total = warehouse.to_arrow(told).to_pylist()
    error = _relative(total[0]) if total else 0.0
    return lifetime_value(row["mean"], math.nan if row["sd"] is None else row["sd"], row["n"], row["future"], error)


def _relative(total: dict[str, Any]) -> float:
    if total["low"] is None or total["high"] is None or not total["value"] > 0:
        return 0.0
    return float((total["high"] - total["low"]) / (2 * Z95 * total["value"]))


def _day(day: date) -> Any:
    return ibis.date(day.isoformat())

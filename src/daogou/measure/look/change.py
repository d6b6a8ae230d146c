"""Headline figures of a period, over the period before it and over last year's days around the same festivals."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.base.estimate import Estimate
from daogou.base.statistics import cluster_weights, percentile_interval
from daogou.measure.look.people import SUM, customer_days, day
from daogou.store.tables import ORDERS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]
MEASURES = ("net_sales", "orders", "buyers", "order_value", "spend", "new", "repurchase")
SHARES = ("repurchase",)  # whose change is a difference
Period = Literal["now", "previous", "last_year"]
_SETTLES = 90  # days after which hardly any old customer is still to come for the first time
_COLUMNS = 2_000  # groups of customers that are drawn together
_SUMS = ("orders", "sales", "net_sales", "buyers", "own_sales", "new", "again")


@dataclass(frozen=True)
class Change:
    """One measure; None where the data do not reach back far enough, or there is nothing to divide by.

    ``over_previous`` and ``over_last_year``: now / then - 1; for ``SHARES`` now - then. Intervals draw customers again.
    """

    measure: str
    now: float | None
    previous: float | None
    last_year: float | None
    over_previous: Estimate | None
    over_last_year: Estimate | None


@dataclass(frozen=True)
class Days:
    """The days that are compared; a day of last year may stand for two. None: not wholly in the data.

    ``settled``: before it new customers cannot be told from old ones who come for the first time since the data began.
    """

    now: tuple[date, ...]
    previous: tuple[date, ...] | None
    last_year: tuple[date, ...] | None
    settled: date = date.min


def compared(first: date, until: date, last_year: Sequence[date], data_begin: date) -> Days:
    """The days of [first, until), of as many days before it, and of ``last_year``, where the data hold all of them."""
    length = (until - first).days
    now, before = (
        tuple(begin + timedelta(days=n) for n in range(length)) for begin in (first, first - timedelta(days=length))
    )
    return Days(
        now,
        before if before and before[0] >= data_begin else None,
        tuple(last_year) if last_year and min(last_year) >= data_begin else None,
        data_begin + timedelta(days=_SETTLES),
    )


def changes(warehouse: Warehouse, as_of: date, days: Days, resamples: int, seed: int) -> list[Change]:
    """Every measure of ``MEASURES``; of new customers nothing in a period that begins before the data are settled.

    Net sales are less refunds, as they are dated. Guests count in net_sales, orders and order_value (net sales before
    refunds / orders); buyers, spend (their net sales / buyers), new (first order ever) and repurchase (buyers who
    bought on two days or more of the period / buyers) are of known customers.
    """
    wanted: dict[Period, tuple[date, ...]] = {"now": days.now}
    if days.previous:
        wanted["previous"] = days.previous
    if days.last_year:
        wanted["last_year"] = days.last_year
    rows = warehouse.to_arrow(_by_customer(warehouse, as_of, wanted).order_by("customer_id", "period"))
    sums = _columns(rows, list(wanted))
    weights = cluster_weights(next(iter(sums.values())).shape[1], resamples, seed).astype(float)
    whole = {period: _measures(found.sum(axis=1)[:, None]) for period, found in sums.items()}
    for period, on in wanted.items():
        if min(on) < days.settled:
            whole[period]["new"] = np.array([np.nan])
    drawn = {period: _measures(found @ weights.T) for period, found in sums.items()}
    return [_change(name, whole, drawn, len(set(rows["customer_id"].to_pylist()))) for name in MEASURES]


def _by_customer(warehouse: Warehouse, as_of: date, wanted: Mapping[Period, tuple[date, ...]]) -> ir.Table:
    """One row a customer and period with what they did in it; a day that stands for two counts twice in sums."""
    listed = [(period, on, times) for period, days in wanted.items() for on, times in Counter(days).items()]
    of_period, on_day, count = zip(*listed, strict=True)
    at = ibis.memtable(
        pa.table(
            {
                "period": pa.array(of_period, pa.string()),
                "on_day": pa.array(on_day, pa.date32()),
                "times": pa.array(count, pa.int64()),
            }
        )
    )
    days = customer_days(warehouse, as_of)
    ordered = days.filter(days.orders > 0)
    firsts = ordered.group_by("customer_id").aggregate(first_day=ordered.local_day.min())
    near = days.join(at, days.local_day == at.on_day).left_join(firsts, "customer_id").drop("customer_id_right")
    bought = near.orders > 0
    return near.group_by("customer_id", "period", "is_guest").aggregate(
        orders=(near.orders * near.times).sum(),
        sales=(near.net_sales * near.times).sum().cast(SUM).cast("float64"),
        net_sales=((near.net_sales - near.refunds) * near.times).sum().cast(SUM).cast("float64"),
        order_days=near.count(where=bought),
        new=(bought & (near.local_day == near.first_day)).any(),
    )


def _columns(rows: pa.Table, periods: Sequence[Period]) -> dict[Period, Array]:
    """Sums of shape (len(_SUMS), columns) for each period; customers stand in columns, in turn."""
    customers, index = np.unique(rows["customer_id"].to_numpy(), return_inverse=True)
    columns = max(min(len(customers), _COLUMNS), 1)
    column = index % columns
    known = ~rows["is_guest"].to_numpy(zero_copy_only=False)
    order_days = rows["order_days"].to_numpy()
    value = {name: rows[name].to_numpy().astype(float) for name in ("orders", "sales", "net_sales")}
    value |= {
        "buyers": known & (order_days > 0),
        "own_sales": np.where(known, value["net_sales"], 0.0),
        "new": known & rows["new"].to_numpy(zero_copy_only=False),
        "again": known & (order_days > 1),
    }
    period = rows["period"].to_numpy(zero_copy_only=False)
    return {
        name: np.stack([np.bincount(column, value[one] * (period == name), columns) for one in _SUMS])
        for name in periods
    }


def _measures(sums: Array) -> dict[str, Array]:
    """Each measure, shape (draws,), from sums of shape (len(_SUMS), draws); NaN where there is nothing to divide by."""
    of = dict(zip(_SUMS, sums, strict=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "net_sales": of["net_sales"],
            "orders": of["orders"],
            "buyers": of["buyers"],
            "order_value": np.where(of["orders"] > 0, of["sales"] / of["orders"], np.nan),
            "spend": np.where(of["buyers"] > 0, of["own_sales"] / of["buyers"], np.nan),
            "new": of["new"],
            "repurchase": np.where(of["buyers"] > 0, of["again"] / of["buyers"], np.nan),
        }


def _change(name: str, whole: Mapping[Any, Any], drawn: Mapping[Any, Any], n: int) -> Change:
    def told(period: Period) -> float | None:
        value = float(whole[period][name][0]) if period in whole else np.nan
        return value if np.isfinite(value) else None

    def over(period: Period) -> Estimate | None:
        if told("now") is None or (then := told(period)) is None or (name not in SHARES and then <= 0):
            return None
        value = _moved(name, whole["now"][name], whole[period][name])[0]
        low, high = percentile_interval(_moved(name, drawn["now"][name], drawn[period][name]))
        return Estimate(float(value), low, high, n, "points" if name in SHARES else "share")

    return Change(
        name, told("now"), told("previous"), told("last_year"), over("previous"), over("last_year")
    )  # fmt: skip


def _moved(name: str, now: Array, then: Array) -> Array:
    if name in SHARES:
        return now - then
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(then > 0, now / then - 1, np.nan)


def data_begin(warehouse: Warehouse, as_of: date) -> date | None:
    """The first day with an order; None without any before ``as_of``."""
    orders = warehouse.table(ORDERS)
    return warehouse.scalar(orders.filter(orders.local_day < day(as_of)).local_day.min())  # type: ignore[no-any-return]

"""Who needs the company this week: overdue regulars, first-time buyers about to buy again, and items due again.

Each list is also made as it would have stood a period earlier, and compared with what happened since: the share of its
people who came back by themselves is what a message has to beat.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from daogou.base.estimate import Estimate
from daogou.base.statistics import wilson
from daogou.profile.days import customer_days
from daogou.profile.features import numbers
from daogou.profile.replenish import bought_items, due_items
from daogou.profile.settings import ProfileSettings
from daogou.store.rounding import rounded
from daogou.store.tables import ORDER_LINES, PROFILES
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class CallList:
    """One list, best first; ``rows`` start with customer_id and hold one customer each.

    ``money`` is in company currency and means: for overdue, their net sales of the last 365 days; for second, one
    second order of usual value from each; for replenish, what they usually pay for what is due. ``came_back`` is the
    share of the people on the list of a period ago who then ordered (for replenish: bought that item) within the
    period; None where there were none. ``facts`` are the numbers that its reason is said with.
    """

    key: Literal["overdue", "second", "replenish"]
    rows: pa.Table
    money: float
    came_back: Estimate | None
    facts: dict[str, float]

    @property
    def customers(self) -> Array:
        """customer_id of everyone on it, best first."""
        return np.asarray(self.rows.column("customer_id").to_numpy())

    @property
    def size(self) -> int:
        """People on it."""
        return int(self.rows.num_rows)


@dataclass(frozen=True)
class SecondOrders:
    """Second orders known at a moment: how many, and in which window of days after the first the middle half fell."""

    count: int
    low: float  # lower quartile of the days from the first to the second day with an order
    high: float  # upper quartile
    value: float  # mean net sales of that second day, currency


def call_lists(warehouse: Warehouse, as_of: date, settings: ProfileSettings) -> list[CallList]:
    """The three lists at ``as_of``, for which ``PROFILES`` must have been made: overdue, second, replenish."""
    before = as_of - timedelta(days=settings.period_days)
    profiles = warehouse.table(PROFILES)
    now = warehouse.to_arrow(profiles.filter(profiles.as_of == ibis.date(as_of.isoformat())))
    then = rounded(warehouse.to_arrow(numbers(warehouse, [before])))
    came = _buyers(warehouse, before, as_of)
    return [
        _overdue(now, then, came, settings),
        _second(
            now, then, came, _second_orders(warehouse, now, as_of), _second_orders(warehouse, then, before), settings
        ),
        _replenish(warehouse, before, as_of, settings),
    ]


def overdue_regulars(profiles: pa.Table, settings: ProfileSettings) -> pa.Table:
    """Regulars later than nine of ten of their gaps and than ``overdue_ratio`` usual gaps, but not lost.

    ``profiles`` are rows of ``PROFILES`` of one cut; most net sales of the last 365 days first.
    """
    ratio = pc.fill_null(profiles.column("overdue_ratio"), 0.0)
    late = pc.greater(profiles.column("recency_days").cast(pa.float64()), pc.fill_null(profiles.column("gap_p90"), 0.0))
    regular = pc.greater_equal(profiles.column("order_days"), settings.regular_order_days)
    between = pc.and_(pc.greater_equal(ratio, settings.overdue_ratio), pc.less_equal(ratio, settings.lost_ratio))
    return _ranked(profiles.filter(pc.and_(pc.and_(regular, late), between)), "net_sales_365")


def first_timers(profiles: pa.Table, known: SecondOrders, settings: ProfileSettings) -> pa.Table:
    """Customers with one day with an order, as long ago as second orders usually come; most net sales first.

    ``profiles`` are rows of ``PROFILES`` of one cut. Empty while fewer than ``fewest_second_orders`` are known.
    """
    once = pc.equal(profiles.column("order_days"), 1)
    ago = profiles.column("recency_days").cast(pa.float64())
    inside = pc.and_(pc.greater_equal(ago, known.low), pc.less_equal(ago, known.high))
    enough = pa.scalar(known.count >= settings.fewest_second_orders)
    return _ranked(profiles.filter(pc.and_(pc.and_(once, inside), enough)), "net_sales")


def _overdue(now: pa.Table, then: pa.Table, came: Array, settings: ProfileSettings) -> CallList:
    rows = overdue_regulars(now, settings)
    columns = ["customer_id", "orders", "gap_days", "recency_days", "overdue_ratio", "net_sales_365"]
    regulars = pc.sum(pc.greater_equal(now.column("order_days"), settings.regular_order_days)).as_py() or 0
    return CallList(
        "overdue",
        rows.rename_columns({"gap_mean": "gap_days"}).select([*columns, "favourite_category"]),
        _sum(rows, "net_sales_365"),
        _share(np.isin(overdue_regulars(then, settings).column("customer_id").to_numpy(), came)),
        {
            "period": settings.period_days,
            "regulars": regulars,
            "order_days": settings.regular_order_days,
            "ratio": settings.overdue_ratio,
        },
    )


def _second(
    now: pa.Table, then: pa.Table, came: Array, known: SecondOrders, known_then: SecondOrders, settings: ProfileSettings
) -> CallList:
    rows = first_timers(now, known, settings)
    once = pc.sum(pc.equal(now.column("order_days"), 1)).as_py() or 0
    return CallList(
        "second",
        rows.select(["customer_id", "recency_days", "net_sales", "favourite_category"]),
        rows.num_rows * known.value if rows.num_rows else 0.0,
        _share(np.isin(first_timers(then, known_then, settings).column("customer_id").to_numpy(), came)),
        {
            "period": settings.period_days,
            "once": once,
            "known": known.count,
            "fewest": settings.fewest_second_orders,
            "low": known.low,
            "high": known.high,
            "value": known.value,
        },
    )


def _replenish(warehouse: Warehouse, before: date, as_of: date, settings: ProfileSettings) -> CallList:
    due = rounded(warehouse.to_arrow(due_items(warehouse, [before, as_of], settings)))
    rows, then = _ranked(_at(due, as_of), "money"), _at(due, before)
    bought = warehouse.to_arrow(bought_items(warehouse, before, as_of))
    pairs = then.join(bought, ["customer_id", "item_id"], join_type="left semi").num_rows
    columns = ["customer_id", "item_id", "item", "gap_days", "bought_days", "due_in_days", "usual_value", "items"]
    return CallList(
        "replenish",
        rows.select([*columns, "money"]),
        _sum(rows, "money"),
        _share(np.arange(then.num_rows) < pairs),
        {
            "period": settings.period_days,
            "lines": warehouse.count(ORDER_LINES),
            "purchases": settings.replenish_purchases,
            "gap": settings.replenish_gap,
            "days": settings.replenish_days,
        },
    )


def _second_orders(warehouse: Warehouse, profiles: pa.Table, as_of: date) -> SecondOrders:
    days = customer_days(warehouse)
    seen = days.filter(days.orders > 0, days.local_day < ibis.date(as_of.isoformat()))
    place = ibis.row_number().over(group_by="customer_id", order_by="local_day")
    second = seen.mutate(place=place).filter(lambda t: t.place == 1)
    rows = warehouse.to_arrow(second.select("customer_id", "gap", net_sales=second.net_sales.cast("float64")))
    # guests have no profile, and none of them may teach the window
    mine = np.isin(rows.column("customer_id").to_numpy(), profiles.column("customer_id").to_numpy())
    if not mine.any():
        return SecondOrders(0, 0.0, 0.0, 0.0)
    gaps, value = rows.column("gap").to_numpy()[mine], np.sort(rows.column("net_sales").to_numpy()[mine])
    low, high = np.quantile(gaps, [0.25, 0.75])
    return SecondOrders(len(gaps), float(low), float(high), float(value.mean()))


def _buyers(warehouse: Warehouse, first: date, end: date) -> Array:
    days = customer_days(warehouse)
    inside = days.filter(
        days.orders > 0, days.local_day >= ibis.date(first.isoformat()), days.local_day < ibis.date(end.isoformat())
    )
    bought: ir.Table = inside.select("customer_id").distinct()
    return np.asarray(warehouse.to_arrow(bought).column("customer_id").to_numpy())


def _at(rows: pa.Table, as_of: date) -> pa.Table:
    return rows.filter(pc.equal(rows.column("as_of"), pa.scalar(as_of)))


def _ranked(rows: pa.Table, column: str) -> pa.Table:
    return rows.sort_by([(column, "descending"), ("customer_id", "ascending")])


def _sum(rows: pa.Table, column: str) -> float:
    return float(np.sum(rows.column(column).to_numpy()))


def _share(hits: Array) -> Estimate | None:
    if not len(hits):
        return None
    return Estimate(float(hits.mean()), *wilson(int(hits.sum()), len(hits)), len(hits), "share")

"""The people that a campaign can be planned for, and what they spent."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from daogou.store.tables import ORDERS, PROFILES, REFUNDS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Population:
    """One row a customer who is known by name (guests are not), sorted by ``customer_id``; money in the currency.

    Attributes:
        customer_id: shape (n,).
        value: net sales of the last 365 days, shape (n,).
        recency_days: days since the last order, shape (n,).
        spend: net sales less refunds in the last window, shape (n,).
        before: the same in the window before that, shape (n,).
        order_value: median net sales of an order in both windows; NaN where there was none.
    """

    customer_id: Array
    value: Array
    recency_days: Array
    spend: Array
    before: Array
    order_value: float

    def __len__(self) -> int:
        return len(self.customer_id)

    def take(self, rows: Array) -> "Population":
        """The people at these positions."""
        return replace(
            self,
            customer_id=self.customer_id[rows],
            value=self.value[rows],
            recency_days=self.recency_days[rows],
            spend=self.spend[rows],
            before=self.before[rows],
        )


def population(warehouse: Warehouse, as_of: date, days: int) -> Population:
    """Everyone with a profile at ``as_of``, with spend in its last two windows of ``days``."""
    spend, before = (_net_by_customer(warehouse, as_of - timedelta(days * k), days) for k in (1, 2))
    profiles = warehouse.table(PROFILES)
    rows = profiles.filter(profiles.as_of == as_of).select("customer_id", "net_sales_365", "recency_days")
    rows = rows.left_join(spend.rename(spend="net"), "customer_id").drop("customer_id_right")
    rows = rows.left_join(before.rename(before="net"), "customer_id").drop("customer_id_right")
    found = warehouse.to_arrow(rows.order_by("customer_id"))
    return Population(
        customer_id=found.column("customer_id").to_numpy(),
        value=found.column("net_sales_365").to_numpy(),
        recency_days=found.column("recency_days").to_numpy(),
        spend=_or_zero(found.column("spend")),
        before=_or_zero(found.column("before")),
        order_value=_order_value(warehouse, as_of, 2 * days),
    )


def _or_zero(column: pa.ChunkedArray) -> Array:
    values: Array = np.nan_to_num(column.to_numpy().astype(np.float64))
    return values


def _net_by_customer(warehouse: Warehouse, start: date, days: int) -> Any:
    """Net sales less refunds in [start, start + days), as float64 after an exact sum."""
    parts = []
    for table, sign, amount in ((ORDERS, 1, "net_sales"), (REFUNDS, -1, "amount")):
        rows = warehouse.table(table)
        rows = rows.filter(rows.local_day >= start, rows.local_day < start + timedelta(days))
        parts.append(rows.select("customer_id", net=(rows[amount] * sign).cast("decimal(18, 4)")))
    both = parts[0].union(parts[1])
    return both.group_by("customer_id").aggregate(net=both.net.sum().cast("float64"))


def _order_value(warehouse: Warehouse, as_of: date, days: int) -> float:
    orders = warehouse.table(ORDERS)
    recent = orders.filter(orders.local_day >= as_of - timedelta(days), orders.local_day < as_of)
    median = warehouse.scalar(recent.net_sales.cast("float64").median())
    return float("nan") if median is None else float(median)

"""The people that a campaign can be planned for, what they spent, and who is drawn together."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.settings import nearest
from daogou.base.words import gettext as _
from daogou.campaign.design import RECENCY, VALUE
from daogou.campaign.holdout import RECENT_DAYS
from daogou.store.tables import ORDERS, PROFILES, REFUNDS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

OWN = ("member_level", "region")  # columns of customers beside the map of attributes
_KNOWN_DAYS = (28, 90, 365)  # of the spend that a reading adjusts for
_SUM = "decimal(38, 4)"
_WHERE = "daogou.toml [plan]"


@dataclass(frozen=True)
class Grouping:
    """Who is drawn together, and within which groups.

    Attributes:
        unit: customer, household or store.
        household: the attribute of customers that names their household.
        stratify: value, recency, and names of what is known of customers.
    """

    unit: str = "customer"
    household: str = "household_id"
    stratify: tuple[str, ...] = (VALUE, RECENCY)


ONE_BY_ONE = Grouping()


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
        known: what a reading would adjust for, as of the last window's start, shape (n, k); None: ``before``.
        unit: the key of each one's household or store, shape (n,); None where customers are drawn one by one.
        offer: the category that each is meant to be offered, shape (n,); None where it is one for all.
        traits: what else people are grouped by, by name, each of shape (n,).
        stratify: by what they are grouped, in order.
    """

    customer_id: Array
    value: Array
    recency_days: Array
    spend: Array
    before: Array
    order_value: float
    known: Array | None = None
    unit: Array | None = None
    offer: Array | None = None
    traits: Mapping[str, Array] = field(default_factory=dict)
    stratify: tuple[str, ...] = (VALUE, RECENCY)

    def __len__(self) -> int:
        return len(self.customer_id)

    @property
    def known_or_before(self) -> Array:
        """What a reading would adjust for."""
        return self.before if self.known is None else self.known

    def take(self, rows: Array) -> "Population":
        """The people at these positions."""
        names = ("customer_id", "value", "recency_days", "spend", "before", "known", "unit", "offer")
        parts = {name: getattr(self, name) for name in names}
        return replace(
            self,
            **{name: part[rows] for name, part in parts.items() if part is not None},
            traits={name: part[rows] for name, part in self.traits.items()},
        )


def population(warehouse: Warehouse, as_of: date, days: int, grouping: Grouping = ONE_BY_ONE) -> Population:
    """Everyone with a profile at ``as_of``, with spend in its last two windows of ``days``.

    With stores as the unit, only who has ordered at one in the last 365 days.

    Raises:
        DaogouError: nobody has the attribute that names households, or by which groups are asked for.
    """
    profiles = warehouse.table(PROFILES)
    rows = profiles.filter(profiles.as_of == as_of)
    rows = rows.select("customer_id", "net_sales_365", "recency_days", *OWN, "attributes")
    if grouping.unit == "store":
        rows = rows.inner_join(_home_store(warehouse, as_of), "customer_id")
    history = _history(warehouse, as_of, days)
    rows = rows.left_join(history, "customer_id").drop("customer_id_right")
    asked = tuple(name for name in grouping.stratify if name not in (VALUE, RECENCY))
    _check_named(rows, warehouse, (*asked, grouping.household) if grouping.unit == "household" else asked)
    named = {f"trait_{place}": _named(rows, name) for place, name in enumerate(asked)}
    found = warehouse.to_arrow(
        rows.mutate(**named, household=_named(rows, grouping.household)).drop("attributes").order_by("customer_id")
    )
    return Population(
        customer_id=found["customer_id"].to_numpy(),
        value=found["net_sales_365"].to_numpy(),
        recency_days=found["recency_days"].to_numpy(),
        spend=_or_zero(found["spend"]),
        before=_or_zero(found["before"]),
        order_value=_order_value(warehouse, as_of, 2 * days),
        known=np.column_stack([_or_zero(found[name]) for name in _known_names()]),
        unit=_unit(found, grouping.unit),
        traits={name: _texts(found[f"trait_{place}"]) for place, name in enumerate(asked)},
        stratify=grouping.stratify,
    )


def _known_names() -> list[str]:
    return [*(f"known_{days}" for days in _KNOWN_DAYS), "known_orders", "known_recent"]


def _history(warehouse: Warehouse, as_of: date, days: int) -> ir.Table:
    """Of each customer: spend in the last window, in the one before, and what else was known between both."""
    start = as_of - timedelta(days=days)
    first = start - timedelta(days=max(*_KNOWN_DAYS, days))
    parts = []
    for table, sign, amount in ((ORDERS, 1, "net_sales"), (REFUNDS, -1, "amount")):
        facts = warehouse.table(table)
        facts = facts.filter(facts.local_day >= first, facts.local_day < as_of)
        net = (facts[amount] * sign).cast("decimal(18, 4)")
        parts.append(facts.select("customer_id", "local_day", net=net, is_order=ibis.literal(table is ORDERS)))
    moves = ibis.union(*parts)

    def within(length: int, end: date) -> ir.BooleanValue:
        return (moves.local_day >= end - timedelta(days=length)) & (moves.local_day < end)

    def net_of(length: int, end: date) -> ir.Value:
        return moves.net.sum(where=within(length, end)).cast("float64")

    def orders_of(length: int, end: date) -> ir.Value:
        return moves.is_order.sum(where=within(length, end)).cast("float64")

    return moves.group_by("customer_id").aggregate(
        spend=net_of(days, as_of),
        before=net_of(days, start),
        **{f"known_{length}": net_of(length, start) for length in _KNOWN_DAYS},
        known_orders=orders_of(RECENT_DAYS[-1], start),
        known_recent=(orders_of(RECENT_DAYS[0], start) > 0).cast("float64"),
    )


def _home_store(warehouse: Warehouse, as_of: date) -> ir.Table:
    """The store at which each customer ordered most in the last 365 days, ties to the first by name."""
    orders = warehouse.table(ORDERS)
    rows = orders.filter(
        orders.local_day >= as_of - timedelta(days=365), orders.local_day < as_of, orders.store_id.notnull()
    )
    counts = rows.group_by("customer_id", "store_id").aggregate(times=rows.count())
    best = counts.group_by("customer_id").mutate(
        place=ibis.row_number().over(
            group_by="customer_id", order_by=[ibis.desc(counts.times), ibis.asc(counts.store_id)]
        )
    )
    return best.filter(best.place == 0).select("customer_id", store="store_id")


def _named(rows: ir.Table, name: str) -> ir.StringValue:
    """What is known of customers under ``name``; empty where it is not."""
    value: ir.StringValue = rows[name] if name in OWN else rows.attributes.get(name)
    return value


def _check_named(rows: ir.Table, warehouse: Warehouse, names: tuple[str, ...]) -> None:
    for name in names:
        if warehouse.scalar(_named(rows, name).notnull().any()):
            continue
        keys = rows.attributes.keys().unnest().name("name").as_table().distinct().order_by("name")
        known = [*OWN, *(key for key in warehouse.to_arrow(keys)["name"].to_pylist() if key)]
        if warehouse.scalar(rows.count()):  # with nobody known there is nothing to look up, which is said elsewhere
            raise DaogouError(
                _("no customer has a value of '{name}', by which people were to be grouped").format(name=name),
                _WHERE,
                nearest(name, known),
            )


def _unit(found: pa.Table, unit: str) -> Array | None:
    if unit == "customer":
        return None
    names = found["store" if unit == "store" else "household"].to_pylist()
    alone = found["customer_id"].to_pylist()
    keys: Array = np.array(
        [f"{unit}:{name}" if name else str(one) for name, one in zip(names, alone, strict=True)], dtype=str
    )
    return keys


def _texts(column: pa.ChunkedArray) -> Array:
    texts: Array = np.array([value or "" for value in column.to_pylist()], dtype=str)
    return texts


def _or_zero(column: pa.ChunkedArray) -> Array:
    values: Array = np.nan_to_num(column.to_numpy().astype(np.float64))
    return values


def _order_value(warehouse: Warehouse, as_of: date, days: int) -> float:
    orders = warehouse.table(ORDERS)
    recent = orders.filter(orders.local_day >= as_of - timedelta(days), orders.local_day < as_of)
    median = warehouse.scalar(recent.net_sales.cast("float64").median())
    return float("nan") if median is None else float(median)

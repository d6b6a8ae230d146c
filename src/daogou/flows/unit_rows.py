"""What regions, stores, households and all customers together bought a day, for tests that switch a channel."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from daogou.store.tables import CUSTOMERS, ORDERS, REFUNDS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

OUTCOMES = ("net_sales", "orders")  # the primary first; net sales are less refunds, dated by themselves
_SUM = "decimal(38, 4)"
ATTRIBUTE = {"region": "region", "store": "store_id", "household": "household_id"}  # of customers, by unit
_EVERYONE = ""


@dataclass(frozen=True)
class Daily:
    """Sums of each unit on each day from ``first`` on; arrays of shape (units, days), 0 where nobody bought."""

    first: date
    names: tuple[str, ...]
    sums: dict[str, Array]  # by outcome

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.names)}

    def between(self, outcome: str, unit: str, first: date, last: date) -> float:
        """The outcome of one unit from ``first`` to ``last``, both counted in; 0 for a unit that never bought."""
        if unit not in self._places:
            return 0.0
        row = self.sums[outcome][self._places[unit]]
        return float(row[max((first - self.first).days, 0) : (last - self.first).days + 1].sum())


def customer_units(warehouse: Warehouse, unit: str, day: date, as_of: date, attribute: str = "") -> ir.Table:
    """customer_id and the ``name`` of each customer's region, store or household on ``day``.

    Of whoever came later, the first that was known before ``as_of``; whoever has none is left out. A region may stand
    in the column ``region`` or in an attribute of that name, a store in ``store_id``, a household in
    ``household_id``, or each in the attribute that is given.
    """
    rows = warehouse.table(CUSTOMERS)
    rows = rows.filter(rows.valid_from < _day(as_of))
    told = rows.attributes.get(attribute or ATTRIBUTE[unit])
    name = (ibis.coalesce(rows.region, told) if unit == "region" else told).strip().nullif("")
    rows = rows.select("customer_id", "valid_from", name=name).filter(lambda t: t.name.notnull())
    then = rows.valid_from <= _day(day)
    by = rows.group_by("customer_id").aggregate(
        early=rows.name.argmax(rows.valid_from, where=then), late=rows.name.argmin(rows.valid_from, where=~then)
    )
    return by.select("customer_id", name=ibis.coalesce(by.early, by.late))


def daily(warehouse: Warehouse, unit: str, first: date, as_of: date, day: date, attribute: str = "") -> Daily:
    """What each unit bought on the days in [``first``, ``as_of``); units as they were on ``day``, in order of name.

    A store's sales are those of the orders that name it; those of regions and households are their customers'. The
    unit ``time`` is everyone together. Orders of nobody's unit are left out.
    """
    rows = _amounts(warehouse, first, as_of)
    if unit == "time":
        rows = rows.mutate(name=ibis.literal(_EVERYONE))
    elif unit == "store":
        rows = rows.mutate(name=rows.store_id.strip().nullif("")).filter(lambda t: t.name.notnull())
    else:
        rows = rows.join(customer_units(warehouse, unit, day, as_of, attribute), "customer_id")
    sums = rows.group_by("name", "local_day").aggregate(
        net_sales=(rows.sold.sum() - rows.refunded.sum()).cast("float64"), orders=rows.orders.sum().cast("float64")
    )
    found = warehouse.to_arrow(sums.order_by("name", "local_day"))
    names, place = np.unique(np.array(found["name"].to_pylist(), dtype=str), return_inverse=True)
    days = (found["local_day"].to_numpy() - np.datetime64(first)).astype("timedelta64[D]").astype(np.int64)
    made = {}
    for outcome in OUTCOMES:
        made[outcome] = np.zeros((len(names), max((as_of - first).days, 0)))
        made[outcome][place, days] = found[outcome].to_numpy()
    return Daily(first, tuple(names.tolist()), made)


def known_units(warehouse: Warehouse, unit: str, day: date, as_of: date, attribute: str = "") -> set[str]:
    """Names of the units of customers on ``day``."""
    names = customer_units(warehouse, unit, day, as_of, attribute).select("name").distinct()
    return set(warehouse.to_arrow(names)["name"].to_pylist())


def known_stores(warehouse: Warehouse, as_of: date) -> set[str]:
    """Stores that orders before ``as_of`` name."""
    orders = warehouse.table(ORDERS)
    names = orders.filter(orders.local_day < _day(as_of)).select(name=orders.store_id.strip()).distinct()
    return {name for name in warehouse.to_arrow(names)["name"].to_pylist() if name}


def customer_sums(warehouse: Warehouse, first: date, last: date) -> dict[int, tuple[float, float]]:
    """Net sales and orders of each customer who bought from ``first`` to ``last``, both counted in."""
    rows = _amounts(warehouse, first, last + timedelta(days=1))
    sums = rows.group_by("customer_id").aggregate(
        net_sales=(rows.sold.sum() - rows.refunded.sum()).cast("float64"), orders=rows.orders.sum().cast("float64")
    )
    found = warehouse.to_arrow(sums)
    values = zip(*(found[outcome].to_pylist() for outcome in OUTCOMES), strict=True)
    return dict(zip(found["customer_id"].to_pylist(), values, strict=True))


def first_order(warehouse: Warehouse) -> date | None:
    """The day of the first order."""
    found: date | None = warehouse.scalar(warehouse.table(ORDERS).local_day.min())
    return found


def _amounts(warehouse: Warehouse, first: date, end: date) -> ir.Table:
    """Orders and refunds in [``first``, ``end``): customer_id, store_id, local_day, sold, refunded, orders."""

    def within(rows: ir.Table) -> ir.Table:
        return rows.filter(rows.local_day >= _day(first), rows.local_day < _day(end))

    every = warehouse.table(ORDERS)
    bought, back = within(every), within(warehouse.table(REFUNDS))
    nothing = ibis.literal(0).cast(_SUM)
    sold = bought.select(
        "customer_id",
        "store_id",
        "local_day",
        sold=bought.net_sales.cast(_SUM),
        refunded=nothing,
        orders=ibis.literal(1, "int64"),
    )
    places = every.select("order_id", store="store_id")
    joined = back.left_join(places, back.order_id == places.order_id)
    refunded = joined.select(
        "customer_id",
        joined.store.name("store_id"),
        "local_day",
        sold=nothing,
        refunded=joined.amount.cast(_SUM),
        orders=ibis.literal(0, "int64"),
    )
    return ibis.union(sold, refunded)


def _day(day: date) -> ir.DateScalar:
    return ibis.date(day.isoformat())

"""Rows of derived tables at one moment, and estimates out of them."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis

from daogou.base.estimate import Estimate
from daogou.store.table import Table
from daogou.store.warehouse import Warehouse

Row = Mapping[str, Any]


def rows_of(warehouse: Warehouse, table: Table, as_of: date) -> list[dict[str, Any]]:
    """The rows of ``as_of`` in the order of the table's key."""
    rows = warehouse.table(table)
    found = warehouse.to_arrow(rows.filter(rows.as_of == ibis.date(as_of.isoformat())).order_by(*table.key))
    return found.to_pylist()  # type: ignore[no-any-return]


def estimate(row: Row, name: str = "", n: int = 0, unit: str = "") -> Estimate | None:
    """A value with its interval: columns ``name``_value (or ``name`` itself), _low and _high; None without a value.

    >>> estimate({"lift_value": 0.1, "lift_low": None, "lift_high": None}, "lift")
    Estimate(value=0.1, low=nan, high=nan, n=0, unit='')
    """
    prefix = f"{name}_" if name else ""
    value = row[f"{prefix}value"] if f"{prefix}value" in row else row[name]
    if value is None:
        return None
    low, high = (math.nan if row[f"{prefix}{end}"] is None else float(row[f"{prefix}{end}"]) for end in ("low", "high"))
    return Estimate(float(value), low, high, n, unit)


def has_interval(one: Estimate | None) -> bool:
    """Whether it says how sure it is."""
    return one is not None and math.isfinite(one.low) and math.isfinite(one.high)

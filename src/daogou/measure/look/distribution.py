"""Distribution: how a number is spread over customers or orders, whole and by segment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.settings import nearest
from daogou.base.words import gettext as _
from daogou.measure.look.bins import counts, edges
from daogou.measure.look.people import day, guests
from daogou.store.tables import ORDERS, PROFILES
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]
ORDER_VALUE = "order_value"  # net sales of each order, before refunds
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_NUMBERS = ("int64", "int16", "float64")


@dataclass(frozen=True)
class Bin:
    """Values in [low, high); None: no end on that side."""

    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True)
class Spread:
    """Bins with quantiles (``QUANTILES``) and the mean; ``unknown`` values are in no bin. NaN without values."""

    bins: tuple[Bin, ...]
    n: int
    unknown: int
    mean: float
    quantiles: tuple[float, ...]


@dataclass(frozen=True)
class Values:
    """A number by customer or by order: shape (n,), NaN where it is not known, and whose each is."""

    customers: Array
    values: Array


def measures() -> list[str]:
    """What can be looked at: each number of profiles, and the value of an order."""
    named = [one.name for one in PROFILES.columns if one.type in _NUMBERS and one.name not in PROFILES.key]
    return [*named, ORDER_VALUE]


def read(warehouse: Warehouse, name: str, as_of: date) -> Values:
    """The values of the measure ``name`` at ``as_of``, guests left out, by customer.

    Raises:
        DaogouError: there is no such measure.
    """
    if name not in measures():
        raise DaogouError(
            _("there is no number '{name}' of customers").format(name=name),
            "daogou look distribution",
            nearest(name, measures()),
        )
    found = warehouse.to_arrow(_rows(warehouse, name, as_of).order_by("customer_id", "value"))
    values = found["value"].to_numpy(zero_copy_only=False).astype(float)
    return Values(found["customer_id"].to_numpy(), values)


def _rows(warehouse: Warehouse, name: str, as_of: date) -> ir.Table:
    if name != ORDER_VALUE:
        people = warehouse.table(PROFILES)
        people = people.filter(people.as_of == day(as_of))
        return people.select("customer_id", value=people[name].cast("float64"))
    orders = warehouse.table(ORDERS)
    orders = orders.filter(orders.local_day < day(as_of)).anti_join(guests(warehouse, as_of), "customer_id")
    return orders.select("customer_id", value=orders.net_sales.cast("float64"))


def spread(values: Array, lower: Sequence[float]) -> Spread:
    """The values between the ``lower`` edges, ascending; a bin below the first only where something is there.

    >>> [(b.low, b.high, b.count) for b in spread(np.array([0.0, 1, 2, np.nan]), [1, 2]).bins]
    [(None, 1, 1), (1, 2, 1), (2, None, 1)]
    """
    known = values[np.isfinite(values)]
    found = counts(known, lower).tolist() if len(lower) else []
    ends: list[float | None] = [None, *lower, None]
    bins = [Bin(low, high, n) for low, high, n in zip(ends, ends[1:], found, strict=False)]
    quantiles = np.quantile(known, QUANTILES).tolist() if len(known) else [np.nan] * len(QUANTILES)
    return Spread(
        tuple(one for place, one in enumerate(bins) if place or one.count),
        len(known),
        len(values) - len(known),
        float(known.mean()) if len(known) else np.nan,
        tuple(quantiles),
    )


def distribution(
    values: Values, lower: Sequence[float] | None, groups: Mapping[str, pa.Array]
) -> tuple[Spread, dict[str, Spread]]:
    """The spread over everyone and over the customers of each group, in the same bins; None: edges of our own.

    Raises:
        DaogouError: the edges do not ascend.
    """
    if lower is not None and sorted(set(lower)) != list(lower):
        raise DaogouError(
            _("the edges of bins do not ascend"), "daogou look distribution --bins", _("Write 0,10,20, for example.")
        )
    known = values.values[np.isfinite(values.values)]
    chosen = edges(known) if lower is None else list(lower)
    whole = spread(values.values, chosen)
    return whole, {
        name: spread(values.values[np.isin(values.customers, np.asarray(people))], chosen)
        for name, people in groups.items()
    }


def inside(values: Values, one: Bin) -> Array:
    """customer_id of everyone with a value in the bin, each once, ascending."""
    low = -np.inf if one.low is None else one.low
    high = np.inf if one.high is None else one.high
    return np.unique(values.customers[(values.values >= low) & (values.values < high)])

"""Customers as rows of numbers, for grouping them and for telling groups apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from daogou.base.settings import check_known
from daogou.base.words import gettext as _
from daogou.profile.settings import SegmentSettings
from daogou.store.tables import PROFILES

Array = np.ndarray[Any, Any]

ORDER_VALUE = "order_value"  # net sales / orders, ever
SHARE = "share:"  # prefix of a category's share
NUMBERS = (
    *(
        column.name
        for column in PROFILES.columns
        if column.type in ("int64", "float64") and column.name != "customer_id"
    ),
    ORDER_VALUE,
)
_SKEWED = 1.0  # skewness above which a number is taken in logarithms


@dataclass(frozen=True)
class Matrix:
    """``values`` of shape (customers, names), NaN where not known; rows in the order of ``customers``, ascending."""

    customers: Array
    names: tuple[str, ...]
    values: Array


def matrix(profiles: pa.Table, shares: pa.Table, settings: SegmentSettings) -> Matrix:
    """The numbers that ``settings`` name, from rows of ``PROFILES`` and ``CATEGORY_SHARES`` of one cut.

    The ``categories`` with most net sales over all customers are added, with a share of 0 where never bought.

    Raises:
        DaogouError: a feature is neither a number of ``PROFILES`` nor order_value.
    """
    check_known(settings.features, NUMBERS, "daogou.toml [segment] features", _("feature"))
    rows = profiles.sort_by("customer_id")
    customers = rows.column("customer_id").to_numpy()
    columns = {name: _number(rows, name) for name in settings.features}
    columns |= _largest_shares(customers, shares, settings.categories)
    values = np.column_stack(list(columns.values())) if columns else np.empty((len(customers), 0))
    return Matrix(customers, tuple(columns), values)


def scaled(values: Array) -> Array:
    """Comparable columns: missing ones become the median, skewed ones their logarithm, the outer 1 % the 1 % points.

    Each then has mean 0 and deviation 1; columns in which everyone is equal are left out.
    """
    made = [_scaled_column(column) for column in values.T]
    kept = [column for column in made if column is not None]
    return np.column_stack(kept) if kept else np.empty((len(values), 0))


def _scaled_column(column: Array) -> Array | None:
    known = column[np.isfinite(column)]
    if not len(known):
        return None
    filled = np.where(np.isfinite(column), column, np.median(known))
    if filled.min() >= 0 and _skewness(filled) > _SKEWED:
        filled = np.log1p(filled)
    filled = np.clip(filled, *np.quantile(filled, [0.01, 0.99]))
    spread = filled.std()
    return (filled - filled.mean()) / spread if spread > 1e-9 * max(1.0, abs(filled.mean())) else None


def _skewness(values: Array) -> float:
    spread = values.std()
    return float(((values - values.mean()) ** 3).mean() / spread**3) if spread > 0 else 0.0


def _number(rows: pa.Table, name: str) -> Array:
    if name == ORDER_VALUE:
        return np.asarray(_number(rows, "net_sales") / _number(rows, "orders"))
    return np.asarray(rows.column(name).cast(pa.float64()).fill_null(float("nan")).to_numpy())


def _largest_shares(customers: Array, shares: pa.Table, count: int) -> dict[str, Array]:
    if not count or not shares.num_rows:
        return {}
    totals = shares.group_by("category").aggregate([("net_sales", "sum")])
    ranked = totals.sort_by([("net_sales_sum", "descending"), ("category", "ascending")])
    columns = {}
    for category in ranked.column("category").to_pylist()[:count]:
        of_it = shares.filter(pc.equal(shares.column("category"), category))
        column = np.zeros(len(customers))
        column[np.searchsorted(customers, of_it.column("customer_id").to_numpy())] = of_it.column("share").to_numpy()
        columns[SHARE + category] = column
    return columns

"""Customers as rows of a frame, for grouping them, and as rows of numbers, for telling groups apart."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from daogou.base.settings import check_known
from daogou.base.words import gettext as _
from daogou.profile.mixed import Space
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
_CATEGORIES = 20  # whose shares say what customers are like
TEXTS = tuple(column.name for column in PROFILES.columns if column.type == "string")


@dataclass(frozen=True)
class Matrix:
    """``values`` of shape (customers, names), NaN where not known; rows in the order of ``customers``, ascending."""

    customers: Array
    names: tuple[str, ...]
    values: Array


def frame(profiles: pa.Table, shares: pa.Table, settings: SegmentSettings) -> pa.Table:
    """The columns that ``settings`` name, from rows of ``PROFILES`` and ``CATEGORY_SHARES`` of one cut, by customer.

    Numbers are float64, NaN where not known; attributes are texts as they are, null where not known. The ``categories``
    with most net sales over all customers are added, with a share of 0 where never bought.

    Raises:
        DaogouError: a feature is neither a column of ``PROFILES`` nor order_value nor an attribute that anyone has.
    """
    rows = profiles.sort_by("customer_id")
    own, attributes = (_keys(rows, name) for name in ("own", "attributes"))
    if rows.num_rows:
        known = [*NUMBERS, *TEXTS, *own, *attributes]
        check_known(settings.features, known, "daogou.toml [segment] features", _("feature"))
    columns: dict[str, Any] = {}
    for name in settings.features:
        if name in TEXTS:
            columns[name] = rows.column(name)
        elif name in NUMBERS:
            columns[name] = _number(rows, name)
        elif name in own:
            columns[name] = pc.map_lookup(rows.column("own"), name, "first")
        elif name in attributes:
            columns[name] = pc.map_lookup(rows.column("attributes"), pa.scalar(name), "first")
    columns |= _largest_shares(rows.column("customer_id").to_numpy(), shares, settings.categories)
    return pa.table(columns)


def matrix(profiles: pa.Table, shares: pa.Table, settings: SegmentSettings) -> Matrix:
    """The same as numbers: an attribute has a column for each of its levels, 1 where a customer has it.

    Raises:
        DaogouError: as :func:`frame`.
    """
    customers = profiles.sort_by("customer_id").column("customer_id").to_numpy()
    rows = frame(profiles, shares, settings)
    names: list[str] = []
    parts = [np.empty((len(customers), 0))]
    for name in rows.column_names:
        if pa.types.is_floating(rows.column(name).type):
            names.append(name)
            parts.append(rows.column(name).to_numpy()[:, None])
        else:
            space = Space.learn(rows.select([name]))
            names += space.titles
            parts.append(space.seen(rows.select([name])))
    return Matrix(customers, tuple(names), np.hstack(parts))


def everything(profiles: pa.Table, settings: SegmentSettings) -> SegmentSettings:
    """The settings, with every number, attribute and own feature that ``profiles`` hold, and with more categories."""
    own, attributes = (sorted(_keys(profiles, name)) for name in ("own", "attributes"))
    texts = [name for name in TEXTS if not name.startswith("favourite")]  # shares say the same, and more
    numbers = [name for name in NUMBERS if name != "attributes_known"]  # what was asked is not what people are like
    names = dict.fromkeys([*numbers, *texts, *own, *attributes])
    return replace(settings, features=list(names), categories=max(settings.categories, _CATEGORIES))


def _keys(rows: pa.Table, name: str) -> set[str]:
    """The names in a column of maps."""
    if name not in rows.column_names or not rows.num_rows:
        return set()
    held = rows.column(name).combine_chunks()
    return set(pc.unique(held.keys).to_pylist())


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

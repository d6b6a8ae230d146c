"""The groups that customers were in at past moments, by what was known then."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.base import words
from daogou.profile import rfm
from daogou.profile.features import of_customers
from daogou.profile.history import cut_table
from daogou.profile.settings import SegmentSettings
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

MOST_GROUPS = 20  # of a division: the largest; the others together
OTHERS = "*"
_KEY = ("as_of", "customer_id")


class Divisions:
    """The groups that customers were in at past moments, by what was known then."""

    def __init__(
        self, warehouse: Warehouse, everyone: ir.Table, moments: Sequence[date], settings: SegmentSettings
    ) -> None:
        """``everyone`` has a row of numbers a customer and moment; RFM needs those who are not predicted too."""
        at = [ibis.date(day.isoformat()) for day in moments]
        names = ("recency_days", "tenure_days", "orders_365", "net_sales_365")
        known = of_customers(warehouse, cut_table(moments)).select(*_KEY, "member_level", "region")
        people = everyone.filter(everyone.as_of.isin(at)).select(*_KEY, *names)
        rows = people.left_join(known, list(_KEY)).drop("as_of_right", "customer_id_right").order_by(*_KEY)
        table = warehouse.to_arrow(rows)
        self._moment = table["as_of"].to_numpy().astype("datetime64[D]")
        self._customer = table["customer_id"].to_numpy()
        self._groups = _segments(table, self._moment, settings) | {
            name: table[name].to_pylist() for name in ("member_level", "region")
        }

    def of(self, customer: Array, moment: Array) -> dict[str, list[str | None]]:
        """Division -> the group of each row; a division of which nothing is known is left out.

        Raises:
            ValueError: a row is of nobody at its moment.
        """
        place = np.empty(len(customer), dtype=np.int64)
        for day in np.unique(moment):
            start, end = np.searchsorted(self._moment, [day, day + 1])
            mine = moment == day
            place[mine] = start + np.searchsorted(self._customer[start:end], customer[mine])
        if not np.array_equal(self._customer[np.minimum(place, len(self._customer) - 1)], customer):
            raise ValueError("a customer is not among everyone of that moment: give all moments that are asked for")
        found = {name: [groups[at] for at in place.tolist()] for name, groups in self._groups.items()}
        return {name: _largest(groups) for name, groups in found.items() if any(groups)}


def _segments(table: pa.Table, moment: Array, settings: SegmentSettings) -> dict[str, list[str]]:
    """RFM at each moment, by the schemes that readers of either language know, and who was new."""
    numbers = {name: table[name].to_numpy() for name in table.column_names if name.endswith(("_days", "_365"))}
    methods = sorted({rfm.scheme(settings, code) for code in words.LANGUAGES})
    found: dict[str, list[str]] = {name: [] for name in methods}
    for day in np.unique(moment):
        mine = moment == day
        values = rfm.RFM(
            table["customer_id"].to_numpy()[mine],
            *(numbers[name][mine] for name in ("recency_days", "tenure_days", "orders_365", "net_sales_365")),
        )
        for name in methods:
            made = rfm.english(values, settings.new_days) if name == "rfm" else rfm.chinese(values, settings)
            found[name] += made
    found["tenure"] = np.where(numbers["tenure_days"] <= settings.new_days, "new", "known").tolist()
    return found


def _largest(groups: list[str | None]) -> list[str | None]:
    """The groups with most rows; those beyond are called others."""
    names, counts = np.unique([name for name in groups if name], return_counts=True)
    kept = set(names[np.argsort(-counts, kind="stable")][:MOST_GROUPS].tolist())
    return [name if not name or name in kept else OTHERS for name in groups]

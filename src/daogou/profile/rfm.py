"""Recency, frequency and money: the eleven English names and the eight Chinese ones, both for everyone.

The eleven: R, F and M are scored 1 to 5 by quintile, F and M are averaged, and the grid of R by FM gives the name
(after the grid that Putler made common; its "new" needs here a first order of late). The eight: R, F and M high or low
against a threshold, as Chinese retail teaches it. Customers without an order in the window have the lowest scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.base.words import gettext as _
from daogou.profile.history import below
from daogou.profile.settings import SegmentSettings, Threshold
from daogou.store.engine import Engine
from daogou.store.tables import ORDERS, PROFILES, REFUNDS

Array = np.ndarray[Any, Any]

ENGLISH = (
    "champions",
    "loyal",
    "potential_loyalists",
    "new",
    "promising",
    "need_attention",
    "about_to_sleep",
    "at_risk",
    "cant_lose",
    "hibernating",
    "lost",
)
CHINESE = (
    "important_value",
    "important_develop",
    "important_keep",
    "important_retain",
    "general_value",
    "general_develop",
    "general_keep",
    "general_retain",
)
_GRID = {  # recency score -> name by FM score 1 to 5
    5: ("promising", "potential_loyalists", "potential_loyalists", "champions", "champions"),
    4: ("promising", "potential_loyalists", "potential_loyalists", "loyal", "loyal"),
    3: ("about_to_sleep", "about_to_sleep", "need_attention", "loyal", "loyal"),
    2: ("hibernating", "hibernating", "at_risk", "at_risk", "cant_lose"),
    1: ("lost", "lost", "at_risk", "at_risk", "cant_lose"),
}


@dataclass(frozen=True)
class RFM:
    """What RFM is made from, arrays of equal length, customers in ascending order."""

    customers: Array
    recency_days: Array
    tenure_days: Array
    orders: Array  # in the window
    net_sales: Array  # in the window, less refunds

    @property
    def active(self) -> Array:
        """Whether there is an order in the window."""
        return self.orders > 0


def measures(warehouse: Engine, cuts: Sequence[date], windows: Sequence[int]) -> ir.Table:
    """RFM values at several cuts, from orders and refunds alone, of everyone with an order before the cut.

    Columns: customer_id, as_of, recency_days, tenure_days, and orders_W and net_sales_W (less refunds, float64) of each
    of ``windows``, days before the cut; as in ``PROFILES``, but guests have rows too.

    Raises:
        ValueError: there are no cuts, or one is given twice.
    """
    # Cuts are rows of a union: over those of an unnested list DuckDB takes a quarter longer, at a million orders.
    moments = below(cuts, lambda _n, cut: cut.name("as_of").as_table())
    rows = _money(warehouse).cross_join(moments)
    rows = rows.filter(rows.local_day < rows.as_of)
    rows = rows.select("customer_id", "as_of", "ordered_on", "net", ago=rows.as_of.delta(rows.local_day, unit="day"))
    made: dict[str, ir.Value] = {"last_day": rows.ordered_on.max(), "first_day": rows.ordered_on.min()}
    nothing, no_day = ibis.literal(0, type=rows.net.type()), ibis.null(dt.date)
    for days in windows:  # by cases, not by filters, each of which would copy every column for its aggregate
        inside = rows.ago <= days
        made[f"orders_{days}"] = inside.ifelse(rows.ordered_on, no_day).count()
        made[f"net_sales_{days}"] = inside.ifelse(rows.net, nothing).sum().cast(dt.float64)
    found = rows.group_by("customer_id", "as_of").aggregate(**made)
    found = found.filter(found.last_day.notnull())
    days_since = {
        "recency_days": found.as_of.delta(found.last_day, unit="day"),
        "tenure_days": found.as_of.delta(found.first_day, unit="day"),
    }
    return found.select("customer_id", "as_of", **days_since, **{name: found[name] for name in list(made)[2:]})


def _money(warehouse: Engine) -> ir.Table:
    """Orders and, with less than nothing, refunds: customer_id, local_day, net, and ordered_on, null for a refund."""
    orders, refunds = warehouse.table(ORDERS), warehouse.table(REFUNDS)
    sold = orders.select("customer_id", "local_day", ordered_on=orders.local_day, net=orders.net_sales)
    back = refunds.select("customer_id", "local_day", ordered_on=ibis.null(dt.date), net=-refunds.amount)
    return sold.union(back)


def read(warehouse: Engine, as_of: date, window_days: int) -> RFM:
    """RFM values at ``as_of`` of everyone in ``PROFILES``, over the ``window_days`` before."""
    profiles, made = warehouse.table(PROFILES), measures(warehouse, [as_of], [window_days])
    known = profiles.filter(profiles.as_of == ibis.date(as_of.isoformat())).select("customer_id")
    names = ("customer_id", "recency_days", "tenure_days", f"orders_{window_days}", f"net_sales_{window_days}")
    rows = made.semi_join(known, "customer_id").select(*names)
    table: pa.Table = warehouse.to_arrow(rows.order_by("customer_id"))
    return RFM(*(table.column(i).to_numpy() for i in range(table.num_columns)))


def quintile(values: Array, ties: str) -> Array:
    """Scores 1 to 5 by quintile, 5 highest; equal values get equal scores, ``ties`` says which: "low" or "high".

    >>> quintile(np.array([1, 1, 1, 2, 9]), ties="low").tolist()
    [1, 1, 1, 4, 5]
    >>> quintile(np.array([1, 1, 1, 2, 9]), ties="high").tolist()
    [3, 3, 3, 4, 5]
    """
    n, ordered = len(values), np.sort(values)
    if ties == "low":
        return 1 + 5 * np.searchsorted(ordered, values, side="left") // max(n, 1)
    return -(-5 * np.searchsorted(ordered, values, side="right") // max(n, 1))


def scores(rfm: RFM) -> tuple[Array, Array, Array]:
    """R, F and M scores, 1 to 5, among those active in the window; the others have 1.

    Many equal values are the most recent (bought yesterday) or the least frequent (bought once), so ties go up for R
    and down for F and M.
    """
    active = rfm.active
    made = []
    for values, ties in ((-rfm.recency_days, "high"), (rfm.orders, "low"), (rfm.net_sales, "low")):
        score = np.ones(len(active), dtype=np.int64)
        score[active] = quintile(values[active], ties)
        made.append(score)
    return made[0], made[1], made[2]


def english(rfm: RFM, new_days: int) -> list[str]:
    """One of the eleven keys a customer. FM is the mean of F and M, halves up."""
    r, f, m = scores(rfm)
    fm = (f + m + 1) // 2
    names = [_GRID[int(a)][int(b) - 1] for a, b in zip(r, fm, strict=True)]
    return [
        "new" if name == "promising" and tenure <= new_days else name
        for name, tenure in zip(names, rfm.tenure_days, strict=True)
    ]


def chinese(rfm: RFM, settings: SegmentSettings) -> list[str]:
    """One of the eight keys a customer; at the threshold counts as high."""
    active, kind = rfm.active, settings.rfm_zh_threshold
    recent = rfm.recency_days <= (settings.rfm_zh_recency_days or _threshold(rfm.recency_days[active], kind))
    often = rfm.orders >= (settings.rfm_zh_orders or _threshold(rfm.orders[active], kind))
    much = rfm.net_sales >= (settings.rfm_zh_net_sales or _threshold(rfm.net_sales[active], kind))
    rank = {(True, True): "value", (True, False): "develop", (False, True): "keep", (False, False): "retain"}
    return [
        f"{'important' if m and a else 'general'}_{rank[bool(r and a), bool(f and a)]}"
        for a, r, f, m in zip(active, recent, often, much, strict=True)
    ]


def _threshold(values: Array, kind: Threshold) -> float:
    if not len(values):
        return 0.0
    # rounded to the warehouse's four decimals, so that equal amounts do not fall below their own mean
    return round(float(np.mean(values) if kind == "mean" else np.median(values)), 4)


def label(key: str) -> str:
    """The name of a segment of either scheme, in the current language."""
    return {
        "champions": _("Champions"),
        "loyal": _("Loyal"),
        "potential_loyalists": _("Potential loyalists"),
        "new": _("New"),
        "promising": _("Promising"),
        "need_attention": _("Need attention"),
        "about_to_sleep": _("About to sleep"),
        "at_risk": _("At risk"),
        "cant_lose": _("Can't lose"),
        "hibernating": _("Hibernating"),
        "lost": _("Lost"),
        "important_value": _("Important value"),
        "important_develop": _("Important development"),
        "important_keep": _("Important keeping"),
        "important_retain": _("Important win-back"),
        "general_value": _("General value"),
        "general_develop": _("General development"),
        "general_keep": _("General keeping"),
        "general_retain": _("General win-back"),
    }[key]


def scheme(settings: SegmentSettings, language: str) -> str:
    """The method whose names are shown to a reader of ``language``.

    >>> scheme(SegmentSettings(), "zh"), scheme(SegmentSettings(rfm_scheme="rfm"), "zh")
    ('rfm_zh', 'rfm')
    """
    if settings.rfm_scheme != "language":
        return settings.rfm_scheme
    return "rfm_zh" if language == "zh" else "rfm"

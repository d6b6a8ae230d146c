"""Where each customer stands between the first order and the last, measured by their own rhythm.

A customer's due window is the 90th percentile of their own gaps between days with an order. With few gaps it is drawn
towards the usual gap between a first and a second order, which has one value a customer: own gaps weigh as many as they
are, the usual one ``pooled_gaps``. The same function serves any moment, so that movements compare like with like.
"""

from collections.abc import Sequence
from datetime import date
from typing import cast

import ibis
import ibis.expr.types as ir

from daogou.base.words import gettext as _
from daogou.profile.days import customer_days
from daogou.profile.history import cut_table, guests
from daogou.profile.lifecycle_settings import LifecycleSettings
from daogou.store.engine import Engine
from daogou.store.tables import CUSTOMERS

METHOD = "lifecycle"
NOT_YET = "not_yet"  # where movements begin for customers whose first order lies between the two dates
STATES = ("new", "second", "active", "overdue", "lapsed", "lost", "won_back")
UNLEARNED = (14.0, 90.0)  # days: when second orders begin and end to come, while too few are known to say
_KEY = ["customer_id", "as_of"]


def lifecycle(warehouse: Engine, cuts: Sequence[date], settings: LifecycleSettings) -> ir.Table:
    """Everyone's state at each cut, in no particular order: guests and people without an order before it have none.

    Columns: customer_id, as_of, state (one of :data:`STATES`), recency_days (int64), due_days (float64, how long this
    customer may be silent), net_sales (float64, the last 365 days' less refunds, currency).

    Raises:
        ValueError: there are no cuts, or one is given twice.
    """
    at = cut_table(cuts)
    seen = _seen(warehouse, at)
    usual = _usual(seen, settings)
    people = _people(seen)
    rows = people.join(usual, "as_of")
    return _stated(rows, settings).select(*_KEY, "state", "recency_days", "due_days", "net_sales")


def _seen(warehouse: Engine, at: ir.Table) -> ir.Table:
    """The customer-days before each cut; ``place`` counts days with an order from 0, ``last`` marks the latest."""
    days = customer_days(warehouse)
    seen = days.join(at, days.local_day < at.as_of).anti_join(guests(warehouse.table(CUSTOMERS), at), _KEY)
    ordered = seen.orders > 0
    order_day = ordered.ifelse(seen.local_day, ibis.null("date"))
    mine = ibis.window(group_by=_KEY)
    seen = seen.mutate(ago=seen.as_of.delta(seen.local_day, unit="day"), ordered=ordered)
    return seen.mutate(
        is_last=seen.ordered & (seen.local_day == order_day.max().over(mine)),
        is_second=seen.ordered & seen.gap.notnull() & (seen.local_day == _second_day(seen)),
    )


def _second_day(seen: ir.Table) -> ir.Value:
    """The first day with a gap to the one before: that of the second order."""
    with_gap = seen.gap.notnull().ifelse(seen.local_day, ibis.null("date"))
    return with_gap.min().over(ibis.window(group_by=_KEY))


def _usual(seen: ir.Table, settings: LifecycleSettings) -> ir.Table:
    """as_of with ``second_from`` and ``second_until``: in which days after a first order the second usually comes."""
    found = seen.group_by("as_of").aggregate(
        known=seen.is_second.sum(),
        low=seen.gap.quantile(0.25, where=seen.is_second),
        high=seen.gap.quantile(0.9, where=seen.is_second),
    )
    enough = found.known >= settings.fewest_second_orders
    low, high = (
        enough.ifelse(_float(found[name]), default) for name, default in zip(("low", "high"), UNLEARNED, strict=True)
    )
    until = float(settings.second_days) if settings.second_days else high
    begins = float(settings.new_days) if settings.new_days else low
    # a window that ends before new customers cease to be new would hold nobody
    return found.select("as_of", second_from=begins, second_until=ibis.greatest(until, begins, settings.least_due_days))


def _people(seen: ir.Table) -> ir.Table:
    net = seen.net_sales - seen.refunds
    people = seen.group_by(_KEY).aggregate(
        order_days=seen.count(where=seen.ordered),
        recency_days=seen.ago.min(where=seen.ordered),
        gaps=seen.gap.count(),
        own=seen.gap.quantile(0.9),
        earlier_gaps=seen.gap.count(where=~seen.is_last),
        earlier_own=seen.gap.quantile(0.9, where=~seen.is_last),
        last_gap=seen.gap.max(where=seen.is_last),
        net_sales=net.sum(where=seen.ago <= 365),
    )
    people = people.filter(people.order_days > 0)
    return people.mutate(net_sales=ibis.coalesce(people.net_sales.cast("float64"), 0.0))


def _stated(rows: ir.Table, settings: LifecycleSettings) -> ir.Table:
    earlier = _due(rows.earlier_gaps, rows.earlier_own, rows.second_until, settings)
    returned = (rows.order_days > 1) & (_float(rows.last_gap) > settings.lapsed_ratio * earlier)
    # the silence that a customer came back from says nothing of the rhythm that they came back to
    own = returned.ifelse(earlier, _due(rows.gaps, rows.own, rows.second_until, settings))
    rows = rows.mutate(due_days=own, returned=returned.fill_null(False), silent=_float(rows.recency_days))
    once = rows.order_days == 1
    state = ibis.cases(
        (once & (rows.silent <= rows.second_from), "new"),
        (once & (rows.silent <= rows.second_until), "second"),
        (rows.silent > settings.lost_ratio * rows.due_days, "lost"),
        (rows.silent > settings.lapsed_ratio * rows.due_days, "lapsed"),
        (rows.silent > rows.due_days, "overdue"),
        (rows.returned, "won_back"),
        else_="active",
    )
    return rows.mutate(state=state)


def _due(gaps: ir.Value, own: ir.Value, usual: ir.Value, settings: LifecycleSettings) -> ir.FloatingValue:
    """The due window in days: own gaps and the usual one, weighed."""
    n, pooled = _float(gaps), float(settings.pooled_gaps)
    blended = (n * ibis.coalesce(_float(own), 0.0) + pooled * usual) / (n + pooled)
    return cast(ir.FloatingValue, ibis.greatest(blended, float(settings.least_due_days)))


def label(state: str) -> str:
    """What a reader calls a state, in the current language."""
    return {
        "new": _("New customers"),
        "second": _("Second-purchase window"),
        "active": _("Active"),
        "overdue": _("Overdue"),
        "lapsed": _("Lapsed"),
        "lost": _("Lost"),
        "won_back": _("Won back"),
        NOT_YET: _("Not yet a customer"),
    }.get(state, state)


def _float(value: ir.Value) -> ir.FloatingValue:
    return cast(ir.FloatingValue, value.cast("float64"))

"""How the shop does: this period and the one before, and week by week."""

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from daogou.profile.days import customer_days
from daogou.profile.history import cut_table, guests
from daogou.profile.settings import ProfileSettings
from daogou.store.tables import CUSTOMERS
from daogou.store.warehouse import Warehouse

MEASURES = ("net_sales", "buyers", "orders", "order_value", "repurchase", "refunds")


@dataclass(frozen=True)
class Moment:
    """What happened in the days before ``until`` (a local midnight); None where the data do not reach back far enough.

    Guests count in ``net_sales`` (less refunds), ``orders``, ``order_value`` (net sales before refunds / orders, None
    without orders) and ``refunds``, not in ``buyers`` or ``repurchase``: the share of the buyers of the
    ``repurchase_days`` before ``until`` who bought on two or more of these days.
    """

    until: date
    net_sales: float
    buyers: int
    orders: int
    guest_orders: int
    order_value: float | None
    repurchase: float | None
    refunds: float


@dataclass(frozen=True)
class Pulse:
    """The period up to as_of, the one before it (None where it begins before the data), and weeks, oldest first."""

    days: int
    repurchase_days: int
    now: Moment
    before: Moment | None
    weeks: tuple[Moment, ...]


def pulse(warehouse: Warehouse, as_of: date, settings: ProfileSettings) -> Pulse | None:
    """The pulse at ``as_of``; None without an order before it. Weeks that begin before the data are left out."""
    day = ibis.date(as_of.isoformat())
    days = customer_days(warehouse)
    first = warehouse.scalar(days.filter(days.orders > 0, days.local_day < day).local_day.min())
    if first is None:
        return None
    length, known = settings.period_days, (as_of - first).days
    periods = [as_of] if known < 2 * length else [as_of, as_of - timedelta(days=length)]
    weeks = [as_of - timedelta(weeks=week) for week in range(min(known // 7, settings.pulse_weeks))]
    now, *before = _moments(warehouse, periods, length, first, settings)
    return Pulse(
        days=length,
        repurchase_days=settings.repurchase_days,
        now=now,
        before=before[0] if before else None,
        weeks=tuple(reversed(_moments(warehouse, weeks, 7, first, settings))) if weeks else (),
    )


def _moments(
    warehouse: Warehouse, untils: list[date], length: int, first: date, settings: ProfileSettings
) -> list[Moment]:
    """One moment for each of ``untils``, in their order."""
    at = cut_table(untils)
    days = customer_days(warehouse)
    longest = max(length, settings.repurchase_days)
    near = days.join(at, days.local_day < at.as_of)
    ago = near.as_of.delta(near.local_day, unit="day")
    near = near.mutate(ago=ago).filter(ago <= longest)
    marked = guests(warehouse.table(CUSTOMERS), at).mutate(is_guest=True)
    known = near.left_join(marked, ["customer_id", "as_of"]).drop("customer_id_right", "as_of_right")
    rows = warehouse.to_arrow(_by_cut(known, length, settings.repurchase_days)).to_pylist()
    found = {row["as_of"]: row for row in rows}
    return [_moment(until, found.get(until, {}), first, settings.repurchase_days) for until in untils]


def _by_cut(days: ir.Table, length: int, repurchase_days: int) -> ir.Table:
    """Sums of the ``length`` days before each cut, from a customer-cut table so that nobody is counted twice."""
    inside, long = days.ago <= length, days.ago <= repurchase_days
    person = days.group_by("customer_id", "as_of", is_guest=days.is_guest.fill_null(False)).aggregate(
        orders=days.orders.sum(where=inside),
        sales=days.net_sales.sum(where=inside),
        refunds=days.refunds.sum(where=inside),
        days=days.count(where=long & (days.orders > 0)),
    )
    mine = ~person.is_guest
    return person.group_by("as_of").aggregate(
        orders=person.orders.sum(),
        guest_orders=person.orders.sum(where=person.is_guest),
        buyers=person.count(where=mine & (person.orders > 0)),
        sales=person.sales.sum().cast("float64"),
        refunds=person.refunds.sum().cast("float64"),
        once=person.count(where=mine & (person.days >= 1)),
        twice=person.count(where=mine & (person.days >= 2)),
    )


def _moment(until: date, row: dict[str, float], first: date, repurchase_days: int) -> Moment:
    value = {name: row.get(name) or 0 for name in ("orders", "guest_orders", "buyers", "sales", "refunds")}
    whole = (until - first).days >= repurchase_days and row.get("once")
    return Moment(
        until=until,
        net_sales=float(value["sales"] - value["refunds"]),
        buyers=int(value["buyers"]),
        orders=int(value["orders"]),
        guest_orders=int(value["guest_orders"]),
        order_value=value["sales"] / value["orders"] if value["orders"] else None,
        repurchase=row["twice"] / row["once"] if whole else None,
        refunds=float(value["refunds"]),
    )

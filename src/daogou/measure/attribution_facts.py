"""What attribution reads: touches, orders net of refunds, claims of platforms, and campaigns that drew lots."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.measure.attribution_settings import AttributionSettings
from daogou.measure.bots import NAMED
from daogou.store.tables import (
    CUSTOMERS,
    EVENTS,
    ORDERS,
    REFUNDS,
    SPEND,
    TOUCHES,
)
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]
UNITS = 10_000  # money in tables has four decimals


@dataclass(frozen=True)
class Claim:
    """What a platform says of its channel, and what it cost; None: it says nothing of that."""

    orders: float | None
    value: float | None
    cost: float | None
    days: int  # from the first day that claims tell of to the last


def touches(warehouse: Warehouse, first: date, as_of: date, settings: AttributionSettings) -> pa.Table:
    """Touches that count, and events that name a channel: customer_id, channel (small letters), occurred_at (UTC).

    Of a visit in which one customer made himself known, all touches are his.
    """
    facts, events = warehouse.table(TOUCHES), warehouse.table(EVENTS)
    facts = facts.filter(facts.kind.isin(settings.kinds), ~programs(facts))
    columns = ("customer_id", "channel", "occurred_at", "local_day", "session_id")
    rows = ibis.union(facts.select(*columns), events.filter(events.channel.notnull()).select(*columns))
    rows = rows.filter(rows.local_day >= ibis.date(first.isoformat()), rows.local_day < ibis.date(as_of.isoformat()))
    visits = _visits(warehouse)
    joined = rows.left_join(visits, [rows.session_id == visits.session, rows.customer_id == visits.guest])
    joined = joined.select(
        customer_id=ibis.coalesce(joined.who, joined.customer_id),
        channel=joined.channel.strip().lower(),
        occurred_at=joined.occurred_at,
    )
    return warehouse.to_arrow(joined)


def programs(touches: ir.Table) -> ir.BooleanValue:
    """Whether a touch says that no person made it: its source says so, or its program names itself."""
    return ibis.coalesce(touches.is_bot, ibis.literal(False)) | ibis.coalesce(
        touches.user_agent.re_search(NAMED), ibis.literal(False)
    )


def _visits(warehouse: Warehouse) -> ir.Table:
    """guest, session, who: guests of a visit in which one customer, and no other, made himself known."""
    told = [warehouse.table(table).select("customer_id", "session_id") for table in (TOUCHES, EVENTS)]
    seen = ibis.union(*told)
    seen = seen.filter(seen.session_id.notnull()).distinct()
    people = warehouse.table(CUSTOMERS)
    guests = people.filter(people.is_guest).select("customer_id").distinct()
    named = seen.anti_join(guests, "customer_id")
    named = named.group_by(session="session_id").aggregate(
        people=named.customer_id.nunique(), who=named.customer_id.min()
    )
    named = named.filter(named.people == 1)
    unnamed = seen.semi_join(guests, "customer_id").select(guest="customer_id", session="session_id")
    return unnamed.inner_join(named, "session").select("guest", "session", "who")


def orders(warehouse: Warehouse, first: date, as_of: date) -> pa.Table:
    """Orders of the days [first, as_of): order_id, customer_id, occurred_at, local_day and ``units``.

    These are net sales less the refunds that name the order and were made before ``as_of``, in ten-thousandths.
    """
    orders, refunds = warehouse.table(ORDERS), warehouse.table(REFUNDS)
    midnight = ibis.date(as_of.isoformat())
    back = refunds.filter(refunds.local_day < midnight, refunds.order_id.notnull())
    back = back.group_by(refunded="order_id").aggregate(amount=back.amount.sum())
    rows = orders.filter(orders.local_day >= ibis.date(first.isoformat()), orders.local_day < midnight)
    joined = rows.left_join(back, rows.order_id == back.refunded)
    nothing = ibis.literal(0).cast("decimal(38, 4)")
    net = joined.net_sales.cast("decimal(38, 4)") - ibis.coalesce(joined.amount.cast("decimal(38, 4)"), nothing)
    found = joined.select("order_id", "customer_id", "occurred_at", "local_day", units=(net * UNITS).cast("int64"))
    return warehouse.to_arrow(found.order_by("order_id"))


def refunds_of_no_order(warehouse: Warehouse, first: date, as_of: date) -> float:
    """Money given back in the days [first, as_of) that names no order, and so can lower no channel's credit."""
    refunds = warehouse.table(REFUNDS)
    since = refunds.local_day >= ibis.date(first.isoformat())
    rows = refunds.filter(since, refunds.local_day < ibis.date(as_of.isoformat()), refunds.order_id.isnull())
    return float(warehouse.scalar(rows.amount.sum()) or 0)


def claims(warehouse: Warehouse, first: date, as_of: date) -> dict[str, Claim]:
    """What each channel's platform claims of the days [first, as_of).

    From ``spend``, and where that tells of no orders, from conversions among ``touches``, an order once a channel.
    """
    spend, touched = warehouse.table(SPEND), warehouse.table(TOUCHES)
    days = ibis.date(first.isoformat()), ibis.date(as_of.isoformat())
    rows = spend.filter(spend.day >= days[0], spend.day < days[1])
    rows = rows.group_by(name=rows.channel.strip().lower()).aggregate(
        orders=rows.claimed_orders.sum().cast("float64"),
        value=rows.claimed_value.sum().cast("float64"),
        cost=rows.cost.sum().cast("float64"),
        begins=rows.day.min(where=rows.claimed_orders.notnull()),
        ends=rows.day.max(where=rows.claimed_orders.notnull()),
    )
    found = {}
    for row in warehouse.to_arrow(rows.order_by("name")).to_pylist():
        told = (row["ends"] - row["begins"]).days + 1 if row["begins"] else 0
        found[row["name"]] = Claim(row["orders"], row["value"], row["cost"], told)
    said = touched.filter(touched.kind == "conversion", touched.local_day >= days[0], touched.local_day < days[1])
    said = said.group_by(name=said.channel.strip().lower()).aggregate(
        orders=ibis.coalesce(said.order_id, said.touch_id).nunique(),
        begins=said.local_day.min(),
        ends=said.local_day.max(),
    )
    for row in warehouse.to_arrow(said.order_by("name")).to_pylist():
        known = found.get(row["name"], Claim(None, None, None, 0))
        if known.orders is None:
            told = (row["ends"] - row["begins"]).days + 1
            found[row["name"]] = Claim(float(row["orders"]), known.value, known.cost, told)
    return found

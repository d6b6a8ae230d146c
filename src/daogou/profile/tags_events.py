"""The events that tags are taken from, each with what it was about and when."""

from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.base.rule import DEEDS, Did
from daogou.store.engine import Engine
from daogou.store.rule_events import filtered, latest, of_items, timed
from daogou.store.tables import COUPONS, EVENTS, ITEMS, ORDER_LINES, ORDERS, REFUNDS

_LOOKED_UP = ("title", "category", "brand")
_ITEM = ("item", *_LOOKED_UP)
_MONEY = "decimal(38, 4)"


def happenings(warehouse: Engine, did: Did, what: str, as_of: date, market: str = "") -> ir.Table:
    """One row an event, or a line of it, that meets the filters of ``did`` before ``as_of``.

    Columns: customer_id, event (its id), occurred_at, local_day, value (string: the ``what`` of it; null where not
    known), amount (decimal, company currency; null where there is none).
    """
    read = {"bought": _bought, "refunded": _refunded, "redeemed": _redeemed}.get(did.event, _deeds)
    rows = read(warehouse, did, what, as_of, market)
    if what in _LOOKED_UP:
        items = latest(warehouse.table(ITEMS), "item_id", as_of).select("item_id", found=what)
        rows = rows.left_join(items, "item_id").drop("item_id_right")
    value = {"item": "item_id", "day": "local_day"} | dict.fromkeys(_LOOKED_UP, "found")
    named = rows[value.get(what, what)].cast("string")
    return rows.select(
        "customer_id", "event", "occurred_at", "local_day", value=named.nullif(""), amount=rows.amount.cast(_MONEY)
    )


def _bought(warehouse: Engine, did: Did, what: str, as_of: date, market: str) -> ir.Table:
    """Orders, or their lines where items are asked for; an order's amount is then that of these lines."""
    orders = timed(warehouse, warehouse.table(ORDERS), did, as_of, market)
    orders = filtered(orders, did, store=orders.store_id)
    head = orders.select("customer_id", "occurred_at", "local_day", "order_id", store="store_id", amount="net_sales")
    if what in _ITEM or any(part.name in _ITEM for part in did.where):
        lines = warehouse.table(ORDER_LINES).select("order_id", "item_id", "quantity", line_sales="net_sales")
        lines = of_items(warehouse, lines.filter(lines.quantity > 0), did, as_of)
        rows = head.drop("amount").join(lines, "order_id")
        rows = rows.mutate(amount=rows.line_sales)
    else:
        rows = head
    if any(part.name == "amount" for part in did.where):
        whole = rows.amount.sum().over(ibis.window(group_by="order_id"))
        rows = filtered(rows, did, amount=whole)
    return rows.rename(event="order_id")


def _refunded(warehouse: Engine, did: Did, _what: str, as_of: date, market: str) -> ir.Table:
    rows = timed(warehouse, warehouse.table(REFUNDS), did, as_of, market)
    rows = of_items(warehouse, rows, did, as_of)
    return filtered(rows, did, kind=rows.kind, reason=rows.reason, amount=rows.amount).rename(event="refund_id")


def _redeemed(warehouse: Engine, did: Did, _what: str, as_of: date, market: str) -> ir.Table:
    coupons = warehouse.table(COUPONS).rename(local_day="redeemed_day", occurred_at="redeemed_at", event="coupon_id")
    rows = timed(warehouse, coupons, did, as_of, market)
    rows = filtered(rows, did, campaign=rows.campaign_id, offer=rows.offer_id, funded_by=rows.funded_by)
    return rows.rename(campaign="campaign_id", offer="offer_id").mutate(amount=ibis.null(_MONEY))


def _deeds(warehouse: Engine, did: Did, _what: str, as_of: date, market: str) -> ir.Table:
    events = warehouse.table(EVENTS)
    rows = timed(warehouse, events.filter(events.kind == DEEDS[did.event]), did, as_of, market)
    rows = of_items(warehouse, rows, did, as_of)
    columns = {"place": rows.place, "channel": rows.channel, "campaign": rows.campaign_id}
    rows = filtered(rows, did, **columns, rating=rows.rating, amount=rows.amount)
    return rows.rename(campaign="campaign_id", event="event_id")

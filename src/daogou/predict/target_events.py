"""The days on which each customer did what a declared target asks for, each item taken as it was known on the day."""

from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.base.rule import DEEDS, Did
from daogou.predict.history import DAY_COLUMNS, MONEY_SUM, spans
from daogou.store.rule_events import filtered, happened
from daogou.store.tables import CUSTOMERS, EVENTS, ITEMS, ORDER_LINES, ORDERS, REFUNDS
from daogou.store.warehouse import Warehouse

OWN_ATTRIBUTES = ("member_level", "region")  # columns of customers beside the map of attributes
_LOOKED_UP = ("category", "brand", "title")  # filters that look an item up
_ITEM = ("item", *_LOOKED_UP)
_COLUMNS = ["customer_id", "local_day", "amount", "lines"]


def days_of(warehouse: Warehouse, did: Did, key: str, as_of: date, market: str) -> ir.Table:
    """One row a customer and day with such an event before ``as_of``: the columns of ``history.event_days``, no gap.

    ``net_sales`` is the sum of the events' amounts, ``lines`` their number, of orders that of lines.
    """
    found = _happened(warehouse, did, as_of, market)
    days = found.group_by("customer_id", "local_day").aggregate(
        category=ibis.literal(key), net_sales=found.amount.sum().cast(MONEY_SUM), lines=found.lines.sum().cast("int64")
    )
    return days.select(DAY_COLUMNS)


def money_days(warehouse: Warehouse, did: Did, as_of: date, market: str) -> ir.Table:
    """customer_id, local_day and amount (decimal): net sales of such purchases, less refunds on the refunds' own days.

    Refunds that name no item count where no item is asked for; refunds name no shop, so none count where one is.
    """
    bought = _happened(warehouse, did, as_of, market).select("customer_id", "local_day", "amount")
    asked = {part.name for part in did.where}
    if asked <= set(_ITEM):
        refunds = warehouse.table(REFUNDS)
        refunds = _of_items(warehouse, filtered(refunds, did, item=refunds.item_id), did)
        refunds = refunds.filter(refunds.local_day < ibis.date(as_of.isoformat()))
        back = refunds.select("customer_id", "local_day", amount=(-refunds.amount).cast(bought.amount.type()))
        bought = ibis.union(bought, back)
    return bought.group_by("customer_id", "local_day").aggregate(amount=bought.amount.sum().cast(MONEY_SUM))


def left_days(warehouse: Warehouse, attribute: str, left: tuple[str, ...], key: str) -> ir.Table:
    """One row a customer and day from which ``attribute`` says that they left: columns as those of event days."""
    known = attribute_spans(warehouse, attribute)
    gone = known.filter(known.told.isin(list(left)))
    days = gone.group_by("customer_id", local_day=gone.from_day).aggregate(
        category=ibis.literal(key), net_sales=ibis.literal(0).cast(MONEY_SUM), lines=gone.count()
    )
    return days.select(DAY_COLUMNS)


def attribute_spans(warehouse: Warehouse, attribute: str) -> ir.Table:
    """customer_id, from_day, until_day and ``told``: what ``attribute`` was on the days of [from_day, until_day)."""
    customers = spans(warehouse.table(CUSTOMERS), "customer_id")
    told = customers[attribute] if attribute in OWN_ATTRIBUTES else customers.attributes.get(attribute)
    return customers.select("customer_id", "from_day", "until_day", "is_static", told=told)


def _happened(warehouse: Warehouse, did: Did, as_of: date, market: str) -> ir.Table:
    """One row an event before ``as_of``: customer_id, local_day, amount (decimal), lines (int64)."""
    if did.event == "bought":
        rows = _bought(warehouse, did)
    elif did.event == "refunded":
        rows = warehouse.table(REFUNDS)
        rows = _of_items(warehouse, rows, did)
        rows = filtered(rows, did, item=rows.item_id, kind=rows.kind, reason=rows.reason, amount=rows.amount)
        rows = rows.mutate(lines=ibis.literal(1, "int64"))
    elif did.event in DEEDS:
        rows = _deeds(warehouse, did)
    else:  # nothing that names an item
        rows = happened(warehouse, did, as_of, market)
        rows = rows.mutate(amount=ibis.literal(0).cast(MONEY_SUM), lines=ibis.literal(1, "int64"))
    return rows.filter(rows.local_day < ibis.date(as_of.isoformat())).select(*_COLUMNS)


def _bought(warehouse: Warehouse, did: Did) -> ir.Table:
    orders = warehouse.table(ORDERS)
    orders = filtered(orders, did, store=orders.store_id)
    if not any(part.name in _ITEM for part in did.where):
        rows = orders.select("customer_id", "local_day", "lines", amount=orders.net_sales)
        return filtered(rows, did, amount=rows.amount)
    lines = warehouse.table(ORDER_LINES)
    lines = filtered(lines, did, item=lines.item_id).select("order_id", "item_id", "quantity", line_sales="net_sales")
    held = lines.join(orders.select("order_id", "customer_id", "local_day"), "order_id")
    held = _of_items(warehouse, held, did)
    rows = held.group_by("order_id", "customer_id", "local_day").aggregate(
        amount=held.line_sales.sum(), lines=held.count(where=held.quantity > 0)
    )
    return filtered(rows.filter(rows.lines > 0), did, amount=rows.amount)


def _deeds(warehouse: Warehouse, did: Did) -> ir.Table:
    events = warehouse.table(EVENTS)
    events = events.filter(events.kind == DEEDS[did.event])
    events = _of_items(warehouse, events, did)
    events = events.mutate(amount=ibis.coalesce(events.amount, 0.0).cast("decimal(18, 4)"), said=events.amount)
    asked = {"item": events.item_id, "place": events.place, "channel": events.channel, "campaign": events.campaign_id}
    rows = filtered(events, did, **asked, rating=events.rating, amount=events.said)
    return rows.mutate(lines=ibis.literal(1, "int64"))


def _of_items(warehouse: Warehouse, rows: ir.Table, did: Did) -> ir.Table:
    """The rows (item_id, local_day) whose item, as it was known on the day, meets the event's filters."""
    if not any(part.name in _LOOKED_UP for part in did.where):
        return rows
    items = spans(warehouse.table(ITEMS), "item_id").select("item_id", "from_day", "until_day", *_LOOKED_UP)
    items = items.rename({f"known_{name}": name for name in ("item_id", *_LOOKED_UP)})
    on_day = [rows.item_id == items.known_item_id, items.from_day <= rows.local_day, rows.local_day < items.until_day]
    known = rows.left_join(items, on_day)
    met = filtered(known, did, **{name: known[f"known_{name}"] for name in _LOOKED_UP})
    return met.select(*rows.columns)

"""The company's own features as Ibis expressions."""

from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.base.own_feature import OwnFeature, measured
from daogou.base.rule import DEEDS
from daogou.store.engine import Engine
from daogou.store.rule_events import filtered, happened, latest, of_items, timed
from daogou.store.tables import COUPONS, EVENTS, ITEMS, ORDER_LINES, ORDERS, REFUNDS

_LOOKED_UP = ("category", "brand", "title")
_COLUMN = {"item": "item_id", "store": "store_id", "campaign": "campaign_id", "offer": "offer_id"}


def own_values(warehouse: Engine, feature: OwnFeature, as_of: date, market: str) -> ir.Table:
    """customer_id and value (float64) of everyone who did it before ``as_of``; no row for the others."""
    if feature.measure == "distinct":
        seen = _seen(warehouse, feature, as_of, market)
        return seen.group_by("customer_id").aggregate(value=seen.value.nunique().cast("float64"))
    rows = happened(warehouse, measured(feature), as_of, market)
    if feature.measure in ("sum", "mean", "max", "min"):
        rows = rows.filter(rows.amount.notnull())
        amount = rows.amount
        values = {
            "sum": lambda: amount.sum().cast("float64"),  # exact until here
            "mean": lambda: amount.sum().cast("float64") / amount.count().cast("float64"),
            "max": lambda: amount.max().cast("float64"),
            "min": lambda: amount.min().cast("float64"),
        }
    else:
        last = rows.local_day.max()
        values = {
            "count": lambda: rows.count().cast("float64"),
            "days": lambda: rows.local_day.nunique().cast("float64"),
            "recency": lambda: ibis.date(as_of.isoformat()).delta(last, unit="day").cast("float64"),
        }
    return rows.group_by("customer_id").aggregate(value=values[feature.measure]())


def _seen(warehouse: Engine, feature: OwnFeature, as_of: date, market: str) -> ir.Table:
    """customer_id and value, one row an event with a value in the feature's column."""
    did, column = feature.did, feature.column
    if did.event == "bought":
        rows = _bought(warehouse, feature, as_of, market)
    elif did.event == "refunded":
        rows = of_items(warehouse, timed(warehouse, warehouse.table(REFUNDS), did, as_of, market), did, as_of)
        rows = filtered(rows, did, kind=rows.kind, reason=rows.reason, amount=rows.amount)
    elif did.event == "redeemed":
        coupons = warehouse.table(COUPONS).rename(local_day="redeemed_day")
        rows = timed(warehouse, coupons, did, as_of, market)
        rows = filtered(rows, did, campaign=rows.campaign_id, offer=rows.offer_id, funded_by=rows.funded_by)
    else:
        events = warehouse.table(EVENTS)
        rows = timed(warehouse, events.filter(events.kind == DEEDS[did.event]), did, as_of, market)
        rows = of_items(warehouse, rows, did, as_of)
        named = {"place": rows.place, "channel": rows.channel, "campaign": rows.campaign_id}
        rows = filtered(rows, did, **named, rating=rows.rating, amount=rows.amount)
    if column in _LOOKED_UP:
        items = latest(warehouse.table(ITEMS), "item_id", as_of).select("item_id", value=column)
        rows = rows.select("customer_id", "item_id").join(items, "item_id")
    else:
        rows = rows.mutate(value=rows[_COLUMN.get(column, column)])
    return rows.filter(rows.value.notnull()).select("customer_id", "value")


def _bought(warehouse: Engine, feature: OwnFeature, as_of: date, market: str) -> ir.Table:
    """Lines of the orders, or the orders that hold such lines where stores are counted."""
    did = feature.did
    orders = timed(warehouse, warehouse.table(ORDERS), did, as_of, market)
    orders = filtered(orders, did, store=orders.store_id)
    lines = of_items(warehouse, warehouse.table(ORDER_LINES), did, as_of)
    lines = lines.filter(lines.quantity > 0).select("order_id", "item_id")
    if feature.column != "store":
        return orders.select("order_id", "customer_id").join(lines, "order_id")
    by_item = any(part.name in ("item", *_LOOKED_UP) for part in did.where)
    return orders.semi_join(lines, "order_id") if by_item else orders

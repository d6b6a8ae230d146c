"""What each order puts on the ladder, as expressions: exact decimals, what is assumed rounded once an order."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

from daogou.measure.money_ladder import LINES
from daogou.measure.money_settings import MoneySettings
from daogou.store.tables import ITEMS, ORDER_LINES, ORDERS, REFUNDS
from daogou.store.warehouse import Warehouse

EXACT = "decimal(38, 4)"
ROUNDED = "decimal(18, 4)"
_KINDS = {  # what a refund's own word says, the first that fits
    "before_payment": "before.?payment|付款前|未付款",
    "before_dispatch": "before.?(dispatch|shipping|shipment)|发货前|未发货",
    "returned": "return|退货",
}
REFUND_LINES = {
    "before_payment": "cancelled_before_payment",
    "before_dispatch": "refund_before_dispatch",
    "returned": "refund_returned",
    "other": "refund_other",
}
GOODS = "money_goods"  # a temporary table: lines are looked at once
AMOUNTS = (*LINES, "net_unknown")  # net_unknown: net sales whose cost of goods no table tells


@dataclass(frozen=True)
class Costs:
    """What ladders are made with: the section [money] and the margin of [plan]."""

    settings: MoneySettings
    margin: float
    timezone: str


def order_amounts(warehouse: Warehouse, as_of: date, costs: Costs) -> ir.Table:
    """A row an order before ``as_of``: order_id, customer_id, occurred_at, local_day, is_paid and all ``AMOUNTS``.

    It looks at the facts to find out what they tell, and may keep the temporary table ``GOODS``, so that lines are
    looked at once: use the rows before they are made for another day, and then drop it.
    """
    table = warehouse.table(ORDERS)
    orders = table.filter(table.local_day < _day(as_of))
    orders = orders.mutate(is_paid=is_paid(warehouse, orders, as_of, costs))
    known = _with_refunds(warehouse, orders, as_of)
    known = _with_goods(warehouse, known, as_of)
    return _lines(known, costs)


def other_refunds(warehouse: Warehouse, as_of: date, costs: Costs) -> ir.Table:
    """A row a refund before ``as_of`` that names no order that is known: local_day and all ``AMOUNTS``.

    It is dated by itself, and gives back as much cost of goods as the margin leaves.
    """
    refunds, orders = warehouse.table(REFUNDS), warehouse.table(ORDERS)
    rows = refunds.filter(refunds.local_day < _day(as_of))
    unnamed = rows.anti_join(orders.filter(orders.local_day < _day(as_of)), "order_id")
    unnamed = unnamed.mutate(**_by_kind(unnamed))
    back = (-(1 - costs.margin) * unnamed.amount.cast("float64")).round(4).cast(ROUNDED).cast(EXACT)
    made: dict[str, ir.Value] = {name: _nothing() for name in AMOUNTS}
    made |= {line: unnamed[kind] for kind, line in REFUND_LINES.items()}
    made |= {"cost_of_goods_assumed": back, "net_unknown": -unnamed.amount.cast(EXACT)}
    return unnamed.select("local_day", **made)


def is_paid(warehouse: Warehouse, orders: ir.Table, as_of: date, costs: Costs) -> ir.BooleanValue:
    """Paid before ``as_of``: by paid_at where the order's source tells it at all, else by its status."""
    telling = orders.filter(orders.paid_at.notnull()).select("source").distinct()
    sources = warehouse.to_arrow(telling)["source"].to_pylist()
    words = sorted({word.strip().lower() for word in costs.settings.not_paid})
    by_status = ~ibis.coalesce(orders.status.strip().lower().isin(words), ibis.literal(False))
    if not sources:
        return by_status
    midnight = datetime(as_of.year, as_of.month, as_of.day, tzinfo=ZoneInfo(costs.timezone)).astimezone(ZoneInfo("UTC"))
    moment = ibis.literal(midnight.replace(tzinfo=None)).cast("timestamp(6)")
    by_time = ibis.coalesce(orders.paid_at < moment, ibis.literal(False))
    return ibis.ifelse(orders.source.isin(sorted(sources)), by_time, by_status)


def _by_kind(refunds: ir.Table) -> dict[str, ir.Value]:
    """The refund's amount in the column of its kind, 0 in the others."""
    said = ibis.coalesce(refunds.kind.lower(), ibis.literal(""))
    found: dict[str, ir.Value] = {}
    taken: ir.BooleanValue = ibis.literal(False)
    for kind, pattern in _KINDS.items():
        fits = said.re_search(pattern)
        found[kind] = ibis.ifelse(fits & ~taken, refunds.amount.cast(EXACT), _nothing())
        taken = taken | fits
    found["other"] = ibis.ifelse(taken, _nothing(), refunds.amount.cast(EXACT))
    return found


def _with_refunds(warehouse: Warehouse, orders: ir.Table, as_of: date) -> ir.Table:
    refunds = warehouse.table(REFUNDS)
    rows = refunds.filter(refunds.local_day < _day(as_of), refunds.order_id.notnull())
    if not warehouse.scalar(rows.count()):
        return orders.mutate(**{kind: _nothing() for kind in REFUND_LINES})
    rows = rows.mutate(**_by_kind(rows))
    sums = rows.group_by(refunded="order_id").aggregate(**{kind: rows[kind].sum().cast(EXACT) for kind in REFUND_LINES})
    joined = orders.left_join(sums, orders.order_id == sums.refunded).drop("refunded")
    return joined.mutate(**{kind: ibis.coalesce(joined[kind], _nothing()) for kind in REFUND_LINES})


def _with_goods(warehouse: Warehouse, orders: ir.Table, as_of: date) -> ir.Table:
    """With ``goods``, their cost as far as it is known, and ``unknown``, the share of the order of which it is not."""
    lines, items = warehouse.table(ORDER_LINES), warehouse.table(ITEMS)
    by_item = warehouse.scalar(items.filter(items.unit_cost.notnull()).count())
    if not by_item and not warehouse.scalar(lines.filter(lines.unit_cost.notnull()).count()):
        return orders.mutate(goods=_nothing(), unknown=ibis.literal(1.0))
    sold = lines.filter(lines.quantity > 0).select("order_id", "item_id", "quantity", "net_sales", "unit_cost")
    sold = sold.inner_join(orders.select("order_id", "local_day"), "order_id")
    if by_item:
        sold = _with_item_costs(sold, items, as_of)
    cost = (sold.quantity.cast("float64") * sold.unit_cost.cast("float64")).round(4).cast(ROUNDED)
    sums = sold.group_by(sold_in="order_id").aggregate(
        goods=ibis.coalesce(cost.sum().cast(EXACT), _nothing()),
        all_sold=sold.net_sales.cast(EXACT).sum(),
        without=ibis.coalesce(sold.net_sales.cast(EXACT).sum(where=sold.unit_cost.isnull()), _nothing()),
        unknown_lines=sold.unit_cost.isnull().sum(),
    )
    sums = warehouse.materialise(GOODS, sums)
    joined = orders.left_join(sums, orders.order_id == sums.sold_in)
    some = ibis.coalesce((joined.unknown_lines > 0).cast("float64"), ibis.literal(1.0))
    share = joined.without.cast("float64") / joined.all_sold.cast("float64").nullif(0.0)
    part = ibis.ifelse(some == 0, ibis.literal(0.0), ibis.coalesce(share.clip(0.0, 1.0), some))
    return joined.mutate(goods=ibis.coalesce(joined.goods, _nothing()), unknown=part).drop(
        "sold_in", "all_sold", "without", "unknown_lines"
    )


def _with_item_costs(sold: ir.Table, items: ir.Table, as_of: date) -> ir.Table:
    """A line without a cost gets that of its item on the day of the order."""
    known = items.filter(items.unit_cost.notnull(), items.valid_from < _day(as_of))
    following = known.valid_from.lead(1).over(group_by=known.item_id, order_by=known.valid_from)
    spans = known.select(priced="item_id", begins="valid_from", ends=following, item_cost="unit_cost")
    fits = [
        sold.item_id == spans.priced,
        sold.local_day >= spans.begins,
        sold.local_day < ibis.coalesce(spans.ends, _day(as_of)),
    ]
    joined = sold.left_join(spans, fits)
    return joined.mutate(unit_cost=ibis.coalesce(joined.unit_cost, joined.item_cost)).select(*sold.columns)


def _lines(orders: ir.Table, costs: Costs) -> ir.Table:
    """The lines of the ladder; of orders that were not paid only what was ordered, taken off again."""
    own, paid = costs.settings, orders.is_paid
    money = {name: orders[name].cast(EXACT) for name in ("list_value", "net_sales", "shop_discount", "shop_coupon")}
    back = {name: orders[name].cast(EXACT) for name in ("maker_coupon", "platform_discount")}
    tax = ibis.coalesce(orders.tax.cast(EXACT), _nothing()) if own.tax_in_paid else _nothing()
    refunded = sum((orders[kind] for kind in REFUND_LINES), _nothing())
    net = money["net_sales"] - tax - refunded
    sold, kept = money["net_sales"].cast("float64"), net.cast("float64")
    never_left = orders.before_payment + orders.before_dispatch
    sent = (never_left == 0) | (never_left < money["net_sales"])
    before = sold - sum(back.values(), _nothing()).cast("float64") - orders.before_payment.cast("float64")
    told = {
        "shipping": ibis.ifelse(sent, _amount(ibis.literal(own.shipping_cost)), _nothing()),
        "commission": _amount(own.commission * kept.clip(lower=0.0)),
        "payment_fee": _amount(own.payment_fee * before.clip(lower=0.0)),
    }
    came_back = never_left.cast("float64") + own.resold * orders.returned.cast("float64")
    share_back = ibis.coalesce((came_back / sold.nullif(0.0)).clip(0.0, 1.0), ibis.literal(0.0))
    # goods cost no less for a coupon: what is assumed is a share of sales before the company's own
    coupon = money["shop_coupon"].cast("float64") * ibis.coalesce((kept / sold.nullif(0.0)).clip(0.0, 1.0), 1.0)
    rest = (1 - costs.margin) * orders.unknown * (kept + coupon)
    beside = rest - orders.unknown * sum(told.values(), _nothing()).cast("float64")
    made = {
        "shop_discount": money["shop_discount"],
        "shop_coupon": money["shop_coupon"],
        **back,
        "other_difference": money["list_value"] - money["shop_discount"] - money["shop_coupon"] - money["net_sales"],
        "maker_paid_back": back["maker_coupon"],
        "platform_paid_back": back["platform_discount"],
        "tax": tax,
        **{line: orders[kind] for kind, line in REFUND_LINES.items()},
        "cost_of_goods": orders.goods,
        "cost_of_goods_assumed": _amount(ibis.ifelse(rest > 0, beside.clip(lower=0.0), rest)),
        "goods_back": _amount(orders.goods.cast("float64") * share_back),
        **told,
        "net_unknown": _amount(orders.unknown * kept),
    }
    gone = ibis.ifelse(paid, _nothing(), money["list_value"])
    return orders.select(
        "order_id",
        "customer_id",
        "occurred_at",
        "local_day",
        "is_paid",
        ordered=money["list_value"],
        not_paid=gone,
        **{name: ibis.ifelse(paid, value, _nothing()).cast(EXACT) for name, value in made.items()},
    )


def _amount(value: ir.Value) -> ir.Value:
    return value.cast("float64").round(4).cast(ROUNDED).cast(EXACT)


def _nothing() -> ir.Value:
    return ibis.literal(0).cast(EXACT)


def _day(day: date) -> Any:
    return ibis.date(day.isoformat())

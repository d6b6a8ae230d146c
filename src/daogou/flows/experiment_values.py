"""What facts tell of customers on some days: one number each, 0 for who did nothing."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.base.rule import Did
from daogou.measure.money_ladder import LINES
from daogou.measure.money_orders import Costs, order_amounts
from daogou.store.rule_events import happened
from daogou.store.tables import EVENTS, ITEMS, MONEY, ORDER_LINES, ORDERS, REFUNDS, TOUCHES, Table
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

EXACT = "decimal(38, 4)"
_READ = ("read", "view")  # events whose amount is the seconds of attention


def bought(sales: ir.Table, warehouse: Warehouse, customers: Array, first: date, end: date) -> dict[str, Array]:
    """``sold``, ``refunded``, ``contribution`` and ``orders`` of the days of [first, end), from :func:`sales_until`."""
    rows = sales.filter(*_days(sales, first, end))
    names = ("sold", "refunded", "contribution", "orders")
    sums = rows.group_by("customer_id").aggregate(**{name: rows[name].sum().cast("float64") for name in names})
    return of_each(warehouse, sums, customers)


def sales_until(warehouse: Warehouse, known: date, costs: Costs) -> ir.Table:
    """A row a paid order, on its day, and a refund that names no order, on its own; nothing of ``known`` or later.

    Money is that of the ladder (docs/methods/money.md), exact, so that all customers together are its lines:
    ``refunded`` is what of the order came back before ``known``.
    """
    orders = order_amounts(warehouse, known, costs)
    paid = orders.filter(orders.is_paid)
    refunds, every = warehouse.table(REFUNDS), warehouse.table(ORDERS)
    day = ibis.date(known.isoformat())
    unnamed = refunds.filter(refunds.local_day < day).anti_join(every.filter(every.local_day < day), "order_id")
    back = unnamed.amount.cast(EXACT)
    lost = (costs.margin * unnamed.amount.cast("float64")).round(4).cast(MONEY).cast(EXACT)
    net = [name for name, (_sign, step) in LINES.items() if step in ("gmv", "paid", "net") and not _is_refund(name)]
    return ibis.union(
        paid.select(
            "customer_id",
            "local_day",
            sold=_added(paid, net),
            refunded=-_added(paid, [name for name in LINES if _is_refund(name)]),
            contribution=_added(paid, list(LINES)),
            orders=ibis.literal(1, "int64"),
        ),
        unnamed.select(
            "customer_id",
            "local_day",
            sold=ibis.literal(0).cast(EXACT),
            refunded=back,
            contribution=-lost,
            orders=ibis.literal(0, "int64"),
        ),
    )


def _is_refund(line: str) -> bool:
    return line.startswith(("refund_", "cancelled_"))


def _added(rows: ir.Table, names: Sequence[str]) -> ir.DecimalValue:
    """Lines of the ladder with their signs, together."""
    signed = [rows[name] if LINES[name][0] > 0 else -rows[name] for name in names]
    return sum(signed[1:], signed[0]).cast(EXACT)


def before(warehouse: Warehouse, customers: Array, day: date) -> dict[str, Array]:
    """Of the days before ``day``: net sales less refunds of 28, 90 and 365 days, orders of 90, days since the last.

    ``recency_days`` is NaN where there was no order.
    """
    start = ibis.date(day.isoformat())
    orders, refunds = warehouse.table(ORDERS), warehouse.table(REFUNDS)
    orders, refunds = orders.filter(orders.local_day < start), refunds.filter(refunds.local_day < start)
    both = ibis.union(
        orders.select("customer_id", "local_day", amount=orders.net_sales.cast(EXACT), orders=ibis.literal(1)),
        refunds.select("customer_id", "local_day", amount=-refunds.amount.cast(EXACT), orders=ibis.literal(0)),
    )
    since = ibis.literal(start).delta(both.local_day, unit="day")
    spent = {f"net_sales_{n}": both.amount.sum(where=since <= n).cast("float64") for n in (28, 90, 365)}
    sums = both.group_by("customer_id").aggregate(
        **spent,
        orders_90=both.orders.sum(where=since <= 90).cast("float64"),
        recency_days=since.min(where=both.orders > 0).cast("float64"),
    )
    found = of_each(warehouse, sums, customers, missing={"recency_days": np.nan})
    return {name: np.nan_to_num(one) if name != "recency_days" else one for name, one in found.items()}


def ordered_once(warehouse: Warehouse, customers: Array, day: date) -> Array:
    """Whether each had exactly one order before ``day``, shape (n,)."""
    orders = warehouse.table(ORDERS)
    orders = orders.filter(orders.local_day < ibis.date(day.isoformat()))
    counts = orders.group_by("customer_id").aggregate(n=orders.count().cast("float64"))
    return np.asarray(of_each(warehouse, counts, customers)["n"] == 1)


def gross_profit(warehouse: Warehouse, customers: Array, first: date, end: date) -> tuple[Array, Array]:
    """Net sales less cost of goods, and net sales, of the order lines whose cost is known."""
    orders = _within(warehouse, ORDERS, first, end).select("order_id", "customer_id", "local_day")
    lines = warehouse.table(ORDER_LINES).select("order_id", "item_id", "quantity", "net_sales", "unit_cost")
    sold = lines.inner_join(orders, "order_id")
    items = warehouse.table(ITEMS)
    known = items.filter(items.unit_cost.notnull(), items.valid_from < ibis.date(end.isoformat()))
    following = known.valid_from.lead(1).over(group_by=known.item_id, order_by=known.valid_from)
    spans = known.select(priced="item_id", begins="valid_from", ends=following, item_cost="unit_cost")
    fits = [
        sold.item_id == spans.priced,
        sold.local_day >= spans.begins,
        spans.ends.isnull() | (sold.local_day < spans.ends),
    ]
    costed = sold.left_join(spans, fits)
    cost = ibis.coalesce(costed.unit_cost, costed.item_cost).cast("float64")
    costed = costed.mutate(cost=cost * costed.quantity.cast("float64")).filter(cost.notnull())
    sums = costed.group_by("customer_id").aggregate(
        sales=costed.net_sales.cast(EXACT).sum().cast("float64"),
        cost=costed.cost.round(4).cast(EXACT).sum().cast("float64"),
    )
    found = of_each(warehouse, sums, customers)
    return found["sales"] - found["cost"], found["sales"]


def opposed(warehouse: Warehouse, customers: Array, first: date, end: date) -> dict[str, Array]:
    """1 for who unsubscribed, and for who complained."""
    touches = _within(warehouse, TOUCHES, first, end)
    told = touches.filter(touches.kind.isin(["unsubscribe", "complaint"]))
    sums = told.group_by("customer_id").aggregate(
        unsubscribes=(told.kind == "unsubscribe").any().cast("float64"),
        complaints=(told.kind == "complaint").any().cast("float64"),
    )
    return of_each(warehouse, sums, customers)


def attended(warehouse: Warehouse, customers: Array, first: date, end: date) -> dict[str, Array]:
    """Seconds that were read or viewed, and how often each shared."""
    events = _within(warehouse, EVENTS, first, end)
    told = events.filter(events.kind.isin([*_READ, "share"]))
    seconds = ibis.ifelse(told.kind.isin(list(_READ)), ibis.coalesce(told.amount, 0.0), 0.0).cast(EXACT)
    sums = (
        told.mutate(seconds=seconds)
        .group_by("customer_id")
        .aggregate(
            dwell=lambda t: t.seconds.sum().cast("float64"), shares=lambda t: (t.kind == "share").sum().cast("float64")
        )
    )
    return of_each(warehouse, sums, customers)


def active(warehouse: Warehouse, customers: Array, first: date, end: date) -> Array:
    """1 for who ordered or did anything that events tell."""
    told = [_within(warehouse, table, first, end).select("customer_id") for table in (ORDERS, EVENTS)]
    people = ibis.union(*told, distinct=True).mutate(n=ibis.literal(1.0))
    return of_each(warehouse, people, customers)["n"]


def delivered(warehouse: Warehouse, campaign: str, customers: Array, end: date) -> Array | None:
    """1 for whom a touch of the campaign tells that it arrived before ``end``; None where no touch tells it."""
    touches = warehouse.table(TOUCHES)
    told = touches.filter(
        touches.campaign_id == campaign,
        touches.kind.isin(["delivered", "impression"]),
        touches.local_day < ibis.date(end.isoformat()),
    )
    people = told.select("customer_id").distinct().mutate(n=ibis.literal(1.0))
    found = of_each(warehouse, people, customers)["n"]
    return found if found.any() else None


def did(warehouse: Warehouse, rule: Did, customers: Array, first: date, end: date, market: str) -> Array:
    """1 for who did what a rule says on the days of [first, end)."""
    within = Did(rule.event, True, rule.where, (end - first).days, 0, rule.on, rule.around)
    people = happened(warehouse, within, end, market).select("customer_id").distinct().mutate(n=ibis.literal(1.0))
    return of_each(warehouse, people, customers)["n"]


def holds(warehouse: Warehouse, what: str) -> bool:
    """Whether any row tells of refunds, unit_cost, unsubscribe, complaint, read_seconds or share."""
    touches, events, lines, items = (warehouse.table(table) for table in (TOUCHES, EVENTS, ORDER_LINES, ITEMS))
    read = events.kind.isin(list(_READ)) & (events.amount > 0)
    asked = {
        "refunds": [warehouse.table(REFUNDS)],
        "unit_cost": [lines.filter(lines.unit_cost.notnull()), items.filter(items.unit_cost.notnull())],
        "unsubscribe": [touches.filter(touches.kind == "unsubscribe")],
        "complaint": [touches.filter(touches.kind == "complaint")],
        "read_seconds": [events.filter(read)],
        "share": [events.filter(events.kind == "share")],
    }
    return any(warehouse.scalar(rows.limit(1).count()) for rows in asked[what])


def of_each(
    warehouse: Warehouse, sums: ir.Table, customers: Array, missing: dict[str, float] | None = None
) -> dict[str, Array]:
    """The columns of ``sums`` (customer_id, numbers) in the order of ``customers``, ascending and each once."""
    found = warehouse.to_arrow(sums.order_by("customer_id"))
    who = found["customer_id"].to_numpy()
    place = np.searchsorted(customers, who)
    inside = place < len(customers)
    inside[inside] = customers[place[inside]] == who[inside]
    made = {}
    for name in found.column_names[1:]:
        made[name] = np.full(len(customers), (missing or {}).get(name, 0.0))
        made[name][place[inside]] = _numbers(found[name])[inside]
    return made


def _numbers(column: pa.ChunkedArray) -> Array:
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _within(warehouse: Warehouse, table: Table, first: date, end: date) -> ir.Table:
    rows = warehouse.table(table)
    return rows.filter(*_days(rows, first, end))


def _days(rows: ir.Table, first: date, end: date) -> list[ir.BooleanValue]:
    return [rows.local_day >= ibis.date(first.isoformat()), rows.local_day < ibis.date(end.isoformat())]

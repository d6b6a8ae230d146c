"""Sales, orders, their lines and refunds."""

import ibis
import ibis.expr.types as ir

from daogou.collect.clean import IS_REFUND
from daogou.collect.files import ROW
from daogou.collect.kinds import DISCOUNTS
from daogou.collect.news import note_days, note_lines, note_refunds
from daogou.collect.people import CUSTOMER
from daogou.store.tables import MONEY, ORDER_LINES, ORDERS, REFUNDS
from daogou.store.warehouse import Warehouse

ID = "__id"
_SUMS = ("list_value", *DISCOUNTS, "paid", "net_sales")


def store_sales(warehouse: Warehouse, rows: ir.Table, source: str, currency: str, _own_amounts: bool) -> None:
    """Rows that carry a line and its order: lines, refunds, and the orders that are new."""
    store_refunds(warehouse, rows.filter(rows[IS_REFUND]), source, currency)
    lines = rows.filter(~rows[IS_REFUND])
    known = warehouse.table(ORDERS)
    grown = warehouse.materialise("touched", lines.select("order_id").distinct().semi_join(known, "order_id"))
    stored = warehouse.materialise("stored_lines", _lines(lines, source))
    warehouse.append(ORDER_LINES, stored)
    first = lines.group_by("order_id").aggregate(
        customer_id=lines[CUSTOMER].argmin(lines[ROW]),
        occurred_at=lines.occurred_at.min(),
        occurred_at_local=lines.occurred_at_local.min(),
        **{name: lines[name].argmin(lines[ROW]) for name in ("store_id", "status", "paid_at") if name in lines.columns},
    )
    fresh = _orders(first.anti_join(known, "order_id"), source, currency)
    warehouse.append(ORDERS, _summed(warehouse, fresh, ("lines", *_SUMS)))
    add_up(warehouse, grown)
    note_lines(warehouse, stored)
    warehouse.drop("stored_lines")


def store_orders(warehouse: Warehouse, rows: ir.Table, source: str, currency: str, own_amounts: bool) -> None:
    """One row an order, with its own amounts where it has them; lines of orders that are read again stay theirs."""
    stored = _orders(rows.mutate(customer_id=rows[CUSTOMER]), source, currency)
    warehouse.append(ORDERS, stored)
    note_days(warehouse, stored)
    lines = warehouse.table(ORDER_LINES).semi_join(rows, "order_id")
    touched = warehouse.materialise("touched", lines.select("order_id").distinct())
    add_up(warehouse, touched, ("lines",) if own_amounts else ("lines", *_SUMS))


def store_lines(warehouse: Warehouse, rows: ir.Table, source: str, _currency: str, own_amounts: bool) -> None:
    """Lines of orders that stand in another file; ``own_amounts``: those orders bring their own amounts."""
    stored = _lines(rows, source)
    warehouse.append(ORDER_LINES, stored)
    note_lines(warehouse, stored)
    touched = warehouse.materialise("touched", rows.select("order_id").distinct())
    add_up(warehouse, touched, ("lines",) if own_amounts else ("lines", *_SUMS))


def store_refunds(
    warehouse: Warehouse, rows: ir.Table, source: str, _currency: str, _own_amounts: bool = False
) -> None:
    """Money given back. A sales file's refund is dated by itself and tied to no order."""
    from_sales = "amount" not in rows.columns
    if from_sales:
        rows = rows.mutate(amount=_line_paid(rows).abs(), order_id=ibis.null("string"))
    stored = rows.select(
        refund_id=rows[ID],
        customer_id=rows[CUSTOMER],
        occurred_at=rows.occurred_at,
        local_day=rows.occurred_at_local.date(),
        order_id=_or_null(rows, "order_id", "string"),
        item_id=_or_null(rows, "item_id", "string"),
        quantity=_or_null(rows, "quantity", MONEY).abs(),
        amount=rows.amount.cast(MONEY),
        kind=ibis.literal("returned") if from_sales else _or_null(rows, "kind", "string"),
        reason=_or_null(rows, "reason", "string"),
        source=ibis.literal(source),
    )
    warehouse.append(REFUNDS, stored)
    note_refunds(warehouse, stored)


def add_up(warehouse: Warehouse, touched: ir.Table, names: tuple[str, ...] = ("lines", *_SUMS)) -> None:
    """Set the columns ``names`` of the orders in ``touched`` to the sums of all their lines."""
    orders = warehouse.table(ORDERS).semi_join(touched, "order_id")
    rewritten = warehouse.materialise("rewritten", _summed(warehouse, orders, names))
    warehouse.delete_matching(ORDERS, touched)
    warehouse.append(ORDERS, rewritten)
    warehouse.drop("rewritten")
    warehouse.drop("touched")


def _summed(warehouse: Warehouse, orders: ir.Table, names: tuple[str, ...]) -> ir.Table:
    """``orders`` with the columns ``names`` summed over their stored lines."""
    lines = warehouse.table(ORDER_LINES)
    sums = lines.group_by("order_id").aggregate(
        lines=(lines.quantity > 0).sum().cast("int64"), **{name: lines[name].sum().cast(MONEY) for name in _SUMS}
    )
    joined = orders.inner_join(sums, "order_id", rname="sum_{name}")
    return joined.mutate(**{name: joined[f"sum_{name}"] for name in names}).select(*ORDERS.names)


def _orders(rows: ir.Table, source: str, currency: str) -> ir.Table:
    discounts = {name: _or_zero(rows, name) for name in DISCOUNTS}
    paid, net_sales, list_value = _amounts(rows, _given_amount(rows), discounts)
    return rows.select(
        order_id=rows.order_id,
        customer_id=rows.customer_id,
        occurred_at=rows.occurred_at,
        local_day=rows.occurred_at_local.date(),
        local_hour=rows.occurred_at_local.hour().cast("int16"),
        paid_at=_or_null(rows, "paid_at", "timestamp(6)"),
        status=_or_null(rows, "status", "string"),
        currency=ibis.literal(currency),
        list_value=list_value,
        **discounts,
        shipping=_or_null(rows, "shipping", MONEY),
        tax=_or_null(rows, "tax", MONEY),
        paid=paid,
        net_sales=net_sales,
        lines=ibis.literal(0, "int64"),
        store_id=_or_null(rows, "store_id", "string"),
        source=ibis.literal(source),
    )


def _lines(rows: ir.Table, source: str) -> ir.Table:
    discounts = {name: _or_zero(rows, name) for name in DISCOUNTS}
    paid, net_sales, list_value = _amounts(rows, _given_amount(rows), discounts)
    return rows.select(
        line_id=rows[ID],
        order_id=rows.order_id,
        item_id=rows.item_id,
        quantity=_quantity(rows),
        list_value=list_value,
        **discounts,
        paid=paid,
        net_sales=net_sales,
        unit_cost=_or_null(rows, "unit_cost", MONEY),
        source=ibis.literal(source),
    )


def _amounts(rows: ir.Table, given: ir.Value, discounts: dict[str, ir.Value]) -> tuple[ir.Value, ir.Value, ir.Value]:
    """(paid, net_sales, list_value): net sales are what was paid and what others pay back for their discounts."""
    paid_back = discounts["maker_coupon"] + discounts["platform_discount"]
    paid, net_sales = (given - paid_back, given) if "net_sales" in rows.columns else (given, given + paid_back)
    full = net_sales + discounts["shop_discount"] + discounts["shop_coupon"]
    return paid.cast(MONEY), net_sales.cast(MONEY), ibis.coalesce(_or_null(rows, "list_value", MONEY), full).cast(MONEY)


def _given_amount(rows: ir.Table) -> ir.Value:
    if "net_sales" in rows.columns:
        return ibis.coalesce(rows.net_sales, ibis.literal(0).cast(MONEY))
    return _line_paid(rows)


def _line_paid(rows: ir.Table) -> ir.Value:
    """What the customer paid for the line, as the source says it."""
    for name in ("paid", "net_sales"):
        if name in rows.columns:
            return ibis.coalesce(rows[name], ibis.literal(0).cast(MONEY))
    if "unit_price" in rows.columns:
        return ibis.coalesce((_quantity(rows) * rows.unit_price).round(4), ibis.literal(0)).cast(MONEY)
    return ibis.literal(0).cast(MONEY)


def _quantity(rows: ir.Table) -> ir.Value:
    return ibis.coalesce(_or_null(rows, "quantity", MONEY), ibis.literal(1).cast(MONEY)).cast(MONEY)


def _or_zero(rows: ir.Table, name: str) -> ir.Value:
    return ibis.coalesce(_or_null(rows, name, MONEY), ibis.literal(0).cast(MONEY)).cast(MONEY)


def _or_null(rows: ir.Table, name: str, kind: str) -> ir.Value:
    return rows[name].cast(kind) if name in rows.columns else ibis.null(kind)

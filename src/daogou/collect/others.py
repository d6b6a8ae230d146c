"""Customers, items, events, past campaigns, offers, coupons, assignments, touches, spend and tests of channels."""

import ibis
import ibis.expr.types as ir

from daogou.collect.clean import IS_REFUND
from daogou.collect.files import ROW
from daogou.collect.people import CUSTOMER, STATIC, attributes, no_attributes
from daogou.collect.sales import ID
from daogou.store.tables import (
    ASSIGNMENTS,
    COUPONS,
    CUSTOMERS,
    EVENTS,
    ITEMS,
    LIFT_STUDIES,
    OFFERS,
    ORDER_LINES,
    PAST_CAMPAIGNS,
    SPEND,
    TOUCHES,
    UNIT_ASSIGNMENTS,
    Table,
)
from daogou.store.warehouse import Warehouse


def customers(rows: ir.Table, _source: str) -> ir.Table:
    """Rows of ``customers``."""
    return _contract(CUSTOMERS, rows, customer_id=rows[CUSTOMER], is_guest=False, **_history(rows))


def items(rows: ir.Table, _source: str) -> ir.Table:
    """Rows of ``items``."""
    return _contract(ITEMS, rows, is_unknown=False, **_history(rows))


def events(rows: ir.Table, source: str) -> ir.Table:
    """Rows of ``events``."""
    local = rows.occurred_at_local
    return _contract(
        EVENTS,
        rows,
        event_id=rows[ID],
        customer_id=rows[CUSTOMER],
        local_day=local.date(),
        local_hour=local.hour(),
        attributes=attributes(rows),
        source=source,
    )


def past_campaigns(rows: ir.Table, source: str) -> ir.Table:
    """Rows of ``past_campaigns``."""
    return _contract(PAST_CAMPAIGNS, rows, source=source)


def offers(rows: ir.Table, source: str) -> ir.Table:
    """Rows of ``offers``."""
    return _contract(OFFERS, rows, source=source)


def coupons(rows: ir.Table, source: str) -> ir.Table:
    """Rows of ``coupons``."""
    day = rows.redeemed_at_local.date() if "redeemed_at_local" in rows.columns else ibis.null("date")
    return _contract(COUPONS, rows, coupon_id=rows[ID], customer_id=rows[CUSTOMER], redeemed_day=day, source=source)


def assignments(rows: ir.Table, source: str) -> ir.Table:
    """Rows of ``assignments``; whoever the company wrote to without drawing lots was treated."""
    arm = ibis.coalesce(rows.arm, "treated") if "arm" in rows.columns else ibis.literal("treated")
    return _contract(ASSIGNMENTS, rows, unit_id=rows[CUSTOMER], arm=arm, source=source)


def touches(rows: ir.Table, source: str) -> ir.Table:
    """Rows of ``touches``."""
    day = rows.occurred_at_local.date()
    return _contract(TOUCHES, rows, touch_id=rows[ID], customer_id=rows[CUSTOMER], local_day=day, source=source)


def spend(rows: ir.Table, source: str) -> ir.Table:
    """Rows of ``spend``."""
    return _contract(SPEND, rows, spend_id=rows[ID], source=source)


def unit_assignments(rows: ir.Table, source: str) -> ir.Table:
    """Rows of ``unit_assignments``."""
    small = {name: rows[name].strip().lower() for name in ("unit", "arm")}
    return _contract(UNIT_ASSIGNMENTS, rows, **small, unit_name=rows.unit_name.strip(), source=source)


def lift_studies(rows: ir.Table, source: str) -> ir.Table:
    """Rows of ``lift_studies``."""
    return _contract(LIFT_STUDIES, rows, source=source)


def items_met(warehouse: Warehouse, rows: ir.Table | None, has_item_table: bool) -> None:
    """Give every item in sales and events a row: described by the sales file where it can, else unknown."""
    known = warehouse.table(ITEMS)
    if rows is not None and any(f"item_{name}" in rows.columns for name in ("title", "category", "brand")):
        sold = rows.filter(~rows[IS_REFUND])
        described = sold.group_by("item_id").aggregate(
            **{
                name: sold[f"item_{name}"].argmax(sold[ROW], where=sold[f"item_{name}"].notnull())
                for name in ("title", "category", "brand")
                if f"item_{name}" in sold.columns
            }
        )
        _add_items(warehouse, described.anti_join(known, "item_id"), is_unknown=False)
    meant = ibis.union(warehouse.table(ORDER_LINES).select("item_id"), warehouse.table(EVENTS).select("item_id"))
    meant = meant.filter(meant.item_id.notnull()).distinct()
    _add_items(warehouse, meant.anti_join(known, "item_id"), is_unknown=has_item_table)


def _add_items(warehouse: Warehouse, rows: ir.Table, is_unknown: bool) -> None:
    warehouse.append(
        ITEMS,
        _contract(
            ITEMS, rows, is_unknown=is_unknown, valid_from=ibis.date(STATIC), is_static=True, attributes=no_attributes()
        ),
    )


def _history(rows: ir.Table) -> dict[str, ir.Value]:
    dated = rows.valid_from.notnull() if "valid_from" in rows.columns else ibis.literal(False)
    start = ibis.coalesce(rows.valid_from, ibis.date(STATIC)) if "valid_from" in rows.columns else ibis.date(STATIC)
    return {"valid_from": start, "is_static": ~dated, "attributes": attributes(rows)}


def _contract(table: Table, rows: ir.Table, **given: ir.Value | str | bool) -> ir.Table:
    """The columns of ``table``: those ``given``, those of ``rows`` by name, and null for the rest."""
    chosen = {}
    for column in table.columns:
        value = given.get(column.name, rows[column.name] if column.name in rows.columns else None)
        if value is None:
            value = ibis.null(column.type)
        elif not isinstance(value, ir.Value):
            value = ibis.literal(value)
        chosen[column.name] = value.cast(column.type)
    return rows.select(**chosen)

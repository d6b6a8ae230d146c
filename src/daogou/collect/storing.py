"""Good rows into their tables, each once."""

import ibis
import ibis.expr.types as ir

from daogou.collect import others, sales
from daogou.collect.clean import REASON
from daogou.collect.news import note_changed, note_days, note_people
from daogou.collect.people import CUSTOMER
from daogou.collect.sales import ID
from daogou.collect.settings import Source
from daogou.store.tables import EVENTS, ORDER_LINES, ORDERS, REFUNDS, TABLES, Table
from daogou.store.warehouse import Warehouse

_SALES = {
    "sales": sales.store_sales,
    "orders": sales.store_orders,
    "order_lines": sales.store_lines,
    "refunds": sales.store_refunds,
}
_OTHERS = {
    "customers": others.customers,
    "items": others.items,
    "events": others.events,
    "past_campaigns": others.past_campaigns,
    "offers": others.offers,
    "coupons": others.coupons,
    "assignments": others.assignments,
    "touches": others.touches,
    "spend": others.spend,
    "unit_assignments": others.unit_assignments,
    "lift_studies": others.lift_studies,
}
_BY_ID: dict[str, tuple[tuple[Table, str], ...]] = {  # where the id of a row without a natural key may stand
    "sales": ((ORDER_LINES, "line_id"), (REFUNDS, "refund_id")),
    "order_lines": ((ORDER_LINES, "line_id"),),
    "refunds": ((REFUNDS, "refund_id"),),
}
# a newer row of the same key takes the older one's place
_CHANGING = ("customers", "items", "coupons", "spend", "lift_studies")


def store(
    warehouse: Warehouse, rows: ir.Table, name: str, sources: dict[str, Source], currency: str, reread: bool
) -> int:
    """Write the good rows of the source ``name`` that are new; how many. ``reread``: an earlier mapping stored them."""
    source = sources[name]
    good = rows.filter(rows[REASON].isnull() & ~rows["__repeated"])
    if source.kind:
        good = good.mutate(kind=ibis.literal(source.kind))
    if source.channel:
        good = good.mutate(channel=ibis.literal(source.channel))
    has_items = any(other.table == "items" for other in sources.values())
    if source.table in _OTHERS:
        stored = _store_other(warehouse, good, name, source, reread)
        if source.table == "events":
            others.items_met(warehouse, None, has_items)
        return stored
    if reread:
        for owners in _owners(warehouse, good, source):
            note_changed(warehouse, owners)
        _forget(warehouse, good, source)
    fresh = _new(warehouse, good, source)
    count: int = warehouse.scalar(fresh.count())
    fresh = warehouse.materialise("fresh_rows", fresh)
    if reread and CUSTOMER in fresh.columns:
        note_changed(warehouse, fresh[CUSTOMER])
    own_amounts = any(
        other.table == "orders" and {"paid", "net_sales"} & set(other.columns) for other in sources.values()
    )
    _SALES[source.table](warehouse, fresh, name, currency, own_amounts)
    if source.table in ("sales", "order_lines"):
        others.items_met(warehouse, fresh if source.table == "sales" else None, has_items)
    warehouse.drop("fresh_rows")
    return count


def _owners(warehouse: Warehouse, rows: ir.Table, source: Source) -> list[ir.IntegerColumn]:
    """Whose the stored orders and refunds of the rows are."""
    found = []
    if source.table != "refunds":
        found.append(warehouse.table(ORDERS).semi_join(rows, "order_id").customer_id)
    if source.table in ("refunds", "sales"):
        refunds = warehouse.table(REFUNDS)
        found.append(refunds.semi_join(rows, refunds.refund_id == rows[ID]).customer_id)
    return found


def _new(warehouse: Warehouse, good: ir.Table, source: Source) -> ir.Table:
    """The rows that no table holds yet."""
    if source.table == "orders":
        return good.anti_join(warehouse.table(ORDERS), "order_id")
    for table, column in _BY_ID[source.table]:
        stored = warehouse.table(table)
        good = good.anti_join(stored, good[ID] == stored[column])
    return good


def _forget(warehouse: Warehouse, good: ir.Table, source: Source) -> None:
    """Delete what an earlier mapping made of these rows; they are about to be stored anew."""
    if source.table in ("sales", "orders"):
        warehouse.delete_matching(ORDERS, good.select("order_id").distinct())
    for table, column in _BY_ID.get(source.table, ()):
        warehouse.delete_matching(table, good.select(**{column: good[ID]}))


def _store_other(warehouse: Warehouse, good: ir.Table, name: str, source: Source, reread: bool) -> int:
    table = TABLES[source.table]
    incoming = warehouse.materialise("incoming", _OTHERS[source.table](good, name))
    stored = warehouse.table(table)
    if source.table in _CHANGING or reread:
        same = [incoming[c].identical_to(stored[c]) for c in table.names if c not in ("source", "attributes")]
        if "attributes" in table.names:
            same.append(incoming.attributes.cast("string") == stored.attributes.cast("string"))
        fresh = incoming.anti_join(stored, same)
    else:
        fresh = incoming.anti_join(stored, [incoming[c].identical_to(stored[c]) for c in table.key])
    fresh = warehouse.materialise("fresh_rows", fresh)
    replaced = stored.semi_join(fresh, list(table.key))
    if table is EVENTS:
        note_changed(warehouse, replaced.customer_id)
        note_days(warehouse, fresh)
    else:
        for column in {"customer_id", "unit_id"} & set(table.names):
            note_people(warehouse, ibis.union(fresh.select(column), replaced.select(column))[column])
    warehouse.delete_matching(table, fresh.select(*table.key))
    stored_rows = warehouse.append(table, fresh)
    warehouse.drop("incoming")
    warehouse.drop("fresh_rows")
    return stored_rows

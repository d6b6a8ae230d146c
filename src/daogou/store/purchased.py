"""Lines and refunds as the columns of ``NEW_PURCHASES``: what ingest notes is what profiles read."""

import ibis
import ibis.expr.types as ir

from daogou.store.table import MONEY
from daogou.store.tables import NEW_PURCHASES

_OF_LINES = ("order_id", "item_id", "net_sales", "list_value", "quantity")


def lines_bought(lines: ir.Table, orders: ir.Table) -> ir.Table:
    """Each of the ``lines`` whose order is among the ``orders``."""
    placed = orders.select("order_id", "customer_id", "local_day")
    return lines.select(*_OF_LINES).join(placed, "order_id").select(*NEW_PURCHASES.names)


def given_back(refunds: ir.Table) -> ir.Table:
    """Each of the ``refunds`` that names its item, with what was given back below 0."""
    named = refunds.filter(refunds.item_id.notnull())
    nothing = ibis.null(MONEY)
    back = named.mutate(net_sales=(-named.amount).cast(MONEY), list_value=nothing, quantity=nothing)
    return back.select(*NEW_PURCHASES.names)

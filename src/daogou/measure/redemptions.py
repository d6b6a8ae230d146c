"""Which purchases and which coupon amounts belong to which redemption.

A redemption belongs to the order that its coupon names, else to every order of that customer on that local day. An
order with several redemptions is shared equally among them, so that sums over campaigns count nothing twice.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.measure.sharing import Links, coupon_amounts
from daogou.store.tables import COUPONS, OFFERS, ORDER_LINES, ORDERS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]
_AMOUNTS = ("net_sales", "shop_coupon", "maker_coupon")


@dataclass(frozen=True)
class Redemptions:
    """One row a redemption, sorted by coupon; money in the company's currency.

    Attributes:
        campaign_id: shape (n,).
        customer_id: shape (n,).
        net_sales: its share of the orders that it belongs to, shape (n,).
        shop: coupon value that the company funds, shape (n,).
        maker: coupon value that a manufacturer funds, shape (n,).
        on_covered: how much of all coupon value stands on lines of items that the coupons cover.
        unexplained: coupon value on these orders that belongs to no redemption.
        without_order: redemptions that belong to no order.
    """

    campaign_id: Array
    customer_id: Array
    net_sales: Array
    shop: Array
    maker: Array
    on_covered: float
    unexplained: float
    without_order: int

    def __len__(self) -> int:
        return len(self.campaign_id)


def redemptions(warehouse: Warehouse, as_of: date) -> Redemptions:
    """Every redemption of a campaign's coupon before ``as_of``."""
    coupons = warehouse.table(COUPONS)
    used = coupons.filter(coupons.redeemed_day < as_of, coupons.campaign_id.notnull())
    links = warehouse.materialise("redemption_orders", redemption_orders(warehouse, used, as_of))
    rows = warehouse.to_arrow(used.select("coupon_id", "campaign_id", "customer_id").order_by("coupon_id"))
    linked = warehouse.to_arrow(links.order_by("coupon_id", "order_id"))
    covered = warehouse.to_arrow(_covered_lines(warehouse, links).order_by("coupon_id", "line_id"))
    warehouse.drop("redemption_orders")
    return _shared(rows, linked, covered)


def redemption_orders(warehouse: Warehouse, used: ir.Table, as_of: date) -> ir.Table:
    """One row a redemption and order: coupon_id, campaign_id, offer_id, order_id and the order's amounts."""
    table = warehouse.table(ORDERS)
    orders = table.filter(table.local_day < as_of).select(
        "order_id", "customer_id", "local_day", **{name: table[name].cast("float64") for name in _AMOUNTS}
    )
    wanted = ("coupon_id", "campaign_id", "offer_id", "order_id", *_AMOUNTS)
    named = used.filter(used.order_id.notnull()).join(orders, "order_id").select(*wanted)
    dated = used.filter(used.order_id.isnull()).drop("order_id")
    same_day = dated.join(orders, ["customer_id", dated.redeemed_day == orders.local_day]).select(*wanted)
    return named.union(same_day)


def _covered_lines(warehouse: Warehouse, links: ir.Table) -> ir.Table:
    """One row a redemption and line with a coupon amount, where the coupon's offer holds for the line's item."""
    lines = warehouse.table(ORDER_LINES)
    lines = lines.filter((lines.shop_coupon != 0) | (lines.maker_coupon != 0))
    found = links.select("coupon_id", "campaign_id", "offer_id", "order_id").join(
        lines.select("order_id", "line_id", "item_id", "shop_coupon", "maker_coupon"), "order_id"
    )
    held = found.semi_join(warehouse.table(OFFERS), ["campaign_id", "offer_id", "item_id"])
    amounts = {name: held[name].cast("float64") for name in ("shop_coupon", "maker_coupon")}
    return held.select("coupon_id", "order_id", "line_id", **amounts)


def _shared(rows: pa.Table, linked: pa.Table, covered: pa.Table) -> Redemptions:
    n = len(rows)
    number = {coupon: k for k, coupon in enumerate(rows.column("coupon_id").to_pylist())}
    orders, order, first = _numbered(linked, "order_id")
    lines, line, first_line = _numbered(covered, "line_id")
    order_links = Links(_look_up(linked, number), order, n, len(orders))
    line_links = Links(_look_up(covered, number), line, n, len(lines))
    order_of_line = np.searchsorted(orders, covered.column("order_id").to_numpy()[first_line])
    values, unexplained, on_covered = [], 0.0, 0.0
    for funder in ("shop_coupon", "maker_coupon"):
        on_line = covered.column(funder).to_numpy()[first_line]
        on_order = linked.column(funder).to_numpy()[first]
        value, left = coupon_amounts(order_links, on_order, line_links, on_line, order_of_line)
        values.append(value)
        unexplained += left
        on_covered += float(on_line.sum())
    return Redemptions(
        rows.column("campaign_id").to_numpy(),
        rows.column("customer_id").to_numpy(),
        order_links.share(linked.column("net_sales").to_numpy()[first]),
        values[0],
        values[1],
        on_covered=on_covered,
        unexplained=unexplained,
        without_order=n - len(np.unique(order_links.redemption)),
    )


def _numbered(rows: pa.Table, column: str) -> tuple[Array, Array, Array]:
    """The column's distinct values, each row's number among them, and a row of each value."""
    values, first, number = np.unique(
        rows.column(column).to_numpy().astype(str), return_index=True, return_inverse=True
    )
    return values, number, first


def _look_up(rows: pa.Table, number: dict[str, int]) -> Array:
    return np.array([number[coupon] for coupon in rows.column("coupon_id").to_pylist()], dtype=np.int64)

"""What redemptions put on the ladder: an order with several is shared equally among them, to the last digit."""

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from daogou.measure.money_ladder import LINES, SUMS
from daogou.measure.money_orders import AMOUNTS
from daogou.measure.redemptions import redemption_orders
from daogou.store.tables import COUPONS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]
UNITS = 10_000  # money in tables has four decimals


@dataclass(frozen=True)
class Shares:
    """A row a redemption, sorted by coupon as :class:`Redemptions` are; shape (n,) each.

    ``net`` are its net sales less refunds, ``contribution`` what they leave after coupons.
    """

    net: Array
    contribution: Array


def redeemed(warehouse: Warehouse, as_of: date, orders: ir.Table) -> ir.Table:
    """A row a redemption and order, with the redemption's part of each of ``AMOUNTS`` in ten-thousandths; kept for now.

    Of k redemptions the j-th gets what lies between the j-th and the one before of k equal parts, each cut to a whole
    number, so that the parts add up to the whole.
    """
    links = redemption_orders(warehouse, _used(warehouse, as_of), as_of).select("coupon_id", "campaign_id", "order_id")
    links = warehouse.materialise("money_links", links)
    place = ibis.row_number().over(group_by=links.order_id, order_by=links.coupon_id) + 1
    numbered = links.mutate(j=place, k=links.coupon_id.count().over(group_by=links.order_id))
    rows = numbered.inner_join(orders.semi_join(links, "order_id"), "order_id")
    units = {name: (rows[name] * UNITS).cast("int64") for name in AMOUNTS}
    parts = {name: each * rows.j // rows.k - each * (rows.j - 1) // rows.k for name, each in units.items()}
    found = rows.select("coupon_id", "campaign_id", "order_id", "local_day", "is_paid", **parts)
    return warehouse.materialise("money_redeemed", found)


def by_campaign(parts: ir.Table) -> ir.Table:
    """A row a campaign: campaign_id, orders, their first and last day, ``AMOUNTS`` in ten-thousandths."""
    return (
        parts.group_by("campaign_id")
        .aggregate(
            orders=parts.order_id.nunique(where=parts.is_paid),
            first=parts.local_day.min(),
            last=parts.local_day.max(),
            **{name: parts[name].sum() for name in AMOUNTS},
        )
        .order_by("campaign_id")
    )


def shares(warehouse: Warehouse, as_of: date, parts: ir.Table) -> Shares:
    """What each redemption before ``as_of`` brought, from :func:`redeemed`."""
    sums = parts.group_by(redeemed="coupon_id").aggregate(
        net=steps(parts, "net").sum(),
        contribution=steps(parts, "contribution").sum(),
    )
    used = _used(warehouse, as_of)
    joined = used.left_join(sums, used.coupon_id == sums.redeemed)
    names = ("net", "contribution")
    rows = joined.select("coupon_id", **{name: ibis.coalesce(joined[name], 0).cast("float64") for name in names})
    found = warehouse.to_arrow(rows.order_by("coupon_id"))
    return Shares(*(found[name].to_numpy() / UNITS for name in names))


def steps(rows: ir.Table, step: str) -> ir.Value:
    """A step of the ladder of each row that holds its lines."""
    above = SUMS[: SUMS.index(step) + 1]
    signed = [rows[line] * sign for line, (sign, below) in LINES.items() if below in above]
    return reduce(add, signed)


def _used(warehouse: Warehouse, as_of: date) -> ir.Table:
    coupons = warehouse.table(COUPONS)
    midnight = ibis.date(as_of.isoformat())
    return coupons.filter(coupons.redeemed_day < midnight, coupons.campaign_id.notnull())

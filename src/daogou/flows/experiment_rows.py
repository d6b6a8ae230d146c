"""What a campaign's people brought in its window and in the one after, beside what was known of them before."""

from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from daogou.campaign.holdout import strata
from daogou.flows.uplift_rows import CampaignTrial
from daogou.measure.experiment.reading import Outcome, Trial
from daogou.store.tables import ORDERS, REFUNDS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

PRIMARY = "contribution"
TAIL = "net_sales_after"
COVARIATES = ("net_sales_28", "net_sales_90", "net_sales_365", "orders_90", "recency_days")
_SUM = "decimal(38, 4)"


def arrays(one: CampaignTrial) -> Trial:
    """The campaign's lots and what was known at its start: spend before, and the group by value and recency."""
    before = np.column_stack([np.asarray(one.frame[name].to_pylist(), dtype=np.float64) for name in COVARIATES])
    known = np.nan_to_num(before, nan=0.0)
    recency = np.nan_to_num(before[:, -1], nan=np.inf)
    return Trial(one.treated, one.propensity, before, strata(known[:, 2], recency))


def outcomes(warehouse: Warehouse, one: CampaignTrial, days: int, margin: float, as_of: date) -> list[Outcome]:
    """What is compared, contribution first; what followed in as many days again where these are over."""
    end = one.start + timedelta(days=days)
    during = _brought(warehouse, one, one.start, end)
    net = during["sold"] - during["refunded"]
    made = [
        Outcome(PRIMARY, "money", net * margin),
        Outcome("net_sales", "money", net),
        Outcome("orders", "count", during["orders"]),
        Outcome("buyers", "share", (during["orders"] > 0).astype(np.float64)),
        Outcome("refunds", "money", during["refunded"]),
    ]
    if end + timedelta(days=days) <= as_of:
        after = _brought(warehouse, one, end, end + timedelta(days=days))
        made.append(Outcome(TAIL, "money", after["sold"] - after["refunded"]))
    return made


def _brought(warehouse: Warehouse, one: CampaignTrial, first: date, last: date) -> dict[str, Array]:
    """Sums of each of the campaign's people in [first, last), 0 for who did nothing."""

    def within(rows: ir.Table) -> ir.Table:
        return rows.filter(rows.local_day >= ibis.date(first.isoformat()), rows.local_day < ibis.date(last.isoformat()))

    orders, refunds = within(warehouse.table(ORDERS)), within(warehouse.table(REFUNDS))
    nothing = ibis.literal(0).cast(_SUM)
    both = ibis.union(
        orders.select("customer_id", sold=orders.net_sales.cast(_SUM), refunded=nothing, orders=ibis.literal(1)),
        refunds.select("customer_id", sold=nothing, refunded=refunds.amount.cast(_SUM), orders=ibis.literal(0)),
    )
    sums = both.group_by("customer_id").aggregate(
        **{name: both[name].sum().cast("float64") for name in ("sold", "refunded", "orders")}
    )
    found = warehouse.to_arrow(sums.order_by("customer_id"))
    who = found["customer_id"].to_numpy()
    place = np.searchsorted(who, one.customer)
    here = np.zeros(len(one.customer), dtype=bool)
    if len(who):
        here = who[np.minimum(place, len(who) - 1)] == one.customer
    brought = {}
    for name in ("sold", "refunded", "orders"):
        brought[name] = np.zeros(len(one.customer))
        brought[name][here] = found[name].to_numpy()[place[here]]
    return brought

"""The trials that a company's finished campaigns are: who got what by lot, and what each then brought."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from daogou.campaign.design import HOLDOUT
from daogou.flows.experiment_trials import drawn, starts
from daogou.flows.experiment_values import of_each
from daogou.profile.features import LEARNED, numbers
from daogou.store.tables import ASSIGNMENTS, ORDERS, REFUNDS
from daogou.store.warehouse import Warehouse

__all__ = ["FEWEST", "CampaignTrial", "known", "starts", "trials"]

FEWEST = 100  # customers in each arm


@dataclass(frozen=True)
class CampaignTrial:
    """One campaign; arrays have one value a customer. ``frame`` is what was known at its start."""

    campaign: str
    start: date
    customer: np.ndarray[Any, Any]
    treated: np.ndarray[Any, Any]
    propensity: np.ndarray[Any, Any]  # to be treated
    outcome: np.ndarray[Any, Any]  # net sales less refunds in the days from the start
    frame: pa.Table
    without_chance: int  # customers who could only be in one arm: they are left out

    @property
    def smallest(self) -> int:
        """Customers of the smaller arm."""
        return int(min((self.treated == 0).sum(), (self.treated == 1).sum()))


def trials(warehouse: Warehouse, as_of: date, days: int) -> list[CampaignTrial]:
    """Every campaign that kept a control group by lot and whose ``days`` from the start are over, oldest first.

    Of a campaign with several arms it is the one with most people against those held out.
    """
    lots = warehouse.table(ASSIGNMENTS)
    names = warehouse.to_arrow(lots.filter(lots.propensity.notnull()).select("campaign_id").distinct())
    started = starts(warehouse)
    over = sorted(
        (started[name], name)
        for name in names["campaign_id"].to_pylist()
        if name in started and started[name] + timedelta(days=days) <= as_of
    )
    found = [_trial(warehouse, name, start, days) for start, name in over]
    return [one for one in found if one is not None]


def known(warehouse: Warehouse, day: date, customers: np.ndarray[Any, Any] | None = None) -> pa.Table:
    """What orders before ``day`` tell of customers: those given, in their order, or everyone who has any."""
    rows = warehouse.to_arrow(numbers(warehouse, [day]).drop("as_of").order_by("customer_id"))
    if customers is None:
        return rows
    asked = pa.table({"customer_id": customers, "place": np.arange(len(customers))})
    joined = asked.join(rows, "customer_id", join_type="left outer").sort_by("place")
    return joined.select(["customer_id", *LEARNED])


def _trial(warehouse: Warehouse, name: str, start: date, days: int) -> CampaignTrial | None:
    rows = warehouse.to_arrow(drawn(warehouse, name))
    rows = rows.filter(pc.equal(rows["arms"], 1))
    rows = rows.filter(pc.or_(pc.equal(rows["arm"], HOLDOUT), pc.equal(rows["arm"], _largest(rows))))
    chance = rows["propensity"].to_numpy()
    inside = (chance > 0) & (chance < 1)
    customer = rows["unit_id"].to_numpy()[inside]
    treated = pc.not_equal(rows["arm"], HOLDOUT).to_numpy().astype(np.int64)[inside]
    if not len(customer):
        return None
    outcome = of_each(warehouse, _brought(warehouse, start, days), customer)["amount"]
    return CampaignTrial(
        name,
        start,
        customer,
        treated,
        np.where(treated == 1, chance[inside], 1 - chance[inside]),
        outcome,
        known(warehouse, start, customer).drop_columns(["customer_id"]),
        int((~inside).sum()),
    )


def _largest(rows: pa.Table) -> str:
    """The arm with most people, but for those held out; the first by name of several; empty: there is none."""
    counts = rows.filter(pc.not_equal(rows["arm"], HOLDOUT)).group_by("arm").aggregate([("unit_id", "count")])
    told = sorted(counts.to_pylist(), key=lambda row: (-row["unit_id_count"], row["arm"]))
    return str(told[0]["arm"]) if told else ""


def _brought(warehouse: Warehouse, start: date, days: int) -> ir.Table:
    """Net sales less refunds of each customer, dated by themselves."""
    parts = []
    for table, column, sign in ((ORDERS, "net_sales", 1), (REFUNDS, "amount", -1)):
        rows = warehouse.table(table)
        day = rows.local_day
        rows = rows.filter(day >= ibis.date(start.isoformat()), day < ibis.date((start + timedelta(days)).isoformat()))
        parts.append(rows.select("customer_id", amount=rows[column].cast("decimal(38, 4)") * sign))
    both = ibis.union(*parts)
    return both.group_by("customer_id").agg(amount=both.amount.sum().cast("float64"))

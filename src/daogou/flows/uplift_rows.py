"""The trials that a company's finished campaigns are: who got what by lot, and what each then brought."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.profile.features import LEARNED, numbers
from daogou.store.tables import ASSIGNMENTS, ORDERS, PAST_CAMPAIGNS, REFUNDS
from daogou.store.warehouse import Warehouse

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
    """Every campaign that kept a control group by lot and whose ``days`` from the start are over, oldest first."""
    lots = warehouse.to_arrow(_lots(warehouse)).to_pylist()
    told: dict[str, list[dict[str, Any]]] = {}
    for row in lots:
        told.setdefault(row["campaign_id"], []).append(row)
    started = starts(warehouse)
    over = sorted(
        (started[name], name) for name in told if name in started and started[name] + timedelta(days=days) <= as_of
    )
    found = [_trial(warehouse, name, start, days, told[name]) for start, name in over]
    return [one for one in found if one is not None]


def known(warehouse: Warehouse, day: date, customers: np.ndarray[Any, Any] | None = None) -> pa.Table:
    """What orders before ``day`` tell of customers: those given, in their order, or everyone who has any."""
    rows = warehouse.to_arrow(numbers(warehouse, [day]).drop("as_of").order_by("customer_id"))
    if customers is None:
        return rows
    asked = pa.table({"customer_id": customers, "place": np.arange(len(customers))})
    joined = asked.join(rows, "customer_id", join_type="left outer").sort_by("place")
    return joined.select(["customer_id", *LEARNED])


def _lots(warehouse: Warehouse) -> ir.Table:
    """One row a customer of a campaign; whoever is in both arms is left out."""
    rows = warehouse.table(ASSIGNMENTS)
    rows = rows.filter(rows.arm.isin(["treated", "holdout"]), rows.propensity.notnull())
    by = rows.group_by("campaign_id", "unit_id").agg(
        arms=rows.arm.nunique(), arm=rows.arm.min(), propensity=rows.propensity.min()
    )
    by = by.filter(by.arms == 1)
    return by.order_by("campaign_id", "unit_id")


def starts(warehouse: Warehouse) -> dict[str, date]:
    """The first day of each campaign: as imported, else the day of its first lot."""
    lots = warehouse.table(ASSIGNMENTS)
    drawn = lots.filter(lots.occurred_at.notnull()).group_by("campaign_id").agg(start=lots.occurred_at.min().date())
    campaigns = warehouse.table(PAST_CAMPAIGNS).select("campaign_id", start="starts_on")
    return {
        row["campaign_id"]: row["start"]
        for table in (drawn, campaigns)
        for row in warehouse.to_arrow(table).to_pylist()
    }


def _trial(warehouse: Warehouse, name: str, start: date, days: int, lots: list[dict[str, Any]]) -> CampaignTrial | None:
    chance = np.array([row["propensity"] for row in lots], dtype=np.float64)
    inside = (chance > 0) & (chance < 1)
    customer = np.array([row["unit_id"] for row in lots], dtype=np.int64)[inside]
    treated = np.array([row["arm"] == "treated" for row in lots], dtype=np.int64)[inside]
    if not len(customer):
        return None
    sold = {
        row["customer_id"]: row["amount"] for row in warehouse.to_arrow(_brought(warehouse, start, days)).to_pylist()
    }
    return CampaignTrial(
        name,
        start,
        customer,
        treated,
        np.where(treated == 1, chance[inside], 1 - chance[inside]),
        np.array([sold.get(one, 0.0) for one in customer.tolist()], dtype=np.float64),
        known(warehouse, start, customer).drop_columns(["customer_id"]),
        int((~inside).sum()),
    )


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

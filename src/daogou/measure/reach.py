"""Past campaigns, the people that they reached, and what redeemers bought while they ran."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import numpy as np

from daogou.measure.redemptions import Redemptions
from daogou.store.tables import ASSIGNMENTS, COUPONS, ORDERS, PAST_CAMPAIGNS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

GLOBAL_HOLDOUT = "global holdout"  # the kind of a row of past_campaigns that is no campaign


@dataclass(frozen=True)
class Campaigns:
    """One row a campaign that began before ``as_of``, sorted by start, end and id; shape (n,) each.

    ``starts`` and ``ends`` are first and last local day; ``cost`` is what the company says it cost beside the
    discounts, NaN where it does not.
    """

    campaign_id: Array
    kind: Array
    starts: Array
    ends: Array
    cost: Array

    def __len__(self) -> int:
        return len(self.campaign_id)


@dataclass(frozen=True)
class Pairs:
    """One row a person and a campaign that reached them, shape (n,) each.

    ``campaign`` is a row of :class:`Campaigns`; ``customer`` numbers the people from 0. The rest is what the person
    did with the campaign's coupons: how many were used, what these purchases brought, and who funded how much.
    """

    campaign: Array
    customer: Array
    redemptions: Array
    net_sales: Array
    shop: Array
    maker: Array


@dataclass(frozen=True)
class Purchases:
    """One row a campaign, one of its redeemers and an order of theirs while it ran, shape (n,) each."""

    campaign: Array
    order: Array
    net_sales: Array


def campaigns(warehouse: Warehouse, as_of: date) -> Campaigns:
    """The campaigns that began before ``as_of``; a global holdout is none."""
    table = warehouse.table(PAST_CAMPAIGNS)
    is_campaign = ibis.coalesce(table.kind.strip().lower(), "") != GLOBAL_HOLDOUT
    rows = table.filter(table.starts_on < as_of, is_campaign).order_by("starts_on", "ends_on", "campaign_id")
    cost = table.cost.cast("float64")
    found = warehouse.to_arrow(rows.select("campaign_id", "kind", "starts_on", "ends_on", cost=cost))
    return Campaigns(
        found.column("campaign_id").to_numpy().astype(str),
        np.array([kind or "" for kind in found.column("kind").to_pylist()], dtype=str),
        found.column("starts_on").to_numpy().astype("datetime64[D]"),
        found.column("ends_on").to_numpy().astype("datetime64[D]"),
        found.column("cost").to_numpy().astype(np.float64),
    )


def pairs(warehouse: Warehouse, ran: Campaigns, used: Redemptions) -> Pairs:
    """Everyone whom a campaign treated, or who holds a coupon of it. People held out are not reached."""
    assignments, coupons = warehouse.table(ASSIGNMENTS), warehouse.table(COUPONS)
    treated = assignments.filter(assignments.arm != "holdout").select("campaign_id", customer_id="unit_id")
    holders = coupons.filter(coupons.campaign_id.notnull()).select("campaign_id", "customer_id")
    both = treated.union(holders, distinct=True)
    known = both.filter(both.campaign_id.isin(ran.campaign_id.tolist()))
    found = warehouse.to_arrow(known.order_by("campaign_id", "customer_id"))
    campaign = _rows_of(ran, found.column("campaign_id").to_pylist())
    people, customer = np.unique(found.column("customer_id").to_numpy(), return_inverse=True)
    place = {pair: k for k, pair in enumerate(zip(campaign.tolist(), people[customer].tolist(), strict=True))}
    is_known = np.isin(used.campaign_id.astype(str), ran.campaign_id)
    owner = zip(
        _rows_of(ran, used.campaign_id[is_known].tolist()).tolist(), used.customer_id[is_known].tolist(), strict=True
    )
    row = np.array([place[pair] for pair in owner], dtype=np.int64)
    ones = np.ones(len(used))
    counts, net_sales, shop, maker = (
        np.bincount(row, amount[is_known], minlength=len(campaign))
        for amount in (ones, used.net_sales, used.shop, used.maker)
    )
    return Pairs(campaign, customer, counts.astype(np.int64), net_sales, shop, maker)


def purchases(warehouse: Warehouse, ran: Campaigns, as_of: date) -> Purchases:
    """What redeemers bought from a campaign's first day to its last."""
    coupons, dates, orders = (warehouse.table(table) for table in (COUPONS, PAST_CAMPAIGNS, ORDERS))
    used = coupons.filter(coupons.redeemed_day < as_of).select("campaign_id", "customer_id").distinct()
    windows = used.join(
        dates.filter(dates.starts_on < as_of).select("campaign_id", "starts_on", "ends_on"), "campaign_id"
    )
    known = orders.filter(orders.local_day < as_of).select("order_id", "customer_id", "local_day", "net_sales")
    bought = windows.join(known, "customer_id")
    bought = bought.filter(bought.local_day.between(bought.starts_on, bought.ends_on))
    rows = bought.select("campaign_id", "order_id", net_sales=bought.net_sales.cast("float64"))
    found = warehouse.to_arrow(rows.order_by("campaign_id", "order_id"))
    order = np.unique(found.column("order_id").to_numpy().astype(str), return_inverse=True)[1]
    campaign = _rows_of(ran, found.column("campaign_id").to_pylist())
    return Purchases(campaign, order, found.column("net_sales").to_numpy())


def _rows_of(ran: Campaigns, campaign_ids: list[str]) -> Array:
    row = {campaign: k for k, campaign in enumerate(ran.campaign_id.tolist())}
    return np.array([row[campaign] for campaign in campaign_ids], dtype=np.int64)

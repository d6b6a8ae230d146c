"""The figures of each past campaign, of each kind pooled, and of all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from daogou.base.estimate import Estimate
from daogou.base.statistics import cluster_weights
from daogou.measure.money import break_even, contribution
from daogou.measure.rates import overlap, redemption_rate
from daogou.measure.reach import Campaigns, Pairs, Purchases, campaigns, pairs, purchases
from daogou.measure.redemptions import redemptions
from daogou.store.tables import ORDERS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

BEGINS_BEFORE = "begins before the data"
ENDS_AFTER = "ends after the data"
MOST_CLUSTERS = 5000  # columns of the resample; beyond so many people they are drawn in random groups
SEED = 20170101  # any number will do, as long as it stays


@dataclass(frozen=True)
class Assumptions:
    """Money that no table tells: ``margin`` as a share of net sales, ``contact_cost`` of one person reached."""

    margin: float
    contact_cost: float
    fewest_redeemers: int
    resamples: int


@dataclass(frozen=True)
class Result:
    """One campaign, or several pooled; money in the company's currency.

    ``reached`` and ``responses`` count a person once a campaign, ``people`` and ``redeemers`` once. ``rate`` is
    responses / reached. Below the smallest number of redeemers ``rate`` and ``break_even`` are None: counts alone.
    """

    level: str
    name: str
    kind: str
    starts_on: date | None
    ends_on: date | None
    incomplete: str
    campaigns: int
    incomplete_campaigns: int
    reached: int
    people: int
    redeemers: int
    responses: int
    redemptions: int
    net_sales: float
    coupon_sales: float
    cost_contact: float
    cost_coupons: float
    cost_shop: float
    cost_maker: float
    rate: Estimate | None
    break_even: Estimate | None
    overlap: float | None


@dataclass(frozen=True)
class Coupons:
    """How coupon value was given to redemptions; money in the company's currency.

    ``attributed`` belongs to redemptions, ``on_covered`` of it stands on lines of items that their coupons cover,
    ``unexplained`` stands on the same orders and belongs to none; ``without_order`` counts redemptions without order.
    """

    attributed: float
    on_covered: float
    unexplained: float
    without_order: int


@dataclass(frozen=True)
class Results:
    """Every campaign, every kind, all (and all that are complete, where some are not), and how campaigns overlap."""

    campaigns: tuple[Result, ...]
    pooled: tuple[Result, ...]
    overlap: Estimate | None
    coupons: Coupons

    @property
    def whole(self) -> Result | None:
        """All campaigns that are wholly in the data, pooled; None where there is none."""
        return next((row for row in reversed(self.pooled) if not row.incomplete_campaigns), None)


def results(warehouse: Warehouse, as_of: date, terms: Assumptions, costs: Mapping[str, float] | None = None) -> Results:
    """The figures of every campaign that began before ``as_of``; none where no campaigns are known.

    ``costs`` is what reaching its people cost a campaign, where tables tell more than the campaign's own cost.
    """
    orders = warehouse.table(ORDERS)
    first_day = warehouse.scalar(orders.local_day.min()) or as_of
    ran = campaigns(warehouse, as_of)
    if costs:
        told = zip(ran.campaign_id.tolist(), ran.cost.tolist(), strict=True)
        ran = replace(ran, cost=np.array([costs.get(name, own) for name, own in told]))
    used = redemptions(warehouse, as_of)
    reached, bought = pairs(warehouse, ran, used), purchases(warehouse, ran, as_of)
    coupons = Coupons(float(used.shop.sum() + used.maker.sum()), used.on_covered, used.unexplained, used.without_order)
    return Measured(ran, reached, bought, first_day, as_of, terms).results(coupons)


class Measured:
    """The arrays that every figure is computed from, with one resample of people shared by all of them."""

    def __init__(
        self, ran: Campaigns, reached: Pairs, bought: Purchases, first_day: date, as_of: date, terms: Assumptions
    ) -> None:
        self.ran, self.reached, self.bought, self.terms = ran, reached, bought, terms
        people = int(reached.customer.max()) + 1 if len(reached.customer) else 0
        self.weights = cluster_weights(min(people, MOST_CLUSTERS), terms.resamples, SEED)
        self.incomplete = incomplete(ran, first_day, as_of)
        sizes = np.bincount(reached.campaign, minlength=len(ran))
        known = ran.cost / np.maximum(sizes, 1)
        self.contact = np.where(np.isnan(known), terms.contact_cost, known)[reached.campaign]
        self.at_once = at_the_same_time(ran, reached)

    def results(self, coupons: Coupons) -> Results:
        """All figures."""
        if not len(self.ran):
            return Results((), (), None, coupons)
        rows = range(len(self.ran))
        single = tuple(self._result("campaign", self.ran.campaign_id[k], np.array([k])) for k in rows)
        kinds = [kind for kind in np.unique(self.ran.kind) if kind]
        pooled = [self._result("kind", kind, np.flatnonzero(self.ran.kind == kind)) for kind in kinds]
        pooled.append(self._result("all", "all", np.arange(len(self.ran))))
        complete = np.flatnonzero(self.incomplete == "")
        if 0 < len(complete) < len(self.ran):
            pooled.append(self._result("complete", "complete", complete))
        campaign = self.reached.campaign
        starts, ends = self.ran.starts[campaign].astype(np.int64), self.ran.ends[campaign].astype(np.int64)
        return Results(single, tuple(pooled), overlap(self.reached.customer, starts, ends, self.weights), coupons)

    def _result(self, level: str, name: str, rows: Array) -> Result:
        """The figures of the campaigns at ``rows``."""
        mine = np.isin(self.reached.campaign, rows)
        customer, used = self.reached.customer[mine], self.reached.redemptions[mine]
        shop, sales, contact = self.reached.shop[mine], self.reached.net_sales[mine], self.contact[mine]
        redeemers = len(np.unique(customer[used > 0]))
        enough = redeemers >= self.terms.fewest_redeemers
        brought = contribution(sales, shop, self.terms.margin)
        is_single = level == "campaign"
        only = int(rows[0]) if is_single else -1
        return Result(
            level=level,
            name=str(name),
            kind=str(self.ran.kind[only]) if is_single else (str(name) if level == "kind" else ""),
            starts_on=self.ran.starts[rows].min().item() if len(rows) else None,
            ends_on=self.ran.ends[rows].max().item() if len(rows) else None,
            incomplete=str(self.incomplete[only]) if is_single else "",
            campaigns=len(rows),
            incomplete_campaigns=int((self.incomplete[rows] != "").sum()),
            reached=int(mine.sum()),
            people=len(np.unique(customer)),
            redeemers=redeemers,
            responses=int((used > 0).sum()),
            redemptions=int(used.sum()),
            net_sales=self._net_sales(rows),
            coupon_sales=float(sales.sum()),
            cost_contact=float(contact.sum()),
            cost_coupons=float(shop.sum()),
            cost_shop=float(contact.sum() + shop.sum()),
            cost_maker=float(self.reached.maker[mine].sum()),
            rate=redemption_rate(used > 0, customer, self.weights) if enough else None,
            break_even=break_even(contact + shop, brought, customer, self.weights) if enough else None,
            overlap=float(self.at_once[mine].mean()) if mine.any() else None,
        )

    def _net_sales(self, rows: Array) -> float:
        """Net sales to redeemers while the campaigns at ``rows`` ran, an order counted once."""
        mine = np.isin(self.bought.campaign, rows)
        first = np.unique(self.bought.order[mine], return_index=True)[1]
        return float(self.bought.net_sales[mine][first].sum())


def incomplete(ran: Campaigns, first_day: date, as_of: date) -> Array:
    """Why each campaign is not wholly in the data [first_day, as_of), shape (n,); empty where it is."""
    before = ran.starts < np.datetime64(first_day)
    after = ran.ends >= np.datetime64(as_of)
    return np.select([after, before], [ENDS_AFTER, BEGINS_BEFORE], default="")


def at_the_same_time(ran: Campaigns, reached: Pairs) -> Array:
    """Whether the person was in another campaign that shares a day with this one, shape of ``reached``."""
    if not len(reached.customer):
        return np.zeros(0, dtype=bool)
    places = (reached.customer, reached.campaign)
    member = csr_array((np.ones(len(reached.customer)), places), shape=(int(reached.customer.max()) + 1, len(ran)))
    shares_day = (ran.starts[:, None] <= ran.ends[None, :]) & (ran.starts[None, :] <= ran.ends[:, None])
    np.fill_diagonal(shares_day, False)
    others: Array = (member @ csr_array(shares_day.astype(np.float64)))[places]
    return others > 0

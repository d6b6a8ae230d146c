"""What each campaign cost: reaching people, coupons that the company funds, media; and where each figure comes from."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from daogou.flows.workspace import Workspace
from daogou.measure.reach import GLOBAL_HOLDOUT
from daogou.measure.redemptions import Redemptions, redemptions
from daogou.store.tables import ASSIGNMENTS, COUPONS, PAST_CAMPAIGNS, SPEND, TOUCHES
from daogou.store.warehouse import Warehouse

_SUM = "decimal(38, 4)"
FROM_TOUCHES, FROM_CAMPAIGN, FROM_SPEND, FROM_SETTING = "touches", "past_campaigns", "spend", "setting"


@dataclass(frozen=True)
class CampaignCost:
    """Money in the company's currency.

    Attributes:
        contacts: reaching its people.
        coupons: value of its redeemed coupons that the company funds.
        media: what advertising platforms were paid for it, as ``spend`` tells.
        source: where ``contacts`` comes from: touches, past_campaigns, spend (nothing beside media) or setting.
        assumed: ``contacts`` rests on a cost a person that nobody gave.
        people: whom it reached; 0 where no table tells.
    """

    contacts: float
    coupons: float
    media: float
    source: str
    assumed: bool
    people: int

    @property
    def total(self) -> float:
        """All of it."""
        return self.contacts + self.coupons + self.media

    @property
    def reaching(self) -> float:
        """All but coupons: these are off net sales already."""
        return self.contacts + self.media


def campaign_costs(
    workspace: Workspace, warehouse: Warehouse, as_of: date, used: Redemptions | None = None
) -> dict[str, CampaignCost]:
    """What each campaign cost that any table names, up to ``as_of``; ``used`` saves finding redemptions again.

    Contacts are the costs of its touches where any has one; else the campaign's own cost, which holds media, less
    these; else ``[plan] contact_cost`` for each person. Touches of a channel whose spend is told for the campaign cost
    nothing more: it would be the same money twice.
    """
    plan = workspace.settings.plan
    used = redemptions(warehouse, as_of) if used is None else used
    told, people, coupons = _told(warehouse, as_of), _people(warehouse, as_of), _coupons(used)
    found = {}
    for name in sorted({*told.media, *told.touched, *told.own, *people, *coupons} - told.holdouts):
        reached = people.get(name, 0)
        known = told.contacts(name, reached)
        contacts, source = (reached * plan.contact_cost_used, FROM_SETTING) if known is None else known
        assumed = source == FROM_SETTING and plan.contact_cost is None and reached > 0
        media = float(sum(told.media.get(name, {}).values()))
        found[name] = CampaignCost(contacts, coupons.get(name, 0.0), media, source, assumed, reached)
    return found


def told_costs(workspace: Workspace, warehouse: Warehouse, as_of: date) -> dict[str, float]:
    """What reaching people cost each campaign, contacts and media, of those whose touches or spend tell of it."""
    told = _told(warehouse, as_of)
    if not told.media and not told.touched:
        return {}
    people = _people(warehouse, as_of)
    found = {}
    for name in sorted({*told.media, *told.touched}):
        reached = people.get(name, 0)
        known = told.contacts(name, reached)
        contacts = reached * workspace.settings.plan.contact_cost_used if known is None else known[0]
        found[name] = contacts + float(sum(told.media.get(name, {}).values()))
    return found


@dataclass(frozen=True)
class _Told:
    """What tables tell, by campaign: spend and touches by channel (small letters), and its own cost and channel."""

    media: dict[str, dict[str, float]]
    touched: dict[str, dict[str, float]]
    own: dict[str, tuple[float | None, str]]
    holdouts: set[str]  # global ones: no campaigns, and nobody is reached by them

    def contacts(self, name: str, reached: int) -> tuple[float, str] | None:
        """What contacts cost and which table says so; None: none does."""
        paid, (own, channel) = self.media.get(name, {}), self.own.get(name, (None, ""))
        costs = {by: cost for by, cost in self.touched.get(name, {}).items() if by not in paid}
        if costs:
            return sum(costs.values()), FROM_TOUCHES
        if own is not None:
            return max(own - sum(paid.values()), 0.0), FROM_CAMPAIGN
        if paid and (channel in paid or not reached):
            return 0.0, FROM_SPEND
        return None


def _told(warehouse: Warehouse, as_of: date) -> _Told:
    table = warehouse.table(PAST_CAMPAIGNS)
    global_ones = table.filter(table.kind.strip().lower() == GLOBAL_HOLDOUT).select("campaign_id")
    holdouts = set(warehouse.to_arrow(global_ones)["campaign_id"].to_pylist())
    return _Told(_media(warehouse, as_of), _touched(warehouse, as_of), _own(warehouse, as_of), holdouts)


def _media(warehouse: Warehouse, as_of: date) -> dict[str, dict[str, float]]:
    """Spend by campaign and channel (small letters)."""
    spend = warehouse.table(SPEND)
    rows = spend.filter(spend.campaign_id.notnull(), spend.day < _day(as_of), spend.cost.notnull())
    return _by_channel(warehouse, rows)


def _touched(warehouse: Warehouse, as_of: date) -> dict[str, dict[str, float]]:
    """Costs of touches by campaign and channel (small letters)."""
    touches = warehouse.table(TOUCHES)
    rows = touches.filter(touches.campaign_id.notnull(), touches.local_day < _day(as_of), touches.cost.notnull())
    return _by_channel(warehouse, rows)


def _by_channel(warehouse: Warehouse, rows: ir.Table) -> dict[str, dict[str, float]]:
    sums = rows.group_by("campaign_id", name=rows.channel.strip().lower()).aggregate(
        cost=rows.cost.cast(_SUM).sum().cast("float64")
    )
    found: dict[str, dict[str, float]] = {}
    for row in warehouse.to_arrow(sums.order_by("campaign_id", "name")).to_pylist():
        found.setdefault(row["campaign_id"], {})[row["name"]] = row["cost"]
    return found


def _own(warehouse: Warehouse, as_of: date) -> dict[str, tuple[float | None, str]]:
    """Own cost and channel (small letters) of the campaigns that began."""
    table = warehouse.table(PAST_CAMPAIGNS)
    rows = table.filter(table.starts_on < _day(as_of)).select(
        "campaign_id", cost=table.cost.cast("float64"), channel=table.channel.strip().lower()
    )
    found = warehouse.to_arrow(rows.order_by("campaign_id")).to_pylist()
    return {row["campaign_id"]: (row["cost"], row["channel"] or "") for row in found}


def _people(warehouse: Warehouse, as_of: date) -> dict[str, int]:
    """People reached: treated, or holding a coupon; of campaigns without either, those with a message sent."""
    drawn, coupons, touches = (warehouse.table(table) for table in (ASSIGNMENTS, COUPONS, TOUCHES))
    begun = warehouse.table(PAST_CAMPAIGNS)
    later = begun.filter(begun.starts_on >= _day(as_of)).select("campaign_id")
    is_known = [ibis.coalesce(at.date() < _day(as_of), True) for at in (drawn.occurred_at, coupons.issued_at)]
    meant = drawn.filter(drawn.arm != "holdout", is_known[0]).select("campaign_id", customer_id="unit_id")
    held = coupons.filter(coupons.campaign_id.notnull(), is_known[1]).select("campaign_id", "customer_id")
    sent = touches.filter(
        touches.campaign_id.notnull(),
        touches.local_day < _day(as_of),
        touches.kind.isin(["sent", "delivered", "impression"]),
    ).select("campaign_id", "customer_id")
    both = ibis.union(meant, held, distinct=True)
    found: dict[str, int] = {}
    for rows in (sent.distinct(), both):  # who was meant counts before who got something
        counts = rows.anti_join(later, "campaign_id").group_by("campaign_id").aggregate(n=lambda t: t.count())
        found |= {row["campaign_id"]: row["n"] for row in warehouse.to_arrow(counts).to_pylist()}
    return found


def _coupons(used: Redemptions) -> dict[str, float]:
    names, row = np.unique(used.campaign_id.astype(str), return_inverse=True)
    sums = np.bincount(row, used.shop, minlength=len(names)).round(4).tolist()
    return dict(zip(names.tolist(), sums, strict=True))


def _day(day: date) -> Any:
    return ibis.date(day.isoformat())

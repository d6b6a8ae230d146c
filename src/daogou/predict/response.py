"""Who answers a campaign: one row a customer that it reached, seen from the day on which it begins."""

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.store.tables import ASSIGNMENTS, COUPONS, OFFERS, ORDER_LINES, ORDERS, PAST_CAMPAIGNS
from daogou.store.warehouse import Warehouse

KEY = ["campaign_id", "customer_id"]
RECENT = (28, 84)  # days
DOUBT = 3.0  # campaigns without an answer that every customer is taken to have seen: one answer of one is no habit


@dataclass(frozen=True)
class Campaigns:
    """Campaigns that are looked at, and whom they reach.

    Attributes:
        campaigns: campaign_id, kind, as_of (its first day), days (how long it runs).
        offers: campaign_id, offer_id, item_id.
        reached: campaign_id, customer_id.
    """

    campaigns: ir.Table
    offers: ir.Table
    reached: ir.Table


def past(warehouse: Warehouse, after: date, before: date) -> Campaigns:
    """The imported campaigns that begin after one day and before another."""
    table = warehouse.table(PAST_CAMPAIGNS)
    table = table.filter(
        table.starts_on > ibis.date(after.isoformat()), table.starts_on < ibis.date(before.isoformat())
    )
    campaigns = table.select(
        "campaign_id", "kind", "ends_on", as_of="starts_on", days=table.ends_on.delta(table.starts_on, unit="day") + 1
    )
    offers = warehouse.table(OFFERS).select("campaign_id", "offer_id", "item_id")
    return Campaigns(
        campaigns,
        offers.semi_join(campaigns, "campaign_id"),
        reached(warehouse).semi_join(campaigns, "campaign_id"),
    )


def reached(warehouse: Warehouse) -> ir.Table:
    """``campaign_id`` and ``customer_id`` of everyone whom a campaign treated.

    Where a campaign names nobody, they are the holders of its coupons, unless each coupon that is known was used: then
    the others were not recorded, and everyone would seem to answer.
    """
    assigned, coupons = warehouse.table(ASSIGNMENTS), warehouse.table(COUPONS)
    treated = assigned.filter(assigned.arm == "treated").select("campaign_id", customer_id="unit_id")
    left = coupons.filter(coupons.redeemed_day.isnull()).select("campaign_id").distinct()
    held = coupons.filter(coupons.campaign_id.notnull()).select(*KEY)
    held = held.semi_join(left, "campaign_id").anti_join(assigned, "campaign_id")
    return treated.union(held, distinct=True)


def outcomes(warehouse: Warehouse, asked: Campaigns, as_of: date) -> ir.Table:
    """``campaign_id``, ``customer_id`` and ``outcome`` of each reached: 1 who used a coupon of it before ``as_of``."""
    coupons = warehouse.table(COUPONS)
    used = coupons.filter(coupons.redeemed_day < ibis.date(as_of.isoformat()))
    used = used.join(asked.campaigns.select("campaign_id", starts="as_of"), "campaign_id")
    used = used.filter(used.redeemed_day >= used.starts).select(*KEY).distinct().mutate(answered=True)
    joined = asked.reached.left_join(used, KEY)
    return joined.select(*KEY, outcome=joined.answered.notnull().cast("int8")).order_by(*KEY)


def frame(warehouse: Warehouse, asked: Campaigns, profiles: ir.Table) -> ir.Table:
    """The columns that a model learns from, one row a customer reached, with its key and ``as_of``, ordered by the key.

    ``profiles`` has the key customer_id and as_of, and numbers that were known before as_of. Beside these: the
    campaign's kind, days, offers and items; ``covered_``: what the customer had bought of the items that its offers
    hold for; ``coupon_``: orders with a coupon, of whatever kind; ``answered``, ``reached``: earlier campaigns, all
    and of the kind, ``answered_rate`` held down where few are known; ``used``: coupons of campaigns. Whatever is of
    the campaign's first day or later is not seen; offers are taken to be known on that day.
    """
    offered = asked.offers.group_by("campaign_id").aggregate(
        campaign_offers=asked.offers.offer_id.nunique(), campaign_items=asked.offers.item_id.nunique()
    )
    about = asked.campaigns.left_join(offered, "campaign_id").drop("campaign_id_right")
    pairs = asked.reached.join(about.select("campaign_id", "kind", "as_of", "days"), "campaign_id")
    pairs = warehouse.materialise("response_pairs", pairs)
    rows = pairs.select(*KEY, "as_of", campaign_kind="kind", campaign_days=_float(pairs.days))
    counts = about.select("campaign_id", "campaign_offers", "campaign_items")
    rows = rows.left_join(counts, "campaign_id").drop("campaign_id_right")
    rows = rows.left_join(profiles, ["customer_id", "as_of"]).drop("customer_id_right", "as_of_right")
    for part in (
        _covered(warehouse, pairs, asked.offers),
        _with_coupons(warehouse, pairs),
        _earlier(warehouse, pairs),
        _used(warehouse, pairs),
    ):
        rows = rows.left_join(part, KEY).drop("campaign_id_right", "customer_id_right")
        counted = [name for name in part.columns if name not in KEY and not name.endswith("recency")]
        rows = rows.mutate(**{name: _float(ibis.coalesce(rows[name], 0)) for name in counted})
    return rows.mutate(
        covered_share=rows.covered_offers / ibis.greatest(_float(ibis.coalesce(rows.campaign_offers, 0)), 1.0),
        answered_rate=rows.answered / (rows.reached + DOUBT),
        answered_kind_rate=rows.answered_kind / (rows.reached_kind + DOUBT),
    ).order_by(*KEY)


def _covered(warehouse: Warehouse, pairs: ir.Table, offers: ir.Table) -> ir.Table:
    """What each had bought before of the items that the campaign's offers hold for."""
    lines, orders = warehouse.table(ORDER_LINES), warehouse.table(ORDERS)
    lines = lines.filter(lines.quantity > 0).semi_join(offers, "item_id")
    sold = lines.select("order_id", "item_id", "net_sales").join(
        orders.select("order_id", "customer_id", "local_day"), "order_id"
    )
    sold = sold.group_by("customer_id", "local_day", "item_id").aggregate(net_sales=sold.net_sales.sum())
    sold = warehouse.materialise("response_sold", sold)
    items = offers.select("campaign_id", "item_id").distinct()
    met = _before(pairs.join(items, "campaign_id"), sold, ["customer_id", "item_id"])
    bought = met.group_by(*KEY).aggregate(
        covered_days=met.local_day.nunique(),
        covered_lines=met.count(),
        covered_items=met.item_id.nunique(),
        covered_net_sales=met.net_sales.sum(),
        covered_recency=met.ago.min(),
        **{f"covered_days_{days}": met.local_day.nunique(where=met.ago <= days) for days in RECENT},
        **{f"covered_lines_{days}": met.count(where=met.ago <= days) for days in RECENT},
    )
    held = met.select(*KEY, "item_id", "ago").join(offers, ["campaign_id", "item_id"])
    wide = held.group_by(*KEY).aggregate(
        covered_offers=held.offer_id.nunique(),
        covered_offers_84=held.offer_id.nunique(where=held.ago <= 84),
    )
    return bought.left_join(wide, KEY).drop("campaign_id_right", "customer_id_right")


def _with_coupons(warehouse: Warehouse, pairs: ir.Table) -> ir.Table:
    """Days on which each had used any coupon at all, and what these took off."""
    orders = warehouse.table(ORDERS)
    value = orders.shop_coupon + orders.maker_coupon
    days = orders.mutate(coupon=value).filter(value > 0)
    days = days.group_by("customer_id", "local_day").aggregate(coupon=days.coupon.sum())
    met = _before(pairs, days, ["customer_id"])
    return met.group_by(*KEY).aggregate(
        coupon_days=met.count(),
        coupon_value=met.coupon.sum(),
        coupon_recency=met.ago.min(),
        **{f"coupon_days_{days}": met.count(where=met.ago <= days) for days in RECENT},
    )


def _earlier(warehouse: Warehouse, pairs: ir.Table) -> ir.Table:
    """How many earlier campaigns had reached each, of the kind, and still running on the day."""
    campaigns = warehouse.table(PAST_CAMPAIGNS)
    ran = reached(warehouse).join(campaigns.select("campaign_id", "kind", "starts_on", "ends_on"), "campaign_id")
    ran = ran.rename(earlier="campaign_id", earlier_kind="kind")
    met = pairs.join(ran, [pairs.customer_id == ran.customer_id, ran.starts_on < pairs.as_of])
    return met.group_by(*KEY).aggregate(
        reached=met.count(),
        reached_kind=met.count(where=met.earlier_kind == met.kind),
        reached_open=met.count(where=met.ends_on >= met.as_of),
    )


def _used(warehouse: Warehouse, pairs: ir.Table) -> ir.Table:
    """What each had done with the coupons of other campaigns."""
    coupons, campaigns = warehouse.table(COUPONS), warehouse.table(PAST_CAMPAIGNS)
    used = coupons.filter(coupons.redeemed_day.notnull()).select("customer_id", "campaign_id", local_day="redeemed_day")
    used = used.left_join(campaigns.select("campaign_id", "kind"), "campaign_id").drop("campaign_id_right")
    met = _before(pairs, used.rename(earlier="campaign_id", earlier_kind="kind"), ["customer_id"])
    met = met.filter(ibis.coalesce(met.earlier != met.campaign_id, True))
    same = met.earlier_kind == met.kind
    return met.group_by(*KEY).aggregate(
        used=met.count(),
        used_recency=met.ago.min(),
        answered=met.earlier.nunique(),
        answered_kind=met.earlier.nunique(where=same),
    )


def _before(pairs: ir.Table, days: ir.Table, on: list[str]) -> ir.Table:
    """The pairs beside what happened to the same customer before their moment, ``ago`` days before."""
    met = pairs.join(days, [*(pairs[name] == days[name] for name in on), days.local_day < pairs.as_of])
    return met.mutate(ago=met.as_of.delta(met.local_day, unit="day"))


def _float(value: ir.Value) -> ir.Value:
    return value.cast("float64")

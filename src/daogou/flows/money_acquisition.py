"""New customers of the last days: what they cost, by channel and category, what they bring, and when that pays."""

import math
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.base.estimate import Estimate
from daogou.flows.campaign_costs import FROM_CAMPAIGN, CampaignCost
from daogou.flows.money_worth import Curve, Days, curve_of, lifetime_of
from daogou.measure import attribution_facts as facts
from daogou.measure.acquisition import cac, cpa, ltv_to_cac, payback
from daogou.measure.attribution import attribute
from daogou.measure.attribution_paths import paths
from daogou.measure.attribution_settings import AttributionSettings
from daogou.measure.rates import Clusters, rate_of
from daogou.store.rounding import number
from daogou.store.tables import ACQUISITION, CREDITS, CUSTOMERS, ITEMS, ORDER_LINES, PAST_CAMPAIGNS
from daogou.store.warehouse import Warehouse

Row = dict[str, Any]
MOST_ITEMS = 100  # that first orders held most often


def acquisition_rows(
    warehouse: Warehouse,
    days: Days,
    orders: ir.Table,
    channel_costs: dict[str, float],
    campaigns: dict[str, CampaignCost],
    settings: AttributionSettings,
) -> tuple[list[Row], dict[str, Any]]:
    """Rows of ``ACQUISITION``, and how long contribution of new customers is known, with what it came to."""
    buyers = _buyers(warehouse, days, orders)
    share = _new_share(warehouse, buyers, days)
    whole = _row("all", "all", share.pop("new"), share.pop("orders"), days) | share
    credited = _channels(warehouse, days, buyers, settings, channel_costs)
    rows = [whole, *credited, *(_products(warehouse, days, buyers, orders) if whole["new_customers"] else [])]
    whole["cost"] = _marketing(warehouse, days, channel_costs, campaigns)
    if paid := [row for row in credited if row["cost"] is not None]:
        cost = sum(row["cost"] for row in paid)
        whole |= _spread("cpa", cpa(cost, sum(row["orders"] for row in paid)))
        whole |= _spread("cac_paid", cac(cost, sum(row["new_customers"] for row in paid)))
    curve = Curve(np.zeros(0), np.zeros(0))
    if whole["cost"] is not None and whole["new_customers"]:
        blended = cac(whole["cost"], whole["new_customers"])
        curve = curve_of(warehouse, days, buyers, orders)
        whole |= _spread("cac_blended", blended) | _payback(curve, blended)
    whole |= _worth(lifetime_of(warehouse, days, buyers, orders), whole)
    warehouse.drop("money_buyers")
    brought = number(float(curve.mean[-1])) if len(curve.mean) else None
    return rows, {"history_days": days.before, "curve_days": len(curve.mean), "curve_last": brought}


def _payback(curve: Curve, cost: Estimate) -> Row:
    if not len(curve.mean):
        return {}
    found = payback(curve.mean, curve.error, cost)
    return {"payback": "not_yet" if math.isnan(found.value) else "covered"} | _spread("payback_days", found)


def _worth(ltv: Estimate | None, whole: Row) -> Row:
    if ltv is None:
        return {}
    found = _spread("ltv", ltv)
    if whole["cac_blended"] is not None:
        found |= _spread("ltv_cac", ltv_to_cac(ltv, cac(whole["cost"], whole["new_customers"])))
    return found


def _spread(name: str, one: Estimate) -> Row:
    return {name: number(one.value), f"{name}_low": number(one.low), f"{name}_high": number(one.high)}


def _row(level: str, name: str, new: float, orders: float | None, days: Days) -> Row:
    row = dict.fromkeys(ACQUISITION.names) | {"as_of": days.as_of, "level": level, "name": name}
    return row | {
        "new_customers": float(new),
        "orders": None if orders is None else float(orders),
        "provisional": days.provisional,
        "from_day": days.first,
        "to_day": days.as_of - timedelta(days=1),
    }


def _buyers(warehouse: Warehouse, days: Days, orders: ir.Table) -> ir.Table:
    """customer_id, first_day, first_order (its id), recent (orders in the days); guests left out."""
    people = warehouse.table(CUSTOMERS)
    guests = people.filter(people.is_guest).select("customer_id").distinct()
    paid = orders.filter(orders.is_paid).anti_join(guests, "customer_id")
    recent = (paid.local_day >= _day(days.first)).sum()
    sums = paid.group_by("customer_id").aggregate(
        first_day=paid.local_day.min(), first_at=paid.occurred_at.min(), recent=recent
    )
    return warehouse.materialise("money_buyers", sums)


def _new_share(warehouse: Warehouse, buyers: ir.Table, days: Days) -> Row:
    """New customers, orders, and the share of first orders among them, clustered by customer."""
    mine = buyers.filter(buyers.recent > 0)
    a, b = (mine.first_day >= _day(days.first)).cast("float64"), mine.recent.cast("float64")
    sums = mine.aggregate(
        n=mine.count(), a=a.sum(), b=b.sum(), aa=(a * a).sum(), ab=(a * b).sum(), bb=(b * b).sum(), most=b.max()
    )
    row = warehouse.to_arrow(sums).to_pylist()[0]
    if not row["n"]:
        return {"new": 0.0, "orders": 0.0}
    most = row.pop("most")
    share = rate_of(Clusters(**row, above_one=False, single=most == 1), "customer", "first orders per order")
    return {"new": row["a"], "orders": row["b"]} | _spread("new_share", share)


def _marketing(
    warehouse: Warehouse, days: Days, channels: dict[str, float], campaigns: dict[str, CampaignCost]
) -> float | None:
    """Spend and touches of the days, and own costs of campaigns that began in them; None where none is known."""
    table = warehouse.table(PAST_CAMPAIGNS)
    begun = table.filter(table.starts_on >= _day(days.first), table.starts_on < _day(days.as_of)).select("campaign_id")
    names = warehouse.to_arrow(begun.order_by("campaign_id"))["campaign_id"].to_pylist()
    own = [campaigns[name].contacts for name in names if name in campaigns and campaigns[name].source == FROM_CAMPAIGN]
    return sum(channels.values()) + sum(own) if channels or own else None


def _channels(
    warehouse: Warehouse,
    days: Days,
    buyers: ir.Table,
    settings: AttributionSettings,
    costs: dict[str, float],
) -> list[Row]:
    """Orders and first orders credited to each channel, with what one of each cost."""
    credits = warehouse.table(CREDITS)
    mine = credits.filter(credits.as_of == days.as_of, credits.rule == settings.rule, credits.channel != "")
    orders = {row["channel"]: row["orders"] for row in warehouse.to_arrow(mine.order_by("channel")).to_pylist()}
    if not orders:
        return []
    new = _credited_firsts(warehouse, days, buyers, settings)
    rows = []
    for channel, credited in orders.items():
        row = _row("channel", channel, new.get(channel, 0.0), credited, days)
        if channel in costs:
            cost = costs[channel]
            row |= (
                {"cost": cost}
                | _spread("cpa", cpa(cost, credited))
                | _spread("cac_paid", cac(cost, row["new_customers"]))
            )
        rows.append(row)
    return rows


def _credited_firsts(
    warehouse: Warehouse, days: Days, buyers: ir.Table, settings: AttributionSettings
) -> dict[str, float]:
    """First orders of the days shared among channels by the company's rule.

    Touches are those up to the first order of new customers, and those of people who never ordered.
    """
    earlier = days.first - timedelta(days=settings.lookback_days)
    touched = facts.touches(warehouse, earlier, days.as_of, settings)
    known = warehouse.to_arrow(buyers.select("customer_id", "first_day", "first_at").order_by("customer_id"))
    who, when = known["customer_id"].to_numpy(), known["first_at"].to_numpy().astype("datetime64[us]")
    is_new = known["first_day"].to_numpy() >= np.datetime64(days.first)
    customer, at = touched["customer_id"].to_numpy(), touched["occurred_at"].to_numpy().astype("datetime64[us]")
    if not len(customer) or not is_new.any():
        return {}
    place = np.minimum(np.searchsorted(who, customer), len(who) - 1)
    bought = who[place] == customer
    keep = ~bought | (is_new[place] & (at <= when[place]))
    channel = touched["channel"].filter(pa.array(keep))
    found = paths(
        customer[keep],
        channel,
        at[keep],
        order_customer=who[is_new],
        order_at=when[is_new],
        lookback=settings.lookback_days,
        visit=settings.visit_minutes,
        since=when[is_new].min(),
        until=max(at.max(), when[is_new].max()),
    )
    direct = tuple(name.strip().lower() for name in settings.direct)
    credit = attribute(found, settings.rule, half_life=settings.half_life_days, direct=direct)
    return dict(zip(credit.channels, credit.orders.tolist(), strict=True))


def _products(warehouse: Warehouse, days: Days, buyers: ir.Table, orders: ir.Table) -> list[Row]:
    """New customers by what their first order held: the category that most of its net sales are of, and each item."""
    items, lines = warehouse.table(ITEMS), warehouse.table(ORDER_LINES)
    new = buyers.filter(buyers.first_day >= _day(days.first)).select("customer_id", "first_at")
    mine = orders.filter(orders.is_paid, orders.local_day >= _day(days.first))
    mine = mine.inner_join(new, "customer_id")
    mine = mine.filter(mine.occurred_at == mine.first_at).select("order_id", "customer_id")
    sold = lines.filter(lines.quantity > 0).select("order_id", "item_id", "net_sales").inner_join(mine, "order_id")
    sold = warehouse.materialise("money_first_lines", sold)
    by_item = sold.group_by(name="item_id").aggregate(new=sold.customer_id.nunique())
    by_item = by_item.order_by([by_item.new.desc(), by_item.name]).limit(MOST_ITEMS)
    named = items.semi_join(sold, "item_id").filter(lambda t: t.category.notnull()).group_by("item_id")
    told = sold.inner_join(named.aggregate(category=lambda t: t.category.argmax(t.valid_from)), "item_id")
    sums = told.group_by("customer_id", "category").aggregate(net=told.net_sales.sum())
    place = ibis.row_number().over(group_by=sums.customer_id, order_by=[sums.net.desc(), sums.category])
    best = sums.mutate(place=place)
    best = best.filter(best.place == 0)
    by_category = best.group_by(name="category").aggregate(new=best.count()).order_by("name")
    rows: list[Row] = []
    for level, counts in (("category", by_category), ("item", by_item)):
        found = warehouse.to_arrow(counts).to_pylist()
        rows += [_row(level, row["name"], row["new"], None, days) for row in found]
    warehouse.drop("money_first_lines")
    return rows


def _day(day: date) -> Any:
    return ibis.date(day.isoformat())

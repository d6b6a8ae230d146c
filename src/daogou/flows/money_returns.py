"""Ratios: what channels and campaigns are credited with, and what tests proved, against what it cost."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import ibis
import numpy as np

from daogou.base.estimate import Estimate
from daogou.flows.campaign_costs import CampaignCost
from daogou.flows.money_ladder import Window, credited_contribution, is_provisional
from daogou.measure.money_redemptions import Shares
from daogou.measure.redemptions import Redemptions
from daogou.measure.returns import credited_gain, returned, roi
from daogou.store.rounding import number
from daogou.store.tables import CREDITS, ORDERS, PAST_CAMPAIGNS, READINGS, SPEND, TOUCHES
from daogou.store.warehouse import Warehouse

Row = dict[str, Any]
_SUM = "decimal(38, 4)"


@dataclass(frozen=True)
class Terms:
    """What ratios are made with."""

    as_of: date
    return_days: int
    margin_assumed: bool  # of sales whose cost of goods is not known nobody told the margin
    fewest: int  # redeemers below which a campaign has no ratio


def channel_costs(warehouse: Warehouse, first: date, as_of: date) -> dict[str, float]:
    """What each channel (small letters) cost on the days [first, as_of): its spend, else its touches."""
    spend, touches = warehouse.table(SPEND), warehouse.table(TOUCHES)
    days = ibis.date(first.isoformat()), ibis.date(as_of.isoformat())
    told: dict[str, float] = {}
    for rows, day in ((touches, touches.local_day), (spend, spend.day)):
        mine = rows.filter(day >= days[0], day < days[1], rows.cost.notnull())
        sums = mine.group_by(name=mine.channel.strip().lower()).aggregate(cost=mine.cost.cast(_SUM).sum())
        told |= {row["name"]: float(row["cost"]) for row in warehouse.to_arrow(sums).to_pylist()}
    return dict(sorted(told.items()))


def channel_returns(
    warehouse: Warehouse, rule: str, window: Window, costs: dict[str, float], terms: Terms
) -> list[Row]:
    """ROAS and profit ROI of each channel whose cost is known, and of these together."""
    credits = warehouse.table(CREDITS)
    mine = credits.filter(credits.as_of == terms.as_of, credits.rule == rule, credits.channel != "")
    known = {row["channel"]: row for row in warehouse.to_arrow(mine).to_pylist() if row["channel"] in costs}
    if not known:
        return []
    per_buyer, spread = _buyers(warehouse, window, terms.as_of)
    rows = []
    groups = [("channel", name, [name]) for name in sorted(known)] + [("all", "all", sorted(known))]
    for level, name, members in groups:
        cost, orders = sum(costs[one] for one in members), sum(known[one]["orders"] for one in members)
        net = sum((known[one]["net_sales"] for one in members), Decimal(0))
        for basis, money in (("roas", net), ("profit_roi", credited_contribution(net, window.books.ladder))):
            gain = credited_gain(float(money), orders, per_buyer, spread)
            ratio = returned(gain, cost, basis=basis)
            rows.append(_row(level, name, basis, ratio, gain, cost, (window.first, window.last), terms))
    return rows


def _buyers(warehouse: Warehouse, window: Window, as_of: date) -> tuple[float, float]:
    """Orders a buyer in the window, and the coefficient of variation of what buyers brought."""
    orders = warehouse.table(ORDERS)
    mine = orders.filter(
        orders.local_day >= ibis.date(window.first.isoformat()), orders.local_day < ibis.date(as_of.isoformat())
    )
    people = mine.group_by("customer_id").aggregate(n=mine.count(), net=mine.net_sales.sum().cast("float64"))
    sums = people.aggregate(
        buyers=people.count(), orders=people.n.sum(), mean=people.net.mean(), sd=people.net.std(how="sample")
    )
    row = warehouse.to_arrow(sums).to_pylist()[0]
    if not row["buyers"]:
        return 0.0, math.nan
    spread = row["sd"] / row["mean"] if row["sd"] is not None and row["mean"] and row["mean"] > 0 else math.nan
    return row["orders"] / row["buyers"], spread


def campaign_returns(
    warehouse: Warehouse,
    used: Redemptions,
    shares: Shares,
    costs: dict[str, CampaignCost],
    windows: dict[tuple[str, str], Window],
    terms: Terms,
) -> list[Row]:
    """ROAS and profit ROI of what each campaign's redemptions brought; empty below the fewest redeemers."""
    rows: list[Row] = []
    names = used.campaign_id.astype(str)
    days = _days(warehouse, terms.as_of)
    for name, cost in sorted(costs.items()):
        mine = names == name
        first, last = _span(name, windows, days)
        if first is None or last is None:
            continue
        people, row = np.unique(used.customer_id[mine], return_inverse=True)
        gains = _gains(used, shares, mine, row, len(people))
        for basis, gain, spent, coupons in gains.each(cost):
            estimate, sums = _of_people(gain, spent, coupons, max(cost.people, len(people)), basis)
            if len(people) < terms.fewest:
                estimate = Estimate(math.nan, math.nan, math.nan, len(people), estimate.unit)
                sums = Estimate(sums.value, math.nan, math.nan, len(people), sums.unit)
            total = spent + float(coupons.sum())
            rows.append(_row("campaign", name, basis, estimate, sums, total, (first, last), terms, cost.assumed))
    return rows


@dataclass(frozen=True)
class _Gains:
    """A row a redeemer: net sales, contribution before marketing cost, and coupons that the company funds."""

    net: np.ndarray[Any, Any]
    contribution: np.ndarray[Any, Any]
    coupons: np.ndarray[Any, Any]

    def each(self, cost: CampaignCost) -> Iterator[tuple[str, np.ndarray[Any, Any], float, np.ndarray[Any, Any]]]:
        """Basis, gain, what reaching people cost, and coupons where they are part of the cost."""
        yield "roas", self.net, cost.reaching, np.zeros(len(self.net))
        yield "profit_roi", self.contribution, cost.reaching, self.coupons


def _gains(used: Redemptions, shares: Shares, mine: np.ndarray[Any, Any], row: np.ndarray[Any, Any], n: int) -> _Gains:
    """Coupons stand under cost, so they are added back to contribution."""
    before = shares.contribution[mine] + used.shop[mine]
    return _Gains(*(np.bincount(row, each, minlength=n) for each in (shares.net[mine], before, used.shop[mine])))


def _of_people(
    gain: np.ndarray[Any, Any], reaching: float, coupons: np.ndarray[Any, Any], people: int, basis: str
) -> tuple[Estimate, Estimate]:
    """The ratio over everyone reached, who bought nothing included, and the gain in sum, both with their interval."""
    if not people:
        nothing = Estimate(math.nan, math.nan, math.nan, 0)
        return (returned(Estimate(0.0, 0.0, 0.0, 0), reaching, basis=basis) if reaching else nothing), nothing
    gains, costs = np.zeros(people), np.full(people, reaching / people)
    gains[: len(gain)] = gain
    costs[: len(coupons)] += coupons
    ratio = roi(gains, costs, basis=basis, customer=np.arange(people))
    share = roi(gains, np.ones(people), basis="roas", customer=np.arange(people))
    return ratio, Estimate(share.value * people, share.low * people, share.high * people, people, "currency")


def _days(warehouse: Warehouse, as_of: date) -> dict[str, tuple[date, date]]:
    table = warehouse.table(PAST_CAMPAIGNS)
    rows = table.filter(table.starts_on < ibis.date(as_of.isoformat())).select("campaign_id", "starts_on", "ends_on")
    return {row["campaign_id"]: (row["starts_on"], row["ends_on"]) for row in warehouse.to_arrow(rows).to_pylist()}


def _span(
    name: str, windows: dict[tuple[str, str], Window], days: dict[str, tuple[date, date]]
) -> tuple[date | None, date | None]:
    """First and last day of its orders with a redemption, else of the campaign itself."""
    window = windows.get(("campaign", name))
    return (window.first, window.last) if window else days.get(name, (None, None))


def proven_returns(warehouse: Warehouse, costs: dict[str, CampaignCost], terms: Terms) -> list[Row]:
    """Incremental ROAS and ROI of what readings by lot found: each campaign, and the programme's last holdout."""
    readings = warehouse.table(READINGS)
    mine = readings.filter(
        readings.as_of == terms.as_of,
        readings.segment == "",
        readings.role.isin(["primary", "other"]),
        readings.outcome.isin(["net_sales", "contribution"]),
        readings.level.isin(["campaign", "programme"]),
    )
    found = warehouse.to_arrow(mine.order_by("level", "name", "arm", "outcome")).to_pylist()
    treated: dict[tuple[str, str], dict[str, int]] = {}
    for row in found:
        treated.setdefault((row["level"], row["name"]), {})[row["arm"]] = row["treated"]
    last = max((row["to_day"] for row in found if row["level"] == "programme"), default=None)
    days = _days(warehouse, terms.as_of)
    rows = []
    for row in found:
        arms = treated[row["level"], row["name"]]
        name = f"{row['name']} / {row['arm']}" if len(arms) > 1 else row["name"]
        if row["level"] == "campaign":
            known = costs.get(row["name"])
            share = row["treated"] / sum(arms.values()) if sum(arms.values()) else 0.0
            spent = None if known is None else _Spent(known.reaching * share, known.coupons * share, known.assumed)
            rows.append(_proven(row, "campaign", name, spent, terms))
        elif row["to_day"] == last:
            rows.append(_proven(row, "all", "all", _of_period(row, costs, days), terms))
    return rows


@dataclass(frozen=True)
class _Spent:
    """What reaching people cost, and the coupons that the company funded."""

    reaching: float
    coupons: float
    assumed: bool


def _of_period(row: Row, costs: dict[str, CampaignCost], days: dict[str, tuple[date, date]]) -> _Spent | None:
    """What the campaigns cost that began in the days of a global holdout; None where none did."""
    began = [one for name, one in costs.items() if name in days and row["from_day"] <= days[name][0] <= row["to_day"]]
    if not began:
        return None
    assumed = any(one.assumed for one in began)
    return _Spent(sum(one.reaching for one in began), sum(one.coupons for one in began), assumed)


def _proven(row: Row, level: str, name: str, spent: _Spent | None, terms: Terms) -> Row:
    """Incremental ROI or ROAS of one reading.

    Contribution is read after coupons: before marketing cost it is higher by them, and they stand under cost.
    """
    span = row["from_day"], row["to_day"]
    is_roi = row["outcome"] == "contribution"
    basis = "incremental_roi" if is_roi else "incremental_roas"
    back = spent.coupons if spent is not None and is_roi else 0.0
    told = [row[end] for end in ("total", "total_low", "total_high")]
    ends = (
        [math.nan] * 3 if None in told else [end + back for end in told]
    )  # a test's figure has its interval, or is none
    gain = Estimate(ends[0], ends[1], ends[2], row["treated"], "currency")
    if spent is None:
        nothing = Estimate(math.nan, math.nan, math.nan, row["treated"])
        return _row(level, name, basis, nothing, gain, None, span, terms)
    cost = spent.reaching + (spent.coupons if is_roi else 0.0)
    return _row(level, name, basis, returned(gain, cost, basis=basis), gain, cost, span, terms, spent.assumed)


def _row(
    level: str,
    name: str,
    basis: str,
    ratio: Estimate,
    gain: Estimate,
    cost: float | None,
    span: tuple[date, date],
    terms: Terms,
    cost_assumed: bool = False,
) -> Row:
    return {
        "as_of": terms.as_of,
        "level": level,
        "name": name,
        "basis": basis,
        **{end: number(getattr(ratio, end)) for end in ("value", "low", "high")},
        "gain": number(gain.value),
        "gain_low": number(gain.low),
        "gain_high": number(gain.high),
        "cost": None if cost is None else number(cost),
        "assumed": cost_assumed or (basis.endswith("roi") and terms.margin_assumed),
        "provisional": is_provisional(span[1], terms.as_of, terms.return_days),
        "from_day": span[0],
        "to_day": span[1],
    }

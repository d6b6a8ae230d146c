"""What each source of the year's statement says, from facts and from what stage measure has written."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from daogou.base.estimate import Estimate
from daogou.flows.campaign_costs import CampaignCost
from daogou.flows.experiment_joined import sum_of_campaigns
from daogou.flows.experiment_trials import GLOBAL_HOLDOUT, PROGRAMME, starts
from daogou.flows.outcomes import CONTRIBUTION
from daogou.measure import attribution_facts as facts
from daogou.measure.attribution import attribute
from daogou.measure.attribution_paths import paths
from daogou.measure.attribution_settings import AttributionSettings
from daogou.measure.statement import Entry, added, exact, times
from daogou.store.tables import (
    ASSIGNMENTS,
    LADDER,
    LOOKS,
    ORDERS,
    PAST_CAMPAIGNS,
    READINGS,
    SPEND,
    TOUCHES,
    UNIT_ASSIGNMENTS,
    Table,
)
from daogou.store.warehouse import Warehouse

_EXACT = "decimal(38, 4)"
NET_SALES = "net_sales"
_JANUARY = 31


@dataclass(frozen=True)
class Year:
    """A calendar year as it is known at ``as_of``: from its first day with orders to its last."""

    as_of: date
    year: int
    first: date
    last: date

    @property
    def end(self) -> date:
        """The day after its last."""
        return self.last + timedelta(days=1)

    @classmethod
    def of(cls, as_of: date, began: date) -> "Year":
        """The year of the day before ``as_of``; in January, where the data began earlier, the one that has just ended.

        >>> year = Year.of(date(2025, 1, 20), began=date(2023, 5, 1))
        >>> year.year, year.first.isoformat(), year.last.isoformat()
        (2024, '2024-01-01', '2024-12-31')
        >>> Year.of(date(2025, 6, 1), began=date(2025, 2, 1)).first.isoformat()
        '2025-02-01'
        """
        last = as_of - timedelta(days=1)
        if last.month == 1 and last.day < _JANUARY and began.year < last.year:
            last = date(last.year - 1, 12, 31)
        return cls(as_of, last.year, min(max(began, date(last.year, 1, 1)), last), last)


def known_year(warehouse: Warehouse, as_of: date) -> Year:
    """The year that the statement is of."""
    return Year.of(as_of, warehouse.scalar(warehouse.table(ORDERS).local_day.min()) or as_of)


def claimed(warehouse: Warehouse, year: Year) -> tuple[Entry | None, frozenset[str]]:
    """What platforms claim, and the channels that claim a value."""
    told = facts.claims(warehouse, year.first, year.end)
    values = {name: one.value for name, one in told.items() if one.value is not None}
    if not values:
        return None, frozenset()
    rows = warehouse.table(SPEND)
    rows = rows.filter(_between(rows.day, year), rows.claimed_value.notnull())
    span = warehouse.to_arrow(rows.aggregate(first=rows.day.min(), last=rows.day.max())).to_pylist()[0]
    days = (span["first"] or year.first, span["last"] or year.last)
    return Entry("claimed", exact(sum(values.values())), *days), frozenset(values)


def credited(warehouse: Warehouse, year: Year, settings: AttributionSettings, claiming: frozenset[str]) -> Entry | None:
    """Net sales that the report's rule credits to channels other than direct; None where nothing touched an order."""
    earlier = year.first - timedelta(days=settings.lookback_days)
    touched = facts.touches(warehouse, earlier, year.end, settings)
    bought = facts.orders(warehouse, earlier, year.end)
    counted = bought["local_day"].to_numpy() >= np.datetime64(year.first)
    if not touched.num_rows or not counted.any():
        return None
    at, ordered = (table["occurred_at"].to_numpy().astype("datetime64[us]") for table in (touched, bought))
    found = paths(
        touched["customer_id"].to_numpy(),
        touched["channel"],
        at,
        order_customer=bought["customer_id"].to_numpy(),
        order_at=ordered,
        value=bought["units"].to_numpy(),
        lookback=settings.lookback_days,
        visit=settings.visit_minutes,
        since=ordered[counted].min(),
        until=max(at.max(), ordered.max()),
        step=1,
    )
    direct = tuple(name.strip().lower() for name in settings.direct)
    found = replace(found, step=Decimal(1) / facts.UNITS)
    credit = attribute(found, settings.rule, half_life=settings.half_life_days, direct=direct)
    told = dict(zip(credit.channels, map(float, credit.value), strict=True))
    total = sum(value for name, value in told.items() if name not in direct)
    compared = sum(told.get(name, 0.0) for name in claiming) if claiming else None
    return Entry("credited", exact(total), year.first, year.last, compared=compared)


def proven(warehouse: Warehouse, year: Year, margin: float) -> list[Entry]:
    """Campaigns whose lots, regions or weeks proved something, added up, and the part that overlaps."""
    found = sum_of_campaigns(warehouse, year.as_of, year.year)
    units = _unit_tests(warehouse, year)
    parts = ([found.total] if found else []) + [estimate for estimate, _row in units.values()]
    total = added(parts)
    if total is None:
        return []
    is_known = math.isfinite(total.low)
    first = min([row["from_day"] for _estimate, row in units.values()] + ([found.first] if found else []))
    last = max([row["to_day"] for _estimate, row in units.values()] + ([found.last] if found else []))
    campaigns = len(units) + (found.campaigns if found else 0)
    people = found.people if found else None
    sales = times(total, 1 / margin) if is_known else None
    entries = [Entry("campaigns", total if is_known else None, first, last, campaigns, people, sales)]
    if found is not None and found.people and is_known:
        entries.append(_overlap(warehouse, year, found.in_several))
    return entries


def _overlap(warehouse: Warehouse, year: Year, in_several: int) -> Entry:
    """What campaigns brought of people who were in several, if each campaign did the same for all of its people."""
    lots, readings = warehouse.table(ASSIGNMENTS), _readings(warehouse, year)
    rows = readings.filter(readings.level == "campaign", readings.outcome == CONTRIBUTION, readings.segment == "")
    rows = rows.filter(rows.role.isin(["primary", "other"]), rows.value.notnull())
    rows = rows.filter(rows.from_day.year() == year.year).select("name", "arm", "value", "from_day", "to_day")
    treated = lots.filter(lots.arm != "holdout", lots.propensity.notnull())
    treated = treated.semi_join(rows, [treated.campaign_id == rows.name]).select("campaign_id", "unit_id", "arm")
    several = treated.group_by("unit_id").having(treated.campaign_id.nunique() > 1).aggregate(n=treated.count())
    sizes = treated.semi_join(several, "unit_id").group_by("campaign_id", "arm").aggregate(n=lambda t: t.count())
    told = warehouse.to_arrow(
        rows.inner_join(sizes, [rows.name == sizes.campaign_id, rows.arm == sizes.arm])
    ).to_pylist()
    value = sum(row["value"] * row["n"] for row in told)
    days = (
        min((row["from_day"] for row in told), default=year.first),
        max((row["to_day"] for row in told), default=year.last),
    )
    campaigns = len({row["name"] for row in told})
    return Entry("overlap", Estimate(value, math.nan, math.nan, in_several), *days, campaigns, in_several)


def holdout(warehouse: Warehouse, year: Year) -> Entry | None:
    """The year's global holdouts added up; None where none was kept or none could be read."""
    rows = _readings(warehouse, year)
    rows = rows.filter(rows.level == PROGRAMME, rows.segment == "", rows.outcome.isin([CONTRIBUTION, NET_SALES]))
    rows = rows.filter(rows.role.isin(["primary", "other"]))
    rows = rows.filter(rows.from_day <= _day(year.last), rows.to_day >= _day(year.first))
    told = warehouse.to_arrow(rows.order_by("from_day", "name", "arm")).to_pylist()
    if not told:
        return None
    known = [row for row in told if row["total_low"] is not None]
    value, sales = (added(_total(row) for row in known if row["outcome"] == one) for one in (CONTRIBUTION, NET_SALES))
    first, last = (pick(row[day] for row in known or told) for pick, day in ((min, "from_day"), (max, "to_day")))
    return Entry("holdout", value, first, last, len({row["name"] for row in known or told}), net_sales=sales)


def costs(warehouse: Warehouse, year: Year, known: Mapping[str, CampaignCost], timezone: str) -> list[Entry]:
    """What reaching people and media cost in all, and what those campaigns cost that no test measured.

    Coupons are off net sales already.
    """
    begun = _begun(warehouse, year, timezone)
    contacts = [known[name].contacts for name in begun if name in known]
    spend, touches = warehouse.table(SPEND), warehouse.table(TOUCHES)
    media = spend.filter(_between(spend.day, year)).cost.cast(_EXACT).sum()
    loose = touches.filter(_between(touches.local_day, year), touches.campaign_id.isnull()).cost.cast(_EXACT).sum()
    paid = [value for value in (warehouse.scalar(media), warehouse.scalar(loose)) if value is not None]
    entries = []
    if paid or contacts:
        total = float(sum(paid, Decimal(0))) + sum(contacts)
        entries.append(Entry("cost", exact(total), year.first, year.last, len(begun)))
    measured = _measured(warehouse, year)
    unmeasured = {name: day for name, day in begun.items() if name not in measured}
    if unmeasured:
        value = sum(known[name].reaching for name in unmeasured if name in known)
        first = min(unmeasured.values())
        entries.append(Entry("unmeasured", exact(value), first, year.last, len(unmeasured)))
    return entries


def books(warehouse: Warehouse, year: Year) -> Entry | None:
    """Contribution of the year's orders by the ladder; None where that was not written."""
    rows = warehouse.table(LADDER)
    mine = rows.filter(
        rows.as_of == _day(year.as_of),
        rows.level == "month",
        rows.step == CONTRIBUTION,
        rows.name.startswith(f"{year.year:04d}-"),
    )
    found = warehouse.to_arrow(mine.select("amount", "from_day", "to_day")).to_pylist()
    if not found:
        return None
    total = sum((row["amount"] for row in found), Decimal(0))
    first, last = min(row["from_day"] for row in found), max(row["to_day"] for row in found)
    return Entry("books", exact(float(total)), first, last)


def _unit_tests(warehouse: Warehouse, year: Year) -> dict[str, tuple[Estimate, dict[str, Any]]]:
    """Contribution of tests over regions, weeks, households or stores, by their names; none that lots tell of."""
    rows, drawn, lots = _readings(warehouse, year), warehouse.table(UNIT_ASSIGNMENTS), warehouse.table(ASSIGNMENTS)
    tests = drawn.select("campaign_id").distinct().anti_join(lots.filter(lots.propensity.notnull()), "campaign_id")
    rows = rows.filter(rows.level == "campaign", rows.outcome == CONTRIBUTION, rows.segment == "")
    rows = rows.filter(rows.total.notnull(), rows.from_day.year() == year.year)
    mine = rows.semi_join(tests, [rows.name == tests.campaign_id])
    return {f"{row['name']} {row['arm']}": (_total(row), row) for row in warehouse.to_arrow(mine).to_pylist()}


def _measured(warehouse: Warehouse, year: Year) -> set[str]:
    """Campaigns whose effect is in the sum, and those whose test is still running."""
    rows, looks = _readings(warehouse, year), _now(warehouse, LOOKS, year)
    known = rows.filter(
        rows.level == "campaign", rows.segment == "", rows.outcome == CONTRIBUTION, rows.value.notnull()
    )
    names = warehouse.to_arrow(known.select(campaign_id="name").distinct())["campaign_id"].to_pylist()
    running = looks.filter(looks.fraction < 1, looks.state != "mismatch")
    return {*names, *warehouse.to_arrow(running.select("campaign_id").distinct())["campaign_id"].to_pylist()}


def _begun(warehouse: Warehouse, year: Year, timezone: str) -> dict[str, date]:
    """The first day of each campaign that began in the year, global holdouts not among them."""
    rows = warehouse.table(PAST_CAMPAIGNS)
    kept = rows.filter(rows.kind.strip().lower() == GLOBAL_HOLDOUT).select("campaign_id")
    holdouts = set(warehouse.to_arrow(kept)["campaign_id"].to_pylist())
    told = starts(warehouse, timezone)
    return {name: day for name, day in told.items() if year.first <= day <= year.last and name not in holdouts}


def _readings(warehouse: Warehouse, year: Year) -> ir.Table:
    return _now(warehouse, READINGS, year)


def _now(warehouse: Warehouse, table: Table, year: Year) -> ir.Table:
    rows = warehouse.table(table)
    return rows.filter(rows.as_of == _day(year.as_of))


def _total(row: Mapping[str, Any]) -> Estimate:
    low, high = (math.nan if row[name] is None else row[name] for name in ("total_low", "total_high"))
    return Estimate(row["total"], low, high, row["treated"] + row["held_out"])


def _between(day: ir.DateValue, year: Year) -> ir.BooleanValue:
    return (day >= _day(year.first)) & (day < _day(year.end))


def _day(day: date) -> Any:
    return ibis.date(day.isoformat())

"""What tests proved of each channel: by lots over people, by regions or weeks, or by the platform's own study."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.flows.evidence import studies
from daogou.store.tables import PAST_CAMPAIGNS, READINGS, UNIT_ASSIGNMENTS
from daogou.store.warehouse import Warehouse

_BY = {"household": "lots", "store": "lots", "region": "regions", "time": "weeks"}
_STRONGEST = ("lots", "regions", "weeks", "lift_study")


@dataclass(frozen=True)
class Proven:
    """Orders that would not have been made; ``by`` which kind of test, ``name`` of its tests or platforms."""

    orders: Estimate
    by: str
    name: str | None


def proven(warehouse: Warehouse, first: date, as_of: date) -> dict[str, Proven]:
    """What is proven of each channel by tests that began in [``first``, ``as_of``) and are over.

    Own tests go before a platform's, lots over people before regions, regions before weeks; tests of one kind are added
    up. Call it after the day's readings were written.
    """
    found: dict[str, dict[str, list[tuple[Estimate, str | None]]]] = {}
    by_lot: dict[tuple[str, str], list[Estimate]] = {}
    for row in _by_lot(warehouse, first, as_of):
        orders = _estimate([row[name] for name in ("total", "total_low", "total_high")], row["treated"])
        by_lot.setdefault((row["channel"], row["name"]), []).append(orders)
    for (channel, _campaign), arms in by_lot.items():
        found.setdefault(channel, {}).setdefault("lots", []).append((_together(arms), None))
    for row in _of_units(warehouse, first, as_of):
        orders = _estimate([row[name] for name in ("total", "total_low", "total_high")], row["treated"])
        found.setdefault(row["channel"], {}).setdefault(_BY[row["unit"]], []).append((orders, row["name"]))
    for row in studies(warehouse, as_of):
        if row["incremental_orders"] is not None and date.fromisoformat(row["starts_on"]) >= first:
            ends = ("", "_low", "_high")
            orders = _estimate([row[f"incremental_orders{end}"] for end in ends], 0)
            found.setdefault(row["channel"], {}).setdefault("lift_study", []).append((orders, row["platform"]))
    return {channel: _strongest(kinds) for channel, kinds in found.items()}


def _strongest(kinds: dict[str, list[tuple[Estimate, str | None]]]) -> Proven:
    by = next(kind for kind in _STRONGEST if kind in kinds)
    names = sorted({name for _orders, name in kinds[by] if name})
    return Proven(_added([orders for orders, _name in kinds[by]]), by, ", ".join(names) or None)


def _by_lot(warehouse: Warehouse, first: date, as_of: date) -> list[dict[str, Any]]:
    """Orders of campaigns whose people were drawn by lot, with their channel."""
    campaigns = warehouse.table(PAST_CAMPAIGNS)
    known = campaigns.filter(campaigns.channel.notnull(), campaigns.starts_on >= ibis.date(first.isoformat()))
    known = known.select(name="campaign_id", channel=known.channel.strip().lower())
    elsewhere = warehouse.table(UNIT_ASSIGNMENTS).select(name="campaign_id").distinct()
    return _told(warehouse, known.anti_join(elsewhere, "name"), as_of)


def _of_units(warehouse: Warehouse, first: date, as_of: date) -> list[dict[str, Any]]:
    """Orders of tests that switched units, all units that were on together, with their channel."""
    told = warehouse.table(UNIT_ASSIGNMENTS)
    channels = told.group_by(name=told.campaign_id).aggregate(
        channel=told.channel.strip().lower().min(), starts_on=told.starts_on.min()
    )
    known = channels.filter(channels.starts_on >= ibis.date(first.isoformat())).select("name", "channel")
    return _told(warehouse, known, as_of)


def _told(warehouse: Warehouse, channels: ir.Table, as_of: date) -> list[dict[str, Any]]:
    """The readings of orders at ``as_of`` of the campaigns in ``channels`` (name, channel)."""
    rows = warehouse.table(READINGS)
    mine = rows.filter(
        rows.as_of == ibis.date(as_of.isoformat()),
        rows.level == "campaign",
        rows.outcome == "orders",
        rows.segment == "",
        rows.role.isin(("primary", "other")),
        rows.total_low.notnull(),  # what a test proved has its interval, or is nothing
    ).select("name", "arm", "unit", "treated", "total", "total_low", "total_high")
    return warehouse.to_arrow(mine.join(channels, "name").order_by("name", "arm")).to_pylist()  # type: ignore[no-any-return]


def _estimate(ends: list[float | None], n: int) -> Estimate:
    value, low, high = (float("nan") if end is None else float(end) for end in ends)
    return Estimate(value, low, high, n, "orders")


def _added(effects: list[Estimate]) -> Estimate:
    """The one effect, or sums of effects that were drawn apart from each other: variances add up."""
    if len(effects) == 1:
        return effects[0]
    value = sum(effect.value for effect in effects)
    error = float(np.sqrt(sum(((effect.high - effect.low) / (2 * Z95)) ** 2 for effect in effects)))
    return Estimate(value, value - Z95 * error, value + Z95 * error, sum(effect.n for effect in effects), "orders")


def _together(arms: list[Estimate]) -> Estimate:
    """The effects of arms that share those held out: their errors may all go one way, so that these add up."""
    value, low, high = (sum(getattr(arm, end) for arm in arms) for end in ("value", "low", "high"))
    return Estimate(value, low, high, sum(arm.n for arm in arms), "orders")

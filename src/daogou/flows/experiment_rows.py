"""Readings as rows of the table, and as JSON."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np

from daogou.base.estimate import Estimate
from daogou.flows.experiment_joined import Joined
from daogou.flows.experiment_readings import AFTER, Told
from daogou.flows.experiment_trials import CAMPAIGN
from daogou.flows.outcomes import CONTRIBUTION
from daogou.measure.experiment.discovery import p_value
from daogou.measure.experiment.reading import Effect
from daogou.store.rounding import number
from daogou.store.tables import READINGS
from daogou.store.warehouse import Warehouse

_SAME = 1e-9  # of a figure: as far as summing in another order may move it


def reading_rows(one: Told, as_of: date) -> list[dict[str, Any]]:
    """Rows of ``READINGS`` of one arm; one without figures where nothing is read."""
    lots, reading = one.lots, one.reading
    base = {
        "as_of": as_of,
        "level": lots.level,
        "name": lots.name,
        "arm": one.arm,
        "unit": lots.design.unit,
        "from_day": lots.start,
        "to_day": lots.end - timedelta(days=1),
        "treated": reading.treated,
        "held_out": reading.held_out,
        "mismatch_p": reading.mismatch.p_value,
        "cost": one.cost,
        "design": lots.sha256,
        "segment": "",
    }
    primary = lots.design.primary
    if not reading.effects:
        return [base | {"outcome": primary, "role": "primary"}]
    rows = [base | effect_row(effect) | _days(one, effect) for effect in reading.effects]
    return rows + [
        base | {"outcome": primary, "role": "primary", "segment": name, "treated": 0, "held_out": 0}
        | _spread("", effect) | _sizes(one, name)
        for name, effect in reading.segments.items()
    ]  # fmt: skip


def effect_row(effect: Effect) -> dict[str, Any]:
    """One effect's columns."""
    return (
        {"outcome": effect.outcome, "role": effect.role, "p_value": number(effect.p_value)}
        | {"false_discovery": number(effect.false_discovery), "treated": effect.treated}
        | _spread("", effect.adjusted)
        | _spread("plain_", effect.plain)
        | _spread("lift_", effect.lift)
        | _total(effect.total)
    )


def joined_row(one: Joined, as_of: date) -> dict[str, Any]:
    """The row of several campaigns together."""
    return {
        "as_of": as_of,
        "level": one.level,
        "name": one.name,
        "arm": one.arm,
        "outcome": CONTRIBUTION,
        "segment": "",
        "role": "primary",
        "unit": "customer",
        "from_day": one.first,
        "to_day": one.last,
        "treated": one.treated,
        "held_out": one.held_out,
        "p_value": number(p_value(one.effect)),
        "cost": one.cost,
        **_spread("", one.effect),
        **_total(one.total),
    }


def reading_json(one: Told) -> dict[str, Any]:
    """One arm's reading as JSON has it."""
    lots, reading, earned = one.lots, one.reading, one.earned
    return {
        "campaign": lots.name,
        "arm": one.arm,
        "starts_on": lots.start.isoformat(),
        "days": (lots.end - lots.start).days,
        "unit": lots.design.unit,
        "primary": lots.design.primary,
        "offer": lots.design.offer,
        "design": lots.sha256,
        "treated": reading.treated,
        "held_out": reading.held_out,
        "left_out": lots.left_out,
        "mismatch_p": reading.mismatch.p_value,
        "read": bool(reading.effects),
        "final_on": one.final_on.isoformat(),
        "earned": _spread("", earned) if earned else None,
        "cost": one.cost,
        "people_needed": one.needed,
        "effects": {effect.outcome: effect_row(effect) for effect in reading.effects},
        "segments": {name: _spread("", effect) for name, effect in reading.segments.items()},
        "not_read": dict(one.lacking),
        "delivered_in_holdout": one.delivered_in_holdout,
        "look_first_at": [f"{each.attribute} {each.group}" for each in reading.suspects],
    }


def joined_json(one: Joined) -> dict[str, Any]:
    """Several campaigns together, as JSON has it."""
    return {
        "name": one.name,
        "arm": one.arm,
        "campaigns": list(one.campaigns),
        "effect": _spread("", one.effect),
        "total": _spread("", one.total),
        "treated": one.treated,
        "held_out": one.held_out,
        "people": one.people,
        "in_several": one.in_several,
        "cost": one.cost,
        "from_day": one.first.isoformat(),
        "to_day": one.last.isoformat(),
    }


def changed(
    warehouse: Warehouse, rows: Sequence[dict[str, Any]], as_of: date, return_days: int
) -> list[dict[str, Any]]:
    """Primary readings of campaigns that say something else than when they were last read: data came late, or went.

    Both readings stay, each under its own ``as_of``; one of the same ``as_of`` is replaced. A reading was provisional
    while orders of its days could be returned, and may change. Call it before writing.
    """
    table = warehouse.table(READINGS)
    known = table.filter(
        table.as_of <= ibis.date(as_of.isoformat()),
        table.level == CAMPAIGN,
        table.role == "primary",
        table.segment == "",
    )
    keys = ("level", "name", "arm", "outcome", "from_day", "to_day")
    before: dict[tuple[Any, ...], dict[str, Any]] = {}
    columns = known.select(*keys, "as_of", "value", "treated").order_by("as_of")
    for row in warehouse.to_arrow(columns).to_pylist():
        before[tuple(row[key] for key in keys)] = row
    found = []
    for row in rows:
        then = before.get(tuple(row.get(key) for key in keys))
        if (row["level"], row["role"], row["segment"]) != (CAMPAIGN, "primary", "") or then is None:
            continue
        was_final = then["as_of"] > row["to_day"] + timedelta(days=return_days)
        if not was_final or _same(row.get("value"), then["value"]):
            continue
        found.append(
            {"level": row["level"], "name": row["name"], "arm": row["arm"], "outcome": row["outcome"]}
            | {"read_on": then["as_of"].isoformat(), "value_then": then["value"], "value": row.get("value")}
        )
    return found


def _same(now: float | None, then: float | None) -> bool:
    if now is None or then is None:
        return now is then
    return math.isclose(now, then, rel_tol=_SAME, abs_tol=_SAME)


def _days(one: Told, effect: Effect) -> dict[str, Any]:
    """The days of an outcome: those of the window, of a tail as many after."""
    if effect.role != "tail":
        return {}
    end = one.lots.end
    last = end + timedelta(days=one.lots.design.tail_days - 1)
    return {"from_day": end, "to_day": last} if effect.outcome.endswith(AFTER) else {}


def _sizes(one: Told, segment: str) -> dict[str, Any]:
    """A segment's people, and its total."""
    on, off = one.segment_sizes[segment]
    effect = one.reading.segments[segment]
    return {"treated": on, "held_out": off} | _total(
        Estimate(effect.value * on, effect.low * on, effect.high * on, effect.n)
    )


def _spread(prefix: str, one: Estimate) -> dict[str, float | None]:
    return {prefix + name: number(getattr(one, name)) for name in ("value", "low", "high")}


def _total(total: Estimate | None) -> dict[str, float | None]:
    one = total or Estimate(np.nan, np.nan, np.nan, 0)
    return {"total": number(one.value), "total_low": number(one.low), "total_high": number(one.high)}

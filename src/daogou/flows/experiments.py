"""Finished campaigns that kept a control group: what each earned beyond it, and what all together have taught."""

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.campaign.power import people_needed
from daogou.flows.experiment_rows import PRIMARY, arrays, outcomes
from daogou.flows.uplift_rows import CampaignTrial, trials
from daogou.flows.workspace import Workspace
from daogou.measure.experiment import sentences as say
from daogou.measure.experiment.pooled import pooled
from daogou.measure.experiment.reading import Effect, Reading, read
from daogou.report import figures
from daogou.store.rounding import rounded
from daogou.store.tables import LEARNINGS, PAST_CAMPAIGNS, READINGS, Table
from daogou.store.warehouse import Warehouse


@dataclass(frozen=True)
class Told:
    """One campaign's lots and their reading, with what reaching its people cost, contacts alone, a person."""

    trial: CampaignTrial
    reading: Reading
    contact_cost: float
    needed: int | None  # people in all who would show that contacts are paid for, half of them held out

    @property
    def earned(self) -> Estimate | None:
        """Contribution beyond the control group, of all people treated together, before the cost of contacts."""
        effect = self.reading.primary
        if effect is None:
            return None
        one, n = effect.adjusted, self.reading.treated
        return Estimate(one.value * n, one.low * n, one.high * n, one.n)

    @property
    def cost(self) -> float:
        """Contacts of all people treated."""
        return self.contact_cost * self.reading.treated


def experiments(workspace: Workspace, warehouse: Warehouse, as_of: date) -> tuple[dict[str, Any], list[str]]:
    """Write ``READINGS`` and ``LEARNINGS`` at ``as_of``; the part of the stage's JSON, and its lines."""
    plan = workspace.settings.plan
    days, margin, cost = plan.outcome_days, plan.margin_used, plan.contact_cost_used
    found = [_told(warehouse, one, days, margin, cost, as_of) for one in trials(warehouse, as_of, days)]
    learnt = _learnt(warehouse, found)
    warehouse.replace(READINGS, _table(READINGS, _readings(found, as_of, days)), as_of=as_of)
    warehouse.replace(LEARNINGS, _table(LEARNINGS, [row | {"as_of": as_of} for row in learnt]), as_of=as_of)
    currency = workspace.settings.company.currency
    summary = {"campaigns": [_json(one, days) for one in found], "learnings": [_plain(row) for row in learnt]}
    return summary, _lines(found, learnt, days, currency)


def _told(warehouse: Warehouse, trial: CampaignTrial, days: int, margin: float, cost: float, as_of: date) -> Told:
    compared = outcomes(warehouse, trial, days, margin, as_of)
    held = compared[0].values[trial.treated == 0]
    lift = cost / held.mean() if len(held) and held.mean() > 0 else 0.0
    needed = people_needed(held, 0.5, lift) if lift > 0 else None
    if trial.smallest == 0:
        needed = None
    return Told(trial, read(arrays(trial), compared), cost, needed)


def _learnt(warehouse: Warehouse, found: list[Told]) -> list[dict[str, Any]]:
    """Effects of all campaigns that could be read, pooled by kind and by channel."""
    known = [(one, one.reading.primary) for one in found]
    sure = [(one, effect.adjusted) for one, effect in known if effect and math.isfinite(effect.adjusted.low)]
    if len(sure) < 2:
        return []
    about = _about(warehouse)
    values = np.array([effect.value for _one, effect in sure])
    errors = np.array([(effect.high - effect.low) / (2 * Z95) for _one, effect in sure])
    days = [one.trial.start for one, _effect in sure]
    rows: list[dict[str, Any]] = []
    for level in ("kind", "channel"):
        groups = [about.get(one.trial.campaign, {}).get(level) or "" for one, _effect in sure]
        made = pooled(values, errors, np.array(groups))
        for name in sorted(set(groups)):
            last = max(day for day, group in zip(days, groups, strict=True) if group == name)
            rows.append(_learning(level, name, made.groups[name], made.next_in[name], last))
        if level == "kind":
            rows.append(_learning("all", "", made.overall, made.next_elsewhere, max(days)))
    return rows


def _learning(level: str, name: str, mean: Estimate, following: Estimate, last: date) -> dict[str, Any]:
    return {
        "level": level,
        "name": name,
        "campaigns": mean.n,
        "value": mean.value,
        "low": mean.low,
        "high": mean.high,
        "next_low": following.low,
        "next_high": following.high,
        "last_on": last,
    }


def _about(warehouse: Warehouse) -> dict[str, dict[str, str | None]]:
    rows = warehouse.table(PAST_CAMPAIGNS).select("campaign_id", "kind", "channel")
    return {row["campaign_id"]: row for row in warehouse.to_arrow(rows).to_pylist()}


def _readings(found: list[Told], as_of: date, days: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for one in found:
        base = {
            "as_of": as_of,
            "campaign_id": one.trial.campaign,
            "starts_on": one.trial.start,
            "days": days,
            "treated": one.reading.treated,
            "held_out": one.reading.held_out,
            "mismatch_p": one.reading.mismatch.p_value,
        }
        if one.reading.primary is None:
            rows.append(base | {"outcome": PRIMARY, "segment": ""})
        rows += [base | {"segment": ""} | _effect_row(effect) for effect in one.reading.effects]
        rows += [
            base | {"outcome": PRIMARY, "segment": name} | _spread("", effect)
            for name, effect in one.reading.segments.items()
        ]
    return rows


def _effect_row(effect: Effect) -> dict[str, Any]:
    return (
        {"outcome": effect.outcome, "p_value": _number(effect.p_value)}
        | {"false_discovery": _number(effect.false_discovery)}
        | _spread("", effect.adjusted)
        | _spread("plain_", effect.plain)
        | _spread("lift_", effect.lift)
    )


def _spread(prefix: str, one: Estimate) -> dict[str, float | None]:
    return {prefix + name: _number(getattr(one, name)) for name in ("value", "low", "high")}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _table(table: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return rounded(pa.Table.from_pylist(rows, schema=table.schema().to_pyarrow()))


def _json(one: Told, days: int) -> dict[str, Any]:
    earned = one.earned
    return {
        "campaign": one.trial.campaign,
        "starts_on": one.trial.start.isoformat(),
        "days": days,
        "treated": one.reading.treated,
        "held_out": one.reading.held_out,
        "mismatch_p": one.reading.mismatch.p_value,
        "read": one.reading.primary is not None,
        "earned": _spread("", earned) if earned else None,
        "cost": one.cost,
        "people_needed": one.needed,
        "effects": {effect.outcome: _effect_row(effect) for effect in one.reading.effects},
        "segments": {name: _spread("", effect) for name, effect in one.reading.segments.items()},
        "look_first_at": [f"{one.attribute} {one.group}" for one in one.reading.suspects],
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"last_on": row["last_on"].isoformat()}


def _lines(found: list[Told], learnt: list[dict[str, Any]], days: int, currency: str) -> list[str]:
    lines = [_line(one, days, currency) for one in found]
    for row in learnt:
        if row["level"] == "kind":
            amounts = _amounts(row, ("value", "low", "high", "next_low", "next_high"), currency)
            lines.append(say.learnt_text(row["name"], row["campaigns"], row["last_on"], amounts))
    return lines


def _line(one: Told, days: int, currency: str) -> str:
    reading, name = one.reading, one.trial.campaign
    people = {"treated": reading.treated, "held_out": reading.held_out}
    earned = one.earned
    if earned is None:
        return say.mismatch_text(name, people, [each.group for each in reading.suspects])
    if not math.isfinite(earned.low):
        return say.too_few_text(name, people)
    amounts = _amounts(vars(earned) | {"cost": one.cost}, ("value", "low", "high", "cost"), currency)
    return f"{say.earned_text(name, days, people, amounts)} {say.advice_text(earned, one.cost, one.needed)}"


def _amounts(row: dict[str, Any], names: tuple[str, ...], currency: str) -> dict[str, str]:
    """Amounts as a person writes them, by name."""
    return {name: figures.money(row[name], currency) for name in names}

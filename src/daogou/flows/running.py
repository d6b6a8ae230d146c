"""Tests that are running: one look each, by the error that is left, and their guard rails."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import ibis
import pyarrow as pa

from daogou.base.estimate import Estimate
from daogou.campaign.design import Design
from daogou.flows.experiment_trials import Lots
from daogou.flows.experiment_trials import running as running_lots
from daogou.flows.outcomes import CONTRIBUTION, Terms, terms
from daogou.flows.running_lines import lines
from daogou.flows.running_rows import Followed, SoFar, per_unit
from daogou.flows.workspace import Workspace
from daogou.measure.experiment.running import DECIDED, Look, look, time_left
from daogou.measure.experiment.sequential import ALPHA
from daogou.store.rounding import rounded
from daogou.store.tables import GUARD_RAILS, LOOKS, Table
from daogou.store.warehouse import Warehouse


def running(workspace: Workspace, warehouse: Warehouse, as_of: date) -> tuple[dict[str, Any], list[str]]:
    """Write ``LOOKS`` and ``GUARD_RAILS`` at ``as_of``; the part of the stage's JSON, and its lines.

    Each call is one look at every test whose days are not over, and the last look at those that ended since. A second
    call at the same ``as_of`` takes the place of the first and spends nothing.
    """
    made_with, currency = terms(workspace), workspace.settings.company.currency
    earlier = _earlier(warehouse, as_of)
    ended = {name for name, rows in earlier.items() if any(_is_open(arm) for arm in rows.values())}
    found: list[Followed] = []
    for lots in running_lots(workspace, warehouse, as_of, ended):
        found += _looked(workspace, warehouse, lots, made_with, as_of, earlier.get(lots.name, {}))
    warehouse.replace(LOOKS, _table(LOOKS, [look_row(one, as_of) for one in found]), as_of=as_of)
    rails = [row for one in found for row in _rail_rows(one, as_of)]
    warehouse.replace(GUARD_RAILS, _table(GUARD_RAILS, rails), as_of=as_of)
    early = decided_early(warehouse, as_of)
    fresh = {key: row for key, row in early.items() if as_of - row["ends_on"] <= row["ends_on"] - row["starts_on"]}
    return {"tests": [_json(one, as_of) for one in found]}, lines(found, fresh, currency)


def decided_early(warehouse: Warehouse, as_of: date) -> dict[tuple[str, str], dict[str, Any]]:
    """Of each campaign and arm that a look decided before its end: the ``LOOKS`` row of that look, known at ``as_of``.

    Its value is corrected for having looked; the plain reading after the end is not.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for name, arms in _earlier(warehouse, as_of, with_now=True).items():
        for arm, rows in arms.items():
            first = next((row for row in rows if row["state"] in DECIDED), None)
            if first is not None and first["fraction"] < 1:
                found[name, arm] = first
    return found


def _earlier(
    warehouse: Warehouse, as_of: date, *, with_now: bool = False
) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Rows of ``LOOKS`` before ``as_of``, oldest first, by campaign and arm."""
    table = warehouse.table(LOOKS)
    day = ibis.date(as_of.isoformat())
    rows = table.filter((table.as_of <= day) if with_now else (table.as_of < day)).order_by("as_of")
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in warehouse.to_arrow(rows).to_pylist():
        found.setdefault(row["campaign_id"], {}).setdefault(row["arm"], []).append(row)
    return found


def _is_open(rows: list[dict[str, Any]]) -> bool:
    """Whether the last look has neither decided nor been the last as planned."""
    return rows[-1]["state"] not in DECIDED and rows[-1]["fraction"] < 1


def _looked(
    workspace: Workspace,
    warehouse: Warehouse,
    lots: Lots,
    made_with: Terms,
    as_of: date,
    earlier: dict[str, list[dict[str, Any]]],
) -> list[Followed]:
    """The look at each arm; those that are decided keep the look that did it."""
    histories = {name: _history(earlier.get(name, []), lots) for name in lots.arms}
    last = max((day for days in histories.values() for day, one in days if one.z is not None), default=None)
    so_far = SoFar(warehouse, lots, made_with, as_of, last)
    arms = {name: so_far.arm(name) for name in lots.arms}
    stops = any(arm.sizes.stops for arm in arms.values())
    planned, days = _planned_effect(workspace, lots.design), (lots.end - lots.start).days
    found = []
    for name, arm in arms.items():
        history = [one for _day, one in histories[name]]
        seen, power = so_far.seen(arm, last == _last_read(histories[name]))
        made = look(history, None if stops else seen, so_far.passed / days, ALPHA / len(arms))
        left = None
        if made.state == "running" and planned is not None:
            left = time_left(seen.estimate, planned, so_far.passed, days, power)
        rows = earlier.get(name, [])
        decided = next((row["as_of"] for row in rows if row["state"] in DECIDED), None)
        looks = rows[-1]["looks"] if decided is not None else len(rows) + 1
        if made.state in (*DECIDED, "nothing"):
            decided = decided or as_of
        on = int(arm.treated.sum())
        sizes = (on, len(arm.mine) - on)
        rails = () if stops else tuple(so_far.rails(arm))
        found.append(Followed(so_far, name, *sizes, made, looks, decided, planned, left, arm.sizes, rails))
    return found


def _history(rows: Sequence[dict[str, Any]], lots: Lots) -> list[tuple[date, Look]]:
    """Looks as they were kept, with their days; a share of the days is told anew, as the plan now has so many."""
    found = []
    for row in rows:
        told = None
        if row["value"] is not None:
            told = Estimate(row["value"], row["low"], row["high"], row["treated"] + row["held_out"])
        fraction = (row["as_of"] - lots.start).days / (lots.end - lots.start).days
        if row["state"] in DECIDED:
            fraction = row["fraction"]
        elif not 0 < fraction < 1:
            continue
        found.append((row["as_of"], Look(fraction, row["information"], row["boundary"], row["z"], row["state"], told)))
    return found


def _last_read(history: Sequence[tuple[date, Look]]) -> date | None:
    return max((day for day, one in history if one.z is not None), default=None)


def _planned_effect(workspace: Workspace, design: Design) -> float | None:
    """The effect per person that the test is to find; where none was fixed, that which pays for a contact."""
    plan = workspace.settings.plan
    if design.planned_effect is not None:
        return design.planned_effect
    breaks_even = {CONTRIBUTION: plan.contact_cost_used, "net_sales": plan.contact_cost_used / plan.margin_used}
    return breaks_even.get(design.primary) or None


def look_row(one: Followed, as_of: date) -> dict[str, Any]:
    """A row of ``LOOKS``."""
    lots, found = one.so_far.lots, one.found
    return {
        "as_of": as_of,
        "campaign_id": lots.name,
        "arm": one.arm,
        "outcome": lots.design.primary,
        "starts_on": lots.start,
        "ends_on": lots.end - timedelta(days=1),
        "treated": one.treated,
        "held_out": one.held_out,
        "fraction": found.fraction,
        "information": found.information,
        "boundary": found.boundary,
        "z": found.z,
        "state": found.state,
        "looks": one.looks,
        "decided_on": one.decided_on,
        "planned_effect": one.planned_effect,
        "days_left": one.days_left,
        "mismatch_p": one.sizes.p_value,
        **per_unit(found.told),
    }


def _rail_rows(one: Followed, as_of: date) -> list[dict[str, Any]]:
    return [
        {
            "as_of": as_of,
            "campaign_id": one.so_far.lots.name,
            "arm": one.arm,
            "outcome": rail.name,
            "allowed": rail.limit,
            "state": rail.state,
            **per_unit(rail.change),
        }
        for rail in one.rails
    ]


def _json(one: Followed, as_of: date) -> dict[str, Any]:
    row = look_row(one, as_of)
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
    rails = [
        {"name": rail.name, "allowed": rail.limit, "state": rail.state} | per_unit(rail.change) for rail in one.rails
    ]
    return plain | {"guard_rails": rails}


def _table(table: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return rounded(pa.Table.from_pylist(rows, schema=table.schema().to_pyarrow()))

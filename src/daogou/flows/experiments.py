"""Finished campaigns that kept a control group: what each earned beyond it, and what all together have taught."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from daogou.flows.campaign_costs import CampaignCost, campaign_costs
from daogou.flows.experiment_joined import by_offer, by_year
from daogou.flows.experiment_lines import lines
from daogou.flows.experiment_readings import Told, told
from daogou.flows.experiment_rows import changed, joined_json, joined_row, reading_json, reading_rows
from daogou.flows.experiment_trials import anything_drawn, finished, programme
from daogou.flows.learnings import learnings
from daogou.flows.outcomes import made_ready
from daogou.flows.workspace import Workspace
from daogou.store.rounding import rounded
from daogou.store.tables import LEARNINGS, PAST_CAMPAIGNS, READINGS, Table
from daogou.store.warehouse import Warehouse


def experiments(workspace: Workspace, warehouse: Warehouse, as_of: date) -> tuple[dict[str, Any], list[str]]:
    """Write ``READINGS`` and ``LEARNINGS`` at ``as_of``; the part of the stage's JSON, and its lines.

    Readings of earlier ``as_of`` stay as they were.
    """
    found, overall = _told(workspace, warehouse, as_of) if anything_drawn(workspace, warehouse) else ([], [])
    about = _about(warehouse)
    offers = by_offer(found, {name: row["kind"] or "" for name, row in about.items()})
    years, learnt = by_year(found), learnings(found, about, as_of)
    rows = [row for one in (*found, *overall) for row in reading_rows(one, as_of)]
    rows += [joined_row(one, as_of) for one in (*offers, *years)]
    changes = changed(warehouse, rows, as_of, workspace.settings.money.return_days)
    warehouse.replace(READINGS, _table(READINGS, rows), as_of=as_of)
    warehouse.replace(LEARNINGS, _table(LEARNINGS, learnt), as_of=as_of)
    currency = workspace.settings.company.currency
    summary = {
        "campaigns": [reading_json(one) for one in found],
        "offers": [joined_json(one) for one in offers],
        "years": [joined_json(one) for one in years],
        "programme": [reading_json(one) for one in overall],
        "learnings": [_plain(row) for row in learnt],
        "changed": changes,
    }
    return summary, lines(found, offers, overall, learnt, changes, currency, as_of)


def _told(workspace: Workspace, warehouse: Warehouse, as_of: date) -> tuple[list[Told], list[Told]]:
    """Readings of finished campaigns, and of global holdouts."""
    found: list[Told] = []
    overall: list[Told] = []
    costs: Mapping[str, CampaignCost] | None = None
    with made_ready(workspace, warehouse, as_of) as made_with:
        for lots in finished(workspace, warehouse, as_of):
            costs = campaign_costs(workspace, warehouse, as_of) if costs is None else costs
            cost = costs[lots.name].reaching if lots.name in costs else 0.0
            found += told(warehouse, lots, cost, made_with, as_of)
        for lots in programme(workspace, warehouse, as_of):
            overall += told(warehouse, lots, 0.0, made_with, as_of)
    return found, overall


def _about(warehouse: Warehouse) -> dict[str, dict[str, str | None]]:
    rows = warehouse.table(PAST_CAMPAIGNS).select("campaign_id", "kind", "channel")
    return {row["campaign_id"]: row for row in warehouse.to_arrow(rows).to_pylist()}


def _table(table: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return rounded(pa.Table.from_pylist(rows, schema=table.schema().to_pyarrow()))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: row[name].isoformat() for name in ("as_of", "last_on")}

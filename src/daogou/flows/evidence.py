"""How each campaign's effect can be known: by lots, regions, weeks, a platform's study, or not at all."""

from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from daogou.campaign.audience import is_audience
from daogou.flows.plan_units import KIND
from daogou.flows.workspace import Workspace
from daogou.measure.experiment import region_sentences as say
from daogou.report import figures
from daogou.store.tables import ASSIGNMENTS, EVIDENCE, LIFT_STUDIES, PAST_CAMPAIGNS, UNIT_ASSIGNMENTS
from daogou.store.warehouse import Warehouse

NONE = "none"
_STRENGTH = ("lots", "regions", "weeks", "lift_study", NONE)  # the strongest counts
_BY_UNIT = {"household": "lots", "store": "lots", "region": "regions", "time": "weeks"}
_NO_CAMPAIGN = ("holdout", "refused")  # states of the ledger
_DESIGNED = {"customer": "lots", **_BY_UNIT}


def evidence(workspace: Workspace, warehouse: Warehouse, as_of: date) -> tuple[dict[str, Any], list[str]]:
    """Write ``EVIDENCE`` at ``as_of``: every campaign, test, study and draft; the stage's JSON, and its lines."""
    found: dict[str, dict[str, Any]] = {}
    sources = (
        _campaigns(workspace, warehouse, as_of),
        _unit_tests(warehouse, as_of),
        _studies(warehouse, as_of),
        _drafts(workspace, as_of),
    )
    for row in (row for rows in sources for row in rows):
        before = found.get(row["campaign_id"])
        if before is None or _STRENGTH.index(row["kind"]) < _STRENGTH.index(before["kind"]):
            channel = row["channel"] or (before or row)["channel"]
            found[row["campaign_id"]] = row | {"channel": channel}
    rows = [row | {"as_of": as_of} for _name, row in sorted(found.items())]
    warehouse.replace(EVIDENCE, pa.Table.from_pylist(rows, schema=EVIDENCE.schema().to_pyarrow()), as_of=as_of)
    untested = [row for row in rows if row["kind"] == NONE]
    summary: dict[str, Any] = {
        "campaigns": [{name: value for name, value in row.items() if name != "as_of"} for row in rows],
        "tested": len(rows) - len(untested),
        "untested": len(untested),
        "lift_studies": studies(warehouse, as_of),
    }
    lines = [study_line(row, workspace.settings.company.currency) for row in summary["lift_studies"][-2:]]
    return summary, [*lines, *([say.evidence_text(summary["tested"], len(untested))] if rows else [])]


def study_line(row: dict[str, Any], currency: str) -> str:
    """What a platform's own study says, in the current language: orders where it tells them, else their value."""
    name = "incremental_orders" if row["incremental_orders"] is not None else "incremental_value"
    write = figures.count if name == "incremental_orders" else lambda value: figures.money(value, currency)
    value = write(row[name])
    if row[f"{name}_low"] is not None and row[f"{name}_high"] is not None:
        value = f"{value} ({figures.between(write(row[f'{name}_low']), write(row[f'{name}_high']))})"
    said = say.orders_text(value) if name == "incremental_orders" else value
    return say.study_text(row["study_id"], row["platform"], row["channel"], said)


def studies(warehouse: Warehouse, as_of: date) -> list[dict[str, Any]]:
    """Lift studies that ended before ``as_of``, oldest first, figures as float64."""
    rows = warehouse.table(LIFT_STUDIES)
    rows = rows.filter(rows.ends_on < _day(as_of))
    amounts = [name for name in LIFT_STUDIES.names if name.startswith("incremental_")]
    rows = rows.mutate(channel=rows.channel.strip().lower(), **{name: rows[name].cast("float64") for name in amounts})
    told = warehouse.to_arrow(rows.order_by("ends_on", "study_id")).to_pylist()
    return [
        {name: v.isoformat() if isinstance(v, date) else v for name, v in row.items() if name != "source"}
        for row in told
    ]


def _campaigns(workspace: Workspace, warehouse: Warehouse, as_of: date) -> list[dict[str, Any]]:
    """Campaigns that began before ``as_of``, and those that only assignments name."""
    campaigns, drawn = warehouse.table(PAST_CAMPAIGNS), warehouse.table(ASSIGNMENTS)
    by_lot = (drawn.arm == "holdout") & (drawn.propensity > 0) & (drawn.propensity < 1)
    known: ir.Table = drawn.group_by("campaign_id").aggregate(
        lots=by_lot.any(), held_out=(drawn.arm == "holdout").any(), treated=(drawn.arm != "holdout").any()
    )
    begun = campaigns.filter(campaigns.starts_on < _day(as_of)).select("campaign_id", "channel")
    later = campaigns.filter(campaigns.starts_on >= _day(as_of))
    rows = begun.outer_join(known.anti_join(later, "campaign_id"), "campaign_id")
    rows = rows.mutate(campaign_id=ibis.coalesce(rows.campaign_id, rows.campaign_id_right)).drop("campaign_id_right")
    affiliates = workspace.settings.attribution.affiliates
    return [_campaign(row, affiliates) for row in warehouse.to_arrow(rows.order_by("campaign_id")).to_pylist()]


def _campaign(row: dict[str, Any], affiliates: list[str]) -> dict[str, Any]:
    channel = (row["channel"] or "").strip().lower()
    if row["lots"] and row["treated"]:
        return _row(row["campaign_id"], "lots", channel)
    if is_audience(channel, affiliates):
        why = "audience_channel"
    elif row["treated"] is None:
        why = "nobody_known"
    elif row["held_out"]:
        why = "no_lots"
    else:
        why = "everyone_reached"
    return _row(row["campaign_id"], NONE, channel, why)


def _unit_tests(warehouse: Warehouse, as_of: date) -> list[dict[str, Any]]:
    rows = warehouse.table(UNIT_ASSIGNMENTS)
    by = rows.group_by("campaign_id").aggregate(
        unit=rows.unit.min(),
        channel=rows.channel.strip().lower().min(),
        starts_on=rows.starts_on.min(),
        drawn=((rows.propensity > 0) & (rows.propensity < 1)).all(),
        untold=rows.propensity.isnull().any(),
    )
    found = warehouse.to_arrow(by.filter(by.starts_on < _day(as_of)).order_by("campaign_id")).to_pylist()
    return [
        _row(row["campaign_id"], _BY_UNIT[row["unit"]], row["channel"])
        if row["drawn"] and not row["untold"]
        else _row(row["campaign_id"], NONE, row["channel"], "no_lots")
        for row in found
    ]


def _studies(warehouse: Warehouse, as_of: date) -> list[dict[str, Any]]:
    return [
        _row(row["campaign_id"] or row["study_id"], "lift_study", row["channel"]) for row in studies(warehouse, as_of)
    ]


def _drafts(workspace: Workspace, as_of: date) -> list[dict[str, Any]]:
    """What was planned here: by what it will be read, or that it cannot be tested. A draft counts until its day."""
    with workspace.ledger() as ledger:
        planned = [
            one
            for one in ledger.campaigns()
            if one.state not in _NO_CAMPAIGN
            and (one.state != "draft" or one.summary.get("starts_on", "") >= as_of.isoformat())
        ]
    found = []
    for one in planned:
        told, channel = one.summary, str(one.summary.get("channel") or "")
        design = told.get("design")
        if told.get("kind") == KIND:
            row = _row(one.name, _DESIGNED[design["unit"]], channel) if design else None
            found.append(row or _row(one.name, NONE, channel, "cannot_switch"))
        elif told.get("held_out"):
            found.append(_row(one.name, _DESIGNED[design["unit"]] if design else "lots", channel))
        else:
            found.append(_row(one.name, NONE, channel, "everyone_reached"))
    return found


def _row(campaign: str, kind: str, channel: str, why: str | None = None) -> dict[str, Any]:
    return {"campaign_id": campaign, "kind": kind, "channel": channel, "why": why}


def _day(day: date) -> ir.DateScalar:
    return ibis.date(day.isoformat())

"""Stage report: publish a release, switch to it, and write the page."""

import os
from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from daogou.base.clock import Clock
from daogou.base.words import gettext as _
from daogou.flows.contexts import contexts
from daogou.flows.contexts.predictions import card_files, file_names
from daogou.flows.workspace import Progress, StageReport, Workspace
from daogou.report.page import render
from daogou.store import models, release
from daogou.store.tables import DERIVED, LOOKS, MODELS, READINGS, TAGS, Table
from daogou.store.warehouse import Warehouse


def report(workspace: Workspace, clock: Clock, progress: Progress) -> StageReport:
    """Publish everything computed for this moment, and write ``report.html`` beside ``daogou.toml``.

    The switch of ``current`` is the only commit. The page names customers by the company's own ids, which no release
    may hold, and so it lies outside.
    """
    with workspace.warehouse() as warehouse, workspace.ledger() as ledger:
        as_of = workspace.as_of(warehouse)
        progress(0.0, _("gathering"))
        tables = released(warehouse, as_of)
        kept = _model_files(tables[MODELS.name])
        campaigns = ledger.campaigns()
        files = {name: models.get(workspace.artefacts, sha256) for name, sha256 in kept.items()}
        files |= card_files(workspace, warehouse, as_of)
        page = workspace.report.with_suffix(".writing")

        def write_page(release_id: str) -> None:
            progress(0.5, _("writing the page"))
            text = render(contexts(workspace, warehouse, ledger, release_id))
            handle = os.open(page, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # it names customers
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)

        about = {"as_of": as_of.isoformat(), "plans": [campaign.plan_sha for campaign in campaigns]}
        release_id = release.publish(workspace.releases, tables, files, about, clock(), write_page)
        page.replace(workspace.report)
        models.sweep(workspace.artefacts, {*kept.values(), *about["plans"], *_other_models(warehouse)})
    progress(1.0, _("written"))
    summary: dict[str, Any] = {"report": str(workspace.report), "release": release_id}
    return StageReport(summary, [_("Open {path} in a browser.").format(path=workspace.report)])


def released(warehouse: Warehouse, as_of: date) -> dict[str, pa.Table]:
    """The tables of a release: what was computed for ``as_of``, and tags, readings and looks with their past."""
    tables = {table.name: _rows(warehouse, table, as_of) for table in DERIVED if "as_of" in table.names}
    histories = {table.name: warehouse.table(table).order_by(*table.key) for table in (TAGS, READINGS, LOOKS)}
    return tables | {name: warehouse.to_arrow(rows) for name, rows in histories.items()}


def _rows(warehouse: Warehouse, table: Table, as_of: Any) -> pa.Table:
    rows = warehouse.table(table)
    return warehouse.to_arrow(rows.filter(rows.as_of == ibis.literal(as_of)).order_by(*table.key))


def _model_files(rows: pa.Table) -> dict[str, str]:
    """The artefact of each model by its file's path: a target is named by people, and a name of theirs is no path."""
    told = sorted((row["name"], row["artefact"]) for row in rows.to_pylist())
    parts = [name.partition("/") for name, _artefact in told]
    paths: dict[str, str] = {}
    for stage in dict.fromkeys(part[0] for part in parts):
        mine = [(part[2], told[n][1]) for n, part in enumerate(parts) if part[0] == stage]
        for name, one in zip(file_names([one[0] for one in mine]), mine, strict=True):
            paths[f"models/{stage}/{name}" if name else f"models/{stage}"] = one[1]
    return paths


def _other_models(warehouse: Warehouse) -> list[str]:
    """Artefacts of models of other moments, which their rows still name."""
    return warehouse.to_arrow(warehouse.table(MODELS).select("artefact"))["artefact"].to_pylist()  # type: ignore[no-any-return]

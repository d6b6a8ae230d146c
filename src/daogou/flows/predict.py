"""Stage predict: who will buy what, who is leaving, and how much will be bought."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from daogou.base.clock import Clock
from daogou.base.words import gettext as _
from daogou.flows.after_scores import answer_again
from daogou.flows.calendar import market
from daogou.flows.model_cards import Now, earlier_runs, made, write_cards
from daogou.flows.model_drift import Made, drift_lines, drift_summary
from daogou.flows.model_groups import Divisions
from daogou.flows.predict_plans import planned
from daogou.flows.predict_rows import Company, Sources
from daogou.flows.response import respond
from daogou.flows.value import value
from daogou.flows.workspace import Progress, StageReport, Workspace
from daogou.predict import BGNBD
from daogou.predict import sentences as say
from daogou.predict.festivals import Windows
from daogou.predict.learn import WORTH, Lack, Learned, Rows, learn
from daogou.predict.reasons import strongest
from daogou.predict.settings import PredictSettings
from daogou.predict.target import Target
from daogou.profile.settings import SegmentSettings
from daogou.store import models
from daogou.store.rounding import rounded
from daogou.store.tables import EVALUATIONS, MODELS, SCORES, Table
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]
_PLAIN = SegmentSettings()
_NO_MARKET = Company()


@dataclass(frozen=True)
class Outcome:
    """What came of one target: models and scores of the customers of now, or what is lacking."""

    target: Target
    learned: Learned | Lack
    scores: tuple[dict[str, Any], ...] = ()
    card: Made | None = None
    windows: Windows | None = None


def predict(workspace: Workspace, _clock: Clock, progress: Progress) -> StageReport:
    """Write ``SCORES``, ``MODELS`` and the stage's ``EVALUATIONS`` at the workspace's moment.

    Raises:
        DaogouError: the settings name a category or an attribute that the company does not have.
    """
    with workspace.warehouse() as warehouse, warehouse.transaction():
        as_of = workspace.as_of(warehouse)
        progress(0.0, _("reading orders"))
        settings = workspace.settings
        company = Company(market(workspace), settings.profile)
        found = learned_targets(warehouse, as_of, settings.predict, progress, settings.segment, company)
        carded = [one.card for one in found if one.card]
        write_cards(warehouse, as_of, carded)
        _write(workspace, warehouse, as_of, found)
        progress(0.95, _("what customers are worth"))
        worth, told = value(workspace, warehouse, as_of)
        answers = respond(workspace, warehouse, as_of)
        answered = answer_again(workspace, warehouse, as_of)
    lines = [
        line
        for one in found
        for line in (
            say.told(one.target, one.learned),
            *say.at_risk(one.target, one.learned),
            *say.festive(one.target, one.windows),
            *say.warned(one.target, one.learned),
        )
    ]
    summary = _summary(found) | drift_summary(carded, as_of) | worth | answers.summary
    return StageReport(summary, [*lines, *drift_lines(carded, as_of), *told, *answers.lines, *answered])


def learned_targets(
    warehouse: Warehouse,
    as_of: date,
    settings: PredictSettings,
    progress: Progress,
    segments: SegmentSettings = _PLAIN,
    company: Company = _NO_MARKET,
) -> list[Outcome]:
    """Every target of the company at ``as_of``, in the order of the settings."""
    plans = planned(warehouse, as_of, settings, company)
    ready = {plan.target: plan.windows.moments for plan in plans if isinstance(plan.windows, Windows)}
    sources = Sources(warehouse, as_of, ready, settings, company) if ready else None
    tested = sorted({day for moments in ready.values() for day in moments.test})
    divisions = Divisions(warehouse, sources.everyone, tested, segments) if sources else None
    found = []
    for number, plan in enumerate(plans):
        progress(0.2 + 0.8 * number / len(plans), say.learning(plan.target))
        if isinstance(plan.windows, Lack):
            found.append(Outcome(plan.target, plan.windows))
            continue
        assert sources is not None  # noqa: S101 there is a target that is ready
        assert divisions is not None  # noqa: S101
        found.append(_outcome(sources, divisions, as_of, plan.target, plan.windows, settings))
    return found


def _outcome(
    sources: Sources, divisions: Divisions, as_of: date, target: Target, windows: Windows, settings: PredictSettings
) -> Outcome:
    rows = sources.rows(target)
    learned = learn(rows, windows.moments, target, settings)
    if isinstance(learned, Lack):
        return Outcome(target, learned, windows=windows)
    now = rows.at([as_of])
    told = learned.model.contributions(now.frame)
    predicted, why = learned.model.predict(now.frame), strongest(told, now.frame)
    card = None
    if not target.of_values:
        earlier = earlier_runs(sources.warehouse, as_of, target, partial(sources.outcomes, target))
        today = Now(now.frame, predicted, told)
        card = made(target, learned, rows, windows.moments, today, divisions, settings, as_of, earlier)
    return Outcome(target, learned, _scores(sources, as_of, target, learned, now, predicted, why), card, windows)


def _scores(
    sources: Sources,
    as_of: date,
    target: Target,
    learned: Learned,
    now: Rows,
    predicted: Array,
    why: list[str],
) -> tuple[dict[str, Any], ...]:
    """Rows of ``SCORES`` for the customers of now."""
    same = {"as_of": as_of, "target": target.name, "model": learned.champion}
    columns: dict[str, list[Any]] = {"customer_id": now.customer.tolist(), "reasons": why}
    if target.of_values:
        columns["value"] = np.maximum(predicted, 0.0).tolist()
    else:
        columns["probability"] = predicted.tolist()
    if target.is_leaving:
        worth = np.maximum(now.frame[WORTH].to_numpy(), 0.0)
        columns["value_at_risk"] = (predicted * worth).tolist()
    if target.kind == "churn":
        columns["alive"] = _alive(sources.alive(), now.customer)
    return tuple(same | dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))


def _alive(everyone: pa.Table, customer: Array) -> list[float | None]:
    """The probability of BG/NBD that each is still a customer; None where it cannot be fitted."""
    known = everyone["customer_id"].to_numpy()
    told = [everyone[name].to_numpy().astype(np.float64) for name in ("frequency", "recency", "age")]
    try:
        alive = BGNBD().fit(*told).alive(*told)
    except ValueError:  # nobody bought again, or all did the same
        return [None] * len(customer)
    found: list[float | None] = alive[np.searchsorted(known, customer)].tolist()
    return found


def _write(workspace: Workspace, warehouse: Warehouse, as_of: date, found: Iterable[Outcome]) -> None:
    scores: list[dict[str, Any]] = []
    evaluations: list[dict[str, Any]] = []
    kept: list[dict[str, Any]] = []
    for one in found:
        if isinstance(one.learned, Learned):
            scores += one.scores
            evaluations += _evaluations(as_of, one.target, one.learned)
            artefact = models.put(workspace.artefacts, one.learned.model.to_bytes())
            kind = type(one.learned.model).__name__
            kept.append({"as_of": as_of, "name": f"predict/{one.target.name}", "kind": kind, "artefact": artefact})
    warehouse.replace(SCORES, rounded(_table(SCORES, scores)), as_of=as_of)
    warehouse.replace(EVALUATIONS, rounded(_table(EVALUATIONS, evaluations)), as_of=as_of, stage="predict")
    before = warehouse.table(MODELS)
    before = before.filter(before.as_of == ibis.date(as_of.isoformat()), before.name.startswith("predict/"))
    warehouse.delete_matching(MODELS, before.select("as_of", "name"))
    warehouse.append(MODELS, _table(MODELS, kept))


def _evaluations(as_of: date, target: Target, learned: Learned) -> list[dict[str, Any]]:
    return [
        {"as_of": as_of, "stage": "predict", "subject": target.name, "model": model, "metric": metric}
        | {name: value for name, value in estimate.as_dict().items() if name != "unit"}
        | {"is_champion": model == learned.champion}
        for model, metrics in learned.estimates.items()
        for metric, estimate in metrics.items()
        if not math.isnan(estimate.value)  # a line through one probability has no slope
    ]


def _table(table: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=table.schema().to_pyarrow())


def _summary(found: Iterable[Outcome]) -> dict[str, Any]:
    """Part ``predict`` holds target -> model -> metric; a target without models is empty, and its lack is told."""
    learned = {one.target.name: one.learned for one in found if isinstance(one.learned, Learned)}
    lacks = {one.target.name: one.learned for one in found if isinstance(one.learned, Lack)}
    return {
        "predict": {
            name: {
                model: {
                    metric: {key: estimate.as_dict()[key] for key in ("value", "low", "high")}
                    for metric, estimate in metrics.items()
                }
                for model, metrics in one.estimates.items()
            }
            for name, one in learned.items()
        }
        | {name: {} for name in lacks},
        "predict_champions": {name: one.champion for name, one in learned.items()},
        "predict_calibration": {name: one.calibration for name, one in learned.items()},
        "predict_festivals": {
            one.target.name: {
                "left_out": [day.isoformat() for day in one.windows.left_out],
                "held": sorted(one.windows.held),
                "now": sorted(one.windows.now),
            }
            for one in found
            if one.windows is not None and (one.windows.held or one.windows.now)
        },
        "predict_lacks": {name: say.lack(one) for name, one in lacks.items()},
        "predict_leaks": {name: [str(finding) for finding in one.findings] for name, one in learned.items()},
    }

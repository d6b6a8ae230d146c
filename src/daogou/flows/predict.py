"""Stage predict: who will buy what, and who will not order at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from daogou.base.clock import Clock
from daogou.base.words import gettext as _
from daogou.flows.after_scores import answer_again
from daogou.flows.workspace import Progress, StageReport, Workspace
from daogou.predict import sentences as say
from daogou.predict.history import event_days, frame, history, outcomes
from daogou.predict.learn import Lack, Learned, Rows, learn
from daogou.predict.reasons import strongest
from daogou.predict.settings import PredictSettings
from daogou.predict.target import Moments, Target, moments, needed_days, targets
from daogou.profile.features import numbers
from daogou.store import models
from daogou.store.rounding import rounded
from daogou.store.tables import EVALUATIONS, MODELS, ORDERS, SCORES, Table
from daogou.store.warehouse import Warehouse


@dataclass(frozen=True)
class Outcome:
    """What came of one target: models and scores of the customers of now, or what is lacking."""

    target: Target
    learned: Learned | Lack
    scores: tuple[dict[str, Any], ...] = ()


def predict(workspace: Workspace, _clock: Clock, progress: Progress) -> StageReport:
    """Write ``SCORES``, ``MODELS`` and the stage's ``EVALUATIONS`` at the workspace's moment.

    Raises:
        DaogouError: the settings name a category or an attribute that the company does not have.
    """
    with workspace.warehouse() as warehouse, warehouse.transaction():
        as_of = workspace.as_of(warehouse)
        progress(0.0, _("reading orders"))
        found = learned_targets(warehouse, as_of, workspace.settings.predict, progress)
        _write(workspace, warehouse, as_of, found)
        answered = answer_again(workspace, warehouse, as_of)
    lines = [
        line for one in found for line in (say.told(one.target, one.learned), *say.warned(one.target, one.learned))
    ]
    return StageReport(_summary(found), [*lines, *answered])


def learned_targets(warehouse: Warehouse, as_of: date, settings: PredictSettings, progress: Progress) -> list[Outcome]:
    """Every target of the company at ``as_of``, in the order of the settings."""
    first = warehouse.scalar(warehouse.table(ORDERS).local_day.min())
    wanted = targets(warehouse, as_of, settings)
    plans = {target: moments(first, as_of, target.days, settings) for target in wanted}
    ready = {target: plan for target, plan in plans.items() if plan.test}
    sources = _Sources(warehouse, as_of, ready, settings) if ready else None
    found = []
    for place, target in enumerate(wanted):
        progress(0.2 + 0.8 * place / len(wanted), say.learning(target))
        if sources is None or target not in ready:
            days = (as_of - first).days
            found.append(Outcome(target, Lack("days", days, needed_days(target.days, settings))))
        else:
            found.append(_outcome(sources.rows(target), as_of, target, ready[target], settings))
    return found


class _Sources:
    """Profiles and histories at every moment of every target, computed once."""

    def __init__(
        self, warehouse: Warehouse, as_of: date, plans: Mapping[Target, Moments], settings: PredictSettings
    ) -> None:
        self.warehouse, self.attributes = warehouse, settings.attributes
        cuts = sorted({as_of}.union(*(plan.train + plan.test + plan.known for plan in plans.values())))
        people = numbers(warehouse, cuts, attributes=bool(settings.attributes))
        recent = people.filter(people.recency_days <= settings.population_days)
        self.people = warehouse.materialise("predict_people", recent)
        categories = [target.category for target in plans if target.category]
        self.days = warehouse.materialise("predict_days", event_days(warehouse, categories))
        self.past = warehouse.materialise("predict_past", history(self.days, cuts))

    def rows(self, target: Target) -> Rows:
        columns = frame(self.people, self.past, target.category, self.attributes)
        happened = outcomes(self.days, self.people, target.category, target.days, target.absence)
        return Rows.of(self.warehouse.to_arrow(columns), self.warehouse.to_arrow(happened))


def _outcome(rows: Rows, as_of: date, target: Target, plan: Moments, settings: PredictSettings) -> Outcome:
    learned = learn(rows, plan, target, settings)
    if isinstance(learned, Lack):
        return Outcome(target, learned)
    now = rows.at([as_of])
    why = strongest(learned.model.contributions(now.frame), now.frame)
    said = zip(now.customer.tolist(), learned.model.predict(now.frame).tolist(), why, strict=True)
    row = {"as_of": as_of, "target": target.name, "model": learned.champion}
    scores = tuple(row | {"customer_id": who, "probability": p, "reasons": reasons} for who, p, reasons in said)
    return Outcome(target, learned, scores)


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
        "predict_lacks": {name: say.lack(one) for name, one in lacks.items()},
        "predict_leaks": {name: [str(finding) for finding in one.findings] for name, one in learned.items()},
    }

"""``daogou evaluate uplift``: what finished campaigns with a control group say about whom to send to."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.flows.uplift_choice import Chosen, choose_uplift
from daogou.flows.uplift_models import keep_models
from daogou.flows.uplift_rows import FEWEST, CampaignTrial, known, trials
from daogou.flows.uplift_table import both, summary
from daogou.flows.workspace import StageReport, Workspace
from daogou.measure import uplift_sentences as say
from daogou.measure.uplift_kept import to_json
from daogou.predict import uplift_reasons
from daogou.predict.reasons import strongest
from daogou.predict.uplift_reach import Outside
from daogou.profile.apart_words import measure
from daogou.report import figures
from daogou.store.rounding import rounded
from daogou.store.tables import ASSIGNMENTS, EVALUATIONS, UPLIFT_ADVICES, UPLIFTS, Table
from daogou.store.warehouse import Warehouse

STAGE = "evaluate uplift"
EXPLAINED = 2_000  # customers with the largest effects whose reasons are kept


@dataclass(frozen=True)
class _Found:
    """One campaign's trial and what it advises."""

    trial: CampaignTrial
    chosen: Chosen
    drivers: list[uplift_reasons.Driver]
    outside: Outside  # how far the customers of now are from those of the trial


def evaluate_uplift(workspace: Workspace, shared: Sequence[str] = ()) -> StageReport:
    """Advice of every finished campaign with a control group; writes what :func:`_write` does.

    The outcome is the contribution of each customer in ``[plan] outcome_days`` from the start, the cost that of a
    contact. ``shared`` says how people affect each other.

    Raises:
        DaogouError: there are no orders, or people affect each other so that single customers tell nothing.
    """
    plan = workspace.settings.plan
    with workspace.warehouse() as warehouse, warehouse.transaction():
        as_of = workspace.as_of(warehouse)
        asked = trials(warehouse, as_of, plan.outcome_days)
        enough = [one for one in asked if one.smallest >= FEWEST and np.ptp(one.outcome)]
        everyone = known(warehouse, as_of) if enough else None
        found = [
            _learned(one, everyone, plan.margin_used, plan.contact_cost_used, shared)
            for one in enough
            if everyone is not None
        ]
        _write(workspace, warehouse, as_of, found, everyone)
        assigned = warehouse.count(ASSIGNMENTS)
    few = [one for one in asked if one.campaign not in {done.trial.campaign for done in found}]
    currency = workspace.settings.company.currency
    lines = both(lambda: _lines(found, few, assigned, currency, plan.outcome_days))
    return StageReport(
        {
            "as_of": as_of.isoformat(),
            "campaigns": {one.trial.campaign: summary(one.chosen) | {"outside": asdict(one.outside)} for one in found},
            "too_few": {one.campaign: one.smallest for one in few},
            "lines": lines,
        },
        _lines(found, few, assigned, currency, plan.outcome_days),
    )


def _learned(one: CampaignTrial, everyone: pa.Table, margin: float, cost: float, shared: Sequence[str]) -> _Found:
    try:
        chosen = choose_uplift(
            one.frame, one.treated, one.outcome * margin, cost, one.propensity, units=None, shared=shared
        )
    except ValueError as error:
        where = _("campaign {name}").format(name=one.campaign)
        raise DaogouError(str(error), where, _("See docs/methods/uplift.md for what a trial must hold.")) from None
    drivers = uplift_reasons.drivers(chosen.model, one.frame)
    return _Found(one, chosen, drivers, chosen.model.outside(everyone.drop_columns(["customer_id"])))


def _lines(found: Sequence[_Found], few: Sequence[CampaignTrial], assigned: int, currency: str, days: int) -> list[str]:
    if not found and not few:
        return [nothing(assigned)]
    show = partial(figures.money, currency=currency)
    lines = []
    for one in found:
        lines.append(
            _(
                "campaign {name}, from {start}: contribution in {days} days of {n} customers, {held} of them in the"
                " control group"
            ).format(
                name=one.trial.campaign,
                start=figures.day(one.trial.start),
                days=days,
                n=f"{len(one.trial.customer):,}",
                held=f"{int((one.trial.treated == 0).sum()):,}",
            )
        )
        lines += [f"  {line}" for line in say.lines(one.chosen.advice, show, one.chosen.qini)]
        lines += [f"  {line}" for line in uplift_reasons.said(one.drivers, measure)]
        lines += [f"  {line}" for line in [one.outside.said(measure)] if line]
    for lacking in few:
        lines.append(
            _(
                "campaign {name}: not enough data: the smaller group has {have} customers; {need} in each, and some"
                " orders, are needed"
            ).format(name=lacking.campaign, have=lacking.smallest, need=FEWEST)
        )
    return lines


def nothing(assigned: int, held_out: bool = False) -> str:
    """Why no uplift is known."""
    if held_out:
        return _("A control group was kept. 'daogou evaluate uplift' says whom its campaign changed, once it is over.")
    if assigned:
        return _(
            "No finished campaign drew by lot who gets nothing, so nobody can say whom a message changes. Keep a"
            " control group in the next one: 'daogou plan' draws it, and imported assignments need arm and propensity."
        )
    return _(
        "No assignments of campaigns are known, so nobody can say whom a message changes. Keep a control group in the"
        " next one: 'daogou plan' draws it."
    )


def _write(
    workspace: Workspace, warehouse: Warehouse, as_of: date, found: Sequence[_Found], everyone: pa.Table | None
) -> None:
    cost, days = workspace.settings.plan.contact_cost_used, workspace.settings.plan.outcome_days
    effects = [_uplifts(as_of, one, everyone, cost) for one in found if everyone is not None]
    schema = UPLIFTS.schema().to_pyarrow()
    warehouse.replace(UPLIFTS, rounded(pa.concat_tables([schema.empty_table(), *effects])), as_of=as_of)
    advices = [
        {
            "as_of": as_of,
            "campaign_id": one.trial.campaign,
            "days": days,
            "customers": len(one.trial.customer),
            "action": one.chosen.advice.action,
            "model": one.chosen.advice.model,
            "share": one.chosen.advice.share,
            "advice": to_json(one.chosen.advice),
            "drivers": json.dumps([asdict(driver) for driver in one.drivers], ensure_ascii=False),
            "outside": json.dumps(asdict(one.outside), ensure_ascii=False),
        }
        for one in found
    ]
    warehouse.replace(UPLIFT_ADVICES, rounded(_table(UPLIFT_ADVICES, advices)), as_of=as_of)
    rows = [row for one in found for row in _evaluations(as_of, one)]
    warehouse.replace(EVALUATIONS, rounded(_table(EVALUATIONS, rows)), as_of=as_of, stage=STAGE)
    keep_models(workspace, warehouse, as_of, {one.trial.campaign: one.chosen.model for one in found})


def _uplifts(as_of: date, one: _Found, everyone: pa.Table, cost: float) -> pa.Table:
    """What such a message would change in each customer of now."""
    frame = everyone.drop_columns(["customer_id"])
    advice = one.chosen.advice
    raw = one.chosen.model.effect(frame)
    effect = advice.shrinkage.of(raw[:, None])[:, 0]
    tenths = advice.tenths[0]
    near = np.abs(effect[:, None] - np.array([tenth.told for tenth in tenths])).argmin(axis=1)
    low, high = (np.array([getattr(tenth.shown, end) for tenth in tenths])[near] for end in ("low", "high"))
    reasons: list[str | None] = [None] * len(effect)
    first = np.sort(np.argsort(-effect, kind="stable")[:EXPLAINED])
    shown = frame.take(pa.array(first))
    for place, text in zip(first, strongest(one.chosen.model.contributions(shown), shown), strict=True):
        reasons[place] = text
    return pa.table(
        {
            "customer_id": everyone["customer_id"],
            "as_of": [as_of] * len(effect),
            "campaign_id": [one.trial.campaign] * len(effect),
            "model": [advice.model] * len(effect),
            "effect": effect,
            "low": pa.array(low, mask=np.isnan(low)),
            "high": pa.array(high, mask=np.isnan(high)),
            "chosen": advice.choose(raw, cost) > 0,
            "reasons": pa.array(reasons, pa.string()),
        },
        schema=UPLIFTS.schema().to_pyarrow(),
    )


def _evaluations(as_of: date, one: _Found) -> list[dict[str, Any]]:
    advice = one.chosen.advice
    used = {"target": "targeted", "test": ""}.get(advice.action, advice.action)
    told = [(name, "profit", estimate, name == used) for name, estimate in advice.profits.items()]
    told += [(advice.model, "qini", estimate, True) for estimate in one.chosen.qini]
    told += [(advice.model, "effect", advice.effect[0], True)]
    return [
        {
            "as_of": as_of,
            "stage": STAGE,
            "subject": one.trial.campaign,
            "model": model,
            "metric": metric,
            "is_champion": used,
        }
        | {name: value for name, value in estimate.as_dict().items() if name != "unit"}
        for model, metric, estimate, used in told
        if estimate.value == estimate.value
    ]


def _table(table: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=table.schema().to_pyarrow())

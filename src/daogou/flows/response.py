"""Target response: who answers a campaign, learned from past ones, for campaigns that are planned."""

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.flows.workspace import StageReport, Workspace
from daogou.predict import history, load
from daogou.predict import response as asked_of
from daogou.predict import response_sentences as say
from daogou.predict.base import Predictor
from daogou.predict.reasons import strongest
from daogou.predict.response import Campaigns
from daogou.predict.response_learn import Answers, Few, Reached, learn
from daogou.predict.settings import PredictSettings
from daogou.profile.features import numbers
from daogou.store import models
from daogou.store.rounding import rounded
from daogou.store.tables import ASSIGNMENTS, EVALUATIONS, MODELS, OFFERS, ORDERS, PAST_CAMPAIGNS, SCORES, Table
from daogou.store.warehouse import Warehouse

NAME = "response"  # of the target; a planned campaign's scores are "response CAMPAIGN"
_PER_MOMENT = ("hits_in_100", "random_in_100")  # of lists of equal length, which campaigns are not


def respond(workspace: Workspace, warehouse: Warehouse, as_of: date) -> StageReport:
    """Learn who answers and write ``EVALUATIONS`` and ``MODELS``; ``SCORES`` of campaigns that begin from ``as_of`` on.

    Nothing where no campaign is imported, or the settings say so. Called inside the stage's transaction, after it
    wrote its own rows.
    """
    settings = workspace.settings.predict
    if not (settings.response and warehouse.count(PAST_CAMPAIGNS)):
        return StageReport({})
    rows = reached(warehouse, as_of, settings)
    found = learn(rows, as_of, settings.resamples, settings.seed) if len(rows) else Few("campaigns", 0, 2)
    if isinstance(found, Answers):
        artefact = models.put(workspace.artefacts, found.model.to_bytes())
        kind = type(found.model).__name__
        _append(warehouse, MODELS, [{"as_of": as_of, "name": f"predict/{NAME}", "kind": kind, "artefact": artefact}])
        _append(warehouse, EVALUATIONS, _evaluations(as_of, found))
        _append(warehouse, SCORES, _planned(warehouse, as_of, settings, found))
    return StageReport(_summary(found), say.told(found))


def reached(warehouse: Warehouse, as_of: date, settings: PredictSettings) -> Reached:
    """Everyone whom a past campaign reached, as of its first day, with what they did; incomplete campaigns too.

    Left out are campaigns that began before there were orders to know people by.
    """
    first = warehouse.scalar(warehouse.table(ORDERS).local_day.min())
    asked = asked_of.past(warehouse, first, as_of)
    frame = warehouse.to_arrow(asked_of.frame(warehouse, asked, _profiles(warehouse, asked, settings)))
    happened = warehouse.to_arrow(asked_of.outcomes(warehouse, asked, as_of))
    ends = warehouse.to_arrow(warehouse.table(PAST_CAMPAIGNS).select("campaign_id", "ends_on"))
    last = dict(zip(ends["campaign_id"].to_pylist(), ends["ends_on"].to_pylist(), strict=True))
    campaign = np.array(frame["campaign_id"].to_pylist(), dtype=str)
    return Reached(
        frame.drop_columns([*asked_of.KEY, "as_of"]),
        campaign,
        frame["customer_id"].to_numpy(),
        frame["as_of"].to_numpy().astype("datetime64[D]"),
        np.array([last[one] for one in campaign.tolist()], dtype="datetime64[D]"),
        happened["outcome"].to_numpy(),
    )


def probabilities(
    workspace: Workspace, warehouse: Warehouse, as_of: date, offer: pa.Table, kind: str | None, days: int
) -> pa.Table | None:
    """``customer_id`` and ``probability`` to answer a campaign of today, of everyone who ordered lately.

    ``offer`` has the columns offer_id and item_id: what it would hold for; ``kind`` is the company's own word, as in
    ``PAST_CAMPAIGNS``. None where no model was learned at ``as_of``.
    """
    table = warehouse.table(MODELS)
    mine = table.filter(table.as_of == ibis.date(as_of.isoformat()), table.name == f"predict/{NAME}")
    kept = warehouse.to_arrow(mine)["artefact"].to_pylist()
    if not kept:
        return None
    model = load(models.get(workspace.artefacts, kept[0]))
    settings = workspace.settings.predict
    row = {"campaign_id": [""], "kind": pa.array([kind], pa.string()), "as_of": [as_of], "days": pa.array([days])}
    campaigns = warehouse.materialise("response_planned", pa.table(row))
    offers = pa.table({"campaign_id": pa.array([""] * len(offer), pa.string()), **_columns(offer)})
    people = _lately(warehouse, as_of, settings).mutate(campaign_id=ibis.literal(""))
    asked = Campaigns(campaigns, warehouse.materialise("response_planned_offers", offers), people)
    frame, probability = _scored(warehouse, asked, settings, model)
    return pa.table({"customer_id": frame["customer_id"], "probability": probability})


def _profiles(warehouse: Warehouse, asked: Campaigns, settings: PredictSettings) -> ir.Table:
    """Profiles and history of orders on the campaigns' first days."""
    cuts = sorted(set(warehouse.to_arrow(asked.campaigns.select("as_of"))["as_of"].to_pylist()))
    cuts = cuts or [warehouse.scalar(warehouse.table(ORDERS).local_day.min())]
    people = warehouse.materialise("response_people", numbers(warehouse, cuts, bool(settings.attributes)))
    days = warehouse.materialise("response_days", history.event_days(warehouse, ()))
    past = warehouse.materialise("response_past", history.history(days, cuts))
    known = history.frame(people, past, history.ANY, settings.attributes)
    return warehouse.materialise("response_profiles", known)


def _planned(warehouse: Warehouse, as_of: date, settings: PredictSettings, found: Answers) -> list[dict[str, Any]]:
    """Rows of ``SCORES`` for imported campaigns that have not begun, whose offer is known."""
    table = warehouse.table(PAST_CAMPAIGNS)
    coming = table.filter(table.starts_on >= ibis.date(as_of.isoformat()))
    coming = coming.semi_join(warehouse.table(OFFERS), "campaign_id")
    campaigns = coming.select(
        "campaign_id",
        "kind",
        as_of=ibis.date(as_of.isoformat()),
        days=coming.ends_on.delta(coming.starts_on, unit="day") + 1,
    )
    campaigns = warehouse.materialise("response_planned", campaigns)
    if not warehouse.scalar(campaigns.count()):
        return []
    assigned = warehouse.table(ASSIGNMENTS)
    open_ = campaigns.anti_join(assigned, "campaign_id").select("campaign_id")
    named = assigned.semi_join(campaigns, "campaign_id").select("campaign_id", customer_id="unit_id").distinct()
    people = named.union(open_.cross_join(_lately(warehouse, as_of, settings)).select("campaign_id", "customer_id"))
    offers = warehouse.table(OFFERS).select("campaign_id", "offer_id", "item_id").semi_join(campaigns, "campaign_id")
    asked = Campaigns(campaigns, offers, warehouse.materialise("response_planned_people", people))
    frame, probability = _scored(warehouse, asked, settings, found.model)
    columns = frame.drop_columns([*asked_of.KEY, "as_of"])
    why = strongest(found.model.contributions(columns), columns)
    return [
        {"customer_id": who, "as_of": as_of, "target": f"{NAME} {campaign}", "model": found.champion}
        | {"probability": p, "reasons": reasons}
        for who, campaign, p, reasons in zip(
            frame["customer_id"].to_pylist(), frame["campaign_id"].to_pylist(), probability.tolist(), why, strict=True
        )
    ]


def _scored(
    warehouse: Warehouse, asked: Campaigns, settings: PredictSettings, model: Predictor
) -> tuple[pa.Table, np.ndarray[Any, Any]]:
    frame = warehouse.to_arrow(asked_of.frame(warehouse, asked, _profiles(warehouse, asked, settings)))
    return frame, model.predict(frame.drop_columns([*asked_of.KEY, "as_of"]))


def _lately(warehouse: Warehouse, as_of: date, settings: PredictSettings) -> ir.Table:
    """``customer_id`` of everyone who is no guest and has an order in the last ``population_days``."""
    people = numbers(warehouse, [as_of])
    return people.filter(people.recency_days <= settings.population_days).select("customer_id")


def _evaluations(as_of: date, found: Answers) -> list[dict[str, Any]]:
    return [
        {"as_of": as_of, "stage": "predict", "subject": NAME, "model": model, "metric": metric}
        | {name: value for name, value in estimate.as_dict().items() if name != "unit"}
        | {"is_champion": model == found.champion}
        for model, metrics in found.estimates.items()
        for metric, estimate in metrics.items()
        if metric not in _PER_MOMENT and not math.isnan(estimate.value)  # a line through one probability has no slope
    ]


def _append(warehouse: Warehouse, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    warehouse.append(table, rounded(pa.Table.from_pylist(list(rows), schema=table.schema().to_pyarrow())))


def _columns(offer: pa.Table) -> dict[str, pa.Array]:
    return {name: offer[name].cast(pa.string()) for name in ("offer_id", "item_id")}


def _summary(found: Answers | Few) -> dict[str, Any]:
    if isinstance(found, Few):
        return {"predict_response": {"lack": say.lack(found)}}
    return {
        "predict_response": {
            "champion": found.champion,
            "from_day": found.from_day.isoformat(),
            "trained_on": found.trained,
            "tested_on": found.tested,
            "unfinished": found.unfinished,
            "leaks": [str(one) for one in found.findings],
            "models": {
                model: {
                    metric: {key: estimate.as_dict()[key] for key in ("value", "low", "high")}
                    for metric, estimate in metrics.items()
                    if metric not in _PER_MOMENT
                }
                for model, metrics in found.estimates.items()
            },
        }
    }

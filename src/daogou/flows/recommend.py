"""Stage recommend: compares the models on later purchases, then finds the best items for every customer."""

from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from daogou.base.clock import Clock
from daogou.base.words import gettext as _
from daogou.flows.workspace import Progress, StageReport, Workspace
from daogou.recommend import Interactions, ItemKNN, Picks, Popular, Recommender
from daogou.recommend.evaluate import DECIDING, FEWEST, Evaluation, evaluate
from daogou.recommend.settings import RecommendSettings
from daogou.store import models
from daogou.store.rounding import rounded
from daogou.store.tables import CUSTOMERS, EVALUATIONS, ITEMS, MODELS, ORDER_LINES, ORDERS, RECOMMENDATIONS
from daogou.store.warehouse import Warehouse

_SIMPLEST = "Popular"
_REASONS = 3  # items that stand as the reason of a pick
_EPOCH = date(1970, 1, 1)


def recommend(workspace: Workspace, _clock: Clock, progress: Progress) -> StageReport:
    """Write ``RECOMMENDATIONS``, and the stage's ``EVALUATIONS`` and ``MODELS``."""
    settings = workspace.settings.recommend
    with workspace.warehouse() as warehouse, warehouse.transaction():
        as_of = workspace.as_of(warehouse)
        progress(0.0, _("reading purchases"))
        bought = Interactions.from_frame(warehouse.to_arrow(_purchases(warehouse, as_of)), when="local_day")
        people = warehouse.to_arrow(_people(warehouse).order_by("customer_id")).column("customer_id")
        offered = _offered(warehouse, as_of)
        progress(0.1, _("comparing models on later purchases"))
        cut = (as_of - timedelta(days=settings.holdout_days) - _EPOCH).days
        evaluation = evaluate(_models(settings), bought, cut)
        progress(0.6, _("finding the best items"))
        fresh = _models(settings)
        used = {name: fresh[name].fit(bought) for name in dict.fromkeys([evaluation.champion, _SIMPLEST])}
        picks, reasons, filled = _picks(used, people, offered, settings)
        rows = _rows(picks, reasons, filled, evaluation.champion, as_of)
        warehouse.replace(RECOMMENDATIONS, rounded(rows), as_of=as_of)
        warehouse.replace(EVALUATIONS, rounded(_evaluated(evaluation, as_of)), as_of=as_of, stage="recommend")
        for name in fresh:
            kept = {name: used[name]} if name in used else {}
            warehouse.replace(MODELS, _kept(workspace, kept, as_of), as_of=as_of, name=f"recommend/{name}")
    if not len(bought):
        return StageReport(
            _summary(evaluation), [_("No order names both its customer and its items, so nothing is offered.")]
        )
    return StageReport(_summary(evaluation), _lines(evaluation, picks, filled, settings))


def _models(settings: RecommendSettings) -> dict[str, Recommender]:
    """The models that are compared, simplest first."""
    neighbours = ItemKNN(
        k=settings.k,
        min_support=settings.min_support,
        shrinkage=settings.shrinkage,
        half_life=settings.half_life,
    )
    return {_SIMPLEST: Popular(half_life=settings.popular_half_life), "ItemKNN": neighbours}


def _people(warehouse: Warehouse) -> ir.Table:
    customers = warehouse.table(CUSTOMERS)
    return customers.filter(~customers.is_guest).select("customer_id").distinct()


def _purchases(warehouse: Warehouse, as_of: date) -> ir.Table:
    """Each day on which a customer who is no guest bought an item; a line with quantity 0 is no purchase."""
    orders = warehouse.table(ORDERS)
    known = orders.filter(orders.local_day < ibis.date(as_of.isoformat())).semi_join(_people(warehouse), "customer_id")
    lines = warehouse.table(ORDER_LINES)
    sold = lines.filter(lines.quantity > 0).select("order_id", "item_id")
    return sold.join(known.select("order_id", "customer_id", "local_day"), "order_id").select(
        "customer_id", "item_id", "local_day"
    ).distinct()  # fmt: skip


def _offered(warehouse: Warehouse, as_of: date) -> pa.Array | None:
    """Items that can be sold now, as last known; None, which is all, where the company has no item table."""
    items = warehouse.table(ITEMS)
    items = items.filter(items.valid_from < ibis.date(as_of.isoformat()))
    latest = items.mutate(place=ibis.row_number().over(group_by="item_id", order_by=items.valid_from.desc()))
    known = latest.filter(latest.place == 0, ~latest.is_unknown)
    in_stock = ibis.coalesce(known.stock > 0, True)
    found = warehouse.to_arrow(known.select("item_id", can_be_sold=ibis.coalesce(known.available, in_stock)))
    return found.filter(found.column("can_be_sold")).column("item_id") if found.num_rows else None


def _picks(
    used: dict[str, Recommender], people: pa.Array, offered: pa.Array | None, settings: RecommendSettings
) -> tuple[Picks, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Picks of the champion, what is missing from the simplest; codes of their reasons; a mask of what was missing."""
    champion, *others = used.values()
    picks = champion.recommend(people, settings.n, allowed=offered, repeat=settings.repeat)
    filled = np.zeros(picks.codes.shape, bool)
    for other in others:
        picks, filled = picks.then(other.recommend(people, 2 * settings.n, allowed=offered, repeat=settings.repeat))
    return picks, champion.because(picks, _REASONS), filled


def _rows(
    picks: Picks, reasons: np.ndarray[Any, Any], filled: np.ndarray[Any, Any], champion: str, as_of: date
) -> pa.Table:
    there = picks.codes >= 0
    row, place = np.nonzero(there)
    named = reasons[there]
    because = pa.ListArray.from_arrays(
        pa.array(np.concatenate([[0], np.cumsum((named >= 0).sum(axis=1))]), pa.int32()),
        picks.item_ids.take(pa.array(named[named >= 0])).cast(pa.string()),
    )
    return pa.table(
        {
            "customer_id": picks.subjects.take(pa.array(row)),
            "as_of": pa.array([as_of] * len(row), pa.date32()),
            "rank": pa.array(place + 1, pa.int16()),
            "item_id": picks.item_ids.take(pa.array(picks.codes[there])),
            "score": picks.scores[there],
            "model": pc.if_else(pa.array(filled[there]), _SIMPLEST, champion),
            "because": because,
        }
    )


def _evaluated(evaluation: Evaluation, as_of: date) -> pa.Table:
    said = [(*key, estimate) for key, estimate in evaluation.estimates.items()]
    said += [(model, subject, f"{metric} over {_SIMPLEST}", gain)
             for (model, subject, metric), gain in evaluation.gains.items()]  # fmt: skip
    rows = [
        {
            "as_of": as_of,
            "stage": "recommend",
            "subject": subject,
            "model": model,
            "metric": metric,
            **{name: value for name, value in estimate.as_dict().items() if name != "unit"},
            "is_champion": model == evaluation.champion,
        }
        for model, subject, metric, estimate in said
        if estimate.n
    ]
    return pa.Table.from_pylist(rows, schema=EVALUATIONS.schema().to_pyarrow())


def _kept(workspace: Workspace, used: dict[str, Recommender], as_of: date) -> pa.Table:
    rows = [
        {
            "as_of": as_of,
            "name": f"recommend/{name}",
            "kind": type(model).__name__,
            "artefact": models.put(workspace.artefacts, model.to_bytes()),
        }
        for name, model in used.items()
    ]
    return pa.Table.from_pylist(rows, schema=MODELS.schema().to_pyarrow())


def _summary(evaluation: Evaluation) -> dict[str, Any]:
    metrics: dict[str, dict[str, Any]] = {}
    for (model, subject, metric), estimate in evaluation.estimates.items():
        said = estimate.as_dict()
        metrics.setdefault(model, {})[f"{subject} {metric}"] = {end: said[end] for end in ("value", "low", "high")}
    return {"recommend": metrics, "recommend_champion": evaluation.champion}


def _lines(
    evaluation: Evaluation, picks: Picks, filled: np.ndarray[Any, Any], settings: RecommendSettings
) -> list[str]:
    if not picks.counts.any():
        return [_("Customers bought all that can be offered already, so there is nothing new to recommend.")]
    lines = [
        _("Up to {n} items for each customer; customers: {customers}, items: {items}.").format(
            n=settings.n, customers=f"{len(picks.counts):,}", items=f"{int(picks.counts.sum()):,}"
        )
    ]
    if filled.any():
        popular = _("From what is popular, because nothing speaks for an item of their own: {items}.")
        lines.append(popular.format(items=f"{int(filled.sum()):,}"))
    return [*lines, *_verdict(evaluation, settings)]


def _verdict(evaluation: Evaluation, settings: RecommendSettings) -> list[str]:
    gain = evaluation.gains["ItemKNN", *DECIDING]
    if gain.n < FEWEST:
        few = _(
            "Too little data to compare models: {n} customers with earlier purchases bought something new in the last "
            "{days} days, {fewest} are needed. Popular items are used."
        )
        return [few.format(n=gain.n, days=settings.holdout_days, fewest=FEWEST)]
    mine, simple = (evaluation.estimates[model, *DECIDING].value for model in ("ItemKNN", _SIMPLEST))
    numbers = {"mine": f"{mine:.3f}", "simple": f"{simple:.3f}"}
    if evaluation.champion == _SIMPLEST:
        tie = _(
            "What customers try next is foreseen no better from their own purchases than from what is popular (NDCG@10 "
            "{mine} against {simple}), so popular items are used."
        )
        return [tie.format(**numbers)]
    better = _(
        "What customers try next is foreseen better from their own purchases than from what is popular: NDCG@10 {mine} "
        "against {simple}."
    )
    return [better.format(**numbers)]

"""Stage recommend: compares models on later purchases, then finds the best items for every customer."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.base.clock import Clock
from daogou.base.words import gettext as _
from daogou.flows.offering import Offering, offering
from daogou.flows.taken import Past, past
from daogou.flows.workspace import Progress, StageReport, Workspace
from daogou.recommend import Hybrid, Picks, Recommender
from daogou.recommend.candidates import SIMPLEST, candidates
from daogou.recommend.evaluate import FEWEST, Evaluation, deciding, evaluate
from daogou.recommend.evaluate_splits import by_time
from daogou.recommend.filters import CATALOGUE, PINNED, Chosen, choose
from daogou.recommend.interactions import codes_of
from daogou.recommend.settings import CANDIDATES, COMPARED, RecommendSettings
from daogou.store import models
from daogou.store.rounding import rounded
from daogou.store.tables import CUSTOMERS, EVALUATIONS, MODELS, RECOMMENDATIONS
from daogou.store.warehouse import Warehouse

STAGE = "recommend"
SAID = ("ndcg@10", "recall@20")  # what the stage says and writes; the full comparison has more
NOT_PERSONAL = "NotPersonal"  # in place of a model: of those who want nothing personal
_SPOKE = {PINNED: "Pinned", CATALOGUE: "Catalogue"}
_FALLEN = {"content": "ContentBased", "segment": "SegmentPopular", "popular": SIMPLEST}
_REASONS = 3  # items that stand as the reason of a pick
_EPOCH = date(1970, 1, 1)


def recommend(workspace: Workspace, _clock: Clock, progress: Progress) -> StageReport:
    """Write ``RECOMMENDATIONS``, and the stage's ``EVALUATIONS`` and ``MODELS``."""
    settings = workspace.settings.recommend
    with workspace.warehouse() as warehouse, warehouse.transaction():
        as_of = workspace.as_of(warehouse)
        progress(0.0, _("reading purchases"))
        compared = compared_before(warehouse, as_of, settings.compared_days)
        names = [compared] if compared else settings.models
        learnt = past(warehouse, as_of, settings, names)
        people = warehouse.to_arrow(_people(warehouse).order_by("customer_id")).column("customer_id").combine_chunks()
        offer = offering(warehouse, as_of, settings, learnt.taken, people)
        progress(0.1, _("comparing models on later purchases"))
        champion, evaluation = _compared(learnt, names, compared, as_of, settings)
        progress(0.6, _("finding the best items"))
        used = {
            name: model.fit(learnt.taken, **learnt.tables) for name, model in candidates([champion], settings).items()
        }
        chosen = _chosen(used, champion, people, offer, settings)
        rows = _rows(chosen, used, champion, offer, as_of)
        warehouse.replace(RECOMMENDATIONS, rounded(rows), as_of=as_of)
        warehouse.replace(EVALUATIONS, rounded(evaluated(evaluation, champion, as_of)), as_of=as_of, stage=STAGE)
        for name in CANDIDATES:
            kept = {name: used[name]} if name in used else {}
            warehouse.replace(MODELS, _kept(workspace, kept, as_of), as_of=as_of, name=f"recommend/{name}")
    if not len(learnt.taken):
        nothing = _("No order names both its customer and its items, so nothing is offered.")
        return StageReport(_summary(evaluation, champion), [nothing])
    return StageReport(_summary(evaluation, champion), _lines(evaluation, champion, chosen, offer, settings))


def _people(warehouse: Warehouse) -> ir.Table:
    customers = warehouse.table(CUSTOMERS)
    return customers.filter(~customers.is_guest).select("customer_id").distinct()


def _compared(
    learnt: Past, names: Sequence[str], found: str | None, as_of: date, settings: RecommendSettings
) -> tuple[str, Evaluation]:
    """The model that is used, and how it did on the last days.

    It is the one that a full comparison ``found`` best, else the best of ``names`` on the days before the last ones; on
    the last ones, where before them too few can be asked.
    """
    days = settings.holdout_days
    last = (as_of - timedelta(days=days) - _EPOCH).days
    later = by_time(learnt.taken, last)
    champion = found
    if champion is None:
        earlier = by_time(learnt.taken, last - days, last)
        chosen_on = evaluate(candidates(names, settings), earlier, tables=learnt.tables, spread=False)
        subject = deciding(chosen_on, settings.repeat)
        if chosen_on.estimates[SIMPLEST, subject, "ndcg@10"].n >= FEWEST:
            champion = chosen_on.champion(subject)
    shown = names if champion in (None, SIMPLEST) else [champion]
    evaluation = evaluate(candidates(shown, settings), later, tables=learnt.tables, spread=False)
    if champion is None:
        champion = evaluation.champion(deciding(evaluation, settings.repeat))
    return champion if champion in evaluation.models else SIMPLEST, evaluation


def compared_before(warehouse: Warehouse, as_of: date, days: int) -> str | None:
    """The model that the latest full comparison found best, if that was at most ``days`` days before ``as_of``."""
    table = warehouse.table(EVALUATIONS)
    recent = table.filter(
        table.stage == COMPARED,
        table.is_champion,
        table.as_of <= ibis.date(as_of.isoformat()),
        table.as_of > ibis.date((as_of - timedelta(days=days)).isoformat()),
    )
    rows = warehouse.to_arrow(
        recent.select("as_of", "model").distinct().order_by(ibis.desc("as_of"), "model")
    ).to_pylist()
    return next((row["model"] for row in rows if row["model"] in CANDIDATES), None)


def _chosen(
    used: Mapping[str, Recommender],
    champion: str,
    people: pa.Array,
    offer: Offering,
    settings: RecommendSettings,
) -> Chosen:
    """The lists: the champion's, filled with what is popular; what is popular alone for those who want no other."""
    models_in_turn = [used[name] for name in dict.fromkeys([champion, SIMPLEST])]
    mine = choose(models_in_turn, people, settings.n, offer.rules, repeat=settings.repeat)
    off = np.flatnonzero(offer.impersonal)
    if len(off):
        same = choose([used[SIMPLEST]], people.take(pa.array(off)), settings.n, offer.rules, personal=False)
        mine.picks.codes[off], mine.picks.scores[off], mine.spoke[off] = same.picks.codes, same.picks.scores, same.spoke
    return mine


def _rows(chosen: Chosen, used: Mapping[str, Recommender], champion: str, offer: Offering, as_of: date) -> pa.Table:
    picks, spoke = chosen
    own = (spoke == 0) & ~offer.impersonal[:, None] if champion != SIMPLEST else np.zeros(spoke.shape, bool)
    told = Picks(picks.subjects, picks.item_ids, np.where(own, picks.codes, -1), picks.scores)
    reasons = used[champion].because(told, _REASONS) if own.any() else np.full((*spoke.shape, 1), -1)
    there = picks.codes >= 0
    row, place = np.nonzero(there)
    named = reasons[there]
    names = np.where(own, _sources(used[champion], champion, told, offer), SIMPLEST)
    for code, name in _SPOKE.items():
        names = np.where(spoke == code, name, names)
    names = np.where(offer.impersonal[:, None] & (spoke >= 0), NOT_PERSONAL, names)
    because = pa.ListArray.from_arrays(
        pa.array(np.concatenate([[0], np.cumsum((named >= 0).sum(axis=1))]), pa.int32()),
        picks.item_ids.take(pa.array(named[named >= 0])).cast(pa.string()),
    )
    return pa.table(
        {
            "customer_id": picks.subjects.take(pa.array(row)),
            "as_of": pa.array([as_of] * len(row), pa.date32()),
            "rank": pa.array(place + 1, pa.int16()),
            "item_id": picks.item_ids.take(pa.array(picks.codes[there])).cast(pa.string()),
            "score": picks.scores[there],
            "model": pa.array(names[there].astype(str), pa.string()),
            "because": because,
        }
    )


def _sources(model: Recommender, name: str, picks: Picks, offer: Offering) -> np.ndarray[Any, Any]:
    """(rows, n) the model that spoke: ``name``, or what a Hybrid fell through to."""
    if not isinstance(model, Hybrid):
        return np.full(picks.codes.shape, name)
    scores = picks.scores
    if offer.rules.factors is not None:  # the model's own scores, without boosts
        factors = np.append(offer.rules.factors, 1.0)[codes_of(picks.item_ids, offer.rules.item_ids)][picks.codes]
        scores = np.where(scores > 0, scores / factors, scores * factors)
    found = model.sources(Picks(picks.subjects, picks.item_ids, picks.codes, scores))
    names = np.full(found.shape, name, object)
    for source, spoke in _FALLEN.items():
        names[found == source] = spoke
    return names


def evaluated(
    evaluation: Evaluation, champion: str, as_of: date, stage: str = STAGE, metrics: tuple[str, ...] = SAID
) -> pa.Table:
    """Rows of ``EVALUATIONS``: every model's figures, and what it has over the simplest, or else over the champion."""
    over = SIMPLEST if stage == STAGE else champion
    said = [(*key, estimate) for key, estimate in evaluation.estimates.items() if key[2] in metrics]
    said += [
        (model, subject, f"{metric} over {over}", evaluation.gain(model, over, subject, metric))
        for model, subject, metric in evaluation.estimates
        if model != over and metric in metrics and "," not in subject
    ]
    rows = [
        {
            "as_of": as_of,
            "stage": stage,
            "subject": subject,
            "model": model,
            "metric": metric,
            **{name: value for name, value in estimate.as_dict().items() if name != "unit"},
            "is_champion": model == champion,
        }
        for model, subject, metric, estimate in said
        if estimate.n and np.isfinite(estimate.value)
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


def _summary(evaluation: Evaluation, champion: str) -> dict[str, Any]:
    metrics: dict[str, dict[str, Any]] = {}
    for (model, subject, metric), estimate in evaluation.estimates.items():
        if metric in SAID:
            said = estimate.as_dict()
            metrics.setdefault(model, {})[f"{subject} {metric}"] = {end: said[end] for end in ("value", "low", "high")}
    return {"recommend": metrics, "recommend_champion": champion}


def _lines(
    evaluation: Evaluation, champion: str, chosen: Chosen, offer: Offering, settings: RecommendSettings
) -> list[str]:
    counts = chosen.picks.counts
    if not counts.any():
        return [_("Customers bought all that can be offered already, so there is nothing new to recommend.")]
    lines = [
        _("Up to {n} items for each customer; customers: {customers}, items: {items}.").format(
            n=settings.n, customers=f"{len(counts):,}", items=f"{int(counts.sum()):,}"
        )
    ]
    filled = (chosen.spoke > 0) & ~offer.impersonal[:, None]
    if filled.any():
        popular = _("From what is popular, because nothing speaks for an item of their own: {items}.")
        lines.append(popular.format(items=f"{int(filled.sum()):,}"))
    if offer.impersonal.any():
        off = _("Customers who want nothing personal and get the same list: {n}.")
        lines.append(off.format(n=f"{int(offer.impersonal.sum()):,}"))
    if (counts < settings.n).any():
        fewer = _("Customers with fewer items, because no more may be offered to them: {n}.")
        lines.append(fewer.format(n=f"{int((counts < settings.n).sum()):,}"))
    return [*lines, *_verdict(evaluation, champion, settings)]


def _verdict(evaluation: Evaluation, champion: str, settings: RecommendSettings) -> list[str]:
    subject, metric = deciding(evaluation, settings.repeat), "ndcg@10"
    rival = next((model for model in evaluation.models if model != SIMPLEST), SIMPLEST)
    gain = evaluation.gain(rival, SIMPLEST, subject, metric)
    if gain.n < FEWEST:
        few = _(
            "Too little data to compare models: {n} customers with earlier purchases bought something new in the last "
            "{days} days, {fewest} are needed. Popular items are used."
        )
        return [few.format(n=gain.n, days=settings.holdout_days, fewest=FEWEST)]
    mine, simple = (evaluation.estimates[model, subject, metric].value for model in (rival, SIMPLEST))
    said = _again(champion) if subject == "repeat" else _next(champion)
    if champion != SIMPLEST and not gain.low > 0:
        said = _(
            "{model} did best on earlier days; on the last days that is not beyond doubt: NDCG@10 {mine} against "
            "{simple}."
        )
    return [said.format(model=champion, mine=f"{mine:.3f}", simple=f"{simple:.3f}")]


def _next(champion: str) -> str:
    if champion == SIMPLEST:
        return _(
            "What customers try next is foreseen no better from their own purchases than from what is popular (NDCG@10 "
            "{mine} against {simple}), so popular items are used."
        )
    return _(
        "What customers try next is foreseen better from their own purchases than from what is popular: NDCG@10 {mine} "
        "against {simple}."
    )


def _again(champion: str) -> str:
    if champion == SIMPLEST:
        return _(
            "What customers take again is foreseen no better from their own purchases than from what is popular "
            "(NDCG@10 {mine} against {simple}), so popular items are used."
        )
    return _(
        "What customers take again is foreseen better from their own purchases than from what is popular: NDCG@10 "
        "{mine} against {simple}."
    )

"""What the page rests on: rows, what is missing or assumed, and how good the models are."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

import ibis

from daogou.base.estimate import Estimate
from daogou.base.words import current_language
from daogou.collect.clean import reason_words
from daogou.flows.card_show import kept_cards
from daogou.flows.settings import Settings
from daogou.predict.card_words import capital
from daogou.predict.settings import PredictSettings
from daogou.predict.target import ANYTHING, INACTIVE
from daogou.recommend.settings import COMPARED
from daogou.report import contexts as page
from daogou.store.tables import EVALUATIONS, INGESTED_FILES, PROFILES, QUARANTINE
from daogou.store.warehouse import Warehouse

_REASONS = 10  # reasons of quarantine that are shown


def trust(warehouse: Warehouse, as_of: date, settings: Settings) -> page.Trust:
    """Rows by source, demographics, assumptions, and predictions in people."""
    profiles = warehouse.table(PROFILES)
    mine = profiles.filter(profiles.as_of == ibis.date(as_of.isoformat()))
    return page.Trust(
        sources=_sources(warehouse),
        customers=int(warehouse.scalar(mine.count())),
        with_attributes=int(warehouse.scalar(mine.filter(mine.has_attributes).count())),
        margin=settings.plan.margin_used,
        margin_assumed=settings.plan.margin is None,
        contact_cost=settings.plan.contact_cost_used,
        contact_assumed=settings.plan.contact_cost is None,
        refused=_refused(warehouse),
        flagged=_flagged(scores(warehouse, as_of), settings.predict, _titles(warehouse, as_of)),
    )


def scores(warehouse: Warehouse, as_of: date) -> tuple[page.Score, ...]:
    """Every measured figure of every model; the full comparison of recommenders has a table of its own."""
    table = warehouse.table(EVALUATIONS)
    rows = table.filter(table.as_of == ibis.date(as_of.isoformat()), table.stage != COMPARED)
    ordered = rows.order_by("stage", "subject", ibis.desc("is_champion"), "model", "metric")
    return tuple(
        page.Score(row["stage"], row["subject"], row["model"], row["metric"], _estimate(row), row["is_champion"])
        for row in warehouse.to_arrow(ordered).to_pylist()
    )


def _estimate(row: dict[str, Any]) -> Estimate:
    low, high = (float("nan") if row[name] is None else row[name] for name in ("low", "high"))
    return Estimate(row["value"], low, high, row["n"])


def _sources(warehouse: Warehouse) -> tuple[page.Source, ...]:
    files = warehouse.table(INGESTED_FILES)
    names = ("received", "stored", "quarantined", "duplicate")
    sums = files.group_by("source").aggregate(**{name: files[name].sum() for name in names}).order_by("source")
    return tuple(
        page.Source(row["source"], *(int(row[name]) for name in names)) for row in warehouse.to_arrow(sums).to_pylist()
    )


def _refused(warehouse: Warehouse) -> tuple[page.Refused, ...]:
    table = warehouse.table(QUARANTINE)
    counted = table.group_by("source", "reason").aggregate(rows=table.count())
    most = counted.order_by(ibis.desc("rows"), "source", "reason").limit(_REASONS)
    return tuple(
        page.Refused(row["source"], _reason(row["reason"]), row["rows"]) for row in warehouse.to_arrow(most).to_pylist()
    )


def _reason(stored: str) -> page.Text:
    return page.Text.of(lambda: reason_words(stored))


def _titles(warehouse: Warehouse, as_of: date) -> dict[str, page.Text]:
    """What each target foretells."""
    return {one.card.target: page.Text.of(partial(_title, one.card.title)) for one in kept_cards(warehouse, as_of)}


def _title(said: Mapping[str, str]) -> str:
    return capital(said[current_language()])


def _flagged(
    found: tuple[page.Score, ...], settings: PredictSettings, titles: Mapping[str, page.Text]
) -> tuple[page.Flagged, ...]:
    """The model that is used for each target; those who leave first."""
    used = {(s.subject, s.metric): s.value for s in found if s.stage == "predict" and s.is_champion}
    subjects = [subject for subject, metric in used if metric == "hits_in_100" and (subject, "random_in_100") in used]
    return tuple(
        _flag(subject, used[subject, "hits_in_100"], used[subject, "random_in_100"], settings, titles.get(subject))
        for subject in sorted(subjects, key=lambda subject: (subject != INACTIVE, subject))
    )


def _flag(
    subject: str, model: Estimate, random: Estimate, settings: PredictSettings, title: page.Text | None
) -> page.Flagged:
    if title is not None and subject in settings.targets:
        return page.Flagged("other", "", 0, model, random, title)
    if subject == INACTIVE:
        return page.Flagged("inactive", "", settings.inactive_days, model, random)
    if subject == ANYTHING:
        return page.Flagged("anything", "", settings.purchase_days, model, random)
    return page.Flagged("buys", subject, settings.purchase_days, model, random)

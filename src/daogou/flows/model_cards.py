"""The card of each model of predictions, how far its customers have moved, and what became of earlier scores."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.base import words
from daogou.base.estimate import Estimate
from daogou.flows.model_drift import Made, drift_rows
from daogou.flows.model_groups import Divisions
from daogou.predict import card as cards
from daogou.predict import card_parts as parts
from daogou.predict.calibrated import Calibrated
from daogou.predict.card import Card
from daogou.predict.contributions import Contributions
from daogou.predict.drift import shift, shifts
from daogou.predict.learn import Learned, Rows
from daogou.predict.realised import Realised, again, apart, matters, realised
from daogou.predict.reasons import named
from daogou.predict.sentences import title
from daogou.predict.settings import PredictSettings
from daogou.predict.target import Moments, Target
from daogou.profile.apart import measure
from daogou.store.features import FEATURES
from daogou.store.rounding import rounded
from daogou.store.tables import CARDS, DRIFT, SCORES, Table
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]
Outcomes = Callable[[ir.Table], ir.Table]  # customer_id and as_of -> the same with outcome, ordered by both

_KEY = ("as_of", "customer_id")
_EVER = ("days", "net_sales", "lines")  # of histories
_GROWING = frozenset(("tenure_days", "orders", "order_days", "net_sales", "refunds")).union(
    f"{start}_{name}" for start in ("any", "own") for name in _EVER
)
_SOURCES = {feature.name: feature.source for feature in FEATURES}


@dataclass(frozen=True)
class Now:
    """The customers of now: what is known of each, their probabilities, and why."""

    frame: pa.Table
    probability: Array
    why: Contributions


def made(
    target: Target,
    learned: Learned,
    rows: Rows,
    plan: Moments,
    now: Now,
    divisions: Divisions,
    settings: PredictSettings,
    as_of: date,
    earlier: Sequence[Realised],
) -> Made:
    """The card of a model that was just learned, and the drift since; ``earlier`` are runs whose outcome is known."""
    tested, known = learned.tested, rows.at(plan.known)
    train, later = rows.at(plan.train), rows.at(plan.calibrate)
    inner = learned.model.model_ if isinstance(learned.model, Calibrated) else learned.model
    moved_by = parts.inputs(now.why, now.frame)
    card = Card(
        target=target.name,
        title={code: _in(code, lambda: title(target)) for code in words.LANGUAGES},
        asks=_asks(target),
        as_of=as_of,
        model=learned.champion,
        kind=type(inner).__name__,
        parameters=asdict(inner),
        seed=settings.seed,
        versions=cards.versions(),
        windows=_windows(plan, target.days, target.spacing_days or settings.spacing_days, as_of),
        rows={
            "train": cards.Rows.of(train.y, train.customer),
            "calibrate": cards.Rows.of(later.y, later.customer),
            "test": cards.Rows.of(tested.y, tested.customer),
            "known": cards.Rows.of(known.y, known.customer),
        },
        population_days=settings.population_days,
        attributes=settings.attributes,
        fewest=settings.fewest_customers,
        compared=_compared(learned),
        ties=learned.ties,
        calibration=learned.calibration,
        groups=parts.groups(
            tested.y,
            tested.probability,
            tested.customer,
            divisions.of(tested.customer, tested.moment),
            settings.fewest_customers,
        ),
        bins=parts.bins(tested.y, tested.probability, tested.customer),
        gain=parts.curve(tested.y, tested.probability),
        features=_features(known.frame.column_names, target),
        inputs=moved_by,
        unit=now.why.unit,
        findings=learned.findings,
        references=parts.references(known.frame, known.customer, learned.model),
    )
    return drifted(card, now.frame, now.probability, earlier, settings.retrain_days)


def drifted(card: Card, frame: pa.Table, probability: Array, earlier: Sequence[Realised], retrain_days: int) -> Made:
    """How far the customers in ``frame`` and their scores lie from those that the card's model learned from."""
    columns = {name: known for name, known in card.references.items() if name}
    some = parts.sample(frame.num_rows)
    moved = shifts(columns, frame.take(some), len(some))
    scores = shift(card.references[""], probability[some], len(some))
    weighty = matters({one.column: one.moves for one in card.inputs}) - card.grows
    watched = [scores, *(one for name, one in moved.items() if name in weighty)]
    return Made(
        card, moved, scores, tuple(earlier), again(card.as_of, card.windows.next_moment, retrain_days, watched, earlier)
    )


def earlier_runs(warehouse: Warehouse, as_of: date, target: Target, outcomes: Outcomes) -> list[Realised]:
    """What became of the scores of earlier runs that asked the same, latest first, their outcomes apart.

    A run without a card, or whose card asks for something else under the same name, is left out.
    """
    promised = _earlier_cards(warehouse, as_of, target)
    days = apart([day for day in promised if day + timedelta(days=target.days) <= as_of], target.days)
    if not days:
        return []
    scores = warehouse.table(SCORES)
    mine = scores.filter(scores.target == target.name, scores.as_of.isin([ibis.date(day.isoformat()) for day in days]))
    happened = warehouse.to_arrow(outcomes(mine.select("customer_id", "as_of")))
    told = warehouse.to_arrow(mine.select(*_KEY, "probability").order_by(*_KEY))
    moment = told["as_of"].to_numpy().astype("datetime64[D]")
    y, p, who = happened["outcome"].to_numpy(), told["probability"].to_numpy(), told["customer_id"].to_numpy()
    found = []
    for day in days:
        held = moment == np.datetime64(day)
        metrics = promised[day].metrics
        if held.any():
            found.append(realised(day, y[held], p[held], who[held], metrics["log_loss"], metrics["hits_in_100"]))
    return found


def write_cards(warehouse: Warehouse, as_of: date, found: Sequence[Made]) -> None:
    """Write ``CARDS`` and ``DRIFT`` of ``as_of``."""
    kept = [
        {
            "as_of": as_of,
            "target": one.card.target,
            "card": one.card.to_json(),
            "train_by": one.again.by,
            "train_why": " ".join(one.again.why),
        }
        for one in found
    ]
    warehouse.replace(CARDS, _table(CARDS, kept), as_of=as_of)
    drift = [row for one in found for row in drift_rows(one, as_of)]
    warehouse.replace(DRIFT, rounded(_table(DRIFT, drift)), as_of=as_of)


def _asks(target: Target) -> dict[str, Any]:
    """What tells two targets apart, as text where JSON holds it no other way."""
    return {one.name: cards.plain(getattr(target, one.name)) for one in fields(target)}


def _earlier_cards(warehouse: Warehouse, as_of: date, target: Target) -> dict[date, Card]:
    kept = warehouse.table(CARDS)
    mine = kept.filter(kept.target == target.name, kept.as_of < ibis.date(as_of.isoformat()))
    found = {}
    for row in warehouse.to_arrow(mine.select("as_of", "card").order_by("as_of")).to_pylist():
        try:
            card = Card.from_json(row["card"])
        except ValueError:  # of an earlier version
            continue
        if card.asks == _asks(target):
            found[row["as_of"]] = card
    return found


def _windows(plan: Moments, days: int, spacing: int, as_of: date) -> cards.Windows:
    ends = max(plan.known) + timedelta(days=days)
    more = max((as_of - ends).days // spacing + 1, 1)  # moments may have been left out
    return cards.Windows(
        train=plan.train,
        calibrate=plan.calibrate,
        test=plan.test,
        known=plan.known,
        outcome_days=days,
        embargo_days=parts.embargo(plan.train, plan.test, days),
        next_moment=ends + timedelta(days=more * spacing),
    )


def _compared(learned: Learned) -> dict[str, dict[str, Estimate]]:
    """Every model's metrics, with the share of the events that its likeliest tenth holds."""
    found = {model: dict(metrics) for model, metrics in learned.estimates.items()}
    for metrics in found.values():
        metrics["gain_in_tenth"] = parts.in_tenth(metrics["lift_in_tenth"])
    return found


def _features(names: Sequence[str], target: Target) -> tuple[cards.Feature, ...]:
    said = {}
    for code in words.LANGUAGES:
        with words.language(code):
            said[code] = [named(name, target.category, measure).rstrip(":：") for name in names]
    return tuple(
        cards.Feature(name, en, zh, _source(name), name in _GROWING)
        for name, en, zh in zip(names, said["en"], said["zh"], strict=True)
    )


def _source(name: str) -> tuple[str, ...]:
    if name.startswith("own_"):
        return "orders", "order_lines", "items"
    if name.startswith("attribute_"):
        return ("customers",)
    return _SOURCES.get(name, ("orders",))


def _in(code: str, say: Callable[[], str]) -> str:
    with words.language(code):
        return say()


def _table(table: Table, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=table.schema().to_pyarrow())

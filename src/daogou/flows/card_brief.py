"""Short cards of models that no card of predictions tells of: what they are, and how good they were on later data."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import ibis

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.flows.uplift_card import UpliftCard, uplift_cards
from daogou.flows.uplift_models import PREFIX
from daogou.predict.card import plain, versions
from daogou.predict.card_words import Section, told
from daogou.store.tables import CARDS, EVALUATIONS, MODELS
from daogou.store.warehouse import Warehouse

_PREDICT = "predict/"


@dataclass(frozen=True)
class Figure:
    """One measured figure of a model, or of one that it was compared with."""

    subject: str
    model: str
    metric: str
    value: Estimate


@dataclass(frozen=True)
class Brief:
    """A model of a release: the stage and the name that it is kept by, its class, and what was measured."""

    name: str
    kind: str
    as_of: date
    artefact: str
    figures: tuple[Figure, ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        kept: dict[str, Any] = plain(asdict(self))
        return {"format": 1, "brief": True} | kept | {"versions": versions()}

    def sections(self) -> tuple[Section, ...]:
        """In the current language."""
        rows = tuple((one.subject, one.model, one.metric, told(one.value), f"{one.value.n:,}") for one in self.figures)
        return (
            Section(
                _("What it is"),
                (
                    _("Model {name}, a {kind}, made for {day}.").format(name=self.name, kind=self.kind, day=self.as_of),
                    _("This card is short: only models that tell probabilities have groups, calibration and drift."),
                ),
            ),
            Section(
                _("How good it is, on later data"),
                () if rows else (_("Nothing was measured of it."),),
                (_("Subject"), _("Model"), _("Metric"), _("Value"), _("Rows")) if rows else (),
                rows,
            ),
            Section(
                _("Limits"),
                (
                    _("Do not decide by it about anyone's rights, price of necessities, credit or work."),
                    _("A new assortment, new prices or a festival can make yesterday's rates wrong."),
                ),
            ),
            Section(
                _("Made with"),
                (_(", ").join(f"{name} {number}" for name, number in versions().items()),),
            ),
        )


def briefs(warehouse: Warehouse, as_of: date) -> list[Brief | UpliftCard]:
    """One for each model of ``as_of`` that has no card of its own, by name; then those of uplift."""
    day = ibis.date(as_of.isoformat())
    models, measured, carded = (
        warehouse.to_arrow(rows.filter(rows.as_of == day).order_by(*table.key)).to_pylist()
        for table in (MODELS, EVALUATIONS, CARDS)
        for rows in [warehouse.table(table)]
    )
    targets = {row["target"] for row in carded}
    carded_elsewhere = {f"{_PREDICT}{target}" for target in targets}
    short = [
        Brief(_short(row["name"]), row["kind"], as_of, row["artefact"], _figures(row["name"], measured))
        for row in models
        if row["name"] not in carded_elsewhere and not row["name"].startswith(PREFIX)
    ]
    return [*short, *uplift_cards(warehouse, as_of)]


def _short(name: str) -> str:
    """A prediction is called by its target, as those with a whole card are."""
    return name.removeprefix(_PREDICT)


def _figures(name: str, measured: list[dict[str, Any]]) -> tuple[Figure, ...]:
    """Those of its own stage: of a prediction, of its target; of others, of the model itself."""
    stage, _slash, own = name.partition("/")
    column = "subject" if stage == "predict" else "model"
    mine = [row for row in measured if row["stage"] == stage and (row[column] == own or stage == "segment")]
    return tuple(Figure(row["subject"], row["model"], row["metric"], _estimate(row)) for row in mine)


def _estimate(row: dict[str, Any]) -> Estimate:
    low, high = (float("nan") if row[name] is None else row[name] for name in ("low", "high"))
    return Estimate(row["value"], low, high, row["n"])

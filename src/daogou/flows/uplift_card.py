"""The card of each model of uplift: what it changes minds about, how it was tested, and where it ends."""

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import ibis

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.flows.uplift_models import PREFIX
from daogou.flows.uplift_rows import starts
from daogou.measure import uplift_sentences as say
from daogou.measure.uplift import QINI
from daogou.measure.uplift_advice import Advice
from daogou.measure.uplift_kept import from_json
from daogou.predict import uplift_reasons
from daogou.predict.card import plain, versions
from daogou.predict.card_words import Section, percent
from daogou.predict.uplift_held_out import FOLDS, candidates
from daogou.predict.uplift_reach import Outside
from daogou.profile.apart_words import measure
from daogou.profile.features import LEARNED
from daogou.store.tables import EVALUATIONS, MODELS, UPLIFT_ADVICES
from daogou.store.warehouse import Warehouse


@dataclass(frozen=True)
class UpliftCard:
    """What one finished campaign taught about whom its message changes; money in the company's currency."""

    campaign: str
    as_of: date
    start: date | None
    days: int
    customers: int
    kind: str
    artefact: str
    advice: Advice
    drivers: tuple[uplift_reasons.Driver, ...]
    outside: Outside
    qini: Estimate

    @property
    def name(self) -> str:
        """What the model is kept as."""
        return f"{PREFIX}{self.campaign}"

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        kept: dict[str, Any] = plain(asdict(self))
        made = {"parameters": asdict(candidates()[self.advice.model]), "columns": list(LEARNED), "versions": versions()}
        return {"format": 1, "name": self.name} | kept | {"compared": list(candidates())} | made

    def sections(self) -> tuple[Section, ...]:
        """In the current language, most important first."""
        return (
            self._use(),
            self._quality(),
            self._calibration(),
            Section(
                _("What raises and lowers effects"),
                tuple(uplift_reasons.said(list(self.drivers), measure))
                or (_("Nothing: all are told the same effect."),),
            ),
            self._data(),
            Section(
                _("Limits"),
                (
                    say.card(self.advice, [])[-1],
                    *(text for text in (self.outside.said(measure),) if text),
                    *self.advice.warnings,
                    _("Do not decide by it about anyone's rights, price of necessities, credit or work."),
                ),
            ),
            Section(_("Columns that it may look at"), (_(", ").join(measure(name) for name in LEARNED),)),
            self._made(),
        )

    def _use(self) -> Section:
        others = [name for name in candidates() if name != self.advice.model]
        return Section(
            _("What it foretells"),
            (
                _("How much more each customer brings in {days} days because of a message like {campaign}.").format(
                    days=self.days, campaign=self.campaign
                ),
                say.headline(self.advice, _money),
                _("Model: {model}, whose choices earned most on customers not seen; compared with {others}.").format(
                    model=self.advice.model, others="; ".join(others)
                ),
            ),
        )

    def _quality(self) -> Section:
        over = {name: say.spread(one, _money) for name, one in self.advice.over.items()}
        return Section(
            _("How good it is, on customers that it had not seen"),
            (*say.card(self.advice, [self.qini])[1:-1], say.promise(self.advice, _money)),
            (_("Sent to"), _("Profit a customer over sending to nobody"), _("By effect earns more by")),
            tuple(
                (say.policy_name(name), say.spread(profit, _money), over.get(name, ""))
                for name, profit in self.advice.profits.items()
            ),
        )

    def _calibration(self) -> Section:
        return Section(
            _("Whether its effects hold, by tenths"),
            (say.calibration(self.advice),),
            (_("Tenth"), _("Effect told"), _("Effect shown"), _("Customers")),
            tuple(
                (str(one.number), _money(one.told), say.spread(one.shown, _money), f"{one.shown.n:,}")
                for one in self.advice.tenths[0]
            ),
        )

    def _data(self) -> Section:
        says = [
            _("A trial of {n} customers; the mean effect is {effect}.").format(
                n=f"{self.customers:,}", effect=say.spread(self.advice.effect[0], _money)
            ),
            _("In {folds} parts; each customer is told by models that learned from the others.").format(folds=FOLDS),
        ]
        if self.start is not None:
            window = _("Columns: what orders before {start} tell. Outcome: contribution until {end}.")
            says.insert(1, window.format(start=self.start, end=self.start + timedelta(days=self.days - 1)))
        if self.advice.events is not None:
            events = _("Customers with another outcome than the usual one, in the group that has fewest: {events}.")
            says.append(events.format(events=f"{self.advice.events:,}"))
        slope = percent(self.advice.shrinkage.slope[0])
        says.append(
            _("Of the differences between customers, {slope} are kept: so much the trial bears out.").format(
                slope=slope
            )
        )
        return Section(_("Data and windows"), tuple(says))

    def _made(self) -> Section:
        parameters = ", ".join(f"{name}={value}" for name, value in asdict(candidates()[self.advice.model]).items())
        return Section(
            _("Made with"),
            (f"{self.kind}: {parameters}", _(", ").join(f"{name} {number}" for name, number in versions().items())),
        )


def uplift_cards(warehouse: Warehouse, as_of: date) -> list[UpliftCard]:
    """Those of ``as_of``, by campaign."""
    day = ibis.date(as_of.isoformat())
    advices, models, measured = (
        warehouse.to_arrow(rows.filter(rows.as_of == day).order_by(*table.key)).to_pylist()
        for table in (UPLIFT_ADVICES, MODELS, EVALUATIONS)
        for rows in [warehouse.table(table)]
    )
    kept = {row["name"]: row for row in models}
    qini = {row["subject"]: row for row in measured if row["stage"] == "evaluate uplift" and row["metric"] == "qini"}
    first = starts(warehouse) if advices else {}
    found = []
    for row in advices:
        campaign = row["campaign_id"]
        model = kept.get(PREFIX + campaign)
        if model is None:  # advised before models were kept
            continue
        found.append(
            UpliftCard(
                campaign=campaign,
                as_of=as_of,
                start=first.get(campaign),
                days=row["days"],
                customers=row["customers"],
                kind=model["kind"],
                artefact=model["artefact"],
                advice=from_json(row["advice"]),
                drivers=tuple(uplift_reasons.Driver(**one) for one in json.loads(row["drivers"])),
                outside=Outside.read(row["outside"]),
                qini=_estimate(qini.get(campaign)),
            )
        )
    return found


def _estimate(row: dict[str, Any] | None) -> Estimate:
    if row is None:
        return Estimate(float("nan"), float("nan"), float("nan"), 0, QINI)
    low, high = (float("nan") if row[name] is None else row[name] for name in ("low", "high"))
    return Estimate(row["value"], low, high, row["n"], QINI)


def _money(value: float) -> str:
    return f"{value:,.2f}"

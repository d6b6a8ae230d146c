"""The cards of a workspace's models, for a terminal, for the release and for the report."""

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import ibis

from daogou.base import words
from daogou.base.errors import DaogouError
from daogou.base.settings import nearest
from daogou.base.words import gettext as _
from daogou.flows.card_brief import briefs
from daogou.flows.uplift_card import uplift_cards
from daogou.flows.workspace import StageReport, Workspace
from daogou.predict.card import Card
from daogou.predict.card_sections import sections
from daogou.predict.card_words import Section, Since, as_lines, capital, flagged, joined, title, when_again
from daogou.profile import rfm
from daogou.profile.settings import SegmentSettings
from daogou.store.tables import CARDS, DRIFT
from daogou.store.warehouse import Warehouse

_WHERE = "daogou evaluate card"


@dataclass(frozen=True)
class Kept:
    """A card as it is stored, and what is known of its model since."""

    card: Card
    since: Since

    def told(self, settings: SegmentSettings) -> tuple[Section, ...]:
        """Its sections in the current language, with the RFM segments that its readers know."""
        scheme = rfm.scheme(settings, words.current_language())
        shown = tuple(one for one in self.card.groups if one.by not in ("rfm", "rfm_zh") or one.by == scheme)
        return sections(replace(self.card, groups=shown), self.since, _name)


def kept_cards(warehouse: Warehouse, as_of: date) -> list[Kept]:
    """The cards of ``as_of``, by target."""
    cards, drift = (
        warehouse.to_arrow(rows.filter(rows.as_of == ibis.date(as_of.isoformat())).order_by(*table.key)).to_pylist()
        for table in (CARDS, DRIFT)
        for rows in [warehouse.table(table)]
    )
    return [
        Kept(
            Card.from_json(row["card"]),
            Since(
                [one for one in drift if one["target"] == row["target"]],
                row["train_by"],
                tuple(row["train_why"].split()),
            ),
        )
        for row in cards
    ]


def show_card(workspace: Workspace, target: str | None) -> StageReport:
    """The card of the model that foretells ``target``, or is called so, or what cards there are.

    Raises:
        DaogouError: there is no such card, or none at all.
    """
    with workspace.warehouse() as warehouse:
        now = workspace.as_of(warehouse)
        day = warehouse.scalar(warehouse.table(CARDS).as_of.max()) or now
        kept, short = kept_cards(warehouse, day), briefs(warehouse, day)
        if day != now:  # a campaign may have been judged since
            later = uplift_cards(warehouse, now)
            short = [*(one for one in short if one.name not in {new.name for new in later}), *later]
    if not kept and not short:
        raise DaogouError(_("no model has a card yet"), _WHERE, _("Run 'daogou predict' first."))
    since = _since(kept, day, now)
    if target is None:
        others = _("Other models with a short card: {names}.").format(names=_(", ").join(one.name for one in short))
        lines = [*since, *(_line(one) for one in kept), *([others] if short else [])]
        return StageReport({"cards": [_short(one) for one in kept], "short": [one.name for one in short]}, lines)
    for one in kept:
        if one.card.target == target:
            return StageReport(_whole(one), [*since, *as_lines(one.told(workspace.settings.segment))])
    for brief in short:
        if brief.name == target:
            return StageReport(brief.as_dict(), as_lines(brief.sections()))
    names = [*(one.card.target for one in kept), *(one.name for one in short)]
    raise DaogouError(_("no model is called '{name}'").format(name=target), _WHERE, nearest(target, names))


def _since(kept: list[Kept], day: date, now: date) -> list[str]:
    """Where orders have come since: of which day the cards are, and which models should have been trained again."""
    if day == now:
        return []
    due = [one.card.target for one in kept if one.since.by <= now]
    return [
        _("These cards are of {day}; orders have come until {now}. To be trained again by now: {names}.").format(
            day=day, now=now, names=_(", ").join(due) or _("none")
        )
    ]


def _short(kept: Kept) -> dict[str, Any]:
    """What a list says of a card."""
    card = kept.card
    hits = {name: card.metrics[name].as_dict() for name in ("hits_in_100", "random_in_100")}
    return {"target": card.target, "title": dict(card.title), "model": card.model} | hits | _again(kept)


def _again(kept: Kept) -> dict[str, Any]:
    return {"train_again_by": kept.since.by.isoformat(), "train_again_why": list(kept.since.why)}


def _whole(kept: Kept) -> dict[str, Any]:
    card: dict[str, Any] = json.loads(kept.card.to_json())
    return card | _again(kept) | {"drift": [_plain(row) for row in kept.since.rows]}


def _plain(row: Any) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def _line(kept: Kept) -> str:
    return joined([capital(title(kept.card)), flagged(kept.card), *when_again(kept.card, kept.since)])


def _name(by: str, name: str) -> str:
    return rfm.label(name) if by in ("rfm", "rfm_zh") else name

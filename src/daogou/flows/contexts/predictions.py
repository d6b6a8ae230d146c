"""Each prediction for analysts, from its model's card, and the card as a page."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from urllib.parse import quote

from daogou import __version__
from daogou.base import words
from daogou.flows.card_brief import briefs
from daogou.flows.card_show import Kept, kept_cards
from daogou.flows.workspace import Workspace
from daogou.predict import card_words as say
from daogou.predict.card import Card, Input
from daogou.predict.card_sections import MOVING
from daogou.predict.card_words import Section
from daogou.report import contexts as page
from daogou.report.cards import render_card
from daogou.store.warehouse import Warehouse

FOLDER = "cards"  # of a release


def predictions(warehouse: Warehouse, as_of: date, release: str) -> tuple[page.Predicted, ...]:
    """One for each card; links lead into the release's folder."""
    kept = kept_cards(warehouse, as_of)
    links = _links(release, [one.card.target for one in kept])
    return tuple(_predicted(one, link) for one, link in zip(kept, links, strict=False))


def other_cards(warehouse: Warehouse, as_of: date, release: str) -> tuple[tuple[str, str], ...]:
    """Names of models with a short card, and where it lies."""
    kept, short = kept_cards(warehouse, as_of), briefs(warehouse, as_of)
    links = _links(release, [*(one.card.target for one in kept), *(one.name for one in short)])
    return tuple((one.name, link) for one, link in zip(short, links[len(kept) :], strict=True))


def _links(release: str, names: Sequence[str]) -> list[str]:
    return [f"releases/{quote(release)}/{FOLDER}/{quote(name)}.html" for name in file_names(names)]


def card_files(workspace: Workspace, warehouse: Warehouse, as_of: date) -> dict[str, bytes]:
    """What a release holds of cards: each as JSON, and as a page for people in both languages."""
    kept, short = kept_cards(warehouse, as_of), briefs(warehouse, as_of)
    names = file_names([*(one.card.target for one in kept), *(one.name for one in short)])
    found = {}
    for one, name in zip(kept, names, strict=False):
        found[f"{FOLDER}/{name}.json"] = one.card.to_json().encode()
        title = page.Text.of(partial(_title, one.card))
        told = partial(one.told, workspace.settings.segment)
        found[f"{FOLDER}/{name}.html"] = render_card(_page(workspace, title, told)).encode()
    for brief, name in zip(short, names[len(kept) :], strict=True):
        found[f"{FOLDER}/{name}.json"] = json.dumps(brief.as_dict(), ensure_ascii=False, indent=1).encode()
        title = page.Text(brief.name, brief.name)
        found[f"{FOLDER}/{name}.html"] = render_card(_page(workspace, title, brief.sections)).encode()
    return found


def file_names(targets: Sequence[str]) -> list[str]:
    """A name for each that every system can hold, all different.

    >>> file_names(["DRUG GM", "DRUG/GM", "../x", "生鲜"])
    ['DRUG_GM', 'DRUG_GM-2', '_x', '生鲜']
    """
    found: list[str] = []
    for target in targets:
        name = re.sub(r"\W+", "_", target)[:60]
        same = sum(1 for one in found if re.fullmatch(rf"{re.escape(name)}(-\d+)?", one, re.IGNORECASE))
        found.append(f"{name}-{same + 1}" if same else name)
    return found


def _page(workspace: Workspace, title: page.Text, told: Callable[[], tuple[Section, ...]]) -> page.CardPage:
    sections = {}
    for code in words.LANGUAGES:
        with words.language(code):
            found = told()
        sections[code] = tuple(page.CardSection(one.title, one.says, one.head, one.rows) for one in found)
    company = workspace.settings.company
    return page.CardPage(
        title=title,
        company=company.name or workspace.path.name,
        language=company.language,
        version=__version__,
        sections=sections,
    )


def _title(card: Card) -> str:
    return say.capital(say.title(card))


def _predicted(kept: Kept, link: str) -> page.Predicted:
    card = kept.card
    return page.Predicted(
        title=page.Text.of(partial(_title, card)),
        model=card.model,
        says=_says(kept),
        gain=card.gain,
        tenth=card.metrics["gain_in_tenth"],
        bins=tuple(page.Bin(one.expected, one.happened) for one in card.bins),
        movers=_movers(card),
        card=link,
    )


def _says(kept: Kept) -> tuple[page.Text, ...]:
    """Sentences: each is said in both languages."""
    card, since = kept.card, kept.since
    last = [row for row in since.rows if row["kind"] == "realised" and row["name"] == "count"]
    told: list[Callable[[], str]] = [
        lambda: say.flagged(card),
        lambda: say.tenth(card),
        lambda: say.calibrated(card),
    ]
    if last:
        latest = max(last, key=lambda row: row["since"])
        told.append(lambda: say.happened(latest))
    again = [page.Text.of(partial(_sentence, card, since, place)) for place in range(len(say.when_again(card, since)))]
    return (*(page.Text.of(one) for one in told), *again)


def _sentence(card: Card, since: say.Since, place: int) -> str:
    return say.when_again(card, since)[place]


def _movers(card: Card) -> tuple[page.Mover, ...]:
    total = sum(one.moves for one in card.inputs) or 1.0

    def mover(one: Input) -> page.Mover:
        return page.Mover(page.Text.of(lambda: say.column(card, one.column)), one.moves / total, one.way)  # type: ignore[arg-type]

    return tuple(mover(one) for one in card.inputs[:MOVING])

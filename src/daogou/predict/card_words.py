"""A model's card in words of the current language: sections of sentences and tables, for a page and for a terminal."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from daogou.base.estimate import Estimate
from daogou.base.words import current_language
from daogou.base.words import gettext as _
from daogou.predict.card import Card, Group

NOTHING = "–"
_NAMED = 3  # columns in a sentence
Name = Callable[[str, str], str]  # of a group, by its division and key


@dataclass(frozen=True)
class Section:
    """A title, what is said, and a table: a head, and rows as wide as it."""

    title: str
    says: tuple[str, ...]
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Since:
    """What is known of a model since it learned: rows of ``DRIFT``, and when to train again."""

    rows: Sequence[Mapping[str, Any]]
    by: date
    why: tuple[str, ...]


def title(card: Card) -> str:
    """What the model foretells."""
    return card.title[current_language()]


def flagged(card: Card) -> str:
    """Of the 100 we flag, how many do."""
    hits, random = card.metrics["hits_in_100"], card.metrics["random_in_100"]
    return _("Of the 100 we flag, about {hits} do ({low} to {high}); picking at random, {random}.").format(
        hits=_whole(hits.value), low=_whole(hits.low), high=_whole(hits.high), random=_whole(random.value)
    )


def tenth(card: Card) -> str:
    """How much the likeliest tenth holds."""
    found = card.metrics["gain_in_tenth"]
    return _("The likeliest tenth of customers holds {share} of all who do ({low} to {high}).").format(
        share=percent(found.value), low=percent(found.low), high=percent(found.high)
    )


def calibrated(card: Card) -> str:
    """Whether probabilities mean what they say."""
    off, slope = card.metrics["ece"], card.metrics["slope"]
    said = _("On average a probability is {off} points away from what happened.").format(off=f"{100 * off.value:.1f}")
    if slope.high < 1:
        return joined([said, _("They are too extreme: the high ones are too high, the low ones too low.")])
    if slope.low > 1:
        return joined([said, _("They are too cautious: the high ones are too low, the low ones too high.")])
    return said


def when_again(card: Card, since: Since) -> list[str]:
    """When to train again, and why; a sentence each."""
    if not since.why:
        days = (since.by - card.as_of).days
        return [_("Train again by {day}, {days} days after this training.").format(day=since.by, days=days)]
    said = []
    if "inputs" in since.why:
        moved = [row for row in since.rows if row["alarm"] and row["kind"] in ("input", "scores")]
        moved.sort(key=lambda row: (row["kind"] == "input", -row["value"]))
        names = dict.fromkeys(moved_column(card, row) for row in moved)  # two columns may be called the same
        said.append(
            _("Customers are no longer those that the model learned from. What moved far: {columns}.").format(
                columns=_(", ").join(list(names)[:_NAMED]) + (" …" if len(names) > _NAMED else "")
            )
        )
    if "realised" in since.why:
        said.append(_("The last scores whose outcome is known were worse than this model's tests had promised."))
    last = _("Train again on {day}: until then there is no outcome more to learn from.").format(day=since.by)
    return [*said, last]


def happened(row: Mapping[str, Any]) -> str:
    """A row of kind realised and name count, in a sentence."""
    said = _("Scored on {day}: {expected} of {n} were expected ({low} to {high}), {happened} did.").format(
        day=row["since"],
        expected=f"{row['expected']:,.0f}",
        n=f"{row['n']:,}",
        low=f"{row['low']:,.0f}",
        high=f"{row['high']:,.0f}",
        happened=f"{row['value']:,.0f}",
    )
    return joined([said, _("That is more than chance explains.") if row["alarm"] else _("Chance explains that.")])


def leaks(card: Card) -> list[str]:
    """What the audit found."""
    if not card.findings:
        return [_("The audit before training found nothing; it cannot see every leak.")]
    return [str(finding) for finding in card.findings]


def column(card: Card, name: str) -> str:
    """What a column of the data is called."""
    known = {one.column: one for one in card.features}
    if name not in known:
        return name
    return known[name].zh if current_language() == "zh" else known[name].en


def moved_column(card: Card, row: Mapping[str, Any]) -> str:
    """What moved: a column, or the scores themselves."""
    return _("the scores themselves") if row["kind"] == "scores" else column(card, row["name"])


def way(sign: int) -> str:
    """How a column moves scores."""
    return {1: _("the more, the higher"), -1: _("the more, the lower"), 0: _("up and down")}[sign]


def group_name(group: Group, name: Name) -> str:
    """What a group is called."""
    own = {"": _("not known"), "*": _("all others")}
    tenure = {"new": _("new customers"), "known": _("customers of longer standing")}
    return own.get(group.name) or (tenure[group.name] if group.by == "tenure" else name(group.by, group.name))


def as_lines(told: Iterable[Section]) -> list[str]:
    """Sections for a terminal: a blank line before each, tables as rows of cells divided by bars."""
    lines: list[str] = []
    for section in told:
        lines += ["", section.title, *(f"  {text}" for text in section.says)]
        lines += ["  " + " | ".join(cells) for cells in ((section.head, *section.rows) if section.head else ())]
    return lines[1:]


def told(estimate: Estimate | None) -> str:
    """A number with its interval; a dash where there is none."""
    if estimate is None or not math.isfinite(estimate.value):
        return NOTHING
    if not math.isfinite(estimate.low):
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f} ({estimate.low:.3f} – {estimate.high:.3f})"


def interval(estimate: Estimate | None) -> str:
    """A share with its interval."""
    if estimate is None:
        return NOTHING
    return f"{percent(estimate.value)} ({percent(estimate.low)} – {percent(estimate.high)})"


def percent(value: float | None) -> str:
    """A share; with a decimal below ten in a hundred."""
    if value is None or not math.isfinite(value):
        return NOTHING
    digits = 0 if abs(value) >= 0.0995 or value == 0 else 1
    return _("{percent} %").format(percent=f"{100 * value:.{digits}f}")


def _whole(value: float) -> str:
    return f"{value:.0f}" if value >= 1 else f"{value:.1f}".removesuffix(".0")


def joined(said: Iterable[str]) -> str:
    """Sentences one after the other."""
    stop, gap = ("。", "") if current_language() == "zh" else (".", " ")
    return gap.join(one if one.endswith((".", "。")) else one + stop for one in said)


def capital(text: str) -> str:
    """With a capital, where the language has them."""
    return text[:1].upper() + text[1:]

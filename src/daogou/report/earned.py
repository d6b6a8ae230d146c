"""What campaigns earned beyond their control group: the chart, and a page a campaign."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.report import amounts, figures
from daogou.report.charts import Chart
from daogou.report.contexts import Company, Earned, Outcome, Tested
from daogou.report.earned_words import heading, name_of, short_name, title, verdict_word
from daogou.report.sentences.say import number, say
from daogou.report.whiskers import Whisker, height, whiskers

FIRST = 8  # campaigns that stand open to the eye; the others are folded
MOST = 100  # campaigns that have a page of their own; the others stand in the table alone
_DRAWN = 12


@dataclass(frozen=True)
class Page:
    """One campaign, offer or programme with its arms; ``anchor`` is what a link to it ends in."""

    anchor: str
    name: str  # the company's own
    arms: tuple[Tested, ...]


def pages(found: Earned) -> list[Page]:
    """One a campaign, in their order."""
    grouped: dict[tuple[str, str], list[Tested]] = {}
    for one in found.tested:
        grouped.setdefault((one.level, one.name), []).append(one)
    return [Page(anchor(name, level), name, tuple(arms)) for (level, name), arms in grouped.items()]


def anchor(name: str, level: str = "campaign") -> str:
    """The end of a link to a campaign; different names have different ends, none of which needs escaping.

    >>> anchor("spring-26"), anchor("a b.c"), anchor("春季", "offer")
    ('campaign-spring-26', 'campaign-a.20.b.2e.c', 'offer-春季')
    """
    safe = "".join(letter if letter.isalnum() or letter in "-_" else f".{ord(letter):x}." for letter in name)
    return f"{level}-{safe}"


def chart(found: Earned, company: Company) -> Chart | None:
    """What each earned with its interval, beside what it cost; None where no figure of money is known."""
    drawn = [one for one in found.tested if one.earned is not None]
    if not drawn:
        return None
    rows = [
        Whisker(
            short_name(one),
            one.earned,
            one.cost,
            figures.money(one.earned.value, company.currency) if one.earned else "",
            "\n".join([name_of(one), *_figures(one, company)]),
        )
        for one in drawn[:_DRAWN]
    ]
    return Chart(
        "earned",
        _("Contribution that each campaign earned beyond its control group, with its 95 % interval, and its cost."),
        whiskers(rows, _("Earned beyond the control group"), _("Cost")),
        height(len(rows)),
        (_("Campaign"), _("Earned"), _("Cost"), _("Gain : cost"), _("Verdict")),
        tuple(_row(one, company) for one in found.tested),
    )


def _figures(one: Tested, company: Company) -> list[str]:
    return [
        _("Earned: {value}").format(value=amounts.with_interval("money", one.earned, company)),
        _("Cost: {value}").format(value=figures.amount(one.cost, company.currency)),
        verdict_word(one),
    ]


def _row(one: Tested, company: Company) -> tuple[str, ...]:
    return (
        heading(one),
        amounts.with_interval("money", one.earned, company),
        figures.amount(one.cost, company.currency),
        gain_to_cost(one),
        verdict_word(one),
    )


def gain_to_cost(one: Tested) -> str:
    """Gain : cost of one."""
    return amounts.gain_to_cost(one.earned.value if one.earned else None, one.cost)


def sentence(found: Earned, company: Company) -> Markup:
    """What the programme brought, else how many tests earned their cost."""
    programme = next((one for one in found.tested if one.level == "programme" and one.earned is not None), None)
    if programme is not None and programme.earned is not None:
        return say(
            _("All campaigns together earned {earned} of contribution beyond the global holdout, {first} to {last}."),
            earned=amounts.said("money", programme.earned, company),
            first=figures.day(programme.first_day),
            last=figures.day(programme.last_day),
        )
    if not found.tested:
        return say(_("No campaign that is over kept a control group drawn by lot: what they earned is proven nowhere."))
    campaigns = [one for one in found.tested if one.level == "campaign"]
    counts = {word: sum(one.verdict in verdicts for one in campaigns) for word, verdicts in _COUNTED.items()}
    return say(
        _("Of {n} tests, {paid} brought more than they cost, {lost} brought less, and {open} cannot tell yet."),
        n=number(figures.exact(len(campaigns))),
        **{word: number(figures.exact(count)) for word, count in counts.items()},
    )


_COUNTED = {"paid": ("earned",), "lost": ("lost",), "open": ("unsure", "more", "less", "open", "mismatch", "too_few")}


def outcomes(one: Tested, company: Company) -> tuple[tuple[str, ...], ...]:
    """Each outcome that was read: change, in per cent, in sum, chance of nothing, what that means."""
    return tuple(
        (
            str(outcome.name),
            amounts.with_interval(outcome.kind, outcome.effect, company),
            figures.NOTHING if outcome.lift is None else _lift(outcome),
            amounts.told(outcome.kind, outcome.total.value if outcome.total else None, company)
            if outcome.kind == "money"
            else _count(outcome),
            figures.decimal(outcome.false_discovery),
            sureness(outcome),
        )
        for outcome in (one.primary, *one.others, *one.guard_rails)
        if outcome is not None
    )


def _lift(outcome: Outcome) -> str:
    lift = outcome.lift
    if lift is None or not math.isfinite(lift.low):
        return figures.NOTHING if lift is None else figures.share(lift.value)
    low, high = figures.share(lift.low), figures.share(lift.high)
    return _("{value} ({low} to {high})").format(value=figures.share(lift.value), low=low, high=high)


def _count(outcome: Outcome) -> str:
    return figures.NOTHING if outcome.total is None else figures.count(outcome.total.value)


def sureness(outcome: Outcome) -> str:
    """Whether an outcome can be told from nothing."""
    if outcome.effect is None or not math.isfinite(outcome.effect.low):
        return _("too few")
    if not outcome.is_sure:
        return _("cannot be told from nothing")
    return _("more, surely") if outcome.effect.value > 0 else _("less, surely")


def outcomes_head() -> tuple[str, ...]:
    """Columns of outcomes."""
    return (
        _("Outcome"),
        _("Change for each"),
        _("In per cent"),
        _("In sum"),
        _("Chance of nothing"),
        _("What that says"),
    )


def action(found: Earned) -> Markup:
    """What to do first: mend broken lots, then stop what loses, then repeat what earns, else hold people out."""
    for verdict, text in (
        ("mismatch", _("Find where people went missing in {name} before anybody reads it.")),
        ("less", _("Stop {name}: it did harm.")),
        ("lost", _("Stop {name}, or change its offer: it cost more than it brought.")),
        ("earned", _("Repeat {name}, and hold people out again.")),
    ):
        mine = [one for one in found.tested if one.verdict == verdict and one.level != "programme"]
        if mine:
            return say(text, name=title(mine[0]))
    if found.tested:
        return say(_("Test again: what is not known yet becomes known by more people or by joined campaigns."))
    return say(_("Hold people out by lot in the next campaign: it is drafted below."))


def span(segments: Sequence[tuple[object, Estimate]]) -> tuple[float, float]:
    """The least and the most that the intervals of segments reach, and 0: the width of their small drawings."""
    known = [end for _name, one in segments for end in (one.low, one.value, one.high) if math.isfinite(end)]
    least, most = min(0.0, *known), max(0.0, *known)
    return least, most if most > least else least + 1.0


def place(value: float, within: tuple[float, float]) -> float:
    """Where a value lies on a small drawing, in hundredths of its width; NaN at its left end.

    >>> place(5.0, (0.0, 20.0))
    25.0
    """
    low, high = within
    if not math.isfinite(value):
        return 0.0
    return round(min(max((value - low) / (high - low), 0.0), 1.0) * 100, 2)

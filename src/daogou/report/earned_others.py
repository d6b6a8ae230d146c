"""Tables of what is not randomised, and of what all tests have taught."""

import math

from markupsafe import Markup

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.report import amounts, figures
from daogou.report.contexts import Company, Earned, Learning, Observed, Untestable
from daogou.report.sentences.say import data, say

Row = tuple[str, ...]


def observed_head(found: Earned) -> Row:
    """Columns of campaigns without lots."""
    return (
        _("Campaign"),
        _("{outcome}, per person reached").format(outcome=_capital(str(found.observed[0].outcome))),
        _("Like others"),
        _("Differ before, after"),
        _("In another campaign too"),
        _("In the days before"),
        _("What that says"),
    )


def observed_rows(found: Earned, company: Company) -> list[Row]:
    """Each campaign without lots: estimate, overlap, balance, placebo, verdict."""
    return [_observed(one, found.observed[0], company) for one in found.observed]


def _observed(one: Observed, first: Observed, company: Company) -> Row:
    effect = _with_doubt(one, one.effect, company)
    if one.outcome != first.outcome:
        effect = _("{effect} of {outcome}").format(effect=effect, outcome=one.outcome)
    return (
        say(_("{name} (regions)"), name=data(one.name)) if one.by_region else data(one.name),
        effect,
        figures.share(one.overlap),
        _balance(one),
        figures.share(one.elsewhere),
        _with_doubt(one, one.placebo, company),
        str(one.verdict),
    )


def _with_doubt(one: Observed, effect: Estimate | None, company: Company) -> str:
    """A figure that nobody can say how sure it is of is not told."""
    if effect is None or not math.isfinite(effect.low):
        return figures.NOTHING
    return amounts.with_interval(one.kind, effect, company)


def untestable(found: Earned) -> list[tuple[Markup, str]]:
    """Campaigns of which not even an estimate is known, those with the same reason together."""
    grouped: dict[str, list[Untestable]] = {}
    for one in found.untestable:
        grouped.setdefault(str(one.why), []).append(one)
    return [(Markup(_(", ")).join(_untestable(one) for one in ones), why) for why, ones in grouped.items()]  # noqa: S704 our own comma


def _untestable(one: Untestable) -> Markup:
    if not one.channel:
        return data(one.name)
    return say(_("{name} ({channel})"), name=data(one.name), channel=data(one.channel))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _balance(one: Observed) -> str:
    if one.covariates is None or one.unbalanced_after is None:
        return figures.NOTHING
    return _("{before}, {after} of {all}").format(
        before=figures.exact(one.unbalanced_before), after=figures.exact(one.unbalanced_after), all=one.covariates
    )


def observed_counts(found: Earned) -> tuple[int, int]:
    """How many campaigns without lots were looked at, and of how many nothing speaks against the figure."""
    return len(found.observed), sum(not one.is_doubtful for one in found.observed)


def learnt_head() -> Row:
    """Columns of what tests have taught."""
    return (
        _("Of what"),
        _("Tests"),
        _("Earned a person, on the mean"),
        _("The next one, likely"),
        _("Last of them"),
    )


def learnt_row(one: Learning, company: Company) -> Row:
    """Mean effect, the next one's range, and how old that is."""
    following = _("{low} to {high}").format(
        low=figures.money(one.next_low, company.currency), high=figures.money(one.next_high, company.currency)
    )
    return (
        _level(one),
        figures.exact(one.campaigns),
        amounts.with_interval("money", one.mean, company),
        following,
        _("{day}, {n} days ago").format(day=figures.day(one.last_on), n=figures.exact(one.age)),
    )


def _level(one: Learning) -> str:
    name = str(one.name)
    if one.level == "all":
        return _("All tests")
    if not name:
        return {
            "offer": _("Offer not known"),
            "kind": _("Kind not known"),
            "channel": _("Channel not known"),
            "segment": _("Other segments"),
        }[one.level]
    text = {
        "offer": _("Offer {name}"),
        "kind": _("Kind {name}"),
        "channel": _("Channel {name}"),
        "segment": _("Segment {name}"),
    }[one.level]
    return say(text, name=name if one.level == "segment" else data(name))

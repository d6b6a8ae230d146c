"""What an experiment says to a person, in the current language."""

from collections.abc import Mapping, Sequence
from datetime import date

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _


def earned_text(name: str, days: int, people: Mapping[str, int], amounts: Mapping[str, str]) -> str:
    """What a campaign earned. ``people``: treated, held_out; ``amounts``: value, low, high and cost, as written."""
    return _(
        "Campaign {name} brought {value} of contribution beyond its control group in {days} days (between {low} and"
        " {high}, 95 % sure) and its contacts cost {cost}. {treated} people were in it, {held_out} held out by lot."
    ).format(name=name, days=days, **people, **amounts)


def advice_text(earned: Estimate, cost: float, needed: int | None) -> str:
    """What to do next, where there is an interval.

    >>> advice_text(Estimate(500.0, 200.0, 800.0, 900), 100.0, None)
    'It paid for itself: do it again, and hold people out again.'
    >>> advice_text(Estimate(5.0, -20.0, 80.0, 900), 100.0, None)
    'It did not pay for itself: stop it, or change the offer.'
    """
    if earned.low > cost:
        return _("It paid for itself: do it again, and hold people out again.")
    if earned.high < cost:
        return _("It did not pay for itself: stop it, or change the offer.")
    if needed is None:
        return _("Whether it paid for itself cannot be told yet: test it again.")
    return _(
        "Whether it paid for itself cannot be told yet: that needs about {needed} people, half of them held out."
    ).format(needed=needed)


def mismatch_text(name: str, people: Mapping[str, int], groups: Sequence[str]) -> str:
    """Why an experiment is not read."""
    text = _(
        "Campaign {name} is not read: {treated} people in it and {held_out} held out are not the lots that were drawn,"
        " which chance brings less than once in a thousand. People went missing in one arm."
    ).format(name=name, **people)
    if not groups:
        return text
    return text + " " + _("Look first at: {groups}.").format(groups=_(", ").join(groups))


def too_few_text(name: str, people: Mapping[str, int]) -> str:
    """Why there is no interval."""
    return _(
        "Campaign {name} has too few buyers for a figure of money: 200 are needed among those in it and among those"
        " held out ({treated} and {held_out} people)."
    ).format(name=name, **people)


def learnt_text(kind: str, campaigns: int, last: date, amounts: Mapping[str, str]) -> str:
    """What past campaigns of a kind have taught. ``amounts``: value, low, high, next_low and next_high."""
    return _(
        "Learnt so far of {kind}: {value} of contribution a person ({low} to {high}); campaigns read: {campaigns}, the"
        " last began on {last}. The next one is likely to bring {next_low} to {next_high} a person."
    ).format(kind=kind or _("campaigns without a kind"), campaigns=campaigns, last=last.isoformat(), **amounts)

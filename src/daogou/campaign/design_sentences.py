"""What is fixed before a campaign starts, why so many are held out, and what past campaigns lead one to expect."""

from collections.abc import Mapping
from typing import Any

from daogou.base.words import gettext as _
from daogou.campaign.design import GUARD_RAILS
from daogou.campaign.sentences import outcome_text, percent


def size_text(told: Mapping[str, Any]) -> str:
    """Why so many are held out; ``told`` is the plan's ``holdout`` as the stage prints it.

    >>> told = {"share": 0.2, "given": None, "least": 0.2, "least_detects": True, "detects": True, "target": "pays"}
    >>> size_text(told | {"target_lift": 0.125})
    'Held out are 20 %: the least that shows a gain of 12 %, from which it pays.'
    """
    if told["target_lift"] is None:
        return _("It costs nothing, so that any gain pays: half held out shows the smallest gain.")
    values = {"share": percent(told["share"]), "least": percent(told["least"]), "lift": percent(told["target_lift"])}
    if told["detects"]:
        texts = {
            "pays": _("Held out are {share}: the least that shows a gain of {lift}, from which it pays."),
            "planned": _("Held out are {share}: the least that shows a gain of {lift}, as planned."),
            "more": _("The settings hold out {share}; {least} would be enough to show the gain that counts, {lift}."),
            "given": _("The settings hold out {share}; that shows the gain that counts, {lift}."),
        }
    else:
        texts = {
            "pays": _("Not even half held out shows the gain from which it pays, {lift}."),
            "planned": _("Not even half held out shows the planned gain, {lift}."),
            "more": _("The settings hold out {share}: that does not show the gain that counts, {lift}; {least} would."),
            "given": _("The settings hold out {share}; not even half would show the gain that counts, {lift}."),
        }
    return texts[_size_case(told)].format(**values)


def _size_case(told: Mapping[str, Any]) -> str:
    if told["given"] is None:
        return "pays" if told["target"] == "pays" else "planned"
    differs = told["least_detects"] and percent(told["share"]) != percent(told["least"])
    return "more" if differs else "given"


def target_text(target: str, outcome: str) -> str:
    """That the gain which must show is a convention; empty where it is what pays, or was planned."""
    if target != "assumed":
        return ""
    return _(
        "The worth of {outcome} is not known, so a gain of 20 % is planned for; planned_effect sets another."
    ).format(outcome=outcome_text(outcome))


def fewest_text(least: int) -> str:
    """That an arm is too small for an interval; ``least`` units are needed."""
    return _("An arm is smaller than the {n} that a reading needs to say how sure it is.").format(n=f"{least:,}")


def joined_text(campaigns: int | None) -> str:
    """That campaigns of the offer are read together; ``campaigns`` like this one would be enough, None: no number."""
    if campaigns is None:
        return _("Campaigns of this offer are read together.")
    return _("So campaigns of this offer are read together: about {n} like this one would be enough.").format(
        n=f"{campaigns:,}"
    )


def design_text(outcome: str, days: int, guard_rails: Mapping[str, float]) -> str:
    """What is fixed before the start.

    >>> design_text("orders", 28, {"unsubscribes": 0.005, "margin": -0.02})
    'Fixed before the start: what decides is orders over 28 days, ...still borne: unsubscribes +0.5 %, margin -2.0 %.'
    """
    ordered = [(name, guard_rails[name]) for name in GUARD_RAILS if name in guard_rails]
    rails = _(", ").join(f"{_rail(name)} {_signed(limit)}" for name, limit in ordered)
    return _(
        "Fixed before the start: what decides is {outcome} over {days} days, and the {days} days after show what was"
        " only bought earlier. Guard rails, with the change that is still borne: {rails}."
    ).format(outcome=decides_text(outcome), days=days, rails=rails)


def decides_text(outcome: str) -> str:
    """The primary outcome in the reader's words."""
    return _("contribution") if outcome == "contribution" else outcome_text(outcome)


def _rail(name: str) -> str:
    words = {
        "unsubscribes": _("unsubscribes"),
        "complaints": _("complaints"),
        "refund_rate": _("refund rate"),
        "margin": _("margin"),
    }
    return words[name]


def _signed(limit: float) -> str:
    return ("+" if limit >= 0 else "-") + percent(abs(limit))


def effect_text(usual: str, visible: str, days: int, outcome: str) -> str:
    """The minimal detectable effect per person, from the company's own history; amounts as a person writes them."""
    return _(
        "In the last {days} days {outcome} came to {usual} a person; an effect of {visible} a person will show,"
        " corrected for what was known before."
    ).format(days=days, usual=usual, visible=visible, outcome=decides_text(outcome))


def unit_text(unit: str, units: int) -> str:
    """Who is drawn together; empty where customers are drawn one by one."""
    texts = {
        "household": _("Lots are drawn for whole households, of which there are {n}: all of one share an arm."),
        "store": _("Lots are drawn for whole stores, of which there are {n}: all customers of one share an arm."),
    }
    return texts[unit].format(n=f"{units:,}") if unit in texts else ""


def arm_text(arm: str, customers: int, value: str) -> str:
    """What one of several arms gets; ``value`` is money as a person writes it."""
    return _("Arm {arm}: {n} customers, with a coupon worth {value}.").format(arm=arm, n=f"{customers:,}", value=value)


def exclusion_texts(group: str, slot: int, slots: int, others: int) -> list[str]:
    """How a person is kept from two campaigns at a time; ``slot`` counts from 1, ``others`` are in another campaign."""
    if slots == 1:
        said = [_("Nobody is in two campaigns of the group {group} at a time.").format(group=group)]
    else:
        said = [
            _("Nobody is in two campaigns of the group {group} at a time: this one has part {slot} of {slots}.").format(
                group=group, slot=slot, slots=slots
            )
        ]
    if others:
        said.append(_("Kept out, as they are in another: {n} customers.").format(n=f"{others:,}"))
    return said


def full_text(group: str, until: str) -> str:
    """Why nothing is planned: other campaigns have everyone."""
    return _("No campaign is planned: until {day} other campaigns of the group {group} have everyone.").format(
        day=until, group=group
    )


def prior_texts(offer: bool, campaigns: int, amounts: Mapping[str, str], days: int, chance: float | None) -> list[str]:
    """What past campaigns taught, and how likely the next one pays by that.

    ``amounts`` are value, low, high, next_low and next_high, as a person writes money.
    """
    who = (
        _("Past campaigns of this offer (n: {n}) brought a contribution of {value} a person, {low} to {high}.")
        if offer
        else _("Past campaigns (n: {n}) brought a contribution of {value} a person, {low} to {high}.")
    )
    following = _("The next one is likely to bring between {next_low} and {next_high}. The last began {days} days ago.")
    said = [text.format(n=campaigns, days=days, **amounts) for text in (who, following)]
    if chance is not None:
        said.append(_("By that, it pays with a chance of about {chance}.").format(chance=percent(chance)))
    return said


def global_texts(told: Mapping[str, Any], forgone: str) -> list[str]:
    """The customers whom no campaign reaches, what that will show and what it costs; money as a person writes it."""
    said = _(
        "By lot, no campaign reaches {n} of {of} customers ({share}) until {day}: what all marketing brings shows"
        " against them."
    ).format(n=f"{told['held_out']:,}", of=f"{told['customers']:,}", day=told["ends_on"], share=percent(told["share"]))
    if told["visible_lift"] is None:
        return [said, _("There is too little spend so far to say which gain will show.")]
    promise = _(
        "On {day} a gain in spend of {lift} by all marketing together will show. Were it just that, leaving them out"
        " would forgo a contribution of {forgone}, before what reaching them costs."
    ).format(day=told["known_on"], lift=percent(told["visible_lift"]), forgone=forgone)
    return [said, promise]

"""What an experiment says to a person, in the current language."""

from collections.abc import Mapping, Sequence
from datetime import date

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _

HOPELESS = 100  # times as many people as were in it: nobody has them


def earned_text(name: str, days: int, people: Mapping[str, str], amounts: Mapping[str, str]) -> str:
    """What a campaign earned. ``people``: treated, held_out; ``amounts``: value, low, high and cost, as written."""
    return _(
        "Campaign {name} brought {value} of contribution beyond its control group in {days} days (between {low} and"
        " {high}, 95 % sure); reaching its people cost {cost}. {treated} people were in it, {held_out} held out by lot."
    ).format(name=name, days=days, **people, **amounts)


def programme_text(first: str, last: str, people: Mapping[str, str], amounts: Mapping[str, str]) -> str:
    """What all campaigns together earned. ``people``: treated, held_out; ``amounts``: value, low and high."""
    return _(
        "All campaigns together brought {value} of contribution from {first} to {last} beyond the people whom none of"
        " them reaches (between {low} and {high}, 95 % sure): {treated} may be reached, {held_out} are held out by lot."
    ).format(first=first, last=last, **people, **amounts)


def offer_text(name: str, campaigns: int, people: Mapping[str, str], amounts: Mapping[str, str]) -> str:
    """What campaigns of one offer earned together; as :func:`earned_text`."""
    return _(
        "Campaigns of the offer {name}, {campaigns} of them read together, brought {value} of contribution beyond their"
        " control groups (between {low} and {high}, 95 % sure); reaching their people cost {cost}. {treated} people"
        " were in them, {held_out} held out by lot."
    ).format(name=name, campaigns=campaigns, **people, **amounts)


def arm_text(campaign: str, arm: str) -> str:
    """How one arm of a campaign with several is called.

    >>> arm_text("spring", "voucher")
    'spring, arm voucher'
    """
    return _("{campaign}, arm {arm}").format(campaign=campaign, arm=arm)


def advice_text(earned: Estimate, cost: float, needed: int | None) -> str:
    """What to do next, where there is an interval.

    >>> advice_text(Estimate(500.0, 200.0, 800.0, 900), 100.0, None)
    'It paid for itself: do it again, and hold people out again.'
    >>> advice_text(Estimate(5.0, -20.0, 80.0, 900), 100.0, None)
    'It did not pay for itself: stop it, or change the offer.'
    >>> advice_text(Estimate(5.0, -20.0, 80.0, 900), 0.01, 2_000_000)
    'Reaching people costs so little here that no test of such a size shows whether it paid.'
    """
    if earned.low > cost:
        return _("It paid for itself: do it again, and hold people out again.")
    if earned.high < cost:
        return _("It did not pay for itself: stop it, or change the offer.")
    if needed is None:
        return _("Whether it paid for itself cannot be told yet: test it again.")
    if needed > HOPELESS * earned.n:
        return _("Reaching people costs so little here that no test of such a size shows whether it paid.")
    return _(
        "Whether it paid for itself cannot be told yet: that needs about {needed} people, half of them held out."
    ).format(needed=f"{needed:,}")


def brought_forward_text(amounts: Mapping[str, str], days: int) -> str:
    """What was bought earlier, not more. ``amounts``: gained and back, of all people treated, with low and high."""
    return _(
        "Of the {gained} gained, {back} was only bought earlier: so much less came in the {days} days after (between"
        " {low} and {high})."
    ).format(days=days, **amounts)


def provisional_text(day: str) -> str:
    """That orders may still be returned."""
    return _("Provisional until {day}: till then orders of these days can be returned.").format(day=day)


def primary_text(outcome: str, change: Mapping[str, str]) -> str:
    """What was to decide, where that is not contribution. ``change``: value, low and high a person, as written."""
    return _("What was fixed to decide, {outcome}, changed by {value} a person ({low} to {high}).").format(
        outcome=outcome_words(outcome), **change
    )


def not_read_text(outcome: str, why: str) -> str:
    """Why the outcome that was to decide is not read; ``why`` as ``daogou.flows.outcomes.lacking`` tells it.

    >>> not_read_text("dwell", "read_seconds")
    'What was fixed to decide, seconds of attention, is not read: no event tells how long somebody read or viewed.'
    """
    reasons = {
        "unknown": _("this version knows no such outcome"),
        "undeclared": _("[measure.outcomes] does not say which event it is"),
        "refunds": _("no refunds are known"),
        "unit_cost": _("no order line and no item tells what goods cost"),
        "unsubscribe": _("no touch tells of anyone who unsubscribed"),
        "complaint": _("no touch tells of anyone who complained"),
        "read_seconds": _("no event tells how long somebody read or viewed"),
        "share": _("no event tells of sharing"),
        "days": _("the window ends before the 7th day"),
    }
    return _("What was fixed to decide, {outcome}, is not read: {why}.").format(
        outcome=outcome_words(outcome), why=reasons[why]
    )


def mismatch_text(name: str, people: Mapping[str, str], groups: Sequence[str]) -> str:
    """Why an experiment is not read."""
    text = _(
        "Campaign {name} is not read: {treated} people in it and {held_out} held out are not the lots that were drawn,"
        " which chance brings less than once in a thousand. People went missing in one arm."
    ).format(name=name, **people)
    if not groups:
        return text
    return text + " " + _("Look first at: {groups}.").format(groups=_(", ").join(groups))


def too_few_text(name: str, people: Mapping[str, str]) -> str:
    """Why there is no interval."""
    return _(
        "Campaign {name} has too few buyers for a figure of money: 200 are needed among those in it and among those"
        " held out ({treated} and {held_out} people)."
    ).format(name=name, **people)


def more_text(campaigns: int) -> str:
    """How many readings are not told here."""
    return _("Campaigns with a control group that were read before these: {campaigns}. The report shows all.").format(
        campaigns=campaigns
    )


def changed_text(name: str, then: date, amounts: Mapping[str, str]) -> str:
    """That late data changed a reading. ``amounts``: value_then and value, a person, as written."""
    return _(
        "Campaign {name} was read as {value_then} a person on {then}; data that came later make it {value}. Both"
        " readings are kept."
    ).format(name=name, then=then.isoformat(), **amounts)


def learnt_text(kind: str, campaigns: int, last: date, amounts: Mapping[str, str]) -> str:
    """What past campaigns of a kind have taught. ``amounts``: value, low, high, next_low and next_high."""
    return _(
        "Learnt so far of {kind}: {value} of contribution a person ({low} to {high}); campaigns read: {campaigns}, the"
        " last began on {last}. The next one is likely to bring {next_low} to {next_high} a person."
    ).format(kind=kind or _("campaigns without a kind"), campaigns=campaigns, last=last.isoformat(), **amounts)


def outcome_words(outcome: str) -> str:
    """What an outcome is called; its own name where it is not known.

    >>> outcome_words("second_purchase"), outcome_words("orders_after")
    ('second purchases', 'orders in the days after')
    """
    words = {
        "contribution": _("contribution"),
        "net_sales": _("net sales"),
        "orders": _("orders"),
        "buyers": _("people who buy"),
        "second_purchase": _("second purchases"),
        "refunds": _("refunds"),
        "refund_rate": _("refund rate"),
        "margin": _("margin"),
        "unsubscribes": _("people who unsubscribe"),
        "complaints": _("people who complain"),
        "dwell": _("seconds of attention"),
        "shares": _("how often people share"),
        "return_day_7": _("people who return on day 7"),
        "application": _("people who apply"),
        "funded_account": _("people who fund an account"),
    }
    if outcome.endswith("_after"):
        return _("{outcome} in the days after").format(outcome=outcome_words(outcome.removesuffix("_after")))
    if outcome.endswith("_delivered"):
        return _("{outcome}, of those reached").format(outcome=outcome_words(outcome.removesuffix("_delivered")))
    return words.get(outcome, outcome)

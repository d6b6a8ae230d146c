"""What a plan says to a person, in the current language."""

from collections.abc import Sequence
from functools import reduce

from daogou.base.words import gettext as _
from daogou.campaign.design import RECENCY, VALUE
from daogou.campaign.draws import EVERYONE
from daogou.campaign.holdout import REST
from daogou.campaign.offer import Offer

USUAL_GROUPS = (VALUE, RECENCY)


def offer_text(offer: Offer, value: str) -> str:
    """The offer; ``value`` is money as a person writes it.

    >>> offer_text(Offer("DELI", "response"), "$3.00")
    'a coupon worth $3.00 on DELI'
    """
    if offer.categories:
        return _("a coupon worth {value} on one of {categories}").format(
            value=value, categories=_(", ").join(offer.categories)
        )
    if offer.category is None:
        return _("a voucher worth {value} on anything").format(value=value)
    return _("a coupon worth {value} on {category}").format(value=value, category=offer.category)


def offer_line(offer: str) -> str:
    """What the campaign offers, as a sentence."""
    return _("The next campaign offers {offer}.").format(offer=offer)


def why_text(offer: Offer, days: int) -> str:
    """Why this offer."""
    reasons = {
        "settings": _("The settings name it."),
        "response": _(
            "Of the predicted categories it has the most expected buyers among people who have not bought it"
            " in the last {days} days. They are likely buyers, not proven gain."
        ),
        "lapsed": _(
            "More customers have bought it before and not in the last {days} days than any other category."
            " They are likely buyers, not proven gain."
        ),
        "each": _(
            "Each customer gets the one that they are likeliest to come to and have not bought in the last {days} days:"
            " likely buyers, not proven gain. Who is left out is drawn among those of each."
        ),
        "nothing": _("The items have no category, so that the offer holds for anything."),
    }
    return reasons[offer.chosen_by].format(days=days)


def who_text(customers: int, ranked_by: str, is_everyone: bool = True) -> str:
    """Who takes part; ``ranked_by`` is response, value, or empty where all do who are not kept out beforehand."""
    everyone, free = _("All {n} known customers take part."), _("All {n} customers who are not kept out take part.")
    who = {
        "": everyone if is_everyone else free,
        "response": _(
            "As many take part as capacity and budget allow: {n}, the likeliest buyers first (likely buyers, not proven"
            " gain)."
        ),
        "value": _("As many take part as capacity and budget allow: {n}, those who spent most first."),
    }
    return who[ranked_by].format(n=f"{customers:,}")


def lots_text(groups: Sequence[str]) -> str:
    """Within which groups lots are drawn; names of the company's own stay as they are.

    >>> lots_text(["value", "city"])
    'Within groups by spend, city, lots decide.'
    """
    if not groups:
        return _("Lots decide among all of them.")
    words = {
        VALUE: _("spend"),
        RECENCY: _("last purchase"),
        "member_level": _("member level"),
        "region": _("region"),
    }
    names = _(", ").join(words.get(name, name) for name in groups)
    return _("Within groups by {groups}, lots decide.").format(groups=names)


def stakes_text(limit: str, more: str, pays_from: float) -> str:
    """What the next 1 of a limit, budget or capacity, would reach; ``more`` is money as a person writes it.

    >>> stakes_text("budget", "$3.20", 0.3125)
    'The next 1 of the budget would reach purchases ... of $3.20; it pays from a gain of 31 % on these.'
    """
    texts = {
        "budget": _(
            "The next 1 of the budget would reach purchases that bring a contribution of {more}; it pays from a gain of"
            " {pays_from} on these."
        ),
        "capacity": _(
            "The next customer that the capacity would allow makes purchases that bring a contribution of {more}; the"
            " offer pays there from a gain of {pays_from} on these."
        ),
    }
    return texts[limit].format(more=more, pays_from=percent(pays_from))


def arms_text(treated: int, held_out: int) -> str:
    """How many get the offer and how many are left out."""
    return _("Customers who get it: {treated}; left out by lot as the control group: {held_out}.").format(
        treated=f"{treated:,}", held_out=f"{held_out:,}"
    )


def share_text(share: float, lift: float, outcome: str = "contribution") -> str:
    """What holding out ``share`` would show; ``lift`` is a share of the usual outcome.

    >>> share_text(0.1, 0.244)
    'With 10 % held out, a gain shows from 24 % of usual spend.'
    """
    return _("With {share} held out, a gain shows from {lift} of usual {outcome}.").format(
        share=percent(share), lift=percent(lift), outcome=outcome_text(outcome)
    )


def adjusted_text(lift: float) -> str:
    """What the chosen share would show when what was known before is taken into account."""
    return _("Corrected for what each customer bought before, a gain shows from {lift}.").format(lift=percent(lift))


def known_text(known_on: str, days: int, lift: float, outcome: str = "contribution") -> str:
    """What will be known, and when."""
    return _(
        "On {day} it will be known whether the offer raises {outcome} over {days} days by {lift} or more:"
        " a gain of that size is found 4 times in 5."
    ).format(day=known_on, days=days, lift=percent(lift), outcome=outcome_text(outcome))


def hidden_text(pays_from: float | None, lift: float) -> str:
    """Which gains would pay and may yet stay hidden; empty where there are none."""
    if pays_from is None or pays_from >= lift:
        return ""
    return _(
        "A gain between {pays_from} and {lift} would pay and may stay hidden: seeing nothing will not prove that there"
        " is nothing."
    ).format(pays_from=percent(pays_from), lift=percent(lift))


def cost_text(total: str) -> str:
    """What the campaign costs; money as a person writes it."""
    return _("It costs about {total}, whether or not it works.").format(total=total)


def price_text(pays_from: float | None, lift: float, forgone: str) -> str:
    """What knowing costs; ``pays_from`` and ``lift`` are shares of usual spend. Empty where nobody spends."""
    if pays_from is None:
        return ""
    return _(
        "It pays from a gain of {pays_from}. Were the gain {lift}, holding people out would forgo {forgone}:"
        " that is the price of knowing."
    ).format(pays_from=percent(pays_from), lift=percent(lift), forgone=forgone)


def draft_text() -> str:
    """What happens next."""
    return _("This is a draft: nothing is sent before a person approves it.")


def too_few_text(customers: int, outcome: str = "contribution") -> str:
    """Why nothing is planned."""
    return _("No campaign is planned: with {n} customers not even a doubling of {outcome} would show.").format(
        n=f"{customers:,}", outcome=outcome_text(outcome)
    )


def outcome_text(outcome: str) -> str:
    """An outcome in the reader's words, as it stands in a sentence.

    >>> outcome_text("contribution"), outcome_text("return_day_7")
    ('spend', 'returns on day 7')
    """
    words = {
        "contribution": _("spend"),  # at one margin both rise by the same share
        "net_sales": _("net sales"),
        "orders": _("orders"),
        "buyers": _("buyers"),
        "second_purchase": _("second purchases"),
        "dwell": _("time spent"),
        "shares": _("shares"),
        "return_day_7": _("returns on day 7"),
        "application": _("applications"),
        "funded_account": _("funded accounts"),
    }
    return words[outcome]


def needed_text(needed: int | None) -> str:
    """How many people would be enough; empty where there is no spend to go by."""
    if needed is None:
        return ""
    return _("About {needed} customers would be enough to see a gain of 20 %.").format(needed=f"{needed:,}")


def assumed_text(names: Sequence[str]) -> str:
    """Which terms nobody gave, so that they are assumed; empty where none is."""
    if not names:
        return ""
    words = {
        "margin": _("the margin"),
        "contact_cost": _("the cost of a contact"),
        "coupon_value": _("the value of the coupon"),
        "redemption_rate": _("the redemption rate"),
    }
    return _("Assumed, until the settings say otherwise: {names}.").format(
        names=_(", ").join(words[name] for name in names)
    )


def stratum_text(stratum: str) -> str:
    """The reader's name of a stratum; names of the company's own stay as they are.

    >>> stratum_text("high/quiet"), stratum_text("low/Berlin")
    ('top third by spend, last bought 29 to 90 days ago', 'bottom third by spend, Berlin')
    """
    if stratum == REST:
        return _("small groups together")
    if stratum == EVERYONE:
        return _("everyone")
    words = {
        "high": _("top third by spend"),
        "middle": _("middle third by spend"),
        "low": _("bottom third by spend"),
        "recent": _("bought in the last 28 days"),
        "quiet": _("last bought 29 to 90 days ago"),
        "gone": _("last bought more than 90 days ago"),
    }
    names = [words.get(part, part) for part in stratum.split("/")]
    return reduce(lambda told, name: _("{value}, {recency}").format(value=told, recency=name), names)


def percent(share: float) -> str:
    """A share as people write it: whole from 10 % on, one decimal below.

    >>> percent(0.376), percent(0.0227)
    ('38 %', '2.3 %')
    """
    return _("{n} %").format(n=f"{100 * share:.{0 if share >= 0.095 else 1}f}")

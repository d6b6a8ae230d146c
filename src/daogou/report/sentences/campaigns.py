"""Past campaigns and the next one, in the current language."""

import math

from markupsafe import Markup

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.contexts import Campaign, Company, NextCampaign, Past
from daogou.report.sentences.say import joined, number, say


def past(facts: Past) -> Markup:
    """What share of redemptions must be incremental, over all campaigns."""
    known = facts.overall.break_even
    if not facts.overall.redemptions:
        return say(_("No redemption is known: map coupons in daogou.toml to see what campaigns must earn."))
    if known is None or not math.isfinite(known.value):
        return say(
            _("{n} people redeemed a coupon: too few to say what share must be incremental."),
            n=number(figures.exact(facts.overall.redeemers)),
        )
    values = {"share": number(figures.share(known.value)), "between": _interval(known)}
    if known.value > 1:
        return say(
            _(
                "Taken together, past campaigns cannot pay at these assumptions: their cost is {share} of what all "
                "redemptions earned ({between})."
            ),
            **values,
        )
    return say(
        _(
            "Taken together, past campaigns pay only if at least {share} of redemptions would not have happened anyway "
            "({between})."
        ),
        **values,
    )


def past_action(facts: Past) -> Markup:
    """What to do before the next one like them."""
    known = facts.overall.break_even
    if known is not None and known.value > 1:
        return say(
            _("Do not repeat them as they are: reach fewer people or fund less, and check the margin and cost above.")
        )
    return say(
        _(
            "Before you repeat one, ask whether more than its break-even share would not have come anyway: "
            "only a control group can tell."
        )
    )


def _interval(estimate: Estimate) -> str:
    return figures.between(figures.share(estimate.low), figures.share(estimate.high))


def incomplete(campaign: Campaign) -> str:
    """Why the data do not hold a campaign wholly; empty where they do."""
    return {"": "", "begins": _("begins before the data"), "ends": _("ends after the data")}[campaign.incomplete]


def next_campaign(plan: NextCampaign) -> Markup:
    """Who gets what, who is held out, and what will show by when."""
    return say(
        _(
            "{treated} customers get the offer and {held_out}, drawn by lot, do not; "
            "by {day} a gain of {lift} or more will show."
        ),
        treated=number(figures.count(plan.treated)),
        held_out=number(figures.count(plan.held_out)),
        day=number(figures.day(plan.known_on)),
        lift=number(figures.share(plan.visible_lift)),
    )


def cost(plan: NextCampaign, company: Company) -> Markup:
    """What it is expected to cost, with its interval, what of it is assumed, and what knowing costs."""
    low, high = (figures.money(end, company.currency) for end in (plan.cost.low, plan.cost.high))
    about = say(
        _("About {cost}, {between}."),
        cost=number(figures.money(plan.cost.value, company.currency)),
        between=figures.between(low, high),
    )
    return joined(about, plan.assumed, plan.price)

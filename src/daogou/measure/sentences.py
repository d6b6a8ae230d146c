"""What the figures of past campaigns say to a person, in the current language."""

from collections.abc import Sequence

from daogou.base.words import gettext as _


def break_even_text(share: float, is_pool: bool = False) -> str:
    """What the break-even lift means, for a campaign or for several pooled.

    >>> break_even_text(0.38)
    'this campaign pays only if at least 38 % of redemptions would not have happened anyway'
    >>> break_even_text(1.2)
    'this campaign cannot pay at these assumptions: not even if no redemption would have happened anyway'
    """
    if share > 1:
        if is_pool:
            return _(
                "these campaigns cannot pay at these assumptions: not even if no redemption would have happened anyway"
            )
        return _("this campaign cannot pay at these assumptions: not even if no redemption would have happened anyway")
    if is_pool:
        text = _("these campaigns pay only if at least {share} % of redemptions would not have happened anyway")
    else:
        text = _("this campaign pays only if at least {share} % of redemptions would not have happened anyway")
    return text.format(share=f"{100 * share:.0f}")


def campaigns_text(campaigns: int, incomplete: int, counts_alone: int, fewest: int) -> str:
    """How many campaigns there are, and how many of them say little."""
    return _(
        "Past campaigns: {n}; not wholly in the data: {incomplete}; with fewer than {fewest} redeemers, so that only"
        " counts are shown: {few}."
    ).format(n=campaigns, incomplete=incomplete, fewest=fewest, few=counts_alone)


def proof_text() -> str:
    """What no figure here is."""
    return _("No campaign kept a control group drawn by lot: nothing here is proof of effect.")


def clicks_text() -> str:
    """Why two rates are absent."""
    return _("The data hold no impressions and no clicks, so there is no CTR and no CVR.")


def overlap_text(share: float) -> str:
    """How campaigns overlap."""
    if not share:
        return _("No customer's consecutive campaigns overlap.")
    return _(
        "{share} % of a customer's consecutive campaigns overlap, so that their effects cannot be told apart."
    ).format(share=f"{100 * share:.0f}")


def no_redemptions_text() -> str:
    """Why no campaign has a rate or a cost of coupons."""
    return _("No redemption is known. Map coupons in daogou.toml to see who used one.")


def coupons_text(attributed: str, covered: float, unexplained: str) -> str:
    """How coupon value was given to redemptions; ``covered`` is a share, amounts are money as a person writes it."""
    return _(
        "Coupon value given to redemptions: {attributed}, {covered} % of it on items that the coupon covers, the rest"
        " on other lines of the same orders (where a coupon names no order, the customer's orders of that day)."
        " Left on these orders, to other coupons: {unexplained}."
    ).format(attributed=attributed, covered=f"{100 * covered:.0f}", unexplained=unexplained)


def used_text(margin: float, contact_cost: str) -> str:
    """Margin and cost of a contact behind the break-even lifts."""
    return _("Used: margin {margin} %, cost of a contact {contact_cost}.").format(
        margin=f"{100 * margin:.0f}", contact_cost=contact_cost
    )


def assumed_text(names: Sequence[str]) -> str:
    """Which of these nobody gave."""
    words = {"margin": _("the margin"), "contact_cost": _("the cost of a contact")}
    return _("Assumed, until the settings say otherwise: {names}.").format(
        names=_(", ").join(words[name] for name in names)
    )


def line_text(name: str, text: str) -> str:
    """A figure's name and what it says."""
    return _("{name}: {text}.").format(name=name, text=text)


def nothing_text() -> str:
    """Why there are no figures, and what brings them."""
    return _(
        "No past campaigns are known. Map past_campaigns, assignments and coupons in daogou.toml to see what they cost."
    )


def incomplete_text(reason: str) -> str:
    """Why the data do not hold a campaign wholly."""
    return {
        "begins before the data": _("begins before the data"),
        "ends after the data": _("ends after the data"),
    }[reason]

"""What credit, claims and proof say to a person, in the current language."""

from daogou.base.words import gettext as _


def rule_text(rule: str) -> str:
    """What a rule does, in a few words.

    >>> rule_text("last")
    'the last touch before the order'
    """
    return {
        "first": _("the first touch of the path"),
        "last": _("the last touch before the order"),
        "last_non_direct": _("the last touch that was not direct"),
        "linear": _("every touch alike"),
        "time_decay": _("later touches more, by their age"),
        "position": _("40 % each to the first and the last touch, the rest to those between"),
        "markov": _("what would be lost if nobody could come by the channel (Markov removal)"),
        "shapley": _("what the channel adds to each group of the others (Shapley value)"),
    }[rule]


def credited_text(days: int, with_path: int, orders: int, rule: str) -> str:
    """How many orders were shared, and by which rule."""
    return _(
        "Credit, not causation: {n} of {orders} orders of the last {days} days have a path, shared by: {rule}."
    ).format(n=f"{with_path:,}", orders=f"{orders:,}", days=days, rule=rule_text(rule))


def channel_text(name: str, claimed: str, credited: str, proven: str) -> str:
    """The three columns of a channel."""
    return _("{channel}: claimed {claimed}, credited {credited}, proven {proven}.").format(
        channel=name, claimed=claimed, credited=credited, proven=proven
    )


def nothing_claimed_text() -> str:
    """A platform that says nothing."""
    return _("none")


def not_tested_text() -> str:
    """A channel that no test looked at."""
    return _("not tested")


def no_person_text() -> str:
    """A channel of which only the platform knows whom it reached."""
    return _("cannot be seen")


def proven_text(value: float, low: float, high: float) -> str:
    """Orders that a test found.

    >>> proven_text(31.2, 4.0, 58.4)
    '31 (between 4 and 58)'
    """
    if low != low:  # NaN: no interval
        return _("{value} (too few for an interval)").format(value=f"{value:,.0f}")
    return _("{value} (between {low} and {high})").format(value=f"{value:,.0f}", low=f"{low:,.0f}", high=f"{high:,.0f}")


def proven_by_text(by: str, platform: str | None) -> str:
    """By which kind of test.

    >>> proven_by_text("lift_study", "Meta")
    "by Meta's own study"
    """
    if by == "lift_study":
        return _("by {platform}'s own study").format(platform=platform)
    words = {"lots": _("by lots"), "regions": _("by regions on and off"), "weeks": _("by weeks on and off")}
    return words[by]


def claims_text(claimed: float, orders: int) -> str:
    """How many orders platforms claim together, beside those that were made."""
    return _("Platforms together claim {claimed} orders; {orders} were made.").format(
        claimed=f"{claimed:,.0f}", orders=f"{orders:,}"
    )


def over_claim_text(channel: str, factor: float) -> str:
    """A platform that claims more than our rule credits."""
    return _("{channel} claims {factor} times what our rule credits to it.").format(
        channel=channel, factor=f"{factor:.1f}"
    )


def no_path_text(share: float) -> str:
    """What paths do not hold."""
    return _(
        "{share} % of orders have no path: nothing that we know of touched them in the look-back days. Other devices, "
        "shops without a log, word of mouth and platforms that tell nothing of persons are missing everywhere."
    ).format(share=f"{100 * share:.0f}")


def unseen_text(channels: list[str]) -> str:
    """Channels that claim, and tell nothing of persons."""
    return _("Without a touch of a person, so that no order can be credited: {channels}.").format(
        channels=_(", ").join(channels)
    )


def last_second_text(channel: str, share: float, flagged: int, minutes: float) -> str:
    """An affiliate that appears at the till."""
    return _(
        "{channel} touched {n} orders ({share} % of those where it was last) only in the last {minutes} minutes, after "
        "another channel had led there: look whether it earned them."
    ).format(channel=channel, n=f"{flagged:,}", share=f"{100 * share:.0f}", minutes=f"{minutes:g}")


def nothing_text() -> str:
    """Why channels have no figures, and what brings them."""
    return _(
        "No touches and no spend are known. Map touches and spend in daogou.toml to see what channels claim and get."
    )


def none_counts_text(kinds: list[str]) -> str:
    """Touches are there, and none that counts."""
    return _("No touch counts: [attribution] kinds asks for {kinds}, and no event names a channel.").format(
        kinds=", ".join(kinds)
    )


def other_refunds_text(amount: str) -> str:
    """Refunds that lower no channel."""
    return _("Refunds that name no order, {amount}, lower no channel's credit.").format(amount=amount)

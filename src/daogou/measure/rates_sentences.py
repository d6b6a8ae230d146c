"""What rates say to a person, in the current language."""

from collections.abc import Mapping

from daogou.base.words import gettext as _


def rate_name(rate: str) -> str:
    """What a rate is called, with its base."""
    return {
        "ctr": _("CTR (clicks per impression)"),
        "unique_ctr": _("unique CTR (people who clicked per person who saw it)"),
        "platform_ctr": _("CTR as the platform counts (clicks per impression)"),
        "cvr": _("conversion rate per click (CVR)"),
        "reach_cvr": _("conversion rate per person reached"),
        "visitor_cvr": _("conversion rate per visitor"),
        "delivery_rate": _("messages that arrived"),
        "open_rate": _("messages opened"),
        "click_rate": _("clicks per message that arrived"),
        "unique_click_rate": _("messages clicked, of those that arrived"),
        "click_to_open_rate": _("messages clicked, of those opened"),
        "unsubscribe_rate": _("opt-outs per message"),
        "complaint_rate": _("complaints per message"),
    }[rate]


def rate_text(name: str, rate: str, value: str, unit: str) -> str:
    """A rate with its interval and how its doubt was counted."""
    how = {
        "customer": _("interval by customer"),
        "day": _("interval by day"),
    }.get(unit.rpartition("clustered by ")[2], _("interval of independent trials"))
    text = _("{rate}: {value}; {how}.").format(rate=rate_name(rate), value=value, how=how)
    return _("{name}, {text}").format(name=name, text=text) if name else text


def opens_text() -> str:
    """Why opens prove nothing."""
    return _("Opens are no evidence: mail programs open messages by themselves.")


def left_out_text(kind: str, counts: Mapping[str, int]) -> str:
    """How many touches of a kind do not count, and by which rules."""
    words = {
        "declared": _("the source says a program did it"),
        "named": _("its program names itself"),
        "fast": _("within 2 seconds of the message"),
        "doubled": _("its order was claimed before"),
        "late": _("too long after the click"),
        "without_click": _("without a click"),
    }
    why = [_("{reason}: {n}").format(reason=words[rule], n=f"{counts[rule]:,}") for rule in words if counts.get(rule)]
    return _("Of {all} touches of kind '{kind}' {kept} count; left out: {why}.").format(
        all=f"{counts['all']:,}", kind=kind, kept=f"{counts['kept']:,}", why=_("; ").join(why)
    )


def flood_text(*figures: str) -> str:
    """Messages, opt-outs and complaints of the first week and of the last."""
    first, last, left, leaves, cried, cries = figures
    return _(
        "From the first week to the last: messages per person {first} to {last}, opt-outs per message {left} to "
        "{leaves}, complaints per message {cried} to {cries}."
    ).format(first=first, last=last, left=left, leaves=leaves, cried=cried, cries=cries)

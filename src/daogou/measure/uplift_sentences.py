"""An advice in words."""

from collections.abc import Callable, Sequence

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.measure.uplift_advice import Advice
from daogou.measure.uplift_rare import NEEDED

Show = Callable[[float], str]  # an amount of the outcome as people read it


def lines(advice: Advice, show: Show, qini: Sequence[Estimate] = ()) -> list[str]:
    """The advice first, then what each choice earns, how honest the plan is, and what to beware of."""
    told = [headline(advice, show), *advice.warnings]
    told.append(_("Earned a customer of all, over sending to nobody, by customers that no model had seen (95 %):"))
    told += [f"  {policy_name(name)}: {spread(profit, show)}" for name, profit in advice.profits.items()]
    several = len(advice.arms) > 1
    for arm, effect in zip(advice.arms, advice.effect, strict=True):
        what = _("mean effect of {arm}").format(arm=arm) if several else _("mean effect of the message")
        told.append(f"  {what}: {spread(effect, show)}")
    return [*told, promise(advice, show), calibration(advice), *card(advice, qini)]


def card(advice: Advice, qini: Sequence[Estimate]) -> list[str]:
    """What the model is, how well it ranks, and what it is not for."""
    rows = advice.profits["all"].n
    told = [_("model: {model}, learned from {rows} customers of a trial").format(model=advice.model, rows=f"{rows:,}")]
    for arm, one in zip(advice.arms, qini, strict=False):
        if one.value != one.value:
            continue
        found = spread(one, lambda value: f"{value:.3f}")
        if len(advice.arms) == 1:
            told.append(
                _("Qini on customers not seen: {qini}; 1 is the perfect order, 0 a random one").format(qini=found)
            )
        else:
            said = _("Qini of {arm} on customers not seen: {qini}; 1 is the perfect order, 0 a random one")
            told.append(said.format(arm=arm, qini=found))
    told.append(
        _(
            "not for: foretelling who buys; customers or messages unlike those of the trial; judging one customer by"
            " name, as only groups can be checked"
        )
    )
    return told


def headline(advice: Advice, show: Show) -> str:
    """What to do, and why, in one or two sentences."""
    profit = advice.profits["all"]
    if advice.action == "target":
        return _(
            "Send to {share} of customers: those whom the message is expected to change by more than it costs. It earns"
            " {profit} a customer over sending to nobody, and {more} more than sending to all."
        ).format(
            share=f"{advice.share:.0%}",
            profit=spread(advice.profits["targeted"], show),
            more=spread(advice.over["all"], show),
        )
    if advice.action == "all":
        best = f" ({advice.arms[advice.everyone]})" if len(advice.arms) > 1 else ""
        return _(
            "Send to all{arm}. It earns {profit} a customer over sending to nobody. That choosing whom to send to earns"
            " more is not proven."
        ).format(arm=best, profit=spread(profit, show))
    if advice.action == "nobody":
        return _(
            "Send to nobody. Sending to all would bring {profit} a customer, and that a choice of customers earns more"
            " than nothing is not proven."
        ).format(profit=spread(profit, show))
    return _unknown(advice, show)


def _unknown(advice: Advice, show: Show) -> str:
    profit = advice.profits["all"]
    if advice.too_rare:
        return _rare(advice)
    said = _(
        "Test before you send: whether sending to all pays is not known. It brings {profit} a customer, so both gain"
        " and loss fit what was seen."
    ).format(profit=spread(profit, show))
    if advice.enough is None:
        return said
    more = _("About {n} customers in a test would tell; there are {have}.").format(
        n=f"{advice.enough:,}", have=f"{profit.n:,}"
    )
    return f"{said} {more}"


def _rare(advice: Advice) -> str:
    have = advice.profits["all"].n
    said = _(
        "Test before you send: what the message is for happened too seldom to tell anything. The group with the fewest"
        " has {events} such customers; {needed} in each group are needed."
    ).format(events=advice.events, needed=NEEDED)
    if advice.enough is None:
        return said
    more = _("At this rate that takes about {n} customers; there are {have}.").format(
        n=f"{advice.enough:,}", have=f"{have:,}"
    )
    return f"{said} {more}"


def policy_name(name: str) -> str:
    """A policy as people call it."""
    return {
        "targeted": _("by effect (targeted)"),
        "all": _("to all"),
        "nobody": _("to nobody"),
        "response": _("as many, by expected response"),
        "random": _("as many, at random"),
    }[name]


def promise(advice: Advice, show: Show) -> str:
    """What the plan foretold beside what was then measured."""
    return _("By effect, {promised} a customer was foretold after shrinkage; {shown} was then measured.").format(
        promised=show(advice.promised), shown=spread(advice.profits["targeted"], show)
    )


def calibration(advice: Advice) -> str:
    """In how many of the tenths the effect that was told lies in the interval of the one that was measured."""
    every = [tenth for arm in advice.tenths for tenth in arm]
    if len({tenth.number for tenth in every}) < 2:
        return _("The data shows no difference between customers: all are told the same effect.")
    return _(
        "Of {n} groups of customers by effect, {agree} showed the effect that was told, within its interval."
    ).format(n=len(every), agree=sum(tenth.agrees for tenth in every))


def spread(estimate: Estimate, show: Show) -> str:
    """A value with its interval, as people read it."""
    if estimate.low != estimate.low:
        return _("{value} (too few to say how sure)").format(value=show(estimate.value))
    if estimate.low == estimate.high:
        return show(estimate.value)
    return _("{value} ({low} to {high})").format(
        value=show(estimate.value), low=show(estimate.low), high=show(estimate.high)
    )

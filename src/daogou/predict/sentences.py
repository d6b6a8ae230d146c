"""What the stage says to a person."""

from dataclasses import replace

from daogou.base.calendar import label
from daogou.base.rule import Did
from daogou.base.rule_words import say
from daogou.base.words import gettext as _
from daogou.predict.festivals import Windows
from daogou.predict.learn import LAST, RULE, Lack, Learned
from daogou.predict.target import ANYTHING, Target


def title(target: Target) -> str:
    """What the target is called.

    >>> title(Target("DELI", "DELI", 28)), title(Target("inactive", "", 56, "absence"))
    ('buys DELI within 28 days', 'no order within 56 days')
    """
    if target.is_declared:
        return _("{name} ({what})").format(name=target.name, what=_asked(target))
    if target.kind == "absence":
        return _("no order within {days} days").format(days=target.days)
    if target.name == ANYTHING:
        return _("buys anything within {days} days").format(days=target.days)
    return _("buys {category} within {days} days").format(category=target.name, days=target.days)


def _asked(target: Target) -> str:
    """What a declared target asks for."""
    if target.kind == "second_purchase":
        return _("a second purchase within {days} days of the first").format(days=target.days)
    if target.kind == "churn":
        return _("no order within the customer's own due window, of {days} days at most").format(days=target.days)
    if target.kind == "contract":
        return _("'{attribute}' becomes {left} within {days} days").format(
            attribute=target.attribute, left=_(" or ").join(target.left), days=target.days
        )
    event = target.event or Did("bought")
    if target.of_values:
        if not event.where:
            return _("net sales within {days} days").format(days=target.days)
        return _("net sales of what is {event} within {days} days").format(event=say(event), days=target.days)
    said = say(replace(event, done=target.kind == "happening"))
    return _("{event}, within {days} days").format(event=said, days=target.days)


def learning(target: Target) -> str:
    """What is being done."""
    return _("learning: {target}").format(target=title(target))


def told(target: Target, learned: Learned | Lack) -> str:
    """One sentence on what came of a target."""
    if isinstance(learned, Lack):
        return _("{target}: {lack}").format(target=title(target), lack=lack_of(target, learned))
    metrics = learned.estimates[learned.champion]
    if target.of_values:
        return _told_amount(target, learned)
    hits, random = metrics["hits_in_100"], metrics["random_in_100"]
    said = _("{target}: of the 100 we flag, about {hits} do ({low} to {high}); picking at random, {random}").format(
        target=title(target),
        hits=f"{hits.value:.0f}",
        low=f"{hits.low:.0f}",
        high=f"{hits.high:.0f}",
        random=f"{random.value:.0f}",
    )
    gain = metrics.get(f"gain_over_{RULE}")
    if gain is None or not gain.low > 0:
        said = _("{sentence}; no model is clearly better than looking at the last time alone").format(sentence=said)
    return said


def _told_amount(target: Target, learned: Learned) -> str:
    metrics, rule = learned.estimates[learned.champion], learned.estimates[LAST]
    missed, off = metrics["mae"], metrics["total_off"]
    said = _(
        "{target}: a customer's amount is missed by {missed} ({low} to {high}) on average, the total by {off} % "
        "({off_low} to {off_high}); guessing as much as in the {days} days before misses by {rule}"
    ).format(
        target=title(target),
        missed=f"{missed.value:,.2f}",
        low=f"{missed.low:,.2f}",
        high=f"{missed.high:,.2f}",
        off=f"{100 * off.value:+.0f}",
        off_low=f"{100 * off.low:+.0f}",
        off_high=f"{100 * off.high:+.0f}",
        days=target.days,
        rule=f"{rule['mae'].value:,.2f}",
    )
    gain = metrics.get(f"gain_over_{LAST}")
    if gain is None or not gain.low > 0:
        said = _("{sentence}; no model is clearly better than that").format(sentence=said)
    return said


def at_risk(target: Target, learned: Learned | Lack) -> list[str]:
    """Of who leaves: what is lost with them, and that nobody knows yet whether contact helps."""
    if isinstance(learned, Lack) or "lost_value_in_tenth" not in learned.estimates[learned.champion]:
        return []
    metrics = learned.estimates[learned.champion]
    likely, risk = metrics["lost_value_in_tenth"], metrics["lost_value_in_tenth_by_risk"]
    return [
        _(
            "{target}: of what those who left had brought in a year, the tenth with most at risk held {risk} % ({low} "
            "to {high}), the likeliest tenth {likely} %. Whether contact keeps them is not known until it is tested"
        ).format(
            target=title(target),
            risk=f"{100 * risk.value:.0f}",
            low=f"{100 * risk.low:.0f}",
            high=f"{100 * risk.high:.0f}",
            likely=f"{100 * likely.value:.0f}",
        )
    ]


def festive(target: Target, windows: Windows | None) -> list[str]:
    """What festivals did to the moments of a target, where they did something."""
    if windows is None:
        return []
    told = []
    names = _(", ").join(label(name) for name in sorted(windows.held))
    if windows.left_out:
        told.append(
            _("{target}: left out, because they hold {festivals} and nothing is compared with them: {moments}").format(
                target=title(target), festivals=names, moments=", ".join(day.isoformat() for day in windows.left_out)
            )
        )
    if windows.nothing_else:
        told.append(
            _("{target}: windows hold {festivals}, and there are too few others to leave them out").format(
                target=title(target), festivals=names
            )
        )
    if windows.now:
        told.append(
            _("{target}: the days to come hold {festivals}, which no window that was learned from does").format(
                target=title(target), festivals=_(", ").join(label(name) for name in sorted(windows.now))
            )
        )
    return told


def warned(target: Target, learned: Learned | Lack) -> list[str]:
    """What the leak audit found, a sentence each."""
    if isinstance(learned, Lack):
        return []
    told = _("{target}, leak audit: {finding}")
    return [told.format(target=title(target), finding=one) for one in learned.findings]


def lack(found: Lack) -> str:
    """Why there is no number, and what would be enough.

    >>> lack(Lack("days", 100, 252))
    'not enough data: orders of 100 days, of 252 are needed'
    """
    if found.what == "days":
        text = _("not enough data: orders of {have} days, of {need} are needed")
    elif found.what == "happened":
        text = _("not enough data: customers for whom it happened: {have}, needed: {need}")
    else:
        text = _("not enough data: customers for whom it did not happen: {have}, needed: {need}")
    return text.format(have=found.have, need=found.need)


def lack_of(target: Target, found: Lack) -> str:
    """Why there is no number, and of a declared target what to change."""
    said = lack(found)
    if not target.is_declared:
        return said
    section = f"[predict.targets.{target.name}]"
    if found.longest:
        return _("{lack}. {section}: within = {days} at most would do").format(
            lack=said, section=section, days=found.longest
        )
    if found.what == "happened" and not found.have:
        return _("{lack}. {section}: look at its event, its filters and its population").format(
            lack=said, section=section
        )
    return said

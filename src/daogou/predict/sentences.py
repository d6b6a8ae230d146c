"""What the stage says to a person."""

from daogou.base.words import gettext as _
from daogou.predict.learn import RULE, Lack, Learned
from daogou.predict.target import ANYTHING, Target


def title(target: Target) -> str:
    """What the target is called.

    >>> title(Target("DELI", "DELI", 28)), title(Target("inactive", "", 56, absence=True))
    ('buys DELI within 28 days', 'no order within 56 days')
    """
    if target.absence:
        return _("no order within {days} days").format(days=target.days)
    if target.name == ANYTHING:
        return _("buys anything within {days} days").format(days=target.days)
    return _("buys {category} within {days} days").format(category=target.name, days=target.days)


def learning(target: Target) -> str:
    """What is being done."""
    return _("learning: {target}").format(target=title(target))


def told(target: Target, learned: Learned | Lack) -> str:
    """One sentence on what came of a target."""
    if isinstance(learned, Lack):
        return _("{target}: {lack}").format(target=title(target), lack=lack(learned))
    metrics = learned.estimates[learned.champion]
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

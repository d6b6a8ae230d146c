"""What is said of one campaign's reading, in plain sentences of the current language."""

import math

from markupsafe import Markup

from daogou.base.words import gettext as _
from daogou.report import amounts, figures
from daogou.report.contexts import Company, Tested
from daogou.report.sentences.say import data, joined, number, say


def name_of(one: Tested) -> str:
    """How it is called in a row: its name, and its arm where there are several."""
    names = {
        "campaign": _("Campaign {name}"),
        "offer": _("Offer {name}, all its campaigns together"),
        "programme": _("All campaigns together (global holdout {name})"),
    }
    name = names[one.level].format(name=one.name)
    return _("{name}, arm {arm}").format(name=name, arm=one.arm) if one.arm else name


def short_name(one: Tested) -> str:
    """The same for the side of a chart."""
    names = {"campaign": "{name}", "offer": _("Offer {name}"), "programme": _("All together")}
    name = names[one.level].format(name=one.name)
    return _("{name}, arm {arm}").format(name=name, arm=one.arm) if one.arm else name


def title(one: Tested) -> Markup:
    """The same for a heading; the company's own words apart."""
    names = {
        "campaign": _("Campaign {name}"),
        "offer": _("Offer {name}, all its campaigns together"),
        "programme": _("All campaigns together (global holdout {name})"),
    }
    return say(names[one.level], name=data(one.name))


def heading(one: Tested) -> Markup:
    """The same with its arm where there are several, for the first cell of a row."""
    return say(_("{name}, arm {arm}"), name=title(one), arm=data(one.arm)) if one.arm else title(one)


def verdict_word(one: Tested) -> str:
    """The verdict in a word or two."""
    return {
        "earned": _("earned its cost"),
        "lost": _("cost more than it brought"),
        "unsure": _("cannot tell yet"),
        "more": _("it worked; cost not known"),
        "less": _("it did harm"),
        "open": _("cannot tell yet"),
        "mismatch": _("stopped: arms out of balance"),
        "too_few": _("too few to tell"),
    }[one.verdict]


def units(one: Tested, count: int) -> str:
    """So many people, households, stores, regions or weeks."""
    names = {
        "customer": _("{n} people"),
        "household": _("{n} households"),
        "store": _("{n} stores"),
        "region": _("{n} regions"),
        "time": _("{n} spans of days"),
    }
    return names.get(one.unit, names["customer"]).format(n=figures.count(count))


def cost(one: Tested, company: Company) -> Markup:
    """What it cost."""
    if one.cost is None:
        return say(_("Not known. Map spend, or cost in touches or past_campaigns, and run {command} again."), **_RUN)
    if one.earned is None or not one.cost > 0:
        return say(_("{cost}."), cost=number(figures.money(one.cost, company.currency)))
    return say(
        _("{cost}; contribution to cost is {ratio}."),
        cost=number(figures.money(one.cost, company.currency)),
        ratio=number(amounts.gain_to_cost(one.earned.value, one.cost)),
    )


_RUN = {"command": data("daogou measure")}


def brought(one: Tested, company: Company) -> Markup:
    """What it earned beyond those held out."""
    if one.verdict == "mismatch":
        return say(_("Not read, so that nobody believes a wrong figure."))
    if one.earned is not None and math.isfinite(one.earned.low):
        return say(
            _("{earned} of contribution beyond those held out, before what it cost."),
            earned=amounts.said("money", one.earned, company),
        )
    primary = one.primary
    if primary is None or primary.effect is None:
        return say(_("No figure yet."))
    if not math.isfinite(primary.effect.low):
        return say(_("Too few to give a figure."))
    return say(
        _("{outcome} changed by {effect} for each that was drawn."),
        outcome=_capital(str(primary.name)),
        effect=amounts.said(primary.kind, primary.effect, company),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def sure(one: Tested) -> Markup:
    """How sure that is, and what would be enough."""
    lots = say(
        _("{treated} were to be reached and {held_out} were held out by lot."),
        treated=units(one, one.treated),
        held_out=units(one, one.held_out),
    )
    texts = {
        "earned": _("19 times in 20 the truth lies between these ends, and both are above the cost: it paid."),
        "lost": _("19 times in 20 the truth lies between these ends, and both are below the cost: it did not pay."),
        "more": _("19 times in 20 the truth lies between these ends, and both are above 0: it worked."),
        "less": _("19 times in 20 the truth lies between these ends, and both are below 0: it did harm."),
        "unsure": _("The cost lies between these ends: whether it paid cannot be told yet."),
        "open": _("0 lies between these ends: whether it did anything cannot be told yet."),
        "mismatch": _(
            "These sizes are not the lots that were drawn; chance does that less than once in a thousand times. "
            "Somebody is missing in one arm."
        ),
        "too_few": _("Too few for an interval; of money, 200 buyers among those reached and 200 held out are needed."),
    }
    parts = [lots, say(texts[one.verdict])]
    if one.enough is not None:
        parts.append(say(_("About {n} in all, split as here, would be enough."), n=number(units(one, one.enough))))
    if one.is_provisional:
        parts.append(say(_("Provisional: some of its orders may still be returned.")))
    return joined(*parts)


def later(one: Tested, company: Company) -> Markup | None:
    """Whether orders were only brought forward; None where the days after are not over or were not read."""
    tail = one.tail
    if tail is None or tail.effect is None:
        return None
    effect = amounts.said(tail.kind, tail.effect, company)
    told = say(_("In as many days again: {effect} for each."), effect=effect)
    if tail.effect.high < 0:
        return joined(told, say(_("Part of the gain was only brought forward.")))
    if tail.effect.low > 0:
        return joined(told, say(_("The gain went on.")))
    return joined(told, say(_("Nothing shows that orders were only brought forward.")))


def delivered(one: Tested, company: Company) -> Markup | None:
    """The effect on those whom a message reached; None where that is not known."""
    found = one.delivered
    if found is None or found.effect is None:
        return None
    return say(
        _("{effect} for each whom a message reached. The figures above count everyone drawn, as only lots prove."),
        effect=amounts.said(found.kind, found.effect, company),
    )


def for_whom(one: Tested) -> Markup:
    """What segments can tell."""
    if not one.segments:
        return say(_("Too few in each segment to tell."))
    above = [name for name, effect in one.segments if effect.low > 0]
    below = [name for name, effect in one.segments if effect.high < 0]
    if len(above) == len(one.segments):
        return say(_("It worked in every segment that is large enough to tell."))
    if not above and not below:
        return say(_("No segment can be told from nothing by itself; each is pulled towards all others."))
    parts = []
    if above:
        parts.append(say(_("It worked for: {segments}."), segments=_("; ").join(map(str, above))))
    if below:
        parts.append(say(_("It did harm to: {segments}."), segments=_("; ").join(map(str, below))))
    return joined(*parts)


def step(one: Tested) -> Markup:
    """What to do next."""
    texts = {
        "repeat": _("Do it again, and hold people out again."),
        "stop": _("Stop it, or change the offer before it goes out again."),
        "guard": _("A guard rail was hurt: mend that before it goes out again."),
        "forward": _("Compare what it earned with what was only brought forward before you repeat it."),
        "larger": _("Test it again with as many as are needed, or join it with others of the same offer."),
        "again": _("Test it again; several tests of one offer are read together."),
        "find": _("Find where people went missing: {command} names the groups. Read it only then."),
        "cost": _("Enter what it cost, so that it can be told whether it paid."),
        "go_on": _("Go on: taken together, campaigns pay."),
        "cut": _("Cut down: taken together, campaigns do not pay. Stop those first whose own test says so."),
        "wait": _("Leave the global holdout as it is: it says more the longer it lasts."),
        "join": _("Test the same offer again: several campaigns of one offer are read together."),
    }
    return say(texts[one.step], **_RUN)


def window(one: Tested) -> Markup:
    """The days behind the figures, and what was fixed before them."""
    days = say(_("{first} to {last}."), first=figures.day(one.first_day), last=figures.day(one.last_day))
    if not one.design:
        return joined(days, say(_("Nothing was fixed before it started; the settings of today hold.")))
    return joined(days, say(_("What decides was fixed before the start, as {hash}."), hash=data(one.design[:12])))

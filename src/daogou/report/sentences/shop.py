"""The headline, the pulse and who the customers are, in the current language."""

from markupsafe import Markup

from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.charts import scheme
from daogou.report.contexts import Company, Headline, Measure, People, Pulse
from daogou.report.sentences.say import joined, number, say


def headline(facts: Headline, company: Company) -> list[Markup]:
    """Who bought, who is overdue, and what is not known yet."""
    return [_bought(facts), _overdue(facts, company), _unknown(facts)]


def _bought(facts: Headline) -> Markup:
    change = figures.change(facts.buyers, facts.buyers_before)
    values = {
        "n": number(figures.count(facts.buyers)),
        "days": facts.days,
        "change": number(figures.share(abs(change or 0))),
    }
    if change is None:
        first = say(_("In the last {days} days {n} customers bought."), **values)
    elif _is_nothing(change):
        first = say(_("In the last {days} days {n} customers bought, as many as in the previous period."), **values)
    elif change > 0:
        first = say(
            _("In the last {days} days {n} customers bought, {change} more than in the previous period."), **values
        )
    else:
        first = say(
            _("In the last {days} days {n} customers bought, {change} fewer than in the previous period."), **values
        )
    if facts.guest_orders:
        return joined(first, say(_("Guests placed {n} orders more."), n=figures.count(facts.guest_orders)))
    return first


def _overdue(facts: Headline, company: Company) -> Markup:
    if facts.overdue is None:
        return say(_("Nobody has bought often enough yet to tell who is overdue."))
    if facts.overdue == 0:
        return say(_("No regular customer is overdue."))
    return say(
        _("{n} customers are later than their own rhythm; in the last year they brought {money} of net sales."),
        n=number(figures.count(facts.overdue)),
        money=number(figures.money(facts.overdue_year, company.currency)),
    )


def _unknown(facts: Headline) -> Markup:
    day = number(figures.day(facts.known_on))
    if facts.past_campaigns == 0:
        why = say(_("What a campaign earns here is not known yet: the data hold none."))
    elif facts.held_out:
        why = say(
            _("{n} past campaigns are known, and some kept a control group: below stands what these earned."),
            n=number(figures.count(facts.past_campaigns)),
        )
    else:
        why = say(
            _("What {n} past campaigns brought on top is not known, because no control group was kept."),
            n=number(figures.count(facts.past_campaigns)),
        )
    if facts.known_on is None:
        return why
    return joined(why, say(_("The next campaign is drafted to answer that by {day}."), day=day))


MEASURES = {
    "net_sales": lambda: _("Net sales"),
    "buyers": lambda: _("Buyers"),
    "orders": lambda: _("Orders"),
    "order_value": lambda: _("Average order value"),
    "repurchase": lambda: _("Repurchase rate"),
    "refunds": lambda: _("Refunds"),
}


def value(measure: Measure, amount: float | None, company: Company) -> str:
    """An amount of a measure in its unit."""
    if measure.unit == "money":
        return figures.money(amount, company.currency)
    return figures.share(amount) if measure.unit == "share" else figures.count(amount)


def exactly(measure: Measure, amount: float | None, company: Company) -> str:
    """The same with every digit, for tables."""
    if measure.unit == "money":
        return figures.amount(amount, company.currency)
    return figures.share(amount) if measure.unit == "share" else figures.exact(amount)


def over_previous(measure: Measure) -> str:
    """The change over the previous period; points for a share, per cent for the rest; empty where none is known.

    >>> over_previous(Measure("repurchase", "share", 0.86, 0.87, ()))
    '↓ 1 points'
    """
    change = moved(measure)
    if change is None:
        return ""
    size = figures.share(abs(change))
    if _is_nothing(change):
        return _("unchanged")
    if measure.unit == "share":
        size = _("{points} points").format(points=size.removesuffix(figures.percent_sign()))
    return ("↑ " if change > 0 else "↓ ") + size


def _is_nothing(change: float) -> bool:
    return abs(change) < 0.0005  # prints as 0 %


def moved(measure: Measure) -> float | None:
    """How far a measure moved: the difference of shares, else the relative change."""
    if measure.unit == "share":
        return None if measure.now is None or measure.before is None else measure.now - measure.before
    return figures.change(measure.now, measure.before)


def pulse(facts: Pulse, company: Company) -> Markup:
    """Net sales and what they were before."""
    sales = next(m for m in facts.measures if m.key == "net_sales")
    values = {"money": number(value(sales, sales.now, company)), "days": facts.days}
    change = moved(sales)
    if change is None:
        return say(_("Net sales of the last {days} days were {money}."), **values)
    values["change"] = number(figures.share(abs(change)))
    if _is_nothing(change):
        return say(_("Net sales of the last {days} days were {money}, the same as in the previous period."), **values)
    if change > 0:
        return say(_("Net sales of the last {days} days were {money}, {change} over the previous period."), **values)
    return say(_("Net sales of the last {days} days were {money}, {change} under the previous period."), **values)


def pulse_action(facts: Pulse) -> Markup:
    """The measure that moved most."""
    known = [(abs(change), m) for m in facts.measures if (change := moved(m)) is not None]
    if not known:
        return say(_("There is no earlier period to compare with yet; run this again in {days} days."), days=facts.days)
    most = max(known, key=lambda pair: pair[0])[1]
    return say(
        _("{measure} moved most ({change}). Find out why before you look at anything else."),
        measure=MEASURES[most.key](),
        change=over_previous(most),
    )


def people(facts: People, company: Company) -> Markup:
    """The segment that brings most."""
    segments = scheme(facts)
    top = max(segments, key=lambda s: s.net_sales)
    everyone = sum(s.size for s in segments) or 1
    sales = sum(s.net_sales for s in segments) or 1.0
    return say(
        _("{name}: {people} of customers bring {sales} of the last year's net sales, {money}."),
        name=top.name,
        people=number(figures.share(top.size / everyone)),
        sales=number(figures.share(top.net_sales / sales)),
        money=figures.money(top.net_sales, company.currency),
    )

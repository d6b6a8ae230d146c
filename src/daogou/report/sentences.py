"""The one sentence of each block, in the current language.

Everything that comes from data is escaped; numbers are set apart for the eye.
"""

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

from daogou.base.estimate import Estimate
from daogou.base.words import current_language
from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report import lists as lists_
from daogou.report.charts import scheme
from daogou.report.contexts import (
    CallList,
    Campaign,
    Company,
    Flagged,
    Guide,
    Headline,
    Hits,
    Measure,
    Needs,
    NextCampaign,
    Past,
    People,
    Pick,
    Pulse,
    Source,
    Trust,
)


def say(sentence: str, **values: object) -> Markup:
    """A translated sentence with its values, these escaped and the sentence too.

    >>> say("sold: {n} of {what}", n=number("7"), what="<b>")
    Markup('sold: <strong>7</strong> of &lt;b&gt;')
    """
    return Markup(escape(sentence)).format(**values)


def number(text: str) -> Markup:
    """A figure that the eye should find."""
    return Markup("<strong>{}</strong>").format(text)


def data(text: object) -> Markup:
    """A word of the company's own, which no language translates."""
    return Markup('<bdi translate="no">{}</bdi>').format(text)


def joined(*said: object) -> Markup:
    """Sentences one after the other: with a space in English, without one in Chinese; a full stop where one lacks.

    >>> joined("a coupon on milk", "It is new.")
    Markup('a coupon on milk. It is new.')
    """
    stop, space = ("。", "") if current_language() == "zh" else (".", " ")
    whole = [escape(part) for part in said if str(part)]
    return Markup(space).join(part if part.endswith((".", "。", "？", "?")) else part + stop for part in whole)


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
            _("{n} past campaigns kept a control group; this page shows their cost, not yet their effect."),
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


def needs(facts: Needs, company: Company) -> Markup:
    """The list that stands for most money."""
    lists = [entry for entry in facts.lists if isinstance(entry, CallList) and entry.size]
    if not lists:
        return say(_("Nobody is on a list this week."))
    first = max(lists, key=lambda entry: entry.money)
    return say(
        _("Begin with “{title}”: {n} customers; {meaning}: {money}."),
        title=lists_.title(first),
        n=number(figures.count(first.size)),
        meaning=lists_.money_meaning(first),
        money=number(figures.money(first.money, company.currency)),
    )


def guide(facts: Guide) -> Markup:
    """What the picks are worth, as measured."""
    if not facts.hits:
        return say(_("What each customer is most likely to want next, and why."))
    shown = min(facts.hits, key=lambda h: h.kind)  # "new" before "repeat"
    values = {
        "n": shown.picks,
        "ours": number(figures.per_hundred(shown.ours.value)),
        "popular": number(figures.per_hundred(shown.popular.value)),
    }
    return say(_hits(shown), **values)


def _hits(shown: Hits) -> str:
    if shown.kind == "new":
        return _(
            "Of 100 products that customers later tried for the first time, {ours} were among their {n} picks; "
            "offering everyone the best sellers finds {popular}."
        )
    return _(
        "Of 100 products that customers later bought again, {ours} were among their {n} picks; "
        "offering everyone the best sellers finds {popular}."
    )


def pick_reason(pick: Pick) -> Markup:
    """Why this pick."""
    if not pick.because:
        return say(_("It sells well at the moment."))
    return say(_("Because they bought {items}."), items=listed(pick.because))


def listed(titles: Sequence[str]) -> Markup:
    """Words of the company one after the other."""
    return Markup(escape(_(", "))).join(data(title) for title in titles)


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
        return say(_("Do not repeat them as they are: reach fewer people or fund less, and check the margin and cost above."))
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
    """What it is expected to cost, with its interval, and which terms of it are assumed."""
    low, high = (figures.money(end, company.currency) for end in (plan.cost.low, plan.cost.high))
    about = say(
        _("About {cost}, {between}."),
        cost=number(figures.money(plan.cost.value, company.currency)),
        between=figures.between(low, high),
    )
    if not plan.assumed:
        return about
    terms = _(", ").join(str(term) for term in plan.assumed)
    return joined(about, say(_("Assumed, as nobody gave them: {terms}."), terms=terms))


def trust(facts: Trust) -> Markup:
    """The first prediction in people, else what happened to the rows."""
    return flag(facts.flagged[0]) if facts.flagged else rows(facts.sources)


def flag(found: Flagged) -> Markup:
    """Of 100 that we flag, how many do."""
    values = {
        "n": number(figures.whole(found.model.value)),
        "m": number(figures.whole(found.random.value)),
        "days": found.days,
        "category": data(found.category),
    }
    if found.kind == "inactive":
        return say(
            _("Of the 100 customers that we flag as leaving, about {n} do leave; picking at random, {m}."), **values
        )
    if found.kind == "anything":
        return say(
            _("Of the 100 customers that we flag as about to buy, about {n} do within {days} days; picking at random, {m}."),
            **values,
        )
    return say(
        _("Of the 100 customers that we flag for {category}, about {n} buy it within {days} days; picking at random, {m}."),
        **values,
    )


def rows(sources: tuple[Source, ...]) -> Markup:
    """What became of every row."""
    return say(
        _("{received} rows were received: {stored} stored, {quarantined} in quarantine, {duplicate} duplicates."),
        received=number(figures.exact(sum(s.received for s in sources))),
        stored=figures.exact(sum(s.stored for s in sources)),
        quarantined=figures.exact(sum(s.quarantined for s in sources)),
        duplicate=figures.exact(sum(s.duplicate for s in sources)),
    )


def trust_action(facts: Trust) -> Markup:
    """What would make the page more trustworthy first."""
    if any(s.quarantined for s in facts.sources):
        return say(_("Mend the rows in quarantine where they come from and ingest that file again."))
    if facts.margin_assumed or facts.contact_assumed:
        return say(_("Write your own margin and cost of a message into [plan] of daogou.toml: costs rest on them."))
    return say(_("Nothing to mend: every row is stored or known, and the margin is yours."))

"""Who needs the company and what to offer whom, in the current language."""

from markupsafe import Markup

from daogou.base.words import gettext as _
from daogou.report import figures, lists
from daogou.report.contexts import CallList, Company, Guide, Hits, Needs, Pick
from daogou.report.sentences.say import listed, number, say


def needs(facts: Needs, company: Company) -> Markup:
    """The first list with somebody on it: those who may be lost come first."""
    known = [entry for entry in facts.lists if isinstance(entry, CallList) and entry.size]
    if not known:
        return say(_("Nobody is on a list this week."))
    first = known[0]
    return say(
        _("Begin with “{title}”: {n} customers; {meaning}: {money}."),
        title=lists.title(first),
        n=number(figures.count(first.size)),
        meaning=lists.money_meaning(first),
        money=number(figures.money(first.money, company.currency)),
    )


def guide(facts: Guide) -> Markup:
    """What the picks are worth, as measured."""
    if not facts.is_personal:
        return say(
            _(
                "Best sellers that each customer has not bought: on later purchases, picks of their own did no better, "
                "or there were too few to tell."
            )
        )
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


_UNREASONED = ("alike", "not_personal", "pinned", "range")


def pick_reason(pick: Pick) -> Markup:
    """Why this pick."""
    if pick.kind == "like" and pick.same:
        alike = {
            ("brand",): _("Like {item}, which they bought: same brand."),
            ("category",): _("Like {item}, which they bought: same category."),
            ("brand", "category"): _("Like {item}, which they bought: same brand and category."),
        }
        return say(alike[pick.same], item=listed(pick.because[:1]))
    texts = {
        "together": _("Because they bought {items}."),
        "people": _("Customers who bought {items} too bought it."),
        "next": _("Often bought after {items}, which they bought last."),
        "like": _("Like {items}, which they bought."),
        "again": _("They bought it before."),
        "alike": _("It sells well with customers like this one."),
        "not_personal": _("It sells well at the moment; the customer wants nothing personal."),
        "pinned": _("Pinned by your settings."),
        "range": _("From your range; nobody has bought it yet."),
    }
    if pick.kind in texts and (pick.because or pick.kind in _UNREASONED):
        return say(texts[pick.kind], items=listed(pick.because))
    return say(_("It sells well at the moment."))

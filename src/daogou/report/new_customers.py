"""New customers: what one costs and brings, and by what their first order came."""

from daogou.base.words import gettext as _
from daogou.report import amounts, figures
from daogou.report.contexts import Company, Money, Won
from daogou.report.sentences.say import data, say

Row = tuple[str, ...]


def facts(found: Money, company: Company) -> tuple[tuple[str, str], ...]:
    """What is known of all new customers: a name and its figure, those that are not known left out."""
    one = next((one for one in found.won if one.level == "all"), None)
    if one is None:
        return ()
    told = (
        (_("New customers"), figures.exact(one.new_customers)),
        (_("Share of orders that are first ones"), _share(one)),
        (_("Cost of marketing"), figures.amount(one.cost, company.currency)),
        (_("Cost per order credited (CPA)"), amounts.with_interval("money", one.cpa, company)),
        (_("Cost per new customer (CAC), paid channels"), amounts.with_interval("money", one.cac_paid, company)),
        (_("Cost per new customer (CAC), all"), amounts.with_interval("money", one.cac_blended, company)),
        (_("Paid back after"), _payback(one)),
        (_("Contribution so far and expected (LTV)"), amounts.with_interval("money", one.ltv, company)),
        (_("LTV : CAC"), amounts.ratio(one.ltv_cac)),
    )
    return tuple((name, value) for name, value in told if value != figures.NOTHING)


def table(found: Money, company: Company) -> tuple[Row, list[Row]]:
    """Head and rows of new customers by channel, category and item; columns that nothing fills are left out."""
    rows = [_row(one, company) for one in found.won if one.level != "all"]
    filled = [n for n in range(8) if n == 0 or any(row[n] != figures.NOTHING for row in rows)]
    head = (
        _("First order by"),
        _("New customers"),
        _("Orders"),
        _("First ones among them"),
        _("Cost"),
        _("CPA"),
        _("CAC"),
        _("LTV : CAC"),
    )
    return tuple(head[n] for n in filled), [tuple(row[n] for n in filled) for row in rows]


def _row(one: Won, company: Company) -> Row:
    names = {
        "all": _("All"),
        "channel": _("Channel {name}"),
        "category": _("Category {name}"),
        "item": _("Item {name}"),
    }
    cac = one.cac_blended if one.cac_paid is None else one.cac_paid
    return (
        say(names[one.level], name=data(one.name) if one.name else _("no path")),
        figures.exact(one.new_customers),
        figures.exact(one.orders),
        figures.NOTHING if one.new_share is None else figures.share(one.new_share.value),
        figures.amount(one.cost, company.currency),
        *(amounts.with_interval("money", each, company) for each in (one.cpa, cac)),
        amounts.ratio(one.ltv_cac),
    )


def _share(one: Won) -> str:
    return figures.NOTHING if one.new_share is None else figures.with_interval(one.new_share)


def _payback(one: Won) -> str:
    if one.payback == "covered" and one.payback_days is not None:
        return _("{n} days").format(n=figures.exact(one.payback_days))
    return _("not yet") if one.payback == "not_yet" else figures.NOTHING

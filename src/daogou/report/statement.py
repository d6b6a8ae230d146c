"""The year's statement: what each source says, and why they differ."""

import math

from markupsafe import Markup

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.charts import Chart
from daogou.report.contexts import Company, Statement, StatementLine
from daogou.report.sentences.say import data, say
from daogou.report.whiskers import Whisker, height, whiskers

Row = tuple[str, ...]


def name_of(line: str) -> str:
    """A line in a few words."""
    return {
        "claimed": _("Claimed by platforms"),
        "credited": _("Credited by our rule"),
        "campaigns": _("Proven by campaigns, added up"),
        "overlap": _("Of that, counted in several campaigns"),
        "holdout": _("Proven by the global holdout"),
        "unmeasured": _("Cost of what nobody measured"),
        "cost": _("Cost of marketing"),
        "books": _("Contribution in the books"),
    }[line]


def chart(found: Statement, company: Company) -> Chart | None:
    """Claimed, credited and proven on one axis of net sales; None where fewer than two are known."""
    lines = [one for one in found.lines if one.net_sales is not None]
    if len(lines) < 2:
        return None
    rows = [
        Whisker(name_of(one.line), one.net_sales, None, _short(one.net_sales, company), _tip(one, company))
        for one in lines
    ]
    return Chart(
        "statement",
        _("Net sales that platforms claim, our rule credits and tests prove, with 95 % intervals."),
        whiskers(rows, _("Net sales")),
        height(len(rows)),
        head(),
        tuple(row(one, company) for one in found.lines),
    )


def _short(value: Estimate | None, company: Company) -> str:
    return figures.money(value.value if value else None, company.currency)


def _tip(one: StatementLine, company: Company) -> str:
    return "\n".join([name_of(one.line), _amount(one.net_sales, company)])


def head() -> Row:
    """Columns of the statement."""
    return (_("Source"), _("In net sales"), _("In contribution, or as paid"), _("Days"), _("What it is"))


def row(one: StatementLine, company: Company) -> Row:
    """One source."""
    return (
        name_of(one.line),
        _amount(one.net_sales, company),
        _amount(one.value, company),
        _("{first} to {last}").format(first=figures.day(one.first_day), last=figures.day(one.last_day)),
        meaning(one),
    )


def _amount(value: Estimate | None, company: Company) -> str:
    if value is None:
        return figures.NOTHING
    exact = figures.amount(value.value, company.currency)
    if not math.isfinite(value.low) or value.low == value.high:
        return exact
    low, high = (figures.amount(end, company.currency) for end in (value.low, value.high))
    return _("{value} ({low} to {high})").format(value=exact, low=low, high=high)


def meaning(one: StatementLine) -> str:
    """What a line is; where it says nothing, what would make it speak."""
    if one.silent is not None:
        return str(one.silent) or _("None is known.")
    return {
        "claimed": _("Revenue that platforms say they brought; nobody checked it."),
        "credited": _("Net sales shared out among channels by a rule: credit, not causation."),
        "campaigns": _("Beyond each campaign's own control group; overlapping ones count twice. Campaigns: {n}."),
        "overlap": _("It went to people who were in several campaigns at once."),
        "holdout": _("Beyond those whom no campaign reached: what the whole programme is worth."),
        "unmeasured": _("Spent on campaigns without a test: what they brought is not known. Campaigns: {n}."),
        "cost": _("What all of it cost."),
        "books": _("Of all orders, whatever brought them; most would have come anyway."),
    }[one.line].format(n=one.campaigns)


def sentence(found: Statement) -> Markup:
    """Claimed, credited, proven: in one breath, as far as each is known."""
    if not found.says:
        return say(_("Nothing that marketing brought in {year} is proven."), year=str(found.year))
    return say("{text}", text=found.says[0])


def action(found: Statement) -> Markup:
    """What would make the statement say more."""
    lines = {one.line: one for one in found.lines}
    holdout, campaigns = (lines.get(name) for name in ("holdout", "campaigns"))
    if holdout is None or holdout.silent is not None:
        if holdout is not None and holdout.campaigns:
            return say(_("Leave the global holdout as it is: it says more the longer it lasts."))
        return say(
            _("Keep a global holdout ({setting}): only it tells what all marketing together brings."),
            setting=data("[plan] global_holdout"),
        )
    if campaigns is None or campaigns.silent is not None:
        return say(
            _("Hold people out by lot in each campaign, to learn which of them the programme's gain comes from.")
        )
    return say(_("Believe the global holdout for the total, and each campaign's own test for what to repeat."))

"""Money that adds up: the ladder as a waterfall, ratios with their basis, and new customers."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from daogou.base.words import gettext as _
from daogou.report import amounts, figures
from daogou.report.axes import money_axis, rounded
from daogou.report.charts import Chart
from daogou.report.contexts import Company, Money, MoneyLadder, Ratio, Sign, Step
from daogou.report.dots import ACCENT, BARE, BIG, INK, NARROW, option_of
from daogou.report.sentences.say import data, joined, number, say

Row = tuple[str, ...]
SUMS = ("gmv", "paid", "net", "gross_profit", "contribution")
_UP, _DOWN = "#5fb0bf", "#98a3a8"


def waterfall(found: MoneyLadder, company: Company) -> Chart:
    """Bars from what was ordered down to contribution: steps stand on 0, what lies between hangs between them."""
    shown = [step for step in found.steps if step.is_sum or step.amount]
    bars = [_bar(step, low, high, company) for step, (low, high) in zip(shown, _levels(shown), strict=True)]
    series = [
        {"type": "bar", "stack": "all", "silent": True, "itemStyle": {"opacity": 0}, "data": [bar[0] for bar in bars]},
        {"type": "bar", "stack": "all", "barMaxWidth": 22, "data": [bar[1] for bar in bars]},
    ]
    option = option_of(series)
    ends = [end for pair in _levels(shown) for end in pair]
    option["xAxis"] = money_axis(ends)
    label: dict[str, Any] = {"color": INK, "width": 210, "overflow": "break", "lineHeight": 16, **BIG}
    option["yAxis"] = {
        "type": "category",
        "inverse": True,
        "data": [_named(step) for step in shown],
        "axisLabel": label,
        **BARE,
    }
    option["grid"] = {"left": 8, "right": 84, "top": 8, "bottom": 8, "containLabel": True}
    narrow = {
        "yAxis": {"axisLabel": {"width": 112, "fontSize": 11, "lineHeight": 13}},
        "xAxis": {"splitNumber": 2, "axisLabel": {"fontSize": 10, "showMaxLabel": False}},
        "grid": {"right": 64},
    }
    return Chart(
        "money",
        _("From what was ordered down to contribution: each step is the sum of what stands above it."),
        {"baseOption": option, "media": [{"query": {"maxWidth": NARROW}, "option": narrow}]},
        40 + 32 * len(shown),
        (_("Step"), _("Amount"), _("Share of GMV")),
        _ladder_rows(found, company),
    )


def _levels(steps: Sequence[Step]) -> list[tuple[float, float]]:
    """Where each bar begins and ends."""
    found, level = [], 0.0
    for step in steps:
        if step.is_sum:
            level = step.amount
            found.append((min(0.0, level), max(0.0, level)))
        else:
            found.append((min(level, level + step.amount), max(level, level + step.amount)))
            level += step.amount
    return found


def _bar(step: Step, low: float, high: float, company: Company) -> tuple[float, dict[str, Any]]:
    """The unseen part below a bar, and the bar; a bar that lies below 0 hangs from 0."""
    colour = ACCENT if step.is_sum else _UP if step.amount > 0 else _DOWN
    below, size = (low, high - low) if low >= 0 else (high, low - high) if high <= 0 else (0.0, step.amount)
    text = figures.money(step.amount, company.currency)
    return rounded(below), {
        "value": rounded(size),
        "tip": f"{_named(step)}: {figures.amount(step.amount, company.currency)}",
        "itemStyle": {"color": colour},
        "label": {"show": True, "position": "right", "color": INK, "fontSize": 12, "formatter": text},
    }


def _named(step: Step) -> str:
    name = str(step.name)
    name = name[:1].upper() + name[1:]
    says_so = step.is_sum or step.key.endswith("_assumed")
    return _("{name} (assumed)").format(name=name) if step.is_assumed and not says_so else name


def _ladder_rows(found: MoneyLadder, company: Company) -> tuple[Row, ...]:
    """To the last digit, as it adds up."""
    whole = found.steps[0].amount if found.steps else 0.0
    return tuple(
        (
            _named(step),
            figures.exact_amount(step.amount, company.currency),
            figures.share(step.amount / whole) if whole else figures.NOTHING,
        )
        for step in found.steps
        if step.is_sum or step.amount
    )


def amount_of(found: MoneyLadder, key: str) -> float | None:
    """What a step comes to; None where the ladder begins below it."""
    return next((step.amount for step in found.steps if step.key == key), None)


def sentence(found: Money, company: Company) -> Markup:
    """GMV and contribution of the last days, and whether refunds may still come."""
    ladder = found.ladder
    ends = {
        name: number(figures.money(amount_of(ladder, key), company.currency))
        for name, key in (("gmv", "gmv"), ("net", "net"), ("contribution", "contribution"))
    }
    told = say(
        _("From {first} to {last}: GMV {gmv}, net of refunds {net}, contribution {contribution}."),
        first=figures.day(ladder.first_day),
        last=figures.day(ladder.last_day),
        **ends,
    )
    if not ladder.is_provisional:
        return told
    return joined(told, say(_("Provisional: some of its orders may still be returned.")))


def others_head(first: str) -> Row:
    """Columns of ladders side by side: the five steps."""
    return (
        first,
        _("GMV"),
        _("Paid"),
        _("Net of refunds"),
        _("Gross profit"),
        _("Contribution"),
        _("Note"),
    )


def levels() -> tuple[tuple[str, str, str], ...]:
    """Ladders that are shown side by side: level, heading, and the name of the first column."""
    return (
        ("month", _("By month"), _("Month")),
        ("channel", _("By channel, as credited by our rule"), _("Channel")),
        ("campaign", _("By campaign, orders with one of its coupons"), _("Campaign")),
    )


def others(found: Money, level: str, company: Company) -> list[Row]:
    """Ladders of a level, steps alone; what lies above a ladder's first step is not told."""
    return [
        (
            one.name or _("no path"),
            *(figures.amount(amount_of(one, key), company.currency) for key in SUMS),
            _("provisional") if one.is_provisional else "",
        )
        for one in found.others
        if one.level == level
    ]


def basis_name(basis: str) -> str:
    """A ratio with what it means."""
    return {
        "roas": _("ROAS"),
        "profit_roi": _("Profit ROI"),
        "incremental_roas": _("Incremental ROAS"),
        "incremental_roi": _("Incremental ROI"),
    }[basis]


def ratio_head() -> Row:
    """Columns of ratios."""
    return (_("Of what"), _("Ratio"), _("Value"), _("Gain : cost"), _("Gain"), _("Cost"))


def ratio_row(one: Ratio, company: Company) -> Row:
    """One ratio with its basis and interval."""
    return (
        _of(one),
        basis_name(one.basis),
        _marked(amounts.ratio(one.ratio), one) if one.ratio else amounts.ratio(one.ratio),
        amounts.gain_to_cost(one.gain.value if one.gain else None, one.cost),
        figures.amount(one.gain.value if one.gain else None, company.currency),
        figures.amount(one.cost, company.currency),
    )


def _marked(value: str, one: Ratio) -> str:
    if one.is_provisional:
        value = _("{value}, provisional").format(value=value)
    return _("{value}, partly assumed").format(value=value) if one.is_assumed else value


def _of(one: Ratio) -> str:
    if one.level == "campaign":
        return say(_("Campaign {name}"), name=data(one.name))
    if one.level == "channel":
        return data(one.name)
    return _("All channels with a cost") if one.basis in ("roas", "profit_roi") else _("All campaigns (global holdout)")


def bases() -> tuple[tuple[str, str], ...]:
    """Each ratio and how it is made."""
    return (
        (basis_name("roas"), _("credited net sales / media cost; credit, not proof")),
        (basis_name("profit_roi"), _("(credited contribution before marketing cost - cost) / cost; credit, not proof")),
        (basis_name("incremental_roas"), _("net sales that a test proved / media cost")),
        (basis_name("incremental_roi"), _("(contribution before marketing cost that a test proved - cost) / cost")),
    )


def sign_name(sign: Sign) -> str:
    """A sign of the brand."""
    return {
        "branded_searches": _("Searches for the brand"),
        "branded_impressions": _("Impressions of brand keywords"),
        "direct_visits": _("Direct visits"),
    }[sign.measure]


def sign_rows(sign: Sign) -> list[Row]:
    """Each week with its count and share."""
    return [
        (figures.day(week), figures.exact(value), figures.share(share))
        for week, value, share in zip(sign.weeks, sign.values, sign.shares, strict=True)
    ]


def action(found: Money) -> Markup:
    """What is missing most for the four ratios."""
    bases_known = {one.basis for one in found.ratios if one.ratio is not None}
    if not bases_known:
        return say(_("Map spend, or cost in touches or past_campaigns: without cost there is no ratio."))
    if not {"incremental_roas", "incremental_roi"} & bases_known:
        return say(_("What is credited is not what was caused: hold people out by lot to learn the incremental ROI."))
    return say(_("Steer by the incremental ROI where there is one; above 0 it pays."))

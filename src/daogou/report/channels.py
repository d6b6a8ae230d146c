"""Channels as bars of claimed, credited and proven orders, and what to say of them."""

import math
from typing import Any

from markupsafe import Markup

from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.charts import Chart
from daogou.report.contexts import Channel, Channels, Company
from daogou.report.dots import ACCENT, BARE, BIG, INK, NARROW, QUIET, RULE, option_of
from daogou.report.sentences.say import data, number, say

_MOST = 12  # channels that are drawn; all are in the table
_TOO_MUCH = 1.2  # claims of so many times the credit are worth a word
_PROVEN = "#5fb0bf"


def chart(found: Channels, company: Company) -> Chart:
    """Three bars a channel; the table holds every channel."""
    drawn = found.rows[:_MOST]
    bars: list[tuple[str, list[float | None], dict[str, Any]]] = [
        (
            _("Claimed by the platform"),
            [c.claimed for c in drawn],
            {"color": "#fff", "borderColor": QUIET, "borderWidth": 1.5},
        ),
        (_("Credited by our rule"), [c.credited for c in drawn], {"color": ACCENT}),
        (_("Proven by a test"), [c.proven.value if c.proven else None for c in drawn], {"color": _PROVEN}),
    ]
    shown = [bar for bar in bars if any(value is not None for value in bar[1])]
    series = [_bar(name, values, style, drawn) for name, values, style in shown]
    option = option_of(series)
    option["xAxis"] = {
        "type": "value",
        "axisLabel": {"color": QUIET, "hideOverlap": True},
        "splitLine": {"lineStyle": {"color": RULE}},
        **BARE,
    }
    option["yAxis"] = {
        "type": "category",
        "inverse": True,
        "data": [c.name for c in drawn],
        "axisLabel": {"color": INK, "width": 160, "overflow": "truncate", **BIG},
        **BARE,
    }
    option["grid"] = {"left": 8, "right": 64, "top": 40, "bottom": 8, "containLabel": True}
    option["legend"] = {
        "left": 0,
        "top": 0,
        "itemWidth": 14,
        "itemHeight": 12,
        "selectedMode": False,
        "textStyle": {"color": INK, **BIG},
        "data": [{"name": name, "itemStyle": style} for name, _values, style in shown],
    }
    narrow = {
        "yAxis": {"axisLabel": {"width": 84}},
        "xAxis": {"splitNumber": 3},
        "grid": {"right": 48, "top": 84},
    }
    return Chart(
        "channels",
        _("Orders of each channel: claimed by its platform, credited by our rule, proven by a test."),
        {"baseOption": option, "media": [{"query": {"maxWidth": NARROW}, "option": narrow}]},
        90 + (16 + 20 * len(shown)) * len(drawn),
        (
            _("Channel"),
            _("Claimed by the platform"),
            _("Credited by our rule"),
            _("Claimed / credited"),
            _("Proven by a test"),
            _("Net sales credited"),
            _("Cost"),
        ),
        tuple(_row(c, company) for c in found.rows),
    )


def _bar(name: str, values: list[float | None], style: dict[str, Any], drawn: tuple[Channel, ...]) -> dict[str, Any]:
    points: list[dict[str, Any]] = [
        {"value": "-" if value is None else value, "tip": _tip(channel, name, value)}
        for channel, value in zip(drawn, values, strict=True)
    ]
    label = {"show": True, "position": "right", "color": INK, "fontSize": 12}
    for point, value in zip(points, values, strict=True):
        if value is not None:
            point["label"] = {"formatter": figures.count(value)}
    return {
        "type": "bar",
        "name": name,
        "itemStyle": style,
        "barMaxWidth": 18,
        "barCategoryGap": "30%",
        "barGap": "20%",
        "label": label,
        "data": points,
    }


def _tip(channel: Channel, name: str, value: float | None) -> str:
    return "\n".join([channel.name, _("{name}: {n}").format(name=name, n=figures.count(value))])


def _row(channel: Channel, company: Company) -> tuple[str, ...]:
    return (
        channel.name,
        figures.count(channel.claimed),
        _("cannot be seen") if channel.credited is None else figures.count(channel.credited),
        figures.NOTHING if channel.over_claim is None else figures.plain(channel.over_claim),
        _proven(channel),
        figures.amount(channel.net_sales, company.currency),
        figures.amount(channel.cost, company.currency),
    )


def _proven(channel: Channel) -> str:
    proven = channel.proven
    if proven is None:
        return _("not tested")
    by = f" {channel.proven_by}" if channel.proven_by else ""
    if not math.isfinite(proven.low):
        return _("{value} (too few for an interval)").format(value=figures.count(proven.value)) + by
    between = figures.between(figures.count(proven.low), figures.count(proven.high))
    return _("{value} ({interval})").format(value=figures.count(proven.value), interval=between) + by


def by_rule(found: Channels) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Head and rows of what every rule credits to each channel."""
    channels = [channel for channel in found.rows if channel.by_rule]
    rows = [
        (str(rule), *(figures.count(channel.by_rule[k]) for channel in channels)) for k, rule in enumerate(found.rules)
    ]
    return (_("Rule"), *(channel.name for channel in channels)), tuple(rows)


def sentence(found: Channels) -> Markup:
    """How many orders are claimed, how many were made, and how many of them have a path."""
    touched = number(figures.share(1 - found.no_path / found.orders)) if found.orders else number(figures.NOTHING)
    claims = [channel.claimed for channel in found.rows if channel.claimed is not None]
    values = {"orders": number(figures.count(found.orders)), "touched": touched}
    if not claims:
        return say(_("{touched} of {orders} orders were touched by what we know of."), **values)
    return say(
        _("Platforms claim {claimed} orders; {orders} were made, {touched} of them touched by what we know of."),
        claimed=number(figures.count(sum(claims))),
        **values,
    )


def action(found: Channels) -> Markup:
    """Which channel to test first: the one that claims most beyond its credit, else the dearest untested."""
    untested = [channel for channel in found.rows if channel.proven is None]
    if not untested:
        return say(_("Every channel was tested: spend where what was proven pays for its cost."))
    over = [channel for channel in untested if (channel.over_claim or 0) > _TOO_MUCH]
    if over:
        most = max(over, key=lambda c: ((c.claimed or 0) - (c.credited or 0), c.name))
        return say(
            _("Test {channel} first: it claims {factor} times what we credit, and nothing proves either."),
            channel=data(most.name),
            factor=number(figures.plain(most.over_claim or 0)),
        )
    first = max(untested, key=lambda c: (c.cost or 0, c.claimed or 0, c.credited or 0))
    return say(
        _("Test {channel} first, with people or regions left out by lot: no rule can tell what it brings."),
        channel=data(first.name),
    )

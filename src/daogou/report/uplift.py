"""Uplift by tenths, and profit against the share contacted."""

import math
from typing import Any

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.charts import Chart
from daogou.report.contexts import Company, UpliftCampaign
from daogou.report.dots import ACCENT, BARE, BIG, INK, QUIET, RULE, option_of


def charts(found: UpliftCampaign, company: Company) -> list[Chart]:
    """Both charts of one campaign; tenths are drawn where effects differ at all."""
    return [*([_tenths(found, company)] if len(found.tenths) > 1 else []), _profit(found, company)]


def estimate(one: Estimate, company: Company) -> str:
    """An amount with its interval, as text."""
    value = figures.money(one.value, company.currency)
    if one.low != one.low or one.low == one.high:
        return value
    low, high = (figures.money(end, company.currency) for end in (one.low, one.high))
    return _("{value} ({low} to {high})").format(value=value, low=low, high=high)


def _tenths(found: UpliftCampaign, company: Company) -> Chart:
    names = [str(tenth.number) for tenth in found.tenths]
    rows = tuple(
        (str(tenth.number), figures.money(tenth.told, company.currency), estimate(tenth.shown, company))
        for tenth in found.tenths
    )
    tips = [_("Tenth {number}: told {told}, shown {shown}").format(number=n, told=t, shown=s) for n, t, s in rows]
    told = {
        "type": "scatter",
        "name": _("Effect told"),
        "symbol": "diamond",
        "symbolSize": 12,
        "itemStyle": {"color": "#fff", "borderColor": QUIET, "borderWidth": 2, "opacity": 1},
        "data": [{"value": [at, _round(one.told)], "tip": tips[at]} for at, one in enumerate(found.tenths)],
        "z": 4,
    }
    shown = {
        "type": "scatter",
        "name": _("Effect shown"),
        "symbolSize": 10,
        "itemStyle": {"color": ACCENT, "opacity": 1},
        "data": [{"value": [at, _round(one.shown.value)], "tip": tips[at]} for at, one in enumerate(found.tenths)],
        "z": 3,
    }
    intervals = {
        "type": "lines",
        "coordinateSystem": "cartesian2d",
        "symbol": "none",
        "lineStyle": {"color": ACCENT, "width": 3, "opacity": 0.45},
        "data": [
            {"coords": [[at, _round(one.shown.low)], [at, _round(one.shown.high)]]}
            for at, one in enumerate(found.tenths)
            if one.shown.low == one.shown.low
        ],
        "silent": True,
    }
    option = option_of([told, shown, intervals])
    option["xAxis"] = {"type": "category", "data": names, **_named(_("Tenth of customers, largest effect first"))}
    option["yAxis"] = _money_axis([x for one in found.tenths for x in (one.told, one.shown.low, one.shown.high)])
    option["legend"] = _legend(_("Effect told"), _("Effect shown"))
    option["grid"] = _GRID
    return Chart(
        "uplift_tenths",
        _("What the message adds by tenth of customers, as told and as the campaign showed with its interval."),
        option,
        300,
        (_("Tenth"), _("Effect told"), _("Effect shown")),
        rows,
    )


def _profit(found: UpliftCampaign, company: Company) -> Chart:
    shares = [_round(100 * point.share) for point in found.curve]
    ends = {end: [getattr(point.profit, end) for point in found.curve] for end in ("value", "low", "high")}
    middle = _line(shares, ends["value"], ACCENT, 3, "solid") | {"name": _("Profit")}
    edges = [_line(shares, ends[end], ACCENT, 1, "dashed") | {"name": _("95 % interval")} for end in ("low", "high")]
    tips = [
        _("{share} contacted: {profit}").format(share=figures.share(one.share), profit=estimate(one.profit, company))
        for one in found.curve
    ]
    marks = {
        "type": "scatter",
        "symbolSize": 7,
        "itemStyle": {"color": ACCENT, "opacity": 1},
        "data": [{"value": [x, _round(y)], "tip": tip} for x, y, tip in zip(shares, ends["value"], tips, strict=True)],
    }
    option = option_of([middle, *edges, marks])
    option["xAxis"] = {
        "type": "value",
        "min": 0,
        "max": 100,
        **_named(_("Share of customers contacted, largest effect first")),
        "axisLabel": {"formatter": "{value}" + figures.percent_sign(), "color": QUIET, "hideOverlap": True},
        "splitLine": {"show": False},
    }
    option["yAxis"] = _money_axis([x for values in ends.values() for x in values])
    option["legend"] = _legend(_("Profit"), _("95 % interval"))
    option["grid"] = _GRID
    shown = [point for place, point in enumerate(found.curve) if place % 2 == 0]
    return Chart(
        "uplift_profit",
        _("Profit a customer over sending to nobody, by the share of customers contacted."),
        option,
        300,
        (_("Contacted"), _("Profit a customer")),
        tuple((figures.share(point.share), estimate(point.profit, company)) for point in shown),
    )


_GRID = {"left": 4, "right": 24, "top": 44, "bottom": 30, "containLabel": True}


def _line(x: list[float], y: list[float], colour: str, width: int, kind: str) -> dict[str, Any]:
    return {
        "type": "line",
        "showSymbol": False,
        "data": [[at, _round(value)] for at, value in zip(x, y, strict=True) if value == value],
        "lineStyle": {"color": colour, "width": width, "type": kind},
        "itemStyle": {"color": colour},
        "silent": True,
    }


def _named(name: str) -> dict[str, Any]:
    label = {"color": INK, **BIG}
    return {
        "axisLabel": label,
        "name": name,
        "nameLocation": "middle",
        "nameGap": 28,
        "nameTextStyle": label,
        **BARE,
    }


def _money_axis(reached: list[float]) -> dict[str, Any]:
    """An axis that holds every value that is known, and 0, and ends at a round step."""
    known = [0.0, *(value for value in reached if value == value)]
    rough = max(max(known) - min(known), 1e-9) / 5
    ten = 10.0 ** math.floor(math.log10(rough))
    step = next(ten * part for part in (1, 2, 5, 10) if ten * part >= rough * (1 - 1e-9))
    return {
        "type": "value",
        "min": _round(math.floor(min(known) / step) * step),
        "max": _round(math.ceil(max(known) / step) * step),
        "interval": _round(step),
        "axisLabel": {"color": QUIET, "hideOverlap": True},
        "splitLine": {"lineStyle": {"color": RULE}},
        **BARE,
    }


def _legend(*names: str) -> dict[str, Any]:
    return {"left": 0, "top": 0, "selectedMode": False, "textStyle": {"color": INK, **BIG}, "data": list(names)}


def _round(value: float) -> float:
    return float(f"{value:.6g}")

"""Uplift by tenths, and profit against the share contacted."""

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.axes import GRID, legend, line, money_axis, named, rounded
from daogou.report.charts import Chart
from daogou.report.contexts import Company, UpliftCampaign
from daogou.report.dots import ACCENT, QUIET, option_of


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
        "data": [{"value": [at, rounded(one.told)], "tip": tips[at]} for at, one in enumerate(found.tenths)],
        "z": 4,
    }
    shown = {
        "type": "scatter",
        "name": _("Effect shown"),
        "symbolSize": 10,
        "itemStyle": {"color": ACCENT, "opacity": 1},
        "data": [{"value": [at, rounded(one.shown.value)], "tip": tips[at]} for at, one in enumerate(found.tenths)],
        "z": 3,
    }
    intervals = {
        "type": "lines",
        "coordinateSystem": "cartesian2d",
        "symbol": "none",
        "lineStyle": {"color": ACCENT, "width": 3, "opacity": 0.45},
        "data": [
            {"coords": [[at, rounded(one.shown.low)], [at, rounded(one.shown.high)]]}
            for at, one in enumerate(found.tenths)
            if one.shown.low == one.shown.low
        ],
        "silent": True,
    }
    option = option_of([told, shown, intervals])
    option["xAxis"] = {"type": "category", "data": names, **named(_("Tenth of customers, largest effect first"))}
    option["yAxis"] = money_axis([x for one in found.tenths for x in (one.told, one.shown.low, one.shown.high)])
    option["legend"] = legend(_("Effect told"), _("Effect shown"))
    option["grid"] = GRID
    return Chart(
        "uplift_tenths",
        _("What the message adds by tenth of customers, as told and as the campaign showed with its interval."),
        option,
        300,
        (_("Tenth"), _("Effect told"), _("Effect shown")),
        rows,
    )


def _profit(found: UpliftCampaign, company: Company) -> Chart:
    shares = [rounded(100 * point.share) for point in found.curve]
    ends = {end: [getattr(point.profit, end) for point in found.curve] for end in ("value", "low", "high")}
    middle = line(shares, ends["value"], ACCENT, 3, "solid") | {"name": _("Profit")}
    edges = [line(shares, ends[end], ACCENT, 1, "dashed") | {"name": _("95 % interval")} for end in ("low", "high")]
    tips = [
        _("{share} contacted: {profit}").format(share=figures.share(one.share), profit=estimate(one.profit, company))
        for one in found.curve
    ]
    marks = {
        "type": "scatter",
        "symbolSize": 7,
        "itemStyle": {"color": ACCENT, "opacity": 1},
        "data": [{"value": [x, rounded(y)], "tip": tip} for x, y, tip in zip(shares, ends["value"], tips, strict=True)],
    }
    option = option_of([middle, *edges, marks])
    option["xAxis"] = {
        "type": "value",
        "min": 0,
        "max": 100,
        **named(_("Share of customers contacted, largest effect first")),
        "axisLabel": {"formatter": "{value}" + figures.percent_sign(), "color": QUIET, "hideOverlap": True},
        "splitLine": {"show": False},
    }
    option["yAxis"] = money_axis([x for values in ends.values() for x in values])
    option["legend"] = legend(_("Profit"), _("95 % interval"))
    option["grid"] = GRID
    shown = [point for place, point in enumerate(found.curve) if place % 2 == 0]
    return Chart(
        "uplift_profit",
        _("Profit a customer over sending to nobody, by the share of customers contacted."),
        option,
        300,
        (_("Contacted"), _("Profit a customer")),
        tuple((figures.share(point.share), estimate(point.profit, company)) for point in shown),
    )

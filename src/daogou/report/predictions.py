"""Each prediction for analysts: gain, calibration and what moves scores, as charts with their figures."""

import math
from typing import Any

from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.charts import Chart
from daogou.report.contexts import Bin, Mover, Predicted
from daogou.report.dots import ACCENT, BARE, BIG, INK, NARROW, QUIET, RULE, option_of

_DEPTHS = (0.05, 0.1, 0.2, 0.3, 0.5)  # of the table
_TENTH = 10
_DRAWN = 8  # columns; the table has all that are given
_PALE = "#9fc3cb"


def charts(found: tuple[Predicted, ...]) -> list[Chart]:
    """Three of each prediction, those without figures left out."""
    made = []
    for place, one in enumerate(found):
        made += [gain(one, f"gain-{place}"), calibration(one, f"calibration-{place}")]
        if one.movers:
            made.append(movers(one, f"movers-{place}"))
    return made


def gain(one: Predicted, key: str) -> Chart:
    """Share of those who do by share of customers, likeliest first; the interval at a tenth."""
    steps = len(one.gain) - 1
    points = [[100 * place / steps, round(100 * share, 2)] for place, share in enumerate(one.gain)]
    value = 100 * one.tenth.value
    label = _("{share} of those who do, among {tenth} of customers").format(
        share=figures.share(one.tenth.value), tenth=figures.share(_TENTH / 100)
    )
    line = _line(points, ACCENT, 3) | {"areaStyle": {"color": ACCENT, "opacity": 0.08}}
    interval = _intervals([(float(_TENTH), one.tenth.low, one.tenth.high)])
    mark = {
        "type": "scatter",
        "symbolSize": 12,
        "itemStyle": {"color": ACCENT, "opacity": 1},
        "data": [{"value": [_TENTH, round(value, 2)], "tip": figures.with_interval(one.tenth)}],
        "label": {
            "show": True,
            "position": "right" if value < 75 else "bottom",
            "distance": 10,
            "align": "left",
            "formatter": label,
            "color": ACCENT,
            "width": 170,
            "overflow": "break",
            **BIG,
        },
    }
    option = option_of([line, _diagonal(100), interval, mark])
    option |= {
        "xAxis": _axis(100) | _named(_("customers, likeliest first"), 28),
        "yAxis": _axis(100),
        "grid": _GRID | {"bottom": 30},
    }
    rows = tuple((figures.share(depth), figures.share(one.gain[round(depth * steps)])) for depth in _DEPTHS)
    rows += ((_("{share} (95 % interval)").format(share=figures.share(0.1)), figures.decimals(one.tenth)),)
    return Chart(
        key,
        _label(
            one,
            _("Gain: how many of those who do are among the likeliest customers. Dashed: customers picked at random."),
        ),
        option,
        300,
        (_("Likeliest customers"), _("Share of those who do")),
        rows,
    )


def calibration(one: Predicted, key: str) -> Chart:
    """What happened by what was expected, in ten bins; on the dashed line probabilities mean what they say."""
    reach = max(max(b.expected, b.happened.value, _known(b.happened.high)) for b in one.bins)
    top = math.ceil(10 * min(reach, 1.0)) * 10.0
    dots = {
        "type": "scatter",
        "symbolSize": 11,
        "itemStyle": {"color": ACCENT, "opacity": 1},
        "data": [
            {"value": [round(100 * b.expected, 2), round(100 * b.happened.value, 2)], "tip": _bin_tip(b)}
            for b in one.bins
        ],
        "z": 3,
    }
    intervals = _intervals([(100 * b.expected, b.happened.low, b.happened.high) for b in one.bins])
    option = option_of([_diagonal(top), intervals, dots])
    option |= {
        "xAxis": _axis(top) | _named(_("expected"), 28),
        "yAxis": _axis(top),
        "grid": _GRID | {"bottom": 30},
    }
    return Chart(
        key,
        _label(
            one,
            _("Calibration: what happened by what was expected. On the dashed line, probabilities mean what they say."),
        ),
        option,
        300,
        (_("Expected"), _("Happened")),
        tuple((figures.share(b.expected), figures.with_interval(b.happened)) for b in one.bins),
    )


def movers(one: Predicted, key: str) -> Chart:
    """The columns that move scores most, over everyone, by how they do."""
    drawn = one.movers[:_DRAWN]
    names = [str(mover.name) for mover in drawn]
    series = [
        {
            "type": "bar",
            "name": said,
            "stack": "all",
            "barMaxWidth": 16,
            "itemStyle": {"color": colour, "borderColor": border, "borderWidth": 1},
            "data": [_bar(mover) if mover.way == way else None for mover in drawn],
            "label": {"show": True, "position": "right", "color": INK, **BIG},
        }
        for way, said, colour, border in _ways()
    ]
    option = option_of(series)
    most = math.ceil(100 * max(mover.share for mover in one.movers) / 5) * 5 + 5
    label = {"color": INK, "width": 250, "overflow": "break", "lineHeight": 16, **BIG}
    option |= {
        "xAxis": _axis(most),
        "yAxis": {"type": "category", "inverse": True, "data": names, **BARE, "axisLabel": label},
        "grid": {"left": 8, "right": 34, "top": 40, "bottom": 8, "containLabel": True},
        "legend": {"left": 0, "top": 0, "itemWidth": 12, "itemHeight": 12, "selectedMode": False,
                   "textStyle": {"color": INK, **BIG}},
    }  # fmt: skip
    narrow = {"yAxis": {"axisLabel": {"width": 128}}, "xAxis": {"splitNumber": 3}}
    return Chart(
        key,
        _label(
            one, _("What raises and lowers scores, over everyone: the share of each column in all that moves them.")
        ),
        {"baseOption": option, "media": [{"query": {"maxWidth": NARROW}, "option": narrow}]},
        64 + 48 * len(names),
        (_("Column"), _("Share"), _("How")),
        tuple((str(mover.name), figures.share(mover.share), way(mover.way)) for mover in one.movers),
    )


def _label(one: Predicted, what: str) -> str:
    """Whose chart it is and what it shows: no two charts of the page are called the same."""
    return _("{title}: {what}").format(title=one.title, what=what)


def way(sign: int) -> str:
    """How a column moves scores."""
    return {said: text for said, text, _colour, _border in _ways()}[sign]


def _ways() -> tuple[tuple[int, str, str, str], ...]:
    return (
        (1, _("the more, the higher"), ACCENT, ACCENT),
        (-1, _("the more, the lower"), _PALE, ACCENT),
        (0, _("up and down"), "#fff", QUIET),
    )


_GRID: dict[str, Any] = {"left": 4, "right": 24, "top": 16, "bottom": 4, "containLabel": True}


def _bar(mover: Mover) -> dict[str, Any]:
    share = figures.share(mover.share)
    tip = f"{mover.name}: {share}, {way(mover.way)}"
    return {"value": round(100 * mover.share, 2), "tip": tip, "label": {"formatter": share}}


def _bin_tip(one: Bin) -> str:
    return _("expected {expected}, happened {happened}").format(
        expected=figures.share(one.expected), happened=figures.with_interval(one.happened)
    )


def _known(value: float) -> float:
    return value if math.isfinite(value) else 0.0


def _line(points: list[list[float]], colour: str, width: int) -> dict[str, Any]:
    return {
        "type": "line",
        "showSymbol": False,
        "data": points,
        "lineStyle": {"color": colour, "width": width},
        "silent": True,
    }


def _diagonal(top: float) -> dict[str, Any]:
    line = _line([[0, 0], [top, top]], QUIET, 1)
    return line | {"lineStyle": {"color": QUIET, "width": 1, "type": "dashed"}}


def _intervals(found: list[tuple[float, float, float]]) -> dict[str, Any]:
    return {
        "type": "lines",
        "coordinateSystem": "cartesian2d",
        "symbol": "none",
        "lineStyle": {"color": ACCENT, "width": 3, "opacity": 0.45},
        "data": [
            {"coords": [[round(x, 2), round(100 * low, 2)], [round(x, 2), round(100 * high, 2)]]}
            for x, low, high in found
            if math.isfinite(low)
        ],
        "silent": True,
        "z": 2,
    }


def _axis(top: float) -> dict[str, Any]:
    return {
        "type": "value",
        "min": 0,
        "max": top,
        "axisLabel": {"formatter": "{value}" + figures.percent_sign(), "color": QUIET, "hideOverlap": True},
        "splitLine": {"lineStyle": {"color": RULE}},
        **BARE,
    }


def _named(name: str, gap: int) -> dict[str, Any]:
    return {"name": name, "nameLocation": "middle", "nameGap": gap, "nameTextStyle": {"color": INK, **BIG}}

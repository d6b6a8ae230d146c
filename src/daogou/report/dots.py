"""Rows of dots with intervals on one axis of shares: the form of every comparison on the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from daogou.base.estimate import Estimate
from daogou.report import figures

ACCENT = "#0b6477"
INK = "#1c2529"
QUIET = "#667279"
RULE = "#e3e7e8"
BARE: dict[str, Any] = {"axisLine": {"show": False}, "axisTick": {"show": False}}
BIG: dict[str, Any] = {"fontSize": 13}
NARROW = 560  # pixels of chart width below which labels get less room


@dataclass(frozen=True)
class Mark:
    """One dot of a row with its interval."""

    estimate: Estimate
    text: str  # printed beside the dot
    tip: str


@dataclass(frozen=True)
class Layer:
    """Dots that mean the same in every row; None where a row has none."""

    name: str
    marks: tuple[Mark | None, ...]
    filled: bool = True


def dots(names: Sequence[str], layers: Sequence[Layer]) -> dict[str, Any]:
    """Rows of dots with intervals on one axis of shares; it begins at 0 unless something lies below."""
    series: list[dict[str, Any]] = []
    for place, layer in enumerate(layers):
        series += _layer(layer, "top" if place == 0 else "bottom")
    option = option_of(series)
    top = max((_reach(mark) for layer in layers for mark in layer.marks if mark), default=100)
    option["xAxis"] = {
        "type": "value",
        "min": _depth(layers),
        "max": top,
        "axisLabel": {"formatter": "{value}" + figures.percent_sign(), "color": QUIET, "hideOverlap": True},
        "splitLine": {"lineStyle": {"color": RULE}},
        **BARE,
    }
    label: dict[str, Any] = {"color": INK, "width": 220, "overflow": "break", "lineHeight": 16, **BIG}
    option["yAxis"] = {
        "type": "category",
        "inverse": True,
        "data": list(names),
        **BARE,
        "axisLabel": label,
        "splitLine": {"show": True, "lineStyle": {"color": RULE, "type": "dashed"}},
    }
    option["grid"] = {"left": 8, "right": 24, "top": 40 if len(layers) > 1 else 16, "bottom": 8, "containLabel": True}
    if len(layers) > 1:
        option["legend"] = {
            "left": 0,
            "top": 0,
            "itemWidth": 12,
            "itemHeight": 12,
            "selectedMode": False,
            "textStyle": {"color": INK, **BIG},
            "data": [{"name": layer.name, "icon": "circle", "itemStyle": _style(layer)} for layer in layers],
        }
    narrow = {"yAxis": {"axisLabel": {"width": 108}}, "xAxis": {"splitNumber": 3}, "grid": {"right": 18}}
    return {"baseOption": option, "media": [{"query": {"maxWidth": NARROW}, "option": narrow}]}


def _layer(layer: Layer, side: str) -> list[dict[str, Any]]:
    colour = ACCENT if layer.filled else QUIET
    placed = [(row, mark) for row, mark in enumerate(layer.marks) if mark]
    lines = [
        {"coords": [[mark.estimate.low * 100, row], [mark.estimate.high * 100, row]], "tip": mark.tip}
        for row, mark in placed
        if mark.estimate.low == mark.estimate.low  # NaN: no interval
    ]
    dots = [
        {
            "value": [mark.estimate.value * 100, row],
            "tip": mark.tip,
            "label": {"show": True, "position": side, "distance": 5, "formatter": mark.text, "color": colour} | BIG,
        }
        for row, mark in placed
    ]
    style = _style(layer)
    return [
        {
            "type": "lines",
            "coordinateSystem": "cartesian2d",
            "name": layer.name,
            "lineStyle": {"color": colour, "width": 3, "opacity": 0.55},
            "symbol": "none",
            "data": lines,
            "z": 2,
        },
        {"type": "scatter", "name": layer.name, "symbolSize": 11, "itemStyle": style, "data": dots, "z": 3},
    ]


def _style(layer: Layer) -> dict[str, Any]:
    if layer.filled:
        return {"color": ACCENT, "opacity": 1}
    return {"color": "#fff", "borderColor": QUIET, "borderWidth": 2, "opacity": 1}


def _reach(mark: Mark) -> float:
    """How far the axis must reach for this mark, in steps of 10 %."""
    far = max(x for x in (mark.estimate.value, mark.estimate.high) if x == x) * 100
    return float(-(-far // 10) * 10)


def _depth(layers: Sequence[Layer]) -> float:
    """Where the axis begins: at 0, or below where a mark does, in steps of 10 %."""
    marks = [mark.estimate for layer in layers for mark in layer.marks if mark]
    least = min((x for one in marks for x in (one.value, one.low) if x == x), default=0.0)
    return min(float(100 * least // 10 * 10), 0.0)


def option_of(series: list[dict[str, Any]]) -> dict[str, Any]:
    """What every chart has: its series, the page's font, and tooltips that stay inside it."""
    return {
        "animation": False,
        "series": series,
        "textStyle": {"fontFamily": "inherit"},
        "tooltip": {"confine": True, "extraCssText": "white-space:pre-line;max-width:280px"},
    }

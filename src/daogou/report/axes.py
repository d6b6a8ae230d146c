"""Axes, legends and lines that charts share."""

import math
from collections.abc import Sequence
from typing import Any

from daogou.report.dots import BARE, BIG, INK, QUIET, RULE

GRID: dict[str, Any] = {"left": 4, "right": 24, "top": 44, "bottom": 30, "containLabel": True}


def line(x: Sequence[Any], y: Sequence[float], colour: str, width: int, kind: str) -> dict[str, Any]:
    """A line without marks through the points that are known."""
    return {
        "type": "line",
        "showSymbol": False,
        "data": [[at, rounded(value)] for at, value in zip(x, y, strict=True) if value == value],
        "lineStyle": {"color": colour, "width": width, "type": kind},
        "itemStyle": {"color": colour},
        "silent": True,
    }


def named(name: str) -> dict[str, Any]:
    """An axis with its name in the middle."""
    label = {"color": INK, **BIG}
    return {
        "axisLabel": label,
        "name": name,
        "nameLocation": "middle",
        "nameGap": 28,
        "nameTextStyle": label,
        **BARE,
    }


def money_axis(reached: Sequence[float]) -> dict[str, Any]:
    """An axis that holds every value that is known, and 0, and ends at a round step."""
    known = [0.0, *(value for value in reached if math.isfinite(value))]
    rough = max(max(known) - min(known), 1e-9) / 5
    ten = 10.0 ** math.floor(math.log10(rough))
    step = next(ten * part for part in (1, 2, 5, 10) if ten * part >= rough * (1 - 1e-9))
    return {
        "type": "value",
        "min": rounded(math.floor(min(known) / step) * step),
        "max": rounded(math.ceil(max(known) / step) * step),
        "interval": rounded(step),
        "axisLabel": {"color": QUIET, "hideOverlap": True},
        "splitLine": {"lineStyle": {"color": RULE}},
        **BARE,
    }


def legend(*names: str) -> dict[str, Any]:
    """What lines and dots mean, above the chart."""
    return {"left": 0, "top": 0, "selectedMode": False, "textStyle": {"color": INK, **BIG}, "data": list(names)}


def rounded(value: float) -> float:
    """Six significant digits: more would only make the page larger."""
    return float(f"{value:.6g}")

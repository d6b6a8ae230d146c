"""Amounts of money with their intervals, row by row, and a second mark beside each: earned against its cost."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from daogou.base.estimate import Estimate
from daogou.report.axes import legend, money_axis, rounded
from daogou.report.dots import ACCENT, BARE, BIG, INK, NARROW, QUIET, RULE, option_of

_LONGEST = 30  # letters


@dataclass(frozen=True)
class Whisker:
    """One row: an amount with its interval, what it is held against, and what its tooltip says."""

    name: str
    estimate: Estimate | None
    against: float | None
    text: str
    tip: str


def whiskers(rows: Sequence[Whisker], name: str, against: str = "") -> dict[str, Any]:
    """Dots with intervals on one axis of money that holds 0, which is marked; ``against`` names the second mark."""
    placed = [(place, row, row.estimate) for place, row in enumerate(rows) if row.estimate is not None]
    series: list[dict[str, Any]] = [
        {
            "type": "lines",
            "coordinateSystem": "cartesian2d",
            "name": name,
            "lineStyle": {"color": ACCENT, "width": 3, "opacity": 0.55},
            "symbol": "none",
            "data": [
                {"coords": [[rounded(one.low), place], [rounded(one.high), place]], "tip": row.tip}
                for place, row, one in placed
                if math.isfinite(one.low) and math.isfinite(one.high)
            ],
            "z": 2,
        },
        {
            "type": "scatter",
            "name": name,
            "symbolSize": 11,
            "itemStyle": {"color": ACCENT, "opacity": 1},
            "data": [
                {
                    "value": [rounded(one.value), place],
                    "tip": row.tip,
                    "label": {"show": True, "position": "top", "distance": 5, "formatter": row.text, "color": ACCENT}
                    | BIG,
                }
                for place, row, one in placed
            ],
            "z": 3,
            "markLine": {
                "silent": True,
                "symbol": "none",
                "label": {"show": False},
                "lineStyle": {"color": QUIET, "type": "solid", "width": 1},
                "data": [{"xAxis": 0}],
            },
        },
    ]
    seconds = [(place, row) for place, row in enumerate(rows) if against and row.against is not None]
    if seconds:
        series.append(
            {
                "type": "scatter",
                "name": against,
                "symbol": "diamond",
                "symbolSize": 12,
                "itemStyle": {"color": "#fff", "borderColor": QUIET, "borderWidth": 2, "opacity": 1},
                "data": [{"value": [rounded(row.against or 0.0), place], "tip": row.tip} for place, row in seconds],
                "z": 4,
            }
        )
    reached = [end for _p, _r, one in placed for end in (one.value, one.low, one.high)]
    return _framed(option_of(series), [row.name for row in rows], [*reached, *(row.against or 0.0 for row in rows)])


def _framed(option: dict[str, Any], names: list[str], reached: list[float]) -> dict[str, Any]:
    option["xAxis"] = money_axis(reached)
    label: dict[str, Any] = {"color": INK, "width": 220, "overflow": "break", "lineHeight": 16, "interval": 0, **BIG}
    option["yAxis"] = {
        "type": "category",
        "inverse": True,
        "data": [clipped(name) for name in names],
        **BARE,
        "axisLabel": label,
        "splitLine": {"show": True, "lineStyle": {"color": RULE, "type": "dashed"}},
    }
    shown = list(dict.fromkeys(series["name"] for series in option["series"]))
    option["grid"] = {"left": 8, "right": 40, "top": 40 if len(shown) > 1 else 16, "bottom": 8, "containLabel": True}
    if len(shown) > 1:
        option["legend"] = legend(*shown)
    narrow = {"yAxis": {"axisLabel": {"width": 100, "fontSize": 12, "lineHeight": 14}}, "grid": {"right": 28}}
    return {"baseOption": option, "media": [{"query": {"maxWidth": NARROW}, "option": narrow}]}


def clipped(name: str) -> str:
    """A name that stands beside a row: two short lines of it at most.

    >>> clipped("a name that nobody would give to anything")
    'a name that nobody would give…'
    """
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + "…"


def height(rows: int) -> int:
    """Pixels for so many rows."""
    return 84 + 44 * rows

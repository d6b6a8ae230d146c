"""How clear each number of groups is: the curve that k-means chose by."""

import math
from typing import Any

from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.charts import Chart
from daogou.report.contexts import Clear
from daogou.report.dots import ACCENT, BARE, BIG, INK, QUIET, RULE, option_of


def curve(found: tuple[Clear, ...]) -> Chart:
    """Silhouette by number of groups, with its interval, beside that of data without any; the chosen one is filled."""
    names = [str(clear.k) for clear in found]
    ours = _line(_("These customers"), ACCENT, [clear.silhouette.value for clear in found])
    noise = _line(_("Data without groups"), QUIET, [clear.shuffled for clear in found]) | {"symbol": "none"}
    noise["lineStyle"] = {"color": QUIET, "width": 2, "type": "dashed"}
    dots = [_dot(place, clear) for place, clear in enumerate(found)]
    intervals = {
        "type": "lines",
        "coordinateSystem": "cartesian2d",
        "symbol": "none",
        "lineStyle": {"color": ACCENT, "width": 3, "opacity": 0.45},
        "data": [
            {"coords": [[place, clear.silhouette.low], [place, clear.silhouette.high]]}
            for place, clear in enumerate(found)
        ],
        "silent": True,
    }
    option = option_of([ours, noise, intervals, {"type": "scatter", "symbolSize": 12, "data": dots, "z": 3}])
    label = {"color": INK, **BIG}
    option["xAxis"] = {
        "type": "category",
        "data": names,
        "axisLabel": {**label, "interval": 0},
        "name": _("Groups"),
        "nameLocation": "middle",
        "nameGap": 28,
        "nameTextStyle": label,
        **BARE,
    }
    option["yAxis"] = {
        "type": "value",
        "min": math.floor(10 * min(min(c.silhouette.low, c.shuffled) for c in found)) / 10,
        "max": math.ceil(10 * max(max(c.silhouette.high, c.shuffled) for c in found)) / 10,
        "interval": 0.1,
        "axisLabel": {"color": QUIET, "hideOverlap": True},
        "splitLine": {"lineStyle": {"color": RULE}},
        **BARE,
    }
    option["legend"] = {
        "left": 0,
        "top": 0,
        "selectedMode": False,
        "textStyle": label,
        "data": [{"name": series["name"]} for series in (ours, noise)],
    }
    option["grid"] = {"left": 4, "right": 20, "top": 44, "bottom": 30, "containLabel": True}
    rows = tuple(
        (
            _("{k} (chosen)").format(k=clear.k) if clear.chosen else str(clear.k),
            _told(clear),
            figures.decimal(clear.shuffled),
        )
        for clear in found
    )
    return Chart(
        "clarity",
        _("How clear each number of groups is, beside data like these that have none."),
        option,
        280,
        (_("Groups"), _("These customers"), _("Data without groups")),
        rows,
    )


def _line(name: str, colour: str, values: list[float]) -> dict[str, Any]:
    return {
        "type": "line",
        "name": name,
        "showSymbol": False,
        "data": [round(value, 4) for value in values],
        "lineStyle": {"color": colour, "width": 2},
        "itemStyle": {"color": colour},
        "silent": True,
    }


def _dot(place: int, clear: Clear) -> dict[str, Any]:
    fill = ACCENT if clear.chosen else "#fff"
    return {
        "value": [place, round(clear.silhouette.value, 4)],
        "tip": _("{k} groups: {value}; data without groups {shuffled}").format(
            k=clear.k, value=_told(clear), shuffled=figures.decimal(clear.shuffled)
        ),
        "itemStyle": {"color": fill, "borderColor": ACCENT, "borderWidth": 2, "opacity": 1},
    }


def _told(clear: Clear) -> str:
    seen = clear.silhouette
    return _("{value} ({low} to {high})").format(
        value=figures.decimal(seen.value), low=figures.decimal(seen.low), high=figures.decimal(seen.high)
    )

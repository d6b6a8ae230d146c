"""From the first order to the second, as a Sankey chart."""

from collections.abc import Sequence
from typing import Any

from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.charts import Chart
from daogou.report.contexts import Look, Second
from daogou.report.dots import ACCENT, BIG, INK, NARROW, QUIET, option_of


def seconds(found: Look) -> Chart:
    """Left the category of the first order, right that of the second; a band is as wide as its customers are many."""
    left = _ordered([(_first(one), one.people) for one in found.seconds])
    right = _ordered([(_then(one), one.people) for one in found.seconds])
    nodes = [_node(f"1 {name}", name, people, "right", ACCENT) for name, people in left]
    nodes += [
        _node(f"2 {name}", name, people, "left", QUIET if name == _nothing() else ACCENT) for name, people in right
    ]
    links = [
        {
            "source": f"1 {_first(one)}",
            "target": f"2 {_then(one)}",
            "value": one.people,
            "tip": _("{first} → {then}: {n} customers").format(
                first=_first(one), then=_then(one), n=figures.exact(one.people)
            ),
        }
        for one in found.seconds
    ]
    series = {
        "type": "sankey",
        "left": 0,
        "right": 0,
        "top": 8,
        "bottom": 8,
        "nodeWidth": 10,
        "nodeGap": 20,
        "layoutIterations": 0,
        "draggable": False,
        "emphasis": {"focus": "adjacency"},
        "lineStyle": {"color": "source", "opacity": 0.22, "curveness": 0.5},
        "label": {
            "color": INK,
            "textBorderColor": "#fff",
            "textBorderWidth": 3,
            "overflow": "truncate",
            "width": 240,
            **BIG,
        },
        "data": nodes,
        "links": links,
    }
    everyone = dict(left)
    narrow = {"series": [{"label": {"width": 140, "fontSize": 12}}]}
    return Chart(
        "seconds",
        _("From the main category of the first order, left, to that of the second, right."),
        {"baseOption": option_of([series]), "media": [{"query": {"maxWidth": NARROW}, "option": narrow}]},
        60 + 46 * max(len(left), len(right)),
        (_("First order"), _("Second order"), _("Customers"), _("Share of those who began so")),
        tuple(
            (_first(one), _then(one), figures.exact(one.people), figures.share(one.people / everyone[_first(one)]))
            for one in found.seconds
        ),
    )


def _first(one: Second) -> str:
    return _("others") if one.first is None else str(one.first)


def _then(one: Second) -> str:
    if one.is_over:
        return _nothing()
    return _("others") if one.then is None else str(one.then)


def _nothing() -> str:
    return _("none so far")


def _ordered(told: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """People by name, most first; what is no name of a category comes last."""
    sums: dict[str, int] = {}
    for name, people in told:
        sums[name] = sums.get(name, 0) + people
    last = {_("others"): 1, _nothing(): 2}
    return sorted(sums.items(), key=lambda pair: (last.get(pair[0], 0), -pair[1], pair[0]))


def _node(key: str, name: str, people: int, position: str, colour: str) -> dict[str, Any]:
    text = _("{name}: {n}").format(name=name, n=figures.exact(people))
    return {
        "name": key,
        "depth": 0 if position == "right" else 1,
        "itemStyle": {"color": colour, "borderWidth": 0},
        "label": {"formatter": text, "position": position},
        "tip": text,
    }

"""Concentration, as a curve."""

from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.charts import Chart
from daogou.report.contexts import Look
from daogou.report.dots import ACCENT, BARE, BIG, QUIET, RULE, option_of

TOP = 20  # per cent of customers that the sentence and the curve speak of


def curve(found: Look) -> Chart:
    """Share of net sales by the share of customers who bring it, the largest first."""
    points = [[place, round(100 * share, 2)] for place, share in enumerate(found.top)]
    label = _("{top} of customers bring {share}").format(
        top=figures.share(TOP / 100), share=figures.share(found.top[TOP])
    )
    line = {
        "type": "line",
        "showSymbol": False,
        "data": points,
        "lineStyle": {"color": ACCENT, "width": 3},
        "areaStyle": {"color": ACCENT, "opacity": 0.08},
        "silent": True,
    }
    mark = {
        "type": "scatter",
        "symbolSize": 12,
        "itemStyle": {"color": ACCENT, "opacity": 1},
        "data": [{"value": points[TOP], "tip": label}],
        "label": {"show": True, "position": "right", "distance": 8, "formatter": label, "color": ACCENT, **BIG},
    }
    equal = {
        "type": "line",
        "showSymbol": False,
        "data": [[0, 0], [100, 100]],
        "lineStyle": {"color": QUIET, "width": 1, "type": "dashed"},
        "silent": True,
    }
    axis = {
        "type": "value",
        "min": 0,
        "max": 100,
        "axisLabel": {"formatter": "{value}" + figures.percent_sign(), "color": QUIET, "hideOverlap": True},
        "splitLine": {"lineStyle": {"color": RULE}},
        **BARE,
    }
    option = option_of([line, equal, mark])
    option |= {
        "xAxis": axis,
        "yAxis": axis,
        "grid": {"left": 4, "right": 24, "top": 16, "bottom": 4, "containLabel": True},
    }
    shown = (1, 5, 10, TOP, 50)
    return Chart(
        "concentration",
        _("Share of net sales of the last year by the share of customers who bring it, the largest first."),
        option,
        300,
        (_("Largest customers"), _("Share of net sales")),
        tuple((figures.share(top / 100), figures.share(found.top[top])) for top in shown),
    )

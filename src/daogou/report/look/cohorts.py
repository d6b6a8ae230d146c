"""Retention by cohort, as a map."""

import math
from typing import Any

from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.charts import DEEP, PALE, Chart, ink
from daogou.report.contexts import Cohort, Look
from daogou.report.dots import BARE, BIG, INK, NARROW, option_of

_FEW = "#edf0f1"  # cells of a cohort with too few customers


def cohorts(found: Look) -> Chart:
    """A row a cohort, a column a month after the first; the darker, the more of them bought. The oldest on top."""
    months = max(len(cohort.retention) for cohort in found.cohorts)
    names = [_cohort_name(cohort) for cohort in found.cohorts]
    known = [share for one in found.cohorts if not one.is_few for share in one.retention if share is not None]
    low, top = math.floor(10 * min(known, default=0.0)) / 10, max(known, default=1.0)
    cells = [
        (cohort.is_few, _cell(cohort, row, month, share, (share - low) / max(top - low, 0.01)))
        for row, cohort in enumerate(found.cohorts)
        for month, share in enumerate(cohort.retention)
        if share is not None
    ]
    edge = {"borderColor": "#fff", "borderWidth": 2}
    series = [
        {"type": "heatmap", "data": [cell for few, cell in cells if few == is_few], "itemStyle": edge}
        for is_few in (False, True)
    ]
    option = option_of(series)
    ramp = ["#{:02x}{:02x}{:02x}".format(*colour) for colour in (PALE, DEEP)]
    ends = {"show": False, "min": round(100 * low, 2), "max": round(100 * max(top, low + 0.01), 2), "dimension": 2}
    option["visualMap"] = [
        {**ends, "seriesIndex": 0, "inRange": {"color": ramp}},
        {**ends, "seriesIndex": 1, "inRange": {"color": [_FEW, _FEW]}, "outOfRange": {"color": [_FEW]}},
    ]
    label = {"color": INK, **BIG}
    option["xAxis"] = {
        "type": "category",
        "position": "top",
        "data": [str(month + 1) for month in range(months)],
        "axisLabel": {**label, "interval": 0},
        **BARE,
    }
    option["yAxis"] = {"type": "category", "inverse": True, "data": names, "axisLabel": label, **BARE}
    option["grid"] = {"left": 14, "right": 4, "top": 8, "bottom": 4, "containLabel": True}
    narrow = {"yAxis": {"axisLabel": {"fontSize": 11}}}
    return Chart(
        "cohorts",
        _("Retention by cohort: the share of customers who bought so many months after that of their first order."),
        {"baseOption": option, "media": [{"query": {"maxWidth": NARROW}, "option": narrow}]},
        60 + 32 * len(names),
        (
            _("Cohort"),
            _("Customers"),
            _("Repurchase rate within {days} days").format(days=found.days),
            *(_("Month {k}").format(k=month + 1) for month in range(months)),
        ),
        tuple(_cohort_row(cohort, months) for cohort in found.cohorts),
    )


def _cohort_name(cohort: Cohort) -> str:
    return f"{cohort.name} *" if cohort.at_edge else cohort.name


def _cell(cohort: Cohort, row: int, month: int, share: float, depth: float) -> dict[str, Any]:
    """``depth``: how dark its ground is, 0 to 1."""
    ground = tuple(round(a + (b - a) * depth) for a, b in zip(PALE, DEEP, strict=True))
    return {
        "value": [month, row, round(100 * share, 2)],
        "label": {
            "show": True,
            "formatter": f"{100 * share:.0f}",
            "color": INK if cohort.is_few else ink(ground),
            "fontSize": 11,
        },
        "tip": _("Cohort {name}, {n} customers: {share} bought in month {k} after the first").format(
            name=cohort.name, n=figures.exact(cohort.size), share=figures.share(share), k=month + 1
        ),
    }


def _cohort_row(cohort: Cohort, months: int) -> tuple[str, ...]:
    told = [figures.share(share) for share in cohort.retention] + [""] * (months - len(cohort.retention))
    again = _("window still open") if cohort.repurchase is None else figures.with_interval(cohort.repurchase)
    return (_cohort_name(cohort), figures.exact(cohort.size), again, *told)

"""The chapter of looks as charts and words: cohorts, concentration, change, and the second purchase."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.charts import DEEP, PALE, Chart, ink
from daogou.report.contexts import Cohort, Company, Look, Moved, Second
from daogou.report.dots import ACCENT, BARE, BIG, INK, NARROW, QUIET, RULE, Layer, Mark, dots, option_of
from daogou.report.sentences.say import number, say

_TOP = 20  # per cent of customers that the sentence and the curve speak of
_WIDEST = 0.6  # an interval beyond this is in the table alone: the others would be dots without lines
_FEW = "#edf0f1"  # cells of a cohort with too few customers


def charts(found: Look, company: Company) -> list[Chart]:
    """Those that have something to show."""
    made: list[Callable[[], Chart]] = []
    if any(cohort.retention for cohort in found.cohorts):
        made.append(lambda: cohorts(found))
    if found.top:
        made.append(lambda: curve(found))
    if any((one.over_previous or one.over_last_year) and not _is_wide(one) for one in found.moved):
        made.append(lambda: moved(found, company))
    if found.seconds:
        made.append(lambda: seconds(found))
    return [make() for make in made]


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


def curve(found: Look) -> Chart:
    """Share of net sales by the share of customers who bring it, the largest first."""
    points = [[place, round(100 * share, 2)] for place, share in enumerate(found.top)]
    label = _("{top} of customers bring {share}").format(
        top=figures.share(_TOP / 100), share=figures.share(found.top[_TOP])
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
        "data": [{"value": points[_TOP], "tip": label}],
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
    shown = (1, 5, 10, _TOP, 50)
    return Chart(
        "concentration",
        _("Share of net sales of the last year by the share of customers who bring it, the largest first."),
        option,
        300,
        (_("Largest customers"), _("Share of net sales")),
        tuple((figures.share(top / 100), figures.share(found.top[top])) for top in shown),
    )


def moved(found: Look, company: Company) -> Chart:
    """Each headline figure's change with its interval."""
    drawn = [one for one in found.moved if not _is_wide(one)]
    names = [measure(one) for one in drawn]
    layers = [
        Layer(_("Over the previous period"), tuple(_mark(one, one.over_previous) for one in drawn)),
        Layer(_("Over last year"), tuple(_mark(one, one.over_last_year) for one in drawn), filled=False),
    ]
    shown = [layer for layer in layers if any(layer.marks)]
    rows = tuple(
        (measure(one), _now(one, company), _told(one, one.over_previous), _told(one, one.over_last_year))
        for one in found.moved
    )
    return Chart(
        "change",
        _("How each figure moved, with its interval: one that holds 0 may be chance."),
        dots(names, shown),
        70 + (40 if len(shown) == 1 else 52) * len(names),
        (_("Figure"), _("Now"), _("Over the previous period"), _("Over last year")),
        rows,
    )


def measure(one: Moved) -> str:
    """What a figure is called."""
    return {
        "net_sales": _("Net sales"),
        "orders": _("Orders"),
        "buyers": _("Buyers"),
        "order_value": _("Average order value"),
        "spend": _("Spend per buyer"),
        "new": _("New customers"),
        "repurchase": _("Repurchase rate"),
    }[one.key]


def _now(one: Moved, company: Company) -> str:
    if one.key == "repurchase":
        return figures.share(one.now)
    if one.key in ("net_sales", "order_value", "spend"):
        return figures.amount(one.now, company.currency)
    return figures.exact(one.now)


def _mark(one: Moved, estimate: Estimate | None) -> Mark | None:
    if estimate is None or not math.isfinite(estimate.value):
        return None
    return Mark(estimate, _signed(one, estimate.value), f"{measure(one)}: {_told(one, estimate)}")


def _told(one: Moved, estimate: Estimate | None) -> str:
    if estimate is None or not math.isfinite(estimate.value):
        return figures.NOTHING
    value = _signed(one, estimate.value)
    if not math.isfinite(estimate.low):
        return value
    between = figures.between(_signed(one, estimate.low), _signed(one, estimate.high))
    return _("{value} ({interval})").format(value=value, interval=between)


def _signed(one: Moved, value: float) -> str:
    size = f"{100 * value:+.{0 if abs(value) >= 0.0995 else 1}f}"
    return _("{points} points").format(points=size) if one.key == "repurchase" else size + figures.percent_sign()


def undrawn(found: Look) -> str:
    """The figures whose interval is too wide to be drawn beside the others; empty where there are none."""
    return _(", ").join(measure(one) for one in found.moved if _is_wide(one))


def _is_wide(one: Moved) -> bool:
    known = [told for told in (one.over_previous, one.over_last_year) if told and math.isfinite(told.low)]
    return any(told.high - told.low > _WIDEST for told in known)


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


def sentence(found: Look) -> Markup:
    """What few bring, and how many come back."""
    top = number(figures.share(found.top[_TOP])) if found.top else ""
    again = number(figures.share(found.again / found.closed)) if found.closed else ""
    if found.top and found.closed:
        return say(
            _(
                "{few} of customers bring {share} of the last year's net sales; {again} of first-time buyers bought"
                " again within {days} days."
            ),
            few=figures.share(_TOP / 100), share=top, again=again, days=found.days,
        )  # fmt: skip
    if found.top:
        return say(
            _("{few} of customers bring {share} of the last year's net sales."),
            few=figures.share(_TOP / 100),
            share=top,
        )
    return say(_("What people do shows here as soon as there are more orders."))


def action(found: Look) -> Markup:
    """The largest group of those who stopped after the first order, or what moved for sure."""
    sure = [one for one in found.moved if one.over_previous is not None and one.over_previous.excludes_zero]
    if sure:
        most = max(sure, key=lambda one: abs(one.over_previous.value) if one.over_previous else 0.0)
        return say(
            _(
                "{measure} moved by {change} over the previous period, more than chance usually explains. Look first at"
                " what you did differently."
            ),
            measure=measure(most), change=_signed(most, most.over_previous.value) if most.over_previous else "",
        )  # fmt: skip
    return say(_("No figure moved more than chance usually explains: do not read a story into this period."))

"""Messages a person a week, opt-outs and complaints, as trends."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.axes import GRID, line, money_axis, rounded
from daogou.report.charts import Chart
from daogou.report.contexts import Flood
from daogou.report.dots import ACCENT, BARE, BIG, INK, option_of
from daogou.report.sentences.say import joined, number, say


def charts(found: Flood) -> list[Chart]:
    """A line each, with its interval, where any week knows it."""
    wanted = (
        ("flood-messages", _("Messages a person, by week"), [week.messages for week in found.weeks], False),
        ("flood-unsubscribes", _("Opt-outs per message, by week"), [week.unsubscribes for week in found.weeks], True),
        ("flood-complaints", _("Complaints per message, by week"), [week.complaints for week in found.weeks], True),
    )
    return [
        _chart(key, label, found, values, is_share)
        for key, label, values, is_share in wanted
        if sum(value is not None for value in values) > 1
    ]


def _chart(key: str, label: str, found: Flood, values: Sequence[Estimate | None], is_share: bool) -> Chart:
    days = [figures.day(week.last_day) for week in found.weeks]
    rows = tuple((day, _told(value, is_share)) for day, value in zip(days, values, strict=True))
    times = 100.0 if is_share else 1.0
    known = [(at, one) for at, one in enumerate(values) if one is not None]
    places = [at for at, _one in known]
    edges = [
        line(places, [times * getattr(one, end) for _at, one in known], ACCENT, 1, "dashed") for end in ("low", "high")
    ]
    middle: dict[str, Any] = {
        "type": "line",
        "name": label,
        "symbol": "circle",
        "symbolSize": 7,
        "lineStyle": {"color": ACCENT, "width": 2.5},
        "itemStyle": {"color": ACCENT, "opacity": 1},
        "data": [
            {"value": [at, rounded(times * one.value)], "tip": f"{days[at]}: {_told(one, is_share)}"}
            for at, one in known
        ],
    }
    option = option_of([middle, *edges])
    option["xAxis"] = {
        "type": "category",
        "data": [figures.month_day(week.last_day) for week in found.weeks],
        "axisLabel": {"color": INK, "hideOverlap": True} | BIG,
        **BARE,
    }
    option["yAxis"] = money_axis([times * end for _at, one in known for end in (one.value, one.low, one.high)])
    if is_share:
        option["yAxis"]["axisLabel"] = option["yAxis"]["axisLabel"] | {"formatter": "{value}" + figures.percent_sign()}
    option["grid"] = GRID | {"top": 16, "bottom": 8}
    return Chart(key, label, option, 220, (_("Week to"), label), rows)


def _told(value: Estimate | None, is_share: bool) -> str:
    if value is None:
        return figures.NOTHING
    write = figures.share if is_share else lambda x: figures.decimal(x, 1)
    if value.low != value.low:
        return write(value.value)
    return _("{value} ({low} to {high})").format(value=write(value.value), low=write(value.low), high=write(value.high))


def sentence(found: Flood) -> Markup:
    """Messages a person then and now, and whether more people object."""
    first, last = found.weeks[0], found.weeks[-1]
    messages = say(
        _("A person who was written to got {now} messages in the last week, {then} in the first."),
        now=number(_value(last.messages)),
        then=number(_value(first.messages)),
    )
    objected = (
        _("More of them object than before, beyond chance.")
        if found.is_objected
        else _("It cannot be told that more of them object than before.")
    )
    return joined(messages, say(objected))


def _value(one: Estimate | None) -> str:
    return figures.decimal(one.value if one else None, 1)


def action(found: Flood) -> Markup:
    """Write less where it hurts."""
    if found.is_objected and found.is_rising:
        return say(_("Write less: messages a person rose, and so did those who object."))
    if found.is_objected:
        return say(_("Find which campaign people object to: the rates of each are in table {table}."), table="rates")
    if found.is_rising:
        return say(_("Messages a person rose. Agree on a limit a week before people begin to object."))
    return say(_("Keep it so, and look again next week."))

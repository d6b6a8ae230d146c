"""Tests that are running: how far they are, when they decide, and whether they break anything."""

from typing import Any

from markupsafe import Markup

from daogou.base.words import gettext as _
from daogou.report import amounts, figures
from daogou.report.axes import GRID, legend, line, money_axis, named, rounded
from daogou.report.charts import Chart
from daogou.report.contexts import Company, Rail, Running, RunningTest
from daogou.report.dots import ACCENT, QUIET, option_of
from daogou.report.sentences.say import data, joined, number, say

_DRAWN = 4  # tests with a chart; the others are told in words


def charts(found: Running) -> list[Chart]:
    """What was found at each look of the first tests, and from where it decides."""
    return [_chart(one, f"running-{place}") for place, one in enumerate(found.tests[:_DRAWN])]


def _chart(one: RunningTest, key: str) -> Chart:
    rows = tuple(
        (
            figures.day(glance.on),
            figures.share(glance.fraction),
            figures.NOTHING if glance.z is None else figures.decimal(glance.z, 2),
            _("below -{bound} or above {bound}").format(bound=figures.decimal(glance.boundary, 2)),
        )
        for glance in one.glances
    )
    shares = [rounded(100 * share) for share, _bound in one.curve]
    bounds = [bound for _share, bound in one.curve]
    curves = [
        line(shares, [sign * bound for bound in bounds], QUIET, 2, "dashed") | {"name": _("Decides from here")}
        for sign in (1, -1)
    ]
    seen = [(glance, row) for glance, row in zip(one.glances, rows, strict=True) if glance.z is not None]
    found: dict[str, Any] = {
        "type": "line",
        "name": _("Found at each look"),
        "symbol": "circle",
        "symbolSize": 9,
        "lineStyle": {"color": ACCENT, "width": 2},
        "itemStyle": {"color": ACCENT, "opacity": 1},
        "data": [
            {"value": [rounded(100 * glance.fraction), rounded(glance.z or 0.0)], "tip": _tip(row)}
            for glance, row in seen
        ],
        "z": 3,
    }
    option = option_of([*curves, found])
    option["xAxis"] = {
        "type": "value",
        "min": 0,
        "max": 100,
        **named(_("Share of the planned days")),
        "axisLabel": {"formatter": "{value}" + figures.percent_sign(), "color": QUIET, "hideOverlap": True},
        "splitLine": {"show": False},
    }
    option["yAxis"] = money_axis([*bounds, *(-bound for bound in bounds), *(glance.z or 0.0 for glance, _r in seen)])
    option["legend"] = legend(_("Decides from here"), _("Found at each look"))
    option["grid"] = GRID
    return Chart(
        key,
        _("{name}: what each look found, in standard errors, and from where it decides.").format(name=name_of(one)),
        option,
        300,
        (_("Day"), _("Planned days passed"), _("Found"), _("Decides")),
        rows,
    )


def _tip(row: tuple[str, ...]) -> str:
    day, share, z, bound = row
    return _("{day}, {share} of its days: {z}; decides {bound}").format(day=day, share=share, z=z, bound=bound)


def name_of(one: RunningTest) -> str:
    """The same as plain text."""
    if one.arm:
        return _("Campaign {name}, arm {arm}").format(name=one.name, arm=one.arm)
    return _("Campaign {name}").format(name=one.name)


def title(one: RunningTest) -> Markup:
    """The campaign, and its arm where there are several."""
    if one.arm:
        return say(_("Campaign {name}, arm {arm}"), name=data(one.name), arm=data(one.arm))
    return say(_("Campaign {name}"), name=data(one.name))


def state_word(one: RunningTest) -> str:
    """The state in a word or two."""
    return {
        "running": _("no decision yet"),
        "works": _("decided: it works"),
        "harms": _("decided: it does harm"),
        "nothing": _("ended without a decision"),
        "mismatch": _("stopped: arms out of balance"),
    }[one.state]


def state(one: RunningTest, company: Company) -> Markup:
    """What the latest look says, and how long it still takes."""
    if one.state == "mismatch":
        return say(
            _("{treated} in it and {held_out} held out are not the lots that were drawn: find who is missing first."),
            treated=figures.count(one.treated),
            held_out=figures.count(one.held_out),
        )
    if one.state == "running":
        return joined(
            say(_("No decision yet; until there is one, no figure is told, as it would mislead.")), _left(one)
        )
    values: dict[str, object] = {
        "day": figures.day(one.decided_on),
        "outcome": str(one.outcome),
        "effect": amounts.said(one.kind, one.effect, company) if one.effect else figures.NOTHING,
    }
    texts = {
        "works": _("Decided on {day}: {outcome} rose by {effect} for each, corrected for having looked early."),
        "harms": _(
            "Decided on {day}: {outcome} changed by {effect} for each, corrected for having looked early. Stop it."
        ),
        "nothing": _("It came to its planned end and nothing was decided: {outcome} changed by {effect} for each."),
    }
    return say(texts[one.state], **values)


def _left(one: RunningTest) -> Markup:
    if one.days_left is None:
        return say(_("Its planned end is {day}."), day=figures.day(one.ends_on))
    return say(
        _("About {n} more days, from the effect that was planned; its planned end is {day}."),
        n=number(figures.exact(one.days_left)),
        day=figures.day(one.ends_on),
    )


def planned(one: RunningTest, company: Company) -> Markup:
    """Who is in it, and what it is made to find."""
    lots = say(
        _("{treated} are in it and {held_out} are held out, since {day}."),
        treated=number(figures.count(one.treated)),
        held_out=number(figures.count(one.held_out)),
        day=figures.day(one.starts_on),
    )
    if one.planned_effect is None:
        return joined(lots, say(_("What decides: {outcome}."), outcome=str(one.outcome)))
    return joined(
        lots,
        say(
            _("What decides: {outcome}; it is made to find {effect} for each."),
            outcome=str(one.outcome),
            effect=amounts.told(one.kind, one.planned_effect, company),
        ),
    )


def progress(one: RunningTest) -> float:
    """Share of the planned days that have passed, 0-1."""
    return one.glances[-1].fraction if one.glances else 0.0


def rail_row(rail: Rail, company: Company) -> tuple[str, ...]:
    """A guard rail: its change with an interval, its limit, and what that means."""
    return (
        str(rail.name),
        amounts.with_interval(rail.kind, rail.change, company),
        amounts.told(rail.kind, rail.limit, company),
        _("not enough data")
        if rail.change is None
        else {"within": _("within"), "unsure": _("not sure yet"), "broken": _("broken: stop the test")}[rail.state],
    )


def sentence(found: Running) -> Markup:
    """How many run, how many have decided, and whether a guard rail is broken."""
    broken = [one for one in found.tests if any(rail.state == "broken" for rail in one.rails)]
    decided = sum(one.state in ("works", "harms") for one in found.tests)
    counts = say(
        _("Tests that are running: {n}, of which {decided} can be decided now."),
        n=number(figures.exact(len(found.tests))),
        decided=number(figures.exact(decided)),
    )
    if not broken:
        return counts
    names = Markup(_(", ")).join(data(one.name) for one in broken)  # noqa: S704 our own comma
    return joined(counts, say(_("A guard rail is broken in {names}."), names=names))


def action(found: Running) -> Markup:
    """What to do now: broken rails first, then broken lots, then decisions."""
    for is_it, text in (
        (_is_broken, _("Stop {name}: it breaks a guard rail.")),
        (lambda one: one.state == "mismatch", _("Find out who is missing in {name} before anybody reads it.")),
        (lambda one: one.state == "harms", _("Stop {name}: it does harm.")),
        (lambda one: one.state == "works", _("{name} works: it may end now, and go to everyone.")),
    ):
        mine = [one for one in found.tests if is_it(one)]
        if mine:
            return say(text, name=data(mine[0].name))
    return say(_("Leave them running, and change nothing in them. Looking as often as you like is safe here."))


def _is_broken(one: RunningTest) -> bool:
    return any(rail.state == "broken" for rail in one.rails)

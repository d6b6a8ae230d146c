"""Headline figures over the previous period and over last year."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from daogou.base import calendar
from daogou.base.rule import AllOf, Comparison, Did, Field, Rule
from daogou.base.words import gettext as _
from daogou.flows.calendar import market
from daogou.flows.look import said
from daogou.flows.look.audience import Crowd, Keep, audience
from daogou.flows.look.concentration import SEED
from daogou.flows.look.period import span
from daogou.flows.workspace import StageReport, Workspace
from daogou.measure.look import buyers
from daogou.measure.look import change as look
from daogou.measure.look.festivals import EASTER, Match, aligned, feasts, wanted
from daogou.report.look.change import measure
from daogou.store.warehouse import Warehouse

Who = Literal["new", "kept", "gone"]


@dataclass(frozen=True)
class Question:
    """Which days, both ends included; without any, the last ``[profile] period_days``."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Compared:
    """What was found: the days [first, until), those of last year, and every measure."""

    first: date
    until: date
    matches: tuple[Match, ...]
    days: look.Days
    measures: tuple[look.Change, ...]


def change(workspace: Workspace, asked: Question, who: Who | None, keep: Keep) -> StageReport:
    """Every measure of the period, or its buyers who are new, were kept, or are gone since the previous period.

    Raises:
        DaogouError: the days are none.
    """
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        first, until = span(asked.first, asked.last, as_of, workspace.settings.profile.period_days)
        found = compare(workspace, warehouse, as_of, first, until)
        told = _plain(as_of, found)
        if who is not None:
            people = buyers.of(warehouse, as_of, first, until, who)
            crowd = Crowd(people, lambda: _who(who, first, until), _rules(as_of, first, until, who))
            kept, lines = audience(workspace, warehouse, as_of, crowd, keep)
            return StageReport(told | {"audience": kept}, lines)
    return StageReport(told, _lines(found))


def compare(workspace: Workspace, warehouse: Warehouse, as_of: date, first: date, until: date) -> Compared:
    """The measures of [first, until) at ``as_of``."""
    settings, country = workspace.settings.measure, market(workspace)
    known = calendar.festivals(country, first.year - 2, until.year + 1)
    matches = tuple(aligned(first, until, feasts(wanted(known, country, settings.align_on))))
    begin = look.data_begin(warehouse, as_of) or as_of
    days = look.compared(first, until, [match.before for match in matches], begin)
    measures = tuple(look.changes(warehouse, as_of, days, settings.resamples, SEED))
    return Compared(first, until, matches, days, measures)


def _who(who: Who, first: date, until: date) -> str:
    text = {
        "new": _("first order ever from {first} to {last}"),
        "kept": _("bought from {first} to {last} and in the period before"),
        "gone": _("bought in the period before {first} and not from then to {last}"),
    }[who]
    return text.format(first=first, last=until - timedelta(days=1))


def _rules(as_of: date, first: date, until: date, who: Who) -> tuple[Rule, ...]:
    """Rules that count days back from now, where the period ends now."""
    days = (until - first).days
    if until != as_of:
        return ()
    now, before = Did("bought", within=days), Did("bought", within=2 * days, skip_last=days)
    rules: dict[Who, Rule] = {
        "new": Field("profile", "tenure_days", (Comparison("at_most", days),)),
        "kept": AllOf((now, before)),
        "gone": AllOf((before, Did("bought", done=False, within=days))),
    }
    return (rules[who],)


def _plain(as_of: date, found: Compared) -> dict[str, Any]:
    festivals = sorted({match.festival for match in found.matches if match.festival})
    return {
        "as_of": as_of.isoformat(),
        "from": found.first.isoformat(),
        "to": (found.until - timedelta(days=1)).isoformat(),
        "previous_known": found.days.previous is not None,
        "last_year_known": found.days.last_year is not None,
        "festivals": festivals,
        "last_year_days": [
            {"day": match.day.isoformat(), "before": match.before.isoformat(), "festival": match.festival or None}
            for match in found.matches
        ],
        "measures": {
            one.measure: {
                "now": one.now,
                "previous": one.previous,
                "last_year": one.last_year,
                "over_previous": one.over_previous.as_dict() if one.over_previous else None,
                "over_last_year": one.over_last_year.as_dict() if one.over_last_year else None,
            }
            for one in found.measures
        },
    }


def _lines(found: Compared) -> list[str]:
    lines = [_("From {first} to {last}:").format(first=found.first, last=found.until - timedelta(days=1))]
    text = _("  {name}: {now}; over the previous period {previous}; over last year {last_year}")
    for one in found.measures:
        is_share = one.measure in look.SHARES
        now = "–" if one.now is None else f"{said.percent(one.now)} %" if is_share else said.amount(one.now)
        lines.append(
            text.format(
                name=measure(one.measure),
                now=now,
                previous=said.moved(one.over_previous, is_share),
                last_year=said.moved(one.over_last_year, is_share),
            )
        )
    return [*lines, *_about_days(found)]


def _about_days(found: Compared) -> list[str]:
    lines = []
    if found.days.previous is None:
        lines.append(_("The previous period is not wholly in the data."))
    if found.first < found.days.settled:
        text = _("New customers are told from {day} on: before, old ones look new, because the data begin with them.")
        lines.append(text.format(day=found.days.settled))
    if found.days.last_year is None:
        lines.append(_("Last year's days are not wholly in the data, so there is no comparison over last year."))
    names = sorted({match.festival for match in found.matches if match.festival})
    if names and found.days.last_year is not None:
        lines.append(
            _(
                "Over last year: days around a festival are compared with the days around the same one ({names})."
            ).format(names=said.listed([_("Easter") if name == EASTER else calendar.label(name) for name in names]))
        )
    return lines

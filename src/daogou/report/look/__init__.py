"""The chapter of looks as charts and words: cohorts, concentration, change, and the second purchase."""

from collections.abc import Callable

from markupsafe import Markup

from daogou.base.words import gettext as _
from daogou.report import figures
from daogou.report.charts import Chart
from daogou.report.contexts import Company, Look
from daogou.report.look.change import is_wide, measure, moved, signed, undrawn
from daogou.report.look.cohorts import cohorts
from daogou.report.look.curve import TOP, curve
from daogou.report.look.seconds import seconds
from daogou.report.sentences.say import number, say

__all__ = ["action", "charts", "sentence", "undrawn"]


def charts(found: Look, company: Company) -> list[Chart]:
    """Those that have something to show."""
    made: list[Callable[[], Chart]] = []
    if any(cohort.retention for cohort in found.cohorts):
        made.append(lambda: cohorts(found))
    if found.top:
        made.append(lambda: curve(found))
    if any((one.over_previous or one.over_last_year) and not is_wide(one) for one in found.moved):
        made.append(lambda: moved(found, company))
    if found.seconds:
        made.append(lambda: seconds(found))
    return [make() for make in made]


def sentence(found: Look) -> Markup:
    """What few bring, and how many come back."""
    top = number(figures.share(found.top[TOP])) if found.top else ""
    again = number(figures.share(found.again / found.closed)) if found.closed else ""
    if found.top and found.closed:
        return say(
            _(
                "{few} of customers bring {share} of the last year's net sales; {again} of first-time buyers bought"
                " again within {days} days."
            ),
            few=figures.share(TOP / 100), share=top, again=again, days=found.days,
        )  # fmt: skip
    if found.top:
        return say(
            _("{few} of customers bring {share} of the last year's net sales."),
            few=figures.share(TOP / 100),
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
            measure=measure(most.key), change=signed(most, most.over_previous.value) if most.over_previous else "",
        )  # fmt: skip
    return say(_("No figure moved more than chance usually explains: do not read a story into this period."))

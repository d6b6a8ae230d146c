"""What a running test says to a person, in the current language."""

from collections.abc import Mapping

from daogou.base.words import gettext as _
from daogou.measure.experiment.sentences import outcome_words

LONG = 365  # days, from which on only "more than a year" is said


def running_text(name: str, passed: int, days: int) -> str:
    """A test that goes on.

    >>> running_text("spring", 9, 28)
    'Test spring, day 9 of 28: no decision yet, let it run.'
    """
    return _("Test {name}, day {passed} of {days}: no decision yet, let it run.").format(
        name=name, passed=passed, days=days
    )


def left_text(planned: str, left: int | None, remaining: int) -> str:
    """How long it still takes, from the ``planned`` effect as written; ``remaining`` days are planned.

    >>> left_text("$0.50", 9, 19)
    'An effect as planned ($0.50 a person) would show in about 9 more days.'
    >>> left_text("$0.50", 40, 19)
    'An effect as planned ($0.50 a person) would show in about 40 more days, and 19 are left: it may be missed.'
    """
    if left == 0:
        return _("An effect as planned ({planned} a person) would have shown 4 times in 5 by now.").format(
            planned=planned
        )
    if left is None or left > LONG:
        return _(
            "An effect as planned ({planned} a person) would take more than a year to show, and {remaining} days are"
            " left: more people are needed."
        ).format(planned=planned, remaining=remaining)
    if left > remaining:
        return _(
            "An effect as planned ({planned} a person) would show in about {left} more days, and {remaining} are left:"
            " it may be missed."
        ).format(planned=planned, left=left, remaining=remaining)
    return _("An effect as planned ({planned} a person) would show in about {left} more days.").format(
        planned=planned, left=left
    )


def unplanned_text() -> str:
    """No effect was planned."""
    return _("How long it still takes cannot be told, as no effect was planned.")


def too_few_text(*, is_money: bool) -> str:
    """There is no z yet."""
    if is_money:
        return _("Too few to say yet: 200 people with an amount are needed in each arm.")
    return _("Too few to say yet: 10 people are needed in each arm, and something must have happened.")


def unread_text(name: str, outcome: str) -> str:
    """What was to decide is told by no table."""
    return _("Test {name} cannot be followed: no table tells of {outcome}, which was fixed to decide.").format(
        name=name, outcome=outcome_words(outcome)
    )


def decided_text(name: str, state: str, outcome: str, days: Mapping[str, str], amounts: Mapping[str, str]) -> str:
    """A test that a look has decided. ``days``: on, passed, days, looks; ``amounts``: value, low and high, as written.

    >>> days = {"on": "May 9, 2025", "passed": "8", "days": "28", "looks": "3"}
    >>> decided_text("spring", "works", "orders", days, {"value": "0.2", "low": "0.1", "high": "0.3"})[:63]
    'Test spring is decided (May 9, 2025, day 8 of 28): it works. It'
    """
    verdicts = {
        "works": _("it works. It changed {outcome} by {value} a person ({low} to {high}) in these days"),
        "harms": _("it harms, stop it. It changed {outcome} by {value} a person ({low} to {high}) in these days"),
    }
    verdict = verdicts[state].format(outcome=outcome_words(outcome), **amounts)
    return _(
        "Test {name} is decided ({on}, day {passed} of {days}): {verdict}, corrected for having looked (looks:"
        " {looks})."
    ).format(name=name, verdict=verdict, **days)


def nothing_text(name: str, outcome: str, looks: int, amounts: Mapping[str, str]) -> str:
    """A test that ended without a decision."""
    return _(
        "Test {name} ended and none of its {looks} looks decided: it changed {outcome} by {value} a person ({low} to"
        " {high}), corrected for having looked."
    ).format(name=name, looks=looks, outcome=outcome_words(outcome), **amounts)


def stopped_text(name: str, on: str) -> str:
    """Beside the reading of a finished test that a look had decided before its end."""
    return _(
        "Test {name} was decided before its end, on {on}: believe the figure of that day, which is corrected for"
        " having looked; the plain one after the end may be too large."
    ).format(name=name, on=on)


def mismatch_text(name: str, people: Mapping[str, int]) -> str:
    """Arms that are not those that were drawn. ``people``: treated, held_out."""
    return _(
        "Test {name} is not followed: {treated} people in it and {held_out} held out are not the lots that were drawn."
        " Stop it and find out who went missing."
    ).format(name=name, **people)


def broken_text(name: str, rail: str, amounts: Mapping[str, str], *, is_over: bool) -> str:
    """A guard rail that is surely broken. ``amounts``: value, low, high and limit, as written."""
    told = _(
        "{rail}: {value} against those held out ({low} to {high}, sure at all looks together), where {limit} was borne."
    ).format(rail=rail_words(rail), **amounts)
    if is_over:
        begins = _("Test {name} broke a guard rail, do not repeat it as it is.").format(name=name)
    else:
        begins = _("Test {name}: stop it, a guard rail is broken.").format(name=name)
    return " ".join(part for part in (begins, told, rail_advice(rail)) if part)


def rails_text(states: Mapping[str, int]) -> str:
    """How guard rails stand that are not broken. ``states``: within, unsure, unknown (no table tells, or too few).

    >>> rails_text({"within": 2, "unsure": 1, "unknown": 1})
    'Guard rails: 2 within, 1 not sure yet, 1 without enough data.'
    """
    return _("Guard rails: {within} within, {unsure} not sure yet, {unknown} without enough data.").format(**states)


def rail_words(rail: str) -> str:
    """What a guard rail is called."""
    words = {
        "unsubscribes": _("People who unsubscribe"),
        "complaints": _("People who complain"),
        "refund_rate": _("Refund rate"),
        "margin": _("Margin"),
    }
    return words.get(rail, rail)


def rail_advice(rail: str) -> str:
    """What to do where it is broken."""
    advice = {
        "unsubscribes": _("Send less often, or to fewer people, before trying again."),
        "complaints": _("Read the complaints before trying again."),
        "refund_rate": _("Look at what comes back and why before trying again."),
        "margin": _("Give less discount, or on other goods, before trying again."),
    }
    return advice.get(rail, "")


def more_text(tests: int) -> str:
    """Tests that are running and are not told of here."""
    return _("More tests are running: {tests}. The report shows them.").format(tests=tests)

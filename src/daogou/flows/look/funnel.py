"""How many take each of several steps, in order and in time."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from daogou.base.errors import DaogouError
from daogou.base.rule import EVENTS, AllOf, Did, Not, Rule, plain
from daogou.base.rule import Sequence as Following
from daogou.base.rule_check import check
from daogou.base.rule_read import read
from daogou.base.rule_words import say
from daogou.base.words import gettext as _
from daogou.flows.calendar import market
from daogou.flows.look import said
from daogou.flows.look.audience import Crowd, Keep, audience
from daogou.flows.look.period import group_name, groups, span
from daogou.flows.selection import selection
from daogou.flows.workspace import StageReport, Workspace
from daogou.measure.look import funnel as look
from daogou.store.rule import vocabulary
from daogou.store.warehouse import Warehouse


@dataclass(frozen=True)
class Question:
    """Steps as a person types them, the window, the days on which people enter, and segments to look by."""

    steps: Sequence[str]
    days: int = 30
    first: date | None = None
    last: date | None = None
    by: str | None = None


@dataclass(frozen=True)
class Part:
    """Who took ``step`` (the first is 1); ``dropped``: and no further one."""

    step: int
    dropped: bool = False


def funnel(workspace: Workspace, asked: Question, part: Part | None, keep: Keep) -> StageReport:
    """Each step with its people, or the people of a ``part``.

    Raises:
        DaogouError: a step is none, or names what does not exist; or the part does.
    """
    fewest = workspace.settings.measure.fewest_customers
    steps = tuple(step_of(text) for text in asked.steps)
    country = market(workspace)
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        question = _question(warehouse, country, as_of, asked, steps)
        found = look.attempts(warehouse, as_of, country, question)
        stages = look.stages(found, len(steps), asked.days, as_of, fewest)
        told: dict[str, Any] = {
            "as_of": as_of.isoformat(),
            "days": asked.days,
            "steps": [_plain(step, stage) for step, stage in zip(steps, stages, strict=True)],
        }
        of = groups(warehouse, as_of, asked.by)
        by = look.by_group(found, of, len(steps), asked.days, as_of, fewest)
        if by:
            told |= {"by": asked.by, "segments": _by(steps, by)}
        if part is not None:
            crowd = _crowd(question, as_of, found, part)
            kept, lines = audience(workspace, warehouse, as_of, crowd, keep)
            return StageReport(told | {"audience": kept}, lines)
    return StageReport(told, _lines(steps, stages, by, asked))


def step_of(text: str) -> Did:
    """What a person means by a step: an event with filters, or a rule.

    >>> step_of("bought category=DELI") == step_of('{"did": "bought", "where": {"category": "DELI"}}')
    True

    Raises:
        DaogouError: it is neither.
    """
    where = _("step '{text}'").format(text=text)
    try:
        event, *filters = shlex.split(text) or [""]
    except ValueError:
        event, filters = "", []
    rule: Rule
    if event in EVENTS and all("=" in one for one in filters):
        told = dict(one.split("=", 1) for one in filters)
        rule = read({"did": event, **({"where": told} if told else {})}, where)
    elif "=" in text or "{" in text:
        rule = selection(text).rule
    else:
        rule = read({"did": text}, where)  # says what is wrong, and what is like it
    if not isinstance(rule, Did):
        raise DaogouError(
            _("a step is something that was done, without a count"), where, _("Write bought, for example.")
        )
    return rule


def _question(
    warehouse: Warehouse, country: str, as_of: date, asked: Question, steps: tuple[Did, ...]
) -> look.Question:  # fmt: skip
    first, until = (None, None)
    if asked.first or asked.last:
        first, until = span(asked.first or date.min, asked.last, as_of, 1)
    question = look.Question(steps, asked.days, first, until)
    look.check(question)
    for text, step in zip(asked.steps, steps, strict=True):
        check(step, vocabulary(warehouse, step, as_of, [], country), _("step '{text}'").format(text=text))
    return question


def _crowd(question: look.Question, as_of: date, found: Any, part: Part) -> Crowd:
    steps = question.steps
    if not 1 <= part.step <= len(steps):
        raise DaogouError(
            _("there is no step {number}").format(number=part.step),
            "daogou look funnel --step",
            _("Steps are numbered from 1 to {most}.").format(most=len(steps)),
        )
    people: list[int] = look.members(found, part.step, part.dropped).tolist()

    def words() -> str:
        walked = " → ".join(say(step) for step in steps[: part.step])
        if not part.dropped or part.step == len(steps):
            return walked
        return _("{done}, then not within {days} days: {next}").format(
            done=walked, days=question.days, next=say(steps[part.step])
        )

    return Crowd(people, words, _rules(question, as_of, part))


def _rules(question: look.Question, as_of: date, part: Part) -> tuple[Rule, ...]:
    """A rule that says the same but for steps on one day, which a sequence does not count."""
    steps = question.steps
    entry = _entry(question, as_of)
    if entry is None:
        return ()
    if part.step == 1 and not part.dropped:
        return (entry,)
    if question.days < 1:
        return ()
    both = Following(entry, steps[1], question.days)
    if part.step == 1:
        return (AllOf((entry, Not(both))),)
    return (both,) if part.step == 2 and (not part.dropped or len(steps) == 2) else ()


def _entry(question: look.Question, as_of: date) -> Did | None:
    """The first step with the days of entering; None where the step has days of its own beside them."""
    step = question.steps[0]
    if question.first is None and question.until is None:
        return step
    if step.within is not None or step.skip_last:
        return None
    skip = (as_of - question.until).days if question.until else 0
    begins = question.first is not None and question.first > date.min
    return replace(step, within=(as_of - question.first).days if question.first and begins else None, skip_last=skip)


def _plain(step: Did, stage: look.Stage) -> dict[str, Any]:
    return {
        "step": plain(step),
        "people": stage.people,
        "of_first": stage.of_first.as_dict(),
        "of_before": stage.of_before.as_dict(),
        "dropped": stage.dropped,
        "still_open": stage.still_open,
        "median_days": stage.median_days.as_dict(),
    }


def _by(steps: Sequence[Did], by: Mapping[str, Sequence[look.Stage]]) -> dict[str, Any]:
    return {
        name: [_plain(step, stage) for step, stage in zip(steps, stages, strict=True)] for name, stages in by.items()
    }


def _lines(
    steps: Sequence[Did], stages: Sequence[look.Stage], by: Mapping[str, Sequence[look.Stage]], asked: Question
) -> list[str]:  # fmt: skip
    lines = [_line(number, say(step), stage) for number, (step, stage) in enumerate(zip(steps, stages, strict=True), 1)]
    lines.append(
        _("Each person counts once; all steps fall within {days} days of the first, one after the other.").format(
            days=asked.days
        )
    )
    waiting = sum(stage.still_open for stage in stages)
    if waiting:
        lines.append(_("Of those who stopped, {n} may still go on: their window is not over.").format(n=f"{waiting:,}"))
    for name, group in by.items():
        ratio = said.share(group[-1].of_first) if group[0].people else "–"
        lines.append(
            _("{name}: {first} at step 1, {last} at the last, {share}").format(
                name=group_name(asked.by, name), first=f"{group[0].people:,}", last=f"{group[-1].people:,}", share=ratio
            )
        )
    return lines


def _line(number: int, name: str, stage: look.Stage) -> str:
    if number == 1:
        return _("1. {name}: {n} customers").format(name=name, n=f"{stage.people:,}")
    days = "–" if stage.median_days.n == 0 else f"{stage.median_days.value:.1f}"
    return _("{k}. {name}: {n} customers, {share} of step {before}, after {days} days (median)").format(
        k=number, name=name, n=f"{stage.people:,}", share=said.share(stage.of_before), before=number - 1, days=days
    )

"""What running tests say to people: what to stop first, in a few lines."""

from collections.abc import Mapping, Sequence
from typing import Any

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _
from daogou.flows.outcomes import OUTCOMES
from daogou.flows.running_rows import Followed
from daogou.measure.experiment import running_sentences as say
from daogou.measure.experiment.guard_rails import Rail
from daogou.measure.experiment.reading_trial import HEAVY
from daogou.report import figures

_MOST = 4  # lines in all; the report has the rest
_URGENT = ("mismatch", "harms", "works", "nothing", "running")


def lines(found: Sequence[Followed], decided: Mapping[tuple[str, str], Mapping[str, Any]], currency: str) -> list[str]:
    """Broken guard rails, then decisions, then what goes on; last, what was decided before its end and is over now."""
    broken = [(one, rail) for one in found for rail in one.rails if rail.state == "broken"]
    told = [broken_line(one, rail, currency) for one, rail in broken]
    ranked = sorted(found, key=lambda one: _URGENT.index(one.found.state))
    told += [look_line(one, currency) for one in ranked]
    rest = len(told) - _MOST
    told = told[:_MOST] + ([say.more_text(rest)] if rest > 0 else [])
    running = {(one.so_far.lots.name, one.arm) for one in found}
    over = [row for key, row in decided.items() if key not in running]
    return told + [say.stopped_text(row["campaign_id"], figures.day(row["as_of"])) for row in over[-1:]]


def look_line(one: Followed, currency: str) -> str:
    """One test in a few sentences."""
    so_far, found, primary = one.so_far, one.found, one.so_far.lots.design.primary
    days = (so_far.lots.end - so_far.lots.start).days
    if found.state == "mismatch":
        return say.mismatch_text(one.name, {"treated": one.treated, "held_out": one.held_out})
    if primary in so_far.lacking:
        return say.unread_text(one.name, primary)
    if found.told is not None:
        amounts = _written(found.told, primary, currency)
        if found.state == "nothing":
            return say.nothing_text(one.name, primary, one.looks, amounts)
        passed = round(found.fraction * days)
        told = {"on": figures.day(one.decided_on), "passed": passed, "days": days, "looks": one.looks}
        return say.decided_text(
            one.name, found.state, primary, {key: str(value) for key, value in told.items()}, amounts
        )
    parts = [say.running_text(one.name, so_far.passed, days)] if found.state == "running" else [one.name + ":"]
    if found.z is None:
        parts.append(say.too_few_text(is_money=OUTCOMES[primary].kind in HEAVY))
    elif one.planned_effect is None:
        parts.append(say.unplanned_text())
    else:
        planned = figure(one.planned_effect, primary, currency)
        parts.append(say.left_text(planned, one.days_left, days - so_far.passed))
    states = ["unknown" if rail.change is None else rail.state for rail in one.rails]
    counts = {state: states.count(state) for state in ("within", "unsure", "unknown")}
    parts += [say.rails_text(counts)] if any(counts.values()) else []
    return " ".join(parts)


def broken_line(one: Followed, rail: Rail, currency: str) -> str:
    """What to stop, and why."""
    change = rail.change or Estimate(rail.limit, rail.limit, rail.limit, 0)
    amounts = _written(change, rail.name, currency) | {"limit": figure(rail.limit, rail.name, currency)}
    return say.broken_text(one.name, rail.name, amounts, is_over=one.found.fraction >= 1)


def figure(value: float, outcome: str, currency: str) -> str:
    """A change per person, as its kind is written: of shares and ratios in points.

    >>> figure(-0.0126, "complaints", "USD"), figure(0.5, "contribution", "USD")
    ('-1.26 points', '$0.50')
    """
    kind = OUTCOMES[outcome].kind if outcome in OUTCOMES else "amount"
    if kind == "money":
        return figures.money(value, currency)
    if kind in ("share", "ratio"):
        return _("{points} points").format(points=f"{value * 100:.2f}".rstrip("0").rstrip("."))
    return figures.decimal(value)


def _written(estimate: Estimate, outcome: str, currency: str) -> dict[str, str]:
    return {end: figure(getattr(estimate, end), outcome, currency) for end in ("value", "low", "high")}

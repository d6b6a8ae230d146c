"""What readings say to people, in the current language: the latest, in a few lines."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from daogou.campaign.design import TREATED
from daogou.flows.experiment_joined import Joined
from daogou.flows.experiment_readings import Told, finite, outcome_unit
from daogou.flows.outcomes import CONTRIBUTION
from daogou.measure.experiment import sentences as say
from daogou.report import figures

_MOST = 2  # readings of campaigns that are told; the report has all


def lines(
    found: Sequence[Told],
    offers: Sequence[Joined],
    programme: Sequence[Told],
    learnt: Sequence[Mapping[str, Any]],
    changes: Sequence[Mapping[str, Any]],
    currency: str,
    as_of: date,
) -> list[str]:
    """The programme, the latest campaigns, the last offer, what is learnt of the kind that is known best, a change."""
    told = [line for one in programme[-1:] for line in [programme_line(one, currency)] if line]
    told += [campaign_line(one, currency, as_of) for one in found[-_MOST:]]
    if len(found) > _MOST:
        told.append(say.more_text(len({one.lots.name for one in found[:-_MOST]})))
    told += [line for one in offers[-1:] for line in [offer_line(one, currency)] if line]
    kinds = sorted((row for row in learnt if row["level"] == "kind"), key=lambda row: -row["campaigns"])
    for row in kinds[:1]:
        amounts = _amounts(row, ("value", "low", "high", "next_low", "next_high"), currency)
        told.append(say.learnt_text(row["name"], row["campaigns"], row["last_on"], amounts))
    for row in changes[-1:]:
        told.append(_changed(row, currency))
    return told


def campaign_line(one: Told, currency: str, as_of: date) -> str:
    """One arm's reading in a few sentences."""
    reading = one.reading
    name = one.lots.name if len(one.lots.arms) == 1 else say.arm_text(one.lots.name, one.arm)
    people = _people(reading.treated, reading.held_out)
    if not reading.effects:
        return say.mismatch_text(name, people, [each.group for each in reading.suspects])
    earned = one.earned
    if earned is None or not finite(earned):
        return " ".join([say.too_few_text(name, people), *_primary(one, currency)])
    days = (one.lots.end - one.lots.start).days
    amounts = _amounts(vars(earned) | {"cost": one.cost}, ("value", "low", "high", "cost"), currency)
    parts = [say.earned_text(name, days, people, amounts), *_primary(one, currency)]
    parts += [say.advice_text(earned, one.cost, one.needed), *_brought_forward(one, currency)]
    if as_of < one.final_on:
        parts.append(say.provisional_text(figures.day(one.final_on)))
    return " ".join(parts)


def programme_line(one: Told, currency: str) -> str | None:
    """What the global holdout says so far; None where it says nothing yet."""
    earned, reading = one.earned, one.reading
    people = _people(reading.treated, reading.held_out)
    if not reading.effects:
        return say.mismatch_text(one.lots.name, people, [each.group for each in reading.suspects])
    if earned is None or not finite(earned):
        return None
    first, last = figures.day(one.lots.start), figures.day(one.lots.end - timedelta(days=1))
    return say.programme_text(first, last, people, _amounts(vars(earned), ("value", "low", "high"), currency))


def offer_line(one: Joined, currency: str) -> str | None:
    """What campaigns of one offer brought together; None where even together they have no interval."""
    if not finite(one.total):
        return None
    name = one.name if one.arm == TREATED else say.arm_text(one.name, one.arm)
    people = _people(one.treated, one.held_out)
    amounts = _amounts(vars(one.total) | {"cost": one.cost}, ("value", "low", "high", "cost"), currency)
    return " ".join(
        [say.offer_text(name, len(one.campaigns), people, amounts), say.advice_text(one.total, one.cost, None)]
    )


def _primary(one: Told, currency: str) -> list[str]:
    """What was to decide, where that is another outcome than contribution."""
    name = one.lots.design.primary
    if name in one.lacking:
        return [say.not_read_text(name, one.lacking[name])]
    effect = one.reading.primary
    if name == CONTRIBUTION or effect is None or not finite(effect.adjusted):
        return []
    written = {end: _written(getattr(effect.adjusted, end), name, currency) for end in ("value", "low", "high")}
    return [say.primary_text(name, written)]


def _brought_forward(one: Told, currency: str) -> list[str]:
    """What came back off in the days after, where that is sure."""
    tail, gained = one.tail, one.earned
    if one.lots.design.primary != CONTRIBUTION or tail is None or tail.total is None or gained is None:
        return []
    back = tail.total
    if not (math.isfinite(back.high) and back.high < 0 < gained.value):
        return []
    told = {"gained": gained.value, "back": -back.value, "low": -back.high, "high": -back.low}
    return [say.brought_forward_text(_amounts(told, tuple(told), currency), one.lots.design.tail_days)]


def _changed(row: Mapping[str, Any], currency: str) -> str:
    amounts = {end: _written(row[end], row["outcome"], currency) for end in ("value_then", "value")}
    return say.changed_text(row["name"], date.fromisoformat(row["read_on"]), amounts)


def _written(value: float | None, outcome: str, currency: str) -> str:
    """A figure per person as its kind is written."""
    kind = outcome_unit(outcome)
    if kind == "money":
        return figures.money(value, currency)
    return figures.share(value) if kind in ("share", "ratio") else figures.decimal(value)


def _people(treated: int, held_out: int) -> dict[str, str]:
    return {"treated": figures.exact(treated), "held_out": figures.exact(held_out)}


def _amounts(row: Mapping[str, Any], names: Sequence[str], currency: str) -> dict[str, str]:
    """Amounts as a person writes them, by name."""
    return {name: figures.money(row[name], currency) for name in names}

"""What campaigns with a control group have taught together: the next plan's prior."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.flows.experiment_readings import Told
from daogou.flows.outcomes import CONTRIBUTION
from daogou.measure.experiment.pooled import Pooled, pooled

Seen = tuple[Told, Estimate, str]  # a campaign, its effect, and the group that it belongs to


def learnings(
    found: Sequence[Told], about: Mapping[str, Mapping[str, str | None]], as_of: date
) -> list[dict[str, Any]]:
    """Rows of ``LEARNINGS``: contribution per person, pooled by offer, kind, channel and segment, and of all campaigns.

    ``about`` tells kind and channel by campaign. A campaign counts where its effect has an interval; nothing is learnt
    from fewer than two.
    """
    sure = [
        (one, effect.adjusted)
        for one in found
        if (effect := one.reading.effect(CONTRIBUTION)) and _is_sure(effect.adjusted)
    ]
    if len({one.lots.name for one, _effect in sure}) < 2:
        return []
    groups: dict[str, Callable[[Told], str]] = {
        "offer": lambda one: one.lots.design.offer,
        "kind": lambda one: about.get(one.lots.name, {}).get("kind") or "",
        "channel": lambda one: about.get(one.lots.name, {}).get("channel") or "",
    }
    rows: list[dict[str, Any]] = []
    for level, group in groups.items():
        seen = [(one, effect, group(one)) for one, effect in sure]
        if level == "offer":
            seen = [each for each in seen if each[2]]
        if not seen:
            continue
        made = _pooled(seen)
        rows += _rows(level, seen, made, as_of)
        if level == "kind":
            rows.append(_row("all", "", seen, made.overall, made.next_elsewhere, as_of))
    by_segment = [
        (one, effect, name)
        for one, _effect in sure
        for name, effect in one.reading.segments_alone.items()
        if _is_sure(effect)
    ]
    return rows + (_rows("segment", by_segment, _pooled(by_segment), as_of) if by_segment else [])


def _is_sure(effect: Estimate) -> bool:
    return math.isfinite(effect.low) and effect.high > effect.low


def _pooled(seen: Sequence[Seen]) -> Pooled:
    values = np.array([effect.value for _one, effect, _group in seen])
    errors = np.array([(effect.high - effect.low) / (2 * Z95) for _one, effect, _group in seen])
    return pooled(values, errors, np.array([group for *_rest, group in seen]))


def _rows(level: str, seen: Sequence[Seen], made: Pooled, as_of: date) -> list[dict[str, Any]]:
    return [
        _row(level, name, [each for each in seen if each[2] == name], made.groups[name], made.next_in[name], as_of)
        for name in sorted({group for *_rest, group in seen})
    ]


def _row(
    level: str, name: str, seen: Sequence[Seen], mean: Estimate, following: Estimate, as_of: date
) -> dict[str, Any]:
    last = max(one.lots.start for one, *_rest in seen)
    return {
        "as_of": as_of,
        "level": level,
        "name": name,
        "campaigns": len({one.lots.name for one, *_rest in seen}),
        "value": mean.value,
        "low": mean.low,
        "high": mean.high,
        "next_low": following.low,
        "next_high": following.high,
        "last_on": last,
        "age": (as_of - last).days,
    }

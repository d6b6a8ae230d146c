"""How a number is spread over customers or orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from daogou.base.errors import DaogouError
from daogou.base.rule import Comparison, Did, Field, Named, Rule
from daogou.base.words import gettext as _
from daogou.flows.look import said
from daogou.flows.look.audience import Crowd, Keep, audience
from daogou.flows.look.period import check_profiles, group_name, groups
from daogou.flows.workspace import StageReport, Workspace
from daogou.measure.look import distribution as look


@dataclass(frozen=True)
class Question:
    """Which number, between which edges (None: edges of our own), and by the segments of which method."""

    measure: str
    edges: Sequence[float] | None = None
    by: str | None = None


def distribution(workspace: Workspace, asked: Question, bin_: int | None, keep: Keep) -> StageReport:
    """Bins, quantiles and mean, or the people of the bin numbered ``bin_`` from 1.

    Raises:
        DaogouError: there is no such number, segment or bin.
    """
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        if asked.measure != look.ORDER_VALUE:
            check_profiles(warehouse, as_of)
        values = look.read(warehouse, asked.measure, as_of)
        found, by = look.distribution(values, asked.edges, groups(warehouse, as_of, asked.by))
        told: dict[str, Any] = {"as_of": as_of.isoformat(), "measure": asked.measure, **_plain(found)}
        if by:
            told |= {"by": asked.by, "segments": {name: _plain(one) for name, one in by.items()}}
        if bin_ is not None:
            kept, lines = audience(workspace, warehouse, as_of, _crowd(asked, values, found, bin_), keep)
            return StageReport(told | {"audience": kept}, lines)
    return StageReport(told, _lines(asked, found, by, as_of))


def _crowd(asked: Question, values: look.Values, found: look.Spread, number: int) -> Crowd:
    if not 1 <= number <= len(found.bins):
        raise DaogouError(
            _("there is no bin {number}").format(number=number),
            "daogou look distribution --bin",
            _("Bins are numbered from 1 to {most}.").format(most=len(found.bins)),
        )
    one = found.bins[number - 1]
    people: list[int] = look.inside(values, one).tolist()
    return Crowd(
        people, lambda: _("{measure}: {bin}").format(measure=_name(asked.measure), bin=_bin(one)), _rules(asked, one)
    )


def _rules(asked: Question, one: look.Bin) -> tuple[Rule, ...]:
    ends = [("at_least", one.low), ("below", one.high)]
    comparisons = tuple(Comparison(name, _number(end)) for name, end in ends if end is not None)
    if not comparisons:
        return ()
    if asked.measure == look.ORDER_VALUE:
        return (Did("bought", where=(Named("amount", comparisons),)),)
    return (Field("profile", asked.measure, comparisons),)


def _number(value: float) -> float | int:
    """A whole number without its point, as people write it."""
    return int(value) if value == int(value) else value


def _name(measure: str) -> str:
    from daogou.profile.rules import name_of  # loads what finds segments

    return _("order value") if measure == look.ORDER_VALUE else name_of("profile", measure)


def _bin(one: look.Bin) -> str:
    if one.low is None:
        return _("below {high}").format(high=said.amount(one.high or 0.0))
    if one.high is None:
        return _("{low} and more").format(low=said.amount(one.low))
    return _("{low} to below {high}").format(low=said.amount(one.low), high=said.amount(one.high))


def _plain(found: look.Spread) -> dict[str, Any]:
    finite = {
        f"p{100 * q:g}": v if np.isfinite(v) else None for q, v in zip(look.QUANTILES, found.quantiles, strict=True)
    }
    return {
        "n": found.n,
        "unknown": found.unknown,
        "mean": found.mean if np.isfinite(found.mean) else None,
        "quantiles": finite,
        "bins": [{"low": one.low, "high": one.high, "count": one.count} for one in found.bins],
    }


def _lines(asked: Question, found: look.Spread, by: dict[str, look.Spread], as_of: date) -> list[str]:
    if not found.n:
        return [_("Nobody has a known value of {measure} at {day}.").format(measure=_name(asked.measure), day=as_of)]
    lines = [_middle(_name(asked.measure), found)]
    for number, one in enumerate(found.bins, 1):
        percent = said.percent(one.count / found.n)
        lines.append(f"{number:>3}  {_bin(one)}: {one.count:,} ({percent} %)")
    lines += [_middle(group_name(asked.by, name), one) for name, one in by.items() if one.n]
    if found.unknown:
        lines.append(_("Not known of {n}; they stand in no bin.").format(n=f"{found.unknown:,}"))
    return lines


def _middle(name: str, found: look.Spread) -> str:
    low, _quarter, median, _upper, high = map(said.amount, found.quantiles)
    return _("{name}: median {median}, mean {mean}, nine of ten between {low} and {high} (n = {n}).").format(
        name=name, median=median, mean=said.amount(found.mean), low=low, high=high, n=f"{found.n:,}"
    )

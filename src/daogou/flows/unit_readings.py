"""Readings of one test that switched units: pairs by their coins, units drawn one by one through their customers."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from daogou.flows.unit_checks import OFF, Problem, SwitchTest, is_off
from daogou.flows.unit_rows import OUTCOMES, Daily, customer_sums, customer_units, daily, first_order
from daogou.measure.experiment.mismatch import mismatch
from daogou.measure.experiment.paired import switched
from daogou.measure.experiment.regions import UnitEffect, discovered, of_clusters, of_pairs
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]
Span = tuple[date, date]  # first and last day, both counted in

ON = "on"


@dataclass(frozen=True)
class Reading:
    """One outcome of one arm; ``role`` is primary, other or tail, ``span`` the days that were read."""

    arm: str
    role: str
    span: Span
    effect: UnitEffect


@dataclass(frozen=True)
class UnitRead:
    """A finished test: its readings, or the problem that keeps it from being read."""

    test: SwitchTest
    problem: Problem | None = None
    readings: tuple[Reading, ...] = ()
    mismatch_p: float | None = None

    def reading(self, role: str) -> Reading | None:
        """The first reading of a role."""
        return next((one for one in self.readings if one.role == role), None)


def paired(warehouse: Warehouse, test: SwitchTest, as_of: date, attribute: str) -> UnitRead:
    """A test of pairs: weeks are compared as they are after the wash-out, regions by their change from before.

    Before are as many days as are read, ending with the day before the test; where orders do not reach so far back,
    the days of the test are compared as they are.
    """
    if test.unit == "time":
        return _weeks(warehouse, test, as_of)
    read = _span(test.starts_on + timedelta(days=test.wash_out), test.ends_on)
    length = (read[1] - read[0]).days + 1
    before = _span(test.starts_on - timedelta(days=length), test.starts_on - timedelta(days=1))
    last = test.ends_on + timedelta(days=length)
    end = min(as_of, last + timedelta(days=1))
    sums = daily(warehouse, test.unit, before[0], end, test.starts_on, attribute)
    first = first_order(warehouse)
    known = first is not None and first <= before[0]
    then = {outcome: _halves(sums, outcome, test, before) if known else None for outcome in OUTCOMES}
    effects = discovered([of_pairs(outcome, _halves(sums, outcome, test, read), then[outcome]) for outcome in OUTCOMES])
    found = [_reading(ON, effect, read) for effect in effects]
    after = _span(test.ends_on + timedelta(days=1), last)
    if last < as_of:
        tail = of_pairs(f"{OUTCOMES[0]}_after", _halves(sums, OUTCOMES[0], test, after), then[OUTCOMES[0]])
        found.append(Reading(ON, "tail", after, tail))
    return UnitRead(test, None, tuple(found))


def unpaired(warehouse: Warehouse, test: SwitchTest, as_of: date, attribute: str) -> UnitRead:
    """A test of units drawn one by one: their customers, who hang together within a unit, adjusted for days before."""
    first, last = test.starts_on + timedelta(days=test.wash_out), test.ends_on
    treated = sorted({row["arm"] for row in test.rows if not is_off(row)})
    if not treated or all(not is_off(row) for row in test.rows):
        return UnitRead(test, Problem("one_arm"))
    units = warehouse.to_arrow(
        customer_units(warehouse, test.unit, test.starts_on, as_of, attribute).order_by("customer_id")
    )
    people = dict(zip(units["customer_id"].to_pylist(), units["name"].to_pylist(), strict=True))
    before = customer_sums(warehouse, first - (last - first) - timedelta(days=1), test.starts_on - timedelta(days=1))
    during = customer_sums(warehouse, first, last)
    found: list[Reading] = []
    least = None
    for arm in treated:
        rows = {row["unit_name"]: row for row in test.rows if row["arm"] in (arm, *OFF)}
        sizes = _sizes(list(rows.values()), len(treated) == 1)
        if sizes is not None:
            least = sizes if least is None else min(least, sizes)
            if sizes < 0.001:
                on = sum(not is_off(row) for row in rows.values())
                return UnitRead(test, Problem("mismatch", (str(on), str(len(rows) - on))), (), sizes)
        found += _arm(arm, rows, people, (before, during), (first, last))
    return UnitRead(test, None, tuple(found), least)


def _arm(
    arm: str,
    rows: dict[str, dict[str, Any]],
    people: dict[int, str],
    sums: tuple[dict[int, tuple[float, float]], dict[int, tuple[float, float]]],
    span: Span,
) -> list[Reading]:
    mine = [one for one, name in people.items() if name in rows]
    unit = np.array([people[one] for one in mine])
    on = np.array([not is_off(rows[name]) for name in unit.tolist()])
    chance = np.array([_chance(rows[name]) for name in unit.tolist()])
    before, during = (np.array([side.get(one, (0.0, 0.0)) for one in mine]) for side in sums)
    effects = [
        of_clusters(outcome, during[:, k], on, unit, before[:, k], propensity=chance, money=outcome == OUTCOMES[0])
        for k, outcome in enumerate(OUTCOMES)
    ]
    return [_reading(arm, effect, span) for effect in discovered(effects)]


def _weeks(warehouse: Warehouse, test: SwitchTest, as_of: date) -> UnitRead:
    """Blocks of days: each outcome per block, in its days after the wash-out."""
    pairs, length = test.pairs, (test.rows[0]["ends_on"] - test.rows[0]["starts_on"]).days + 1
    sums = daily(warehouse, "time", test.starts_on, as_of, test.starts_on)
    is_on = np.array([[not is_off(block) for block in _ordered(on, off)] for on, off in pairs])
    effects = []
    for outcome in OUTCOMES:
        row = sums.sums[outcome][0] if len(sums.names) else np.zeros((as_of - test.starts_on).days)
        starts = [[(block["starts_on"] - test.starts_on).days for block in _ordered(on, off)] for on, off in pairs]
        values = np.array([[row[k : k + length] for k in both] for both in starts])
        on_off = switched(values, is_on, test.wash_out)
        effects.append(of_pairs(outcome, np.column_stack(on_off) * (length - test.wash_out)))
    span = _span(test.starts_on, test.ends_on)
    return UnitRead(test, None, tuple(_reading(ON, effect, span) for effect in discovered(effects)))


def _ordered(one: dict[str, Any], other: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted([one, other], key=lambda row: row["starts_on"])


def _halves(sums: Daily, outcome: str, test: SwitchTest, span: Span) -> Array:
    """What the half that was on and the half that was off brought, shape (pairs, 2)."""
    return np.array([[sums.between(outcome, half["unit_name"], *span) for half in pair] for pair in test.pairs])


def _reading(arm: str, effect: UnitEffect, span: Span) -> Reading:
    return Reading(arm, "primary" if effect.outcome == OUTCOMES[0] else "other", span, effect)


def _span(first: date, last: date) -> Span:
    return first, last


def _chance(row: dict[str, Any]) -> float:
    """The probability of being on; a row says that of its own arm."""
    return float(1 - row["propensity"] if is_off(row) else row["propensity"])


def _sizes(rows: list[dict[str, Any]], one_arm: bool) -> float | None:
    """p-value of as many units on and off; None for tests with several arms, whose shares a row does not tell."""
    if not one_arm:
        return None
    chance = [_chance(row) for row in rows]
    on = sum(not is_off(row) for row in rows)
    return mismatch([on, len(rows) - on], [sum(chance), len(rows) - sum(chance)]).p_value

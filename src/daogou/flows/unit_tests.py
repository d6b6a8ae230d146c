"""Finished tests that switched regions, weeks, stores or households: what the channel brought where it was on."""

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa

from daogou.base.estimate import Estimate
from daogou.flows.designs import Designs, designs
from daogou.flows.unit_checks import Problem, SwitchTest, problem, tests, whole
from daogou.flows.unit_readings import Reading, UnitRead, paired, unpaired
from daogou.flows.unit_rows import ATTRIBUTE, known_stores, known_units
from daogou.flows.workspace import Workspace
from daogou.measure.experiment import region_sentences as say
from daogou.report import figures
from daogou.store.rounding import number, rounded
from daogou.store.tables import READINGS
from daogou.store.warehouse import Warehouse

_MOST_LINES = 3  # tests that are told in words, the latest; all are in the JSON
_KEYS = pa.schema([("as_of", pa.date32()), ("level", pa.string()), ("name", pa.string())])


def unit_tests(workspace: Workspace, warehouse: Warehouse, as_of: date) -> tuple[dict[str, Any], list[str]]:
    """Add the readings of finished tests to ``READINGS`` at ``as_of``; the part of the stage's JSON, and its lines.

    Call it after what replaces the day's readings. A test whose last day is not before ``as_of`` is not read.
    """
    every = tests(workspace, warehouse, as_of)
    household = workspace.settings.plan.household
    found = [_read(warehouse, test, every, as_of, household) for test in every if test.ends_on < as_of]
    fixed = designs(workspace)
    margin = workspace.settings.plan.margin_used
    rows = [row for one in found for row in _rows(one, as_of, fixed, margin)]
    names = [one.test.name for one in found]
    keys = {"as_of": [as_of] * len(names), "level": ["campaign"] * len(names), "name": names}
    warehouse.delete_matching(READINGS, warehouse.materialise("unit_tests_read", pa.table(keys, _KEYS)))
    warehouse.drop("unit_tests_read")
    warehouse.append(READINGS, rounded(pa.Table.from_pylist(rows, schema=READINGS.schema().to_pyarrow())))
    currency = workspace.settings.company.currency
    summary = {
        "read": [_json(one) for one in found],
        "running": [_about(test) for test in every if test.ends_on >= as_of],
    }
    return summary, [unit_test_line(one, currency) for one in found[-_MOST_LINES:]]


def _read(warehouse: Warehouse, told: SwitchTest, every: list[SwitchTest], as_of: date, household: str) -> UnitRead:
    """The reading of a test, or what keeps it from being read."""
    test = whole(told)
    if not test.rows:
        return UnitRead(told, Problem("few_pairs", ("0", "6")))
    known, attribute = None, household if test.unit == "household" else ATTRIBUTE.get(test.unit, "")
    if test.unit != "time":
        by_orders = test.unit == "store" and test.in_pairs
        known = (
            known_stores(warehouse, as_of)
            if by_orders
            else known_units(warehouse, test.unit, test.starts_on, as_of, attribute)
        )
        if not known:
            return UnitRead(test, Problem("no_attribute", (attribute,)))
    found = problem(test, every, known)
    if found is not None:
        return UnitRead(test, found)
    return (paired if test.in_pairs else unpaired)(warehouse, test, as_of, attribute)


def _rows(one: UnitRead, as_of: date, fixed: Designs, margin: float) -> list[dict[str, Any]]:
    """Rows of ``READINGS``, none of a test that is not read; contribution is the margin of net sales."""
    test = one.test
    base = {
        "as_of": as_of,
        "level": "campaign",
        "name": test.name,
        "segment": "",
        "unit": test.unit,
        "mismatch_p": one.mismatch_p,
        "design": fixed.sha256(test.name),
    }
    told = list(one.readings)
    told += [
        replace(r, role="other", effect=r.effect.times(margin, "contribution")) for r in told if r.role == "primary"
    ]
    return [base | _reading_row(reading) for reading in told]


def _reading_row(reading: Reading) -> dict[str, Any]:
    effect = reading.effect
    total = effect.total
    return {
        "arm": reading.arm,
        "outcome": effect.outcome,
        "role": reading.role,
        "from_day": reading.span[0],
        "to_day": reading.span[1],
        "treated": effect.on,
        "held_out": effect.off,
        **_spread("", effect.adjusted),
        **_spread("plain_", effect.plain),
        **_spread("lift_", effect.lift),
        "p_value": number(effect.p_value),
        "false_discovery": number(effect.false_discovery),
        "total": number(total.value),
        "total_low": number(total.low),
        "total_high": number(total.high),
    }


def _about(test: SwitchTest) -> dict[str, Any]:
    return {
        "name": test.name,
        "channel": test.channel,
        "unit": test.unit,
        "starts_on": test.starts_on.isoformat(),
        "ends_on": test.ends_on.isoformat(),
    }


def _json(one: UnitRead) -> dict[str, Any]:
    days = ("from_day", "to_day")
    rows = [_reading_row(reading) for reading in one.readings]
    return _about(one.test) | {
        "is_read": one.problem is None,
        "why_not": None if one.problem is None else one.problem.why,
        "about": [] if one.problem is None else list(one.problem.names),
        "wash_out": one.test.wash_out,
        "pairs_left_out": list(one.test.left_out),
        "not_as_drawn": list(one.test.changed),
        "readings": [{k: v.isoformat() if k in days else v for k, v in row.items()} for row in rows],
    }


def unit_test_line(one: UnitRead, currency: str) -> str:
    """What a finished test says, in the current language."""
    test = one.test
    if one.problem is not None:
        return say.not_read_text(test.name, one.problem.why, one.problem.names)
    extra = [say.left_out_text(test.left_out)] if test.left_out else []
    extra += [say.changed_text(test.changed)] if test.changed else []
    said = [_effect_text(test, reading, currency) for reading in one.readings if reading.role == "primary"]
    return " ".join([*said, *extra])


def _effect_text(test: SwitchTest, reading: Reading, currency: str) -> str:
    effect, total = reading.effect, reading.effect.total
    if not math.isfinite(total.low):
        return say.no_interval_text(test.name, test.channel, figures.money(total.value, currency))
    units = say.units_text(test.unit, effect.on if test.in_pairs else None, effect.on)
    said = {name: figures.money(getattr(total, name), currency) for name in ("value", "low", "high")}
    said |= {
        "lift": figures.share(effect.lift.value),
        "lift_low": figures.share(effect.lift.low),
        "lift_high": figures.share(effect.lift.high),
    }
    said |= {"from_day": figures.day(reading.span[0]), "to_day": figures.day(reading.span[1])}
    text = say.brought_text(test.name, test.channel, units, said)
    return f"{text} {say.unsure_text()}" if total.low <= 0 <= total.high else text


def _spread(prefix: str, one: Estimate) -> dict[str, float | None]:
    return {prefix + name: number(getattr(one, name)) for name in ("value", "low", "high")}

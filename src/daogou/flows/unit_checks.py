"""Tests that switched units, as their rows tell them, and what keeps a test from being read."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import pyarrow.parquet as pq

from daogou.flows.plan_units import KIND
from daogou.flows.workspace import Workspace
from daogou.measure.experiment.paired import FEWEST_PAIRS
from daogou.store import models
from daogou.store.tables import UNIT_ASSIGNMENTS
from daogou.store.warehouse import Warehouse

OFF = ("off", "holdout", "control")
_FIXED = ("arm", "propensity", "pair", "wash_out")  # by the plan, whatever the file says


@dataclass(frozen=True)
class SwitchTest:
    """One test: rows of ``unit_assignments``, arms as they were drawn.

    Attributes:
        changed: units that the file has in another arm than the plan, or not at all; read as drawn.
        left_out: pairs of which not both halves are known, or both are on or off.
    """

    name: str
    rows: tuple[dict[str, Any], ...]
    changed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def channel(self) -> str:
        """Its channel in small letters."""
        return str(self.rows[0]["channel"]).strip().lower()

    @property
    def unit(self) -> str:
        """What was drawn."""
        return str(self.rows[0]["unit"])

    @cached_property
    def starts_on(self) -> date:
        """Its first day."""
        first: date = min(row["starts_on"] for row in self.rows)
        return first

    @cached_property
    def ends_on(self) -> date:
        """Its last day."""
        last: date = max(row["ends_on"] for row in self.rows)
        return last

    @cached_property
    def wash_out(self) -> int:
        """First days that are not read."""
        return max(row["wash_out"] or 0 for row in self.rows)

    @cached_property
    def in_pairs(self) -> bool:
        """Whether a coin was thrown for pairs, and not a lot drawn for each unit."""
        return any(row["pair"] is not None for row in self.rows)

    @property
    def pairs(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """The row that was on and the row that was off of each pair, earliest first."""
        found: dict[str, dict[bool, dict[str, Any]]] = {}
        for row in self.rows:
            found.setdefault(row["pair"], {})[is_off(row)] = row
        halves = [(both[False], both[True]) for both in found.values()]
        return sorted(halves, key=lambda both: (min(both[0]["starts_on"], both[1]["starts_on"]), both[0]["pair"]))


@dataclass(frozen=True)
class Problem:
    """Why a test is not read, as ``region_sentences.problem_text`` says it, and the names that it is about."""

    why: str
    names: tuple[str, ...] = ()


def is_off(row: Mapping[str, Any]) -> bool:
    """Whether the unit was held out."""
    return row["arm"] in OFF


def tests(workspace: Workspace, warehouse: Warehouse, as_of: date) -> list[SwitchTest]:
    """Every test that began before ``as_of``, oldest first, as drawn where it was planned here."""
    rows = warehouse.table(UNIT_ASSIGNMENTS)
    told: dict[str, list[dict[str, Any]]] = {}
    for row in warehouse.to_arrow(rows.order_by("campaign_id", "starts_on", "unit_name")).to_pylist():
        told.setdefault(row["campaign_id"], []).append(row)
    planned = _planned(workspace, told)
    found = [as_drawn(SwitchTest(name, tuple(mine)), planned.get(name)) for name, mine in told.items()]
    begun = [test for test in found if test.starts_on < as_of]
    return sorted(begun, key=lambda test: (test.starts_on, test.name))


def as_drawn(test: SwitchTest, planned: Iterable[Mapping[str, Any]] | None) -> SwitchTest:
    """The test with the arms that its plan drew: units that were switched against the lot are read by the lot.

    Days are those of the file. A unit of the plan that the file lacks is in, on the test's days or on its own block's.
    """
    if planned is None:
        return test
    file = {row["unit_name"]: row for row in test.rows}
    rows, changed = [], []
    for drawn in planned:
        own = file.get(drawn["unit_name"])
        if own is None or own["arm"] != drawn["arm"]:
            changed.append(drawn["unit_name"])
        base = own or {**test.rows[0], "unit_name": drawn["unit_name"]}
        days = {name: drawn[name] for name in ("starts_on", "ends_on")} if own is None and test.unit == "time" else {}
        rows.append({**base, **days, **{name: drawn[name] for name in _FIXED}})
    return replace(test, rows=tuple(rows), changed=tuple(changed))


def whole(test: SwitchTest) -> SwitchTest:
    """The test without pairs that lack a half, maybe without any; the same where units were drawn one by one."""
    if not test.in_pairs:
        return test
    arms: dict[str, list[str]] = {}
    for row in test.rows:
        arms.setdefault(row["pair"] or "", []).append("off" if is_off(row) else row["arm"])
    broken = {pair for pair, both in arms.items() if not pair or len(both) != 2 or both.count("off") != 1}
    kept = tuple(row for row in test.rows if (row["pair"] or "") not in broken)
    alone = {row["unit_name"] for row in test.rows if row["pair"] is None}
    return replace(test, rows=kept, left_out=tuple(sorted((broken - {""}) | alone)))


def problem(test: SwitchTest, others: Iterable[SwitchTest], known: Iterable[str] | None) -> Problem | None:
    """What keeps a whole ``test`` from being read; None if nothing does.

    ``others``: all tests. ``known``: the units that customers or orders name; None for blocks of days.
    """
    found = _told_wrong(test) or _clash(test, others)
    if found is None and known is not None:
        strange = sorted({row["unit_name"] for row in test.rows} - set(known))
        found = Problem("unknown_units", tuple(strange)) if strange else None
    if found is None and test.in_pairs:
        found = _pairs_wrong(test)
    return found


def _told_wrong(test: SwitchTest) -> Problem | None:
    for name in ("channel", "unit"):
        said = sorted({str(row[name]).strip().lower() for row in test.rows})
        if len(said) > 1:
            return Problem(f"two_{name}s", tuple(said))
    if any(row["propensity"] is None for row in test.rows):
        return Problem("no_lots")
    if any(not 0 < row["propensity"] < 1 for row in test.rows):
        return Problem("no_chance")
    if test.unit != "time" and len({(row["starts_on"], row["ends_on"]) for row in test.rows}) > 1:
        return Problem("days")
    if test.unit == "time" and not test.in_pairs:
        return Problem("no_pairs")
    return None


def _clash(test: SwitchTest, others: Iterable[SwitchTest]) -> Problem | None:
    """Two tests of one channel at one time contradict each other, unless they switch other units."""
    names = {row["unit_name"] for row in test.rows}
    found = []
    for other in others:
        apart = other.ends_on < test.starts_on or other.starts_on > test.ends_on
        if other.name == test.name or other.channel != test.channel or apart:
            continue
        alike = other.unit == test.unit and test.unit != "time"
        if not alike or names & {row["unit_name"] for row in other.rows}:
            found.append(other.name)
    return Problem("overlap", tuple(found)) if found else None


def _pairs_wrong(test: SwitchTest) -> Problem | None:
    if len(test.rows) < 2 * FEWEST_PAIRS:
        return Problem("few_pairs", (str(len(test.rows) // 2), str(FEWEST_PAIRS)))
    if len(treated := sorted({row["arm"] for row in test.rows if not is_off(row)})) > 1:
        return Problem("arms", tuple(treated))
    uneven = sorted({str(row["pair"]) for row in test.rows if abs(row["propensity"] - 0.5) > 1e-9})
    if uneven:
        return Problem("uneven", tuple(uneven))
    spans = sorted((row["starts_on"], row["ends_on"]) for row in test.rows)
    lengths = {(last - first).days + 1 for first, last in spans}
    if test.unit == "time":
        if len(lengths) > 1:
            return Problem("lengths", tuple(str(length) for length in sorted(lengths)))
        if any(spans[k + 1][0] <= spans[k][1] for k in range(len(spans) - 1)):
            return Problem("blocks")
        apart = [on["pair"] for on, off in test.pairs if not _neighbours(on, off)]
        if apart:
            return Problem("apart", tuple(apart))
    if test.wash_out >= min(lengths):
        return Problem("wash_out", (str(test.wash_out), str(min(lengths))))
    return None


def _neighbours(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    first, second = sorted([one, other], key=lambda row: row["starts_on"])
    return bool(first["ends_on"] + timedelta(days=1) == second["starts_on"])


def _planned(workspace: Workspace, told: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Rows of the tests that were planned here, by name; of several plans under one name that which the file is."""
    if not told:
        return {}
    with workspace.ledger() as ledger:
        plans = [one for one in ledger.campaigns() if one.name in told and one.summary.get("kind") == KIND]
    found: dict[str, list[dict[str, Any]]] = {}
    likest: dict[str, int] = {}
    for one in plans:
        rows = pq.read_table(io.BytesIO(models.get(workspace.artefacts, one.plan_sha))).to_pylist()
        alike = len({_identity(row) for row in rows} & {_identity(row) for row in told[one.name]})
        if rows and alike >= likest.get(one.name, 0):
            found[one.name], likest[one.name] = rows, alike
    return found


def _identity(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("unit_name", "arm", "pair", "starts_on", "ends_on"))

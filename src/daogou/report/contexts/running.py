"""Tests that are running."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from daogou.base.estimate import Estimate
from daogou.report.contexts.earned import Kind
from daogou.report.contexts.text import Text


@dataclass(frozen=True)
class Glance:
    """One look at a running test."""

    on: date
    fraction: float  # share of the planned days that have passed, 0-1
    boundary: float  # |z| from which it decides
    z: float | None


@dataclass(frozen=True)
class Rail:
    """What a test must not break."""

    name: Text
    kind: Kind
    change: Estimate | None  # with an interval that holds at all looks together
    limit: float
    state: Literal["within", "unsure", "broken"]


@dataclass(frozen=True)
class RunningTest:
    """One arm of a running test against those held out."""

    name: str
    arm: str  # empty where there is one
    outcome: Text
    kind: Kind
    starts_on: date
    ends_on: date
    treated: int
    held_out: int
    state: Literal["running", "works", "harms", "nothing", "mismatch"]
    decided_on: date | None  # the look that ended it
    effect: Estimate | None  # corrected for having looked; None: no decision yet
    planned_effect: float | None
    days_left: int | None  # until the planned effect would show
    mismatch: float | None
    glances: tuple[Glance, ...]  # oldest first
    curve: tuple[tuple[float, float], ...]  # share of the planned days, and about where it decides
    rails: tuple[Rail, ...]


@dataclass(frozen=True)
class Running:
    """All of them."""

    tests: tuple[RunningTest, ...]

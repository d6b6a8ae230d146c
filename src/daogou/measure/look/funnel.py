"""Funnel: of those who took the first step, how many took the next, and how long it took them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.estimate import Estimate
from daogou.base.rule import Did
from daogou.base.statistics import Z95, wilson
from daogou.base.words import gettext as _
from daogou.measure.look.attempts import Array, Attempts, Step, furthest
from daogou.measure.look.people import guests
from daogou.store.rule_events import happened
from daogou.store.warehouse import Warehouse

_EPOCH = date(1970, 1, 1)
_DAY = 86_400_000_000  # microseconds
MOST_STEPS = 12


@dataclass(frozen=True)
class Question:
    """The steps in order; people enter on the local days [first, until), with ``days`` days from their first step."""

    steps: tuple[Did, ...]
    days: int
    first: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Stage:
    """One step of a funnel.

    Attributes:
        people: who came this far.
        of_first: their share of those who took the first step; it is sure at the first.
        of_before: their share of those who took the step before; at the first, of themselves.
        dropped: who took this step and not the next; 0 at the last.
        still_open: of these, those whose window had not closed, so that they may still take it.
        median_days: from the step before, over those who took both; NaN at the first.
    """

    people: int
    of_first: Estimate
    of_before: Estimate
    dropped: int
    still_open: int
    median_days: Estimate


def check(asked: Question) -> None:
    """Raises a DaogouError where the steps are too few, too many, or no plain deeds, or the window is no length."""
    where = "daogou look funnel"
    if not 2 <= len(asked.steps) <= MOST_STEPS:
        raise DaogouError(
            _("a funnel has 2 to {most} steps, not {n}").format(most=MOST_STEPS, n=len(asked.steps)),
            where,
            _("Name them in order, such as: viewed put_in_cart bought."),
        )
    if any(not step.done or step.measures for step in asked.steps):
        raise DaogouError(
            _("a step is something that was done, without a count"), where, _("Write bought, for example.")
        )
    if asked.days < 0:
        raise DaogouError(
            _("the window of a funnel is {days} days").format(days=asked.days), where, _("Write 0 or more.")
        )


def attempts(warehouse: Warehouse, as_of: date, market: str, asked: Question) -> Attempts:
    """How far everyone who entered came, guests left out."""
    steps = [_read(warehouse, step, as_of, market) for step in asked.steps]
    entering = steps[0]
    kept = np.ones(len(entering.days), dtype=bool)
    if asked.first is not None:
        kept &= entering.days >= _number(asked.first)
    if asked.until is not None:
        kept &= entering.days < _number(asked.until)
    steps[0] = Step(entering.customers[kept], entering.days[kept], entering.moments[kept], entering.event)
    return furthest(steps, asked.days)


def _read(warehouse: Warehouse, did: Did, as_of: date, market: str) -> Step:
    rows = happened(warehouse, did, as_of, market).anti_join(guests(warehouse, as_of), "customer_id")
    rows = rows.select("customer_id", "local_day", "occurred_at").distinct()
    found = warehouse.to_arrow(rows)
    moments = found["occurred_at"].combine_chunks().cast(pa.timestamp("us")).cast(pa.int64())
    return Step(
        found["customer_id"].to_numpy(),
        found["local_day"].combine_chunks().cast(pa.int32()).to_numpy().astype(np.int64),
        moments.fill_null(Step.UNSURE).to_numpy(),
        did.event,
    )


def stages(found: Attempts, steps: int, days: int, as_of: date, fewest: int) -> list[Stage]:
    """Each step with its people; ``fewest`` people make an interval.

    An attempt is open while a day of its window is not over at ``as_of``.
    """
    closes = found.days[:, 0] + days if len(found.days) else np.zeros(0)
    is_open = closes >= _number(as_of)
    reached = [int((found.depth > number).sum()) for number in range(steps)]
    made = []
    for number, people in enumerate(reached):
        stopped = found.depth == number + 1
        last = number == steps - 1
        made.append(
            Stage(
                people,
                _share(people, reached[0], fewest if number else math.inf),
                _share(people, reached[max(number - 1, 0)], fewest if number else math.inf),
                0 if last else int(stopped.sum()),
                0 if last else int((stopped & is_open).sum()),
                _median(_waits(found, number), fewest),
            )
        )
    return made


def by_group(
    found: Attempts, groups: Mapping[str, pa.Array], steps: int, days: int, as_of: date, fewest: int
) -> dict[str, list[Stage]]:
    """The same for the customers of each group."""
    made = {}
    for name, people in groups.items():
        mine = np.isin(found.customers, np.asarray(people))
        part = Attempts(found.customers[mine], found.depth[mine], found.days[mine], found.moments[mine])
        made[name] = stages(part, steps, days, as_of, fewest)
    return made


def members(found: Attempts, step: int, dropped: bool) -> Array:
    """customer_id of those who took ``step`` (the first is 1); ``dropped``: of them, who took no further one."""
    return found.customers[found.depth == step if dropped else found.depth >= step]


def _waits(found: Attempts, number: int) -> Array:
    """Days from the step before to step ``number`` (the first is 0); whole ones where only the days are known."""
    if number == 0:
        return np.zeros(0)
    done = found.depth > number
    days = (found.days[done, number] - found.days[done, number - 1]).astype(float)
    moments, before = found.moments[done, number], found.moments[done, number - 1]
    sure = (moments != Step.UNSURE) & (before != Step.UNSURE)
    return np.where(sure, (np.where(sure, moments, 0) - np.where(sure, before, 0)) / _DAY, days)


def _median(waits: Array, fewest: int) -> Estimate:
    """The median, between two order statistics (Conover, 1999, Practical Nonparametric Statistics, 3.2)."""
    n = len(waits)
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, 0, "days")
    ordered = np.sort(waits)
    half = Z95 * math.sqrt(n) / 2
    low, high = math.floor(n / 2 - half), math.ceil(n / 2 + half)
    between = (ordered[low], ordered[min(high, n - 1)]) if n >= fewest and low >= 0 else (math.nan, math.nan)
    return Estimate(float(np.median(ordered)), float(between[0]), float(between[1]), n, "days")


def _share(people: int, of: int, fewest: float) -> Estimate:
    low, high = wilson(people, of) if of >= fewest else (math.nan, math.nan)
    return Estimate(people / of if of else math.nan, low, high, of, "0-1")


def _number(day: date) -> int:
    return (day - _EPOCH) // timedelta(days=1)

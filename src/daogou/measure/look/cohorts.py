"""Cohorts: customers by the period of their first order, who of them bought again, and who buys later."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis.expr.types as ir

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95, wilson
from daogou.measure.look.people import SUM, day, known_days
from daogou.measure.look.periods import UNITS, By, between, later, start
from daogou.store.warehouse import Warehouse


@dataclass(frozen=True)
class Cell:
    """Of a cohort, those who bought in the period ``k`` after their first; ``complete``: the period is over."""

    k: int
    people: int
    complete: bool
    rate: Estimate  # NaN where the period is not over: it could only be too low


@dataclass(frozen=True)
class Cohort:
    """Customers whose first order fell into the period that begins on ``first``.

    ``complete``: the window of ``days`` has closed for everyone, so that ``repurchase`` and ``spend`` can be told;
    both are NaN before. ``at_edge``: the period holds the first day of the data, so that its "first orders" may not be.
    """

    first: date
    size: int
    again: int
    complete: bool
    at_edge: bool
    repurchase: Estimate
    spend: Estimate
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Question:
    """How cohorts are cut: by which period, and within how many days of the first order people must buy again."""

    by: By = "month"
    days: int = 90


def cohorts(warehouse: Warehouse, as_of: date, asked: Question, fewest: int) -> list[Cohort]:
    """Every cohort that has customers, the oldest first; below ``fewest`` customers rates have no interval."""
    people = _people(warehouse, as_of, asked)
    sizes = warehouse.to_arrow(_sizes(people).order_by("cohort")).to_pylist()
    cells = warehouse.to_arrow(_cells(warehouse, people, as_of, asked).order_by("cohort", "period")).to_pylist()
    found = {(row["cohort"], between(row["cohort"], row["period"], asked.by)): row["people"] for row in cells}
    edge = min((row["first_day"] for row in sizes), default=None)
    return [_cohort(row, found, edge, as_of, asked, fewest) for row in sizes]


def overall(found: Sequence[Cohort]) -> tuple[int, int]:
    """Customers of the cohorts whose window has closed, and of them those who bought again.

    Cohorts at the edge of the data count only where there are no others: theirs are hardly first orders.
    """
    closed = [cohort for cohort in found if cohort.complete]
    inner = [cohort for cohort in closed if not cohort.at_edge] or closed
    return sum(cohort.size for cohort in inner), sum(cohort.again for cohort in inner)


def members(
    warehouse: Warehouse, as_of: date, asked: Question, first: date, k: int | None = None, bought: bool | None = None
) -> ir.Table:
    """customer_id of the cohort that begins on ``first``; where ``bought`` is given, of those who did or did not.

    What they did: bought in the period ``k`` after; without ``k``, bought again within the window.
    """
    people = _people(warehouse, as_of, asked)
    mine = people.filter(people.cohort == day(first))
    if bought is None:
        return mine.select("customer_id")
    if k is None:
        return mine.filter(mine.again if bought else ~mine.again).select("customer_id")
    days = _order_days(warehouse, as_of)
    begins, ends = later(first, k, asked.by), later(first, k + 1, asked.by)
    inside = days.filter(days.local_day >= day(begins), days.local_day < day(ends))
    return (mine.semi_join if bought else mine.anti_join)(inside, "customer_id").select("customer_id")


def _order_days(warehouse: Warehouse, as_of: date) -> ir.Table:
    days = known_days(warehouse, as_of)
    return days.filter(days.orders > 0).select("customer_id", "local_day")


def _people(warehouse: Warehouse, as_of: date, asked: Question) -> ir.Table:
    """One row a customer: first_day, cohort, whether they bought again in time, and net sales of those days."""
    days = known_days(warehouse, as_of)
    ordered = days.filter(days.orders > 0)
    firsts = ordered.group_by("customer_id").aggregate(first_day=ordered.local_day.min())
    near = days.join(firsts, "customer_id")
    since = near.local_day.delta(near.first_day, unit="day")
    near = near.mutate(since=since).filter(since >= 0, since <= asked.days)
    made = near.group_by("customer_id", "first_day").aggregate(
        again=((near.since > 0) & (near.orders > 0)).any(),
        net_sales=(near.net_sales - near.refunds).sum().cast("decimal(18, 4)"),
    )
    return made.mutate(cohort=made.first_day.truncate(UNITS[asked.by]))


def _sizes(people: ir.Table) -> ir.Table:
    squares = (people.net_sales * people.net_sales).sum()
    return people.group_by("cohort").aggregate(
        size=people.count(),
        again=people.count(where=people.again),
        first_day=people.first_day.min(),
        net_sales=people.net_sales.sum().cast(SUM).cast("float64"),
        squares=squares.cast("float64"),
    )


def _cells(warehouse: Warehouse, people: ir.Table, as_of: date, asked: Question) -> ir.Table:
    """One row a cohort and later period: how many of the cohort bought in it."""
    days = _order_days(warehouse, as_of)
    periods = days.select("customer_id", period=days.local_day.truncate(UNITS[asked.by])).distinct()
    both = periods.join(people.select("customer_id", "cohort"), "customer_id")
    return both.group_by("cohort", "period").aggregate(people=both.count())


def _cohort(
    row: dict[str, Any],
    found: dict[tuple[date, int], int],
    edge: date | None,
    as_of: date,
    asked: Question,
    fewest: int,
) -> Cohort:
    first, size = row["cohort"], row["size"]
    last = later(first, 1, asked.by) - timedelta(days=1)
    complete = last + timedelta(days=asked.days) < as_of
    now = start(as_of - timedelta(days=1), asked.by)
    cells = []
    for k in range(between(first, now, asked.by) + 1):
        people, over = found.get((first, k), 0), later(first, k + 1, asked.by) <= as_of
        everyone = Estimate(1.0, 1.0, 1.0, size, "0-1")  # by definition, so without doubt
        rate = everyone if over and k == 0 else _share(people, size, over, fewest)
        cells.append(Cell(k, people, over, rate))
    return Cohort(
        first=first,
        size=size,
        again=row["again"],
        complete=complete,
        at_edge=edge is not None and first <= edge <= last,
        repurchase=_share(row["again"], size, complete, fewest),
        spend=_mean(row["net_sales"], row["squares"], size, complete, fewest),
        cells=tuple(cells),
    )


def _share(people: int, size: int, complete: bool, fewest: int) -> Estimate:
    low, high = wilson(people, size) if complete and size >= fewest else (math.nan, math.nan)
    return Estimate(people / size if complete else math.nan, low, high, size, "0-1")


def _mean(total: float, squares: float, n: int, complete: bool, fewest: int) -> Estimate:
    """The mean of ``n`` amounts with their sum and sum of squares, and its normal interval."""
    if not complete:
        return Estimate(math.nan, math.nan, math.nan, n, "currency")
    mean = total / n
    if n < max(fewest, 2):
        return Estimate(mean, math.nan, math.nan, n, "currency")
    half = Z95 * math.sqrt(max(squares - n * mean * mean, 0.0) / (n - 1) / n)
    return Estimate(mean, mean - half, mean + half, n, "currency")

"""The rows of now from the rows of before: of customers of whom something is new, from what is new and from kept sums.

Everyone else's rows stay where they are. Sums over everyone's days are kept in ``TOTALS``: as time passes, ages grow
and windows lose and gain the days at their ends; from the sums follow the few columns of ``PROFILES`` that move.
Sums over everyone's purchases are kept as :mod:`daogou.profile.kept` says. Favourites, shares and interests do not move
with time, but windows of category shares lose the days that they leave behind. The rows are those of a full build.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from daogou.profile.build import Build, Built, Sums, build, in_parts
from daogou.profile.days import COUPON
from daogou.profile.features import of_customers, total_features, whole
from daogou.profile.formulas import due, formulas, pace, usual_gap
from daogou.profile.history import cut_table, guests
from daogou.profile.interests import strides
from daogou.profile.own import of_own, own_map
from daogou.profile.purchases import sold
from daogou.profile.settings import ProfileSettings
from daogou.profile.totals import AGES, KEY, counted, totals
from daogou.store.engine import Engine
from daogou.store.features import FEATURES
from daogou.store.tables import (
    CATEGORY_DAYS,
    CATEGORY_SHARES,
    COUPONS,
    CUSTOMER_DAYS,
    CUSTOMERS,
    EVENTS,
    INTERESTS,
    NEW_PURCHASES,
    ORDER_LINES,
    ORDERS,
    PROFILED_ITEMS,
    PROFILES,
    REFUNDS,
    SHARES,
    TOTALS,
    TOUCHED,
    TOUCHED_DAYS,
    Table,
)

AGEING = (*AGES, "joined_days")  # columns of ``PROFILES`` that grow by a day a day
_PACED = ("orders_trend", "overdue_ratio", "due_days", "due_ratio", "due_in_days")  # move with time, or with others
_WINDOWED = tuple(feature.name for feature in FEATURES if feature.window[0].isdigit())
_WINDOWS = (28, 90)  # of category shares
_DAYS_AT_ONCE = 1_000_000  # customers' days that are summed at a time, so that memory does not grow with all of them


@dataclass(frozen=True)
class Part:
    """An engine that sees a part of the facts: of each table in ``kept``, what that keeps of its rows."""

    engine: Engine
    kept: Mapping[Table, Callable[[ir.Table], ir.Table]]

    def table(self, table: Table) -> ir.Table:
        """A contract's table as an expression, with the rows of the part alone."""
        rows = self.engine.table(table)
        return self.kept[table](rows) if table in self.kept else rows

    def to_arrow(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression."""
        return self.engine.to_arrow(expression)

    def scalar(self, expression: ir.Scalar) -> Any:
        """The single value of an expression."""
        return self.engine.scalar(expression)

    def materialise(self, name: str, rows: ir.Table | pa.Table) -> ir.Table:
        """Rows kept until the engine closes."""
        return self.engine.materialise(name, rows)


@dataclass(frozen=True)
class Rows:
    """Rows of ``PROFILES``, ``CATEGORY_SHARES``, ``SHARES``, ``INTERESTS`` and ``TOTALS``, in no particular order."""

    people: ir.Table
    categories: ir.Table
    shares: ir.Table
    interests: ir.Table
    totals: ir.Table

    @property
    def by_table(self) -> dict[Table, ir.Table]:
        """The rows by the table that they are of, but for ``totals``."""
        parts = (self.people, self.categories, self.shares, self.interests)
        return dict(zip((PROFILES, CATEGORY_SHARES, SHARES, INTERESTS), parts, strict=True))


def of_customers_alone(warehouse: Engine, customers: ir.Table) -> Part:
    """The facts of ``customers`` (customer_id) alone."""
    mine = (CUSTOMERS, ORDERS, REFUNDS, COUPONS, EVENTS)
    return Part(warehouse, dict.fromkeys(mine, lambda rows: rows.semi_join(customers, "customer_id")))


def stirred(warehouse: Engine, touched: ir.Table, before: date, as_of: date) -> ir.Table:
    """customer_id of all whose rows must be made again: the ``touched``, and of whom time brings something to light.

    That is attributes that come into force between the two moments, and rows dated between them that were there before.
    """
    first, last = ibis.date(before.isoformat()), ibis.date(as_of.isoformat())
    known = warehouse.table(CUSTOMERS)
    begins = (~known.is_static & known.valid_from.between(first, last)) | known.joined_on.between(first, last)
    dated = known.filter(begins)
    days = warehouse.table(CUSTOMER_DAYS)
    seen = days.filter(days.local_day >= first, days.local_day < last)
    return ibis.union(*(rows.select("customer_id") for rows in (touched, dated, seen))).distinct()


@dataclass(frozen=True)
class TouchedDays:
    """What of ``CUSTOMER_DAYS`` may have changed: ``then`` are such rows of before, ``facts`` make those of now."""

    then: ir.Table
    facts: Part


def touched_days(warehouse: Engine) -> TouchedDays:
    """All days of ``TOUCHED``, those that ``TOUCHED_DAYS`` names, and all days with coupons of the others there."""
    anew = warehouse.table(TOUCHED)
    added = warehouse.table(TOUCHED_DAYS).anti_join(anew, "customer_id")
    named = added.filter(added.local_day.notnull()).distinct()

    def on_days(rows: ir.Table) -> ir.Table:
        some = rows.semi_join(named, ["customer_id", "local_day"])
        return rows.semi_join(anew, "customer_id").union(some)

    def of_people(rows: ir.Table) -> ir.Table:
        return rows.semi_join(anew.union(added.select("customer_id")), "customer_id")

    days = warehouse.table(CUSTOMER_DAYS)
    is_coupon = days.kind == COUPON
    then = on_days(days.filter(~is_coupon)).union(of_people(days.filter(is_coupon)))
    return TouchedDays(then, Part(warehouse, {**dict.fromkeys((ORDERS, REFUNDS, EVENTS), on_days), COUPONS: of_people}))


def changed_items(warehouse: Engine, known: ir.Table) -> ir.Table:
    """item_id of every item that is new, gone, or not what ``PROFILED_ITEMS`` says; ``known`` are its rows of now."""
    then = warehouse.table(PROFILED_ITEMS)
    return known.difference(then).union(then.difference(known)).select("item_id").distinct()


def buyers(warehouse: Engine, items: ir.Table) -> ir.Table:
    """customer_id of everyone with a line or a refund of one of the ``items`` (item_id) that is in the kept sums."""
    every = sold(Part(warehouse, dict.fromkeys((ORDER_LINES, REFUNDS), lambda rows: rows.semi_join(items, "item_id"))))
    key = ["customer_id", "item_id"]
    bought, new = (rows.group_by(key).aggregate(n=rows.count()) for rows in (every, warehouse.table(NEW_PURCHASES)))
    both = bought.left_join(new, key)
    return both.filter(both.n > both.n_right.fill_null(0)).select("customer_id").distinct()


def rebased(warehouse: Engine, since: ir.Table, before: date, settings: ProfileSettings) -> ir.Table:
    """customer_id of everyone in ``since`` (rows of ``interests.bases``) whose weights had another base at ``before``.

    ``TOTALS`` must be those of ``before``.
    """
    then = warehouse.table(TOTALS).join(since, "customer_id")
    moment, stride = ibis.date(before.isoformat()), strides(settings)
    base = (then.tenure_days - then.recency_days) // stride * stride
    moved = (moment.delta(then.first_day, unit="day") != then.tenure_days) | (then.base_0 != base)
    return then.filter(moved).select("customer_id")


def built(
    warehouse: Engine,
    cuts: Sequence[date],
    settings: ProfileSettings,
    market: str,
    also: Callable[[Build, Sums], None] = lambda _build, _sums: None,
) -> Rows:
    """Everyone's rows at the cuts from the facts; ``CUSTOMER_DAYS`` must be those of now. ``also``: see ``build``."""
    at = cut_table(cuts)
    made = build(warehouse, cuts, settings, also)
    sums = day_totals(warehouse, warehouse.table(CUSTOMER_DAYS), cuts)
    known = total_features(sums, guests(warehouse.table(CUSTOMERS), at))
    records = [of_customers(warehouse, at), *of_own(warehouse, cuts, settings, market)]
    people = whole(known, [*made.about, *records], settings)
    return Rows(people, made.categories, made.shares, made.interests, sums)


def day_totals(warehouse: Engine, days: ir.Table, cuts: Sequence[date]) -> ir.Table:
    """The rows of ``TOTALS`` from all of these customers' rows of ``CUSTOMER_DAYS``, kept until the engine closes."""
    made = (totals(part, cut_table(cuts)) for part in in_parts(warehouse, days, _DAYS_AT_ONCE))
    return reduce(ir.Table.union, [warehouse.materialise(f"profile_totals_{n}", part) for n, part in enumerate(made)])


@dataclass(frozen=True)
class Refreshed:
    """``again``: all rows of the customers whose rows are made again. The rest is of ``PROFILES`` of everyone else.

    ``paced`` are what may differ for anyone, ``windowed`` for those of whom a window lost or gained a day:
    customer_id, as_of and the columns that change. ``own`` is None where the company has no features of its own.
    """

    again: Rows
    paced: ir.Table
    windowed: ir.Table
    own: ir.Table | None


def refreshed(
    warehouse: Engine,
    again: ir.Table,
    made: Built,
    left: ir.Table,
    as_of: date,
    settings: ProfileSettings,
    market: str,
) -> Refreshed:
    """What is new at ``as_of``: all of the customers ``again`` (of :func:`stirred`), and what moves of the others.

    ``made`` is what the purchases of ``again`` say, ``left`` are rows of ``totals.passed``. ``CUSTOMER_DAYS`` and
    ``TOTALS`` must be those of now, and no facts but those of ``again`` may have changed.
    """
    facts, at = of_customers_alone(warehouse, again), cut_table([as_of])
    sums, own = warehouse.table(TOTALS), of_own(warehouse, [as_of], settings, market)
    known = sums.anti_join(guests(warehouse.table(CUSTOMERS), at), KEY)
    usual = warehouse.materialise("refresh_usual", usual_gap(known))
    moved = known.semi_join(again.union(left.select("customer_id")), "customer_id")
    moved = warehouse.materialise("refresh_moved", due(formulas(counted(moved)), usual))
    mine, others = moved.semi_join(again, "customer_id"), known.anti_join(again, "customer_id")
    people = whole(mine, [*made.about, of_customers(facts, at), *own], settings)
    rows = Rows(people, made.categories, made.shares, made.interests, sums.semi_join(again, "customer_id"))
    return Refreshed(
        rows,
        due(pace(others), usual).select(*KEY, *_PACED),
        moved.anti_join(again, "customer_id").select(*KEY, *_WINDOWED),
        _own(others.select(KEY), own, settings) if own else None,
    )


def _own(people: ir.Table, own: Sequence[ir.Table], settings: ProfileSettings) -> ir.Table:
    for number, part in enumerate(own):
        people = people.left_join(part, KEY, rname=f"{{name}}_{number}")
    return people.select(*KEY, own=own_map(people, settings).cast(PROFILES.schema()["own"]))


def left_behind(warehouse: Engine, before: date, as_of: date) -> ir.Table:
    """What to add to rows of ``CATEGORY_SHARES`` as time passes: customer_id, category, order_days_28, order_days_90.

    The numbers are 0 or less: days with an order that the window leaves behind between the two moments.
    """

    def leaves(rows: ir.Table, window: int) -> ir.BooleanValue:
        first, last = (ibis.date((day - timedelta(days=window)).isoformat()) for day in (before, as_of))
        return (rows.local_day >= first) & (rows.local_day < last)

    days = warehouse.table(CATEGORY_DAYS)
    near = days.filter(leaves(days, _WINDOWS[0]) | leaves(days, _WINDOWS[1]))
    return near.group_by("customer_id", "category").aggregate(
        **{f"order_days_{window}": -near.count(where=leaves(near, window)) for window in _WINDOWS}
    )

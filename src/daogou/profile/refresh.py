"""The rows of now from the rows of before: only customers of whom something is new are computed from facts again.

For everyone else favourites, shares and interests do not move with time, so that their rows stay where they are; days
with an order are kept in ``CUSTOMER_DAYS``, and windows of category shares lose the days that they leave behind. The
rows are those of a full build.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from daogou.profile.build import build
from daogou.profile.days import with_gaps, with_tracked
from daogou.profile.features import MANY, day_features, of_customers, whole
from daogou.profile.history import cut_table, guests
from daogou.profile.own import of_own
from daogou.profile.purchases import assortment, at_cuts, purchases, shelf_days
from daogou.profile.settings import ProfileSettings
from daogou.profile.totals import KEY
from daogou.store.engine import Engine
from daogou.store.tables import (
    CATEGORY_SHARES,
    COUPONS,
    CUSTOMER_DAYS,
    CUSTOMERS,
    EVENTS,
    INTERESTS,
    ORDERS,
    PROFILES,
    REFUNDS,
    SHARES,
    Table,
)

SPREADS = [
    *(f"favourite_{name}" for name in ("category", "brand", "price_band", "store", "hour", "weekday", "interest")),
    *(f"{name}_entropy" for name in ("category", "brand", "price_band", "store", "hour", "weekday", "interest")),
    *(f"{name}_top_share" for name in ("category", "brand", "price_band", "store", "interest")),
    *MANY,
]
_WINDOWS = (28, 90)  # of category shares


@dataclass(frozen=True)
class Part:
    """An engine that sees a part of the facts: those of some customers, or of some days."""

    engine: Engine
    kept: Callable[[ir.Table], ir.Table]
    tables: tuple[Table, ...]

    def table(self, table: Table) -> ir.Table:
        """A contract's table as an expression, with the rows of the part alone."""
        rows = self.engine.table(table)
        return self.kept(rows) if table in self.tables else rows

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
    """Rows of ``PROFILES``, ``CATEGORY_SHARES``, ``SHARES`` and ``INTERESTS``, in no particular order."""

    people: ir.Table
    categories: ir.Table
    shares: ir.Table
    interests: ir.Table

    @property
    def by_table(self) -> dict[Table, ir.Table]:
        """The rows by the table that they are of."""
        parts = (self.people, self.categories, self.shares, self.interests)
        return dict(zip((PROFILES, CATEGORY_SHARES, SHARES, INTERESTS), parts, strict=True))


def of_customers_alone(warehouse: Engine, customers: ir.Table) -> Part:
    """The facts of ``customers`` (customer_id) alone."""
    mine = (CUSTOMERS, ORDERS, REFUNDS, COUPONS, EVENTS)
    return Part(warehouse, lambda rows: rows.semi_join(customers, "customer_id"), mine)


def stirred(warehouse: Engine, touched: ir.Table, before: date, as_of: date) -> ir.Table:
    """customer_id of everyone who must be computed again: the ``touched``, and of whom time brings something to light.

    That is attributes that come into force between the two moments, and rows dated between them that were there before.
    """
    first, last = ibis.date(before.isoformat()), ibis.date(as_of.isoformat())
    known = warehouse.table(CUSTOMERS)
    dated = known.filter(~known.is_static, known.valid_from > first, known.valid_from <= last)
    days = warehouse.table(CUSTOMER_DAYS)
    seen = days.filter(days.local_day >= first, days.local_day < last)
    return ibis.union(*(rows.select("customer_id") for rows in (touched, dated, seen))).distinct()


def built(warehouse: Engine, cuts: Sequence[date], settings: ProfileSettings, market: str) -> Rows:
    """Everyone's rows at the cuts from the facts; ``CUSTOMER_DAYS`` must be those of now."""
    made = build(warehouse, warehouse, cuts, settings, "profile")
    people = whole(_known(warehouse, cuts), [*made.about, *_records(warehouse, cuts, settings, market)], settings)
    return Rows(people, made.categories, made.shares, made.interests)


def refreshed(
    warehouse: Engine, again: ir.Table, before: date, as_of: date, settings: ProfileSettings, market: str
) -> Rows:
    """Everyone's rows of ``PROFILES`` at ``as_of``, and of the other tables those of the customers ``again`` alone.

    ``again`` (of :func:`stirred`) are computed from facts, others' profiles from their rows at ``before``; others' rows
    of the other tables stay as they are but for :func:`left_behind` and the days since. ``CUSTOMER_DAYS`` must be those
    of now, and nothing but these customers' facts may differ from ``before``.
    """
    again = warehouse.materialise("refresh_again", again)
    made = build(warehouse, of_customers_alone(warehouse, again), [as_of], settings, "refresh")
    known = warehouse.materialise("refresh_known", _known(warehouse, [as_of]))
    records = _records(warehouse, [as_of], settings, market)
    old = _moved(warehouse, again, before, as_of).select(*KEY, *SPREADS)
    people = ibis.union(
        whole(known.semi_join(again, "customer_id"), [*made.about, *records], settings),
        whole(known.anti_join(again, "customer_id"), [old, *records], settings),
    )
    return Rows(warehouse.materialise("refresh_people", people), made.categories, made.shares, made.interests)


def _known(warehouse: Engine, cuts: Sequence[date]) -> ir.Table:
    at, days = cut_table(cuts), with_tracked(with_gaps(warehouse.table(CUSTOMER_DAYS)))
    return day_features(days, at, guests(warehouse.table(CUSTOMERS), at))


def _records(warehouse: Engine, cuts: Sequence[date], settings: ProfileSettings, market: str) -> list[ir.Table]:
    """What costs little, of everyone: the company's records, and its own features."""
    return [of_customers(warehouse, cut_table(cuts)), *of_own(warehouse, cuts, settings, market)]


def _moved(warehouse: Engine, but: ir.Table, before: date, as_of: date) -> ir.Table:
    """The profiles at ``before`` of everyone ``but`` some, as rows of ``as_of``."""
    rows = warehouse.table(PROFILES)
    rows = rows.filter(rows.as_of == ibis.date(before.isoformat())).anti_join(but, "customer_id")
    return rows.mutate(as_of=ibis.date(as_of.isoformat()))


def left_behind(warehouse: Engine, before: date, as_of: date, settings: ProfileSettings) -> ir.Table:
    """What to add to rows of ``CATEGORY_SHARES`` as time passes: customer_id, category, order_days_28, order_days_90.

    The numbers are 0 or less: days with an order that the window leaves behind between the two moments.
    """

    def leaves(rows: ir.Table, window: int) -> ir.BooleanValue:
        first, last = (ibis.date((day - timedelta(days=window)).isoformat()) for day in (before, as_of))
        return (rows.local_day >= first) & (rows.local_day < last)

    part = Part(warehouse, lambda rows: rows.filter(leaves(rows, _WINDOWS[0]) | leaves(rows, _WINDOWS[1])), (ORDERS,))
    goods = assortment(warehouse, settings)
    items = at_cuts(shelf_days(purchases(part, goods, settings), goods), goods, cut_table([as_of]))
    bought = items.filter(items.bought, items.category.notnull())
    day = bought.select("customer_id", "category", "local_day").distinct()
    return day.group_by("customer_id", "category").aggregate(
        **{f"order_days_{window}": -day.count(where=leaves(day, window)) for window in _WINDOWS}
    )

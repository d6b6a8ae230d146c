"""The rows of now from the rows of before: only customers of whom something is new are computed from facts again.

For everyone else favourites, shares and interests do not move with time, days with an order are kept in
``CUSTOMER_DAYS``, and windows of category shares lose the days that they leave behind. The rows are those of a full
build.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_
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
    ORDER_LINES,
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
class Fewer:
    """An engine that reads some tables from rows of them that were kept."""

    engine: Engine
    kept: Mapping[Table, ir.Table]

    def table(self, table: Table) -> ir.Table:
        """A contract's table as an expression, with the rows that were kept where there are such."""
        return self.kept[table] if table in self.kept else self.engine.table(table)

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
    """Everyone's rows at ``as_of``: of the customers ``again`` (of :func:`stirred`) from facts, of others from rows.

    ``CUSTOMER_DAYS`` must be those of now, and nothing but these customers' facts may differ from ``before``.
    """
    again = warehouse.materialise("refresh_again", again)
    lines = warehouse.materialise("refresh_lines", _lines(warehouse, again, before, as_of))
    facts = of_customers_alone(Fewer(warehouse, {ORDER_LINES: lines}), again)
    made = build(warehouse, facts, [as_of], settings, "refresh")
    known = warehouse.materialise("refresh_known", _known(warehouse, [as_of]))
    records = _records(warehouse, [as_of], settings, market)
    old = _moved(warehouse, PROFILES, again, before, as_of).select(*KEY, *SPREADS)
    people = ibis.union(
        whole(known.semi_join(again, "customer_id"), [*made.about, *records], settings),
        whole(known.anti_join(again, "customer_id"), [old, *records], settings),
    )
    categories = _categories(Fewer(warehouse, {ORDER_LINES: lines}), again, before, as_of, settings)
    return Rows(
        warehouse.materialise("refresh_people", people),
        warehouse.materialise("refresh_categories", ibis.union(categories, made.categories)),
        *(
            warehouse.materialise(
                f"refresh_{table.name}", ibis.union(_moved(warehouse, table, again, before, as_of), rows)
            )
            for table, rows in ((SHARES, made.shares), (INTERESTS, made.interests))
        ),
    )


def _known(warehouse: Engine, cuts: Sequence[date]) -> ir.Table:
    at, days = cut_table(cuts), with_tracked(with_gaps(warehouse.table(CUSTOMER_DAYS)))
    return day_features(days, at, guests(warehouse.table(CUSTOMERS), at))


def _records(warehouse: Engine, cuts: Sequence[date], settings: ProfileSettings, market: str) -> list[ir.Table]:
    """What costs little, of everyone: the company's records, and its own features."""
    return [of_customers(warehouse, cut_table(cuts)), *of_own(warehouse, cuts, settings, market)]


def _moved(warehouse: Engine, table: Table, but: ir.Table, before: date, as_of: date) -> ir.Table:
    """The rows at ``before`` of everyone ``but`` some, as rows of ``as_of``."""
    rows = warehouse.table(table)
    rows = rows.filter(rows.as_of == ibis.date(before.isoformat())).anti_join(but, "customer_id")
    return rows.mutate(as_of=ibis.date(as_of.isoformat()))


def _lines(warehouse: Engine, again: ir.Table, before: date, as_of: date) -> ir.Table:
    """The lines that a refresh looks at: those of the customers ``again``, and of days that windows leave behind."""
    orders = warehouse.table(ORDERS)
    mine = orders.semi_join(again, "customer_id").select("order_id")
    left = orders.filter(_leaves(orders, before, as_of)).select("order_id")
    return warehouse.table(ORDER_LINES).semi_join(ibis.union(mine, left), "order_id")


def _leaves(rows: ir.Table, before: date, as_of: date) -> ir.BooleanValue:
    """Whether a row's local_day leaves a window of category shares between two moments."""
    return reduce(or_, (_leaves_one(rows, window, before, as_of) for window in _WINDOWS))


def _leaves_one(rows: ir.Table, window: int, before: date, as_of: date) -> ir.BooleanValue:
    first, last = (ibis.date((day - timedelta(days=window)).isoformat()) for day in (before, as_of))
    return (rows.local_day >= first) & (rows.local_day < last)


def _categories(warehouse: Engine, but: ir.Table, before: date, as_of: date, settings: ProfileSettings) -> ir.Table:
    """Rows of ``CATEGORY_SHARES`` at ``as_of`` of those of whom nothing is new, from those at ``before``."""
    rows, days = _moved(warehouse, CATEGORY_SHARES, but, before, as_of), (as_of - before).days
    if not days:
        return rows
    left = _left_behind(warehouse, before, as_of, settings)
    rows = rows.mutate(recency_days=rows.recency_days + days)
    rows = rows.left_join(left, ["customer_id", "category"])
    lost = {f"order_days_{w}": rows[f"order_days_{w}"] - ibis.coalesce(rows[f"lost_{w}"], 0) for w in _WINDOWS}
    return rows.mutate(**lost).select(*CATEGORY_SHARES.names)


def _left_behind(warehouse: Engine, before: date, as_of: date, settings: ProfileSettings) -> ir.Table:
    """customer_id, category, and for each window how many days with an order in it it leaves behind."""
    part = Part(warehouse, lambda rows: rows.filter(_leaves(rows, before, as_of)), (ORDERS,))
    goods = assortment(warehouse, settings)
    items = at_cuts(shelf_days(purchases(part, goods, settings), goods), goods, cut_table([as_of]))
    bought = items.filter(items.bought, items.category.notnull())
    day = bought.select("customer_id", "category", "local_day").distinct()
    return day.group_by("customer_id", "category").aggregate(
        **{f"lost_{window}": day.count(where=_leaves_one(day, window, before, as_of)) for window in _WINDOWS}
    )

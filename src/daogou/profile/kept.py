"""Sums over everyone's purchases, kept from one refresh to the next: new purchases are added to them.

A line or a refund is read once. Rows are added and not changed: several rows of a customer and a kind of item, or an
interest, count together.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from daogou.profile.build import Build, Sums
from daogou.store.engine import Engine
from daogou.store.tables import CATEGORY_DAYS, INTEREST_NAMES, INTEREST_SUMS, SHELF_SUMS, Table

KEPT = (SHELF_SUMS, CATEGORY_DAYS, INTEREST_SUMS)  # beside these, INTEREST_NAMES


def to_keep(warehouse: Engine, build: Build, sums: Sums) -> dict[Table, ir.Table]:
    """The rows to add for sums at a single cut, in the order in which they must be added."""
    shelves, days, weights = sums.shelves, sums.days, sums.weights
    seen = shelves.filter(shelves.amount_0.notnull())
    amounts = {"net_sales": seen.amount_0, "is_bought": seen.bought_0.fill_null(False)}
    named = days.filter(days.seen_0).join(_aisles(build), "aisle").select(*CATEGORY_DAYS.names)
    weights = weights.filter(weights.amount_0.notnull()).join(_interests(warehouse, build), "value")
    return {
        SHELF_SUMS: seen.select("customer_id", "category", "brand", "band", **amounts),
        CATEGORY_DAYS: named.anti_join(warehouse.table(CATEGORY_DAYS), CATEGORY_DAYS.names),
        INTEREST_NAMES: _new_names(warehouse, build),
        INTEREST_SUMS: weights.select("customer_id", "number", weight="amount_0"),
    }


def kept(warehouse: Engine, build: Build, customers: ir.Table) -> Sums:
    """The kept sums of ``customers`` (customer_id)."""
    shelves, days, weights = (warehouse.table(table).semi_join(customers, "customer_id") for table in KEPT)
    shelves = shelves.left_join(_aisles(build), "category").select(
        "customer_id", "category", "aisle", "brand", "band", amount_0=shelves.net_sales, bought_0=shelves.is_bought
    )
    days = days.join(_aisles(build), "category")
    weights = weights.join(_interests(warehouse, build), "number")
    parts: Sequence[tuple[str, ir.Table]] = (
        ("kept_shelves", shelves),
        ("kept_days", days.select("customer_id", "aisle", "local_day", seen_0=ibis.literal(True))),
        (
            "kept_weights",
            weights.group_by("customer_id", "value").aggregate(amount_0=weights.weight.sum().cast("int64")),
        ),
    )
    return Sums(*(warehouse.materialise(name, rows) for name, rows in parts))


def _aisles(build: Build) -> ir.Table:
    """The category of each aisle: aisle, category."""
    shelves = build.goods.shelves
    return shelves.filter(shelves.aisle.notnull()).select("aisle", "category").distinct()


def _interests(warehouse: Engine, build: Build) -> ir.Table:
    """value, the place of an interest by name, which moves as names come, and number, which stays."""
    return build.topics.names.join(warehouse.table(INTEREST_NAMES), "interest").select("value", "number")


def _new_names(warehouse: Engine, build: Build) -> ir.Table:
    known = warehouse.table(INTEREST_NAMES)
    new = build.topics.names.anti_join(known, "interest")
    place = ibis.row_number().over(order_by=new.value)
    return new.select("interest", number=(place + known.count().as_scalar()).cast("int32"))

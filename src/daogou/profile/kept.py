"""Sums over everyone's purchases, kept from one refresh to the next: new purchases are added to them.

A line or a refund is read once. Rows are added and not changed: several rows of a customer and a kind of item, or an
interest, count together.
"""

import ibis
import ibis.expr.types as ir

from daogou.profile.build import Build, Sums
from daogou.profile.spread import EXACT, a_ln_a
from daogou.profile.where import how_many
from daogou.store.engine import Engine
from daogou.store.tables import (
    CATEGORY_DAYS,
    INTEREST_NAMES,
    INTEREST_SUMS,
    INTEREST_TOTALS,
    INTERESTS,
    SHELF_SUMS,
    Table,
)

KEPT = (SHELF_SUMS, CATEGORY_DAYS, INTEREST_SUMS, INTEREST_TOTALS)  # beside these, INTEREST_NAMES


def to_keep(warehouse: Engine, build: Build, sums: Sums) -> dict[Table, ir.Table]:
    """The rows to add for sums at a single cut of customers of whom none are kept, in the order to add them in."""
    shelves, totals = sums.shelves, sums.interests
    seen = shelves.filter(shelves.amount_0.notnull())
    amounts = {"net_sales": seen.amount_0, "is_bought": seen.bought_0.fill_null(False)}
    days = sums.days.filter(sums.days.seen_0).join(_aisles(build), "aisle").select(*CATEGORY_DAYS.names)
    known = totals.filter(totals.many_0 > 0)
    return {
        SHELF_SUMS: seen.select("customer_id", "category", "brand", "band", **amounts),
        CATEGORY_DAYS: days,
        INTEREST_NAMES: _new_names(warehouse, build),
        INTEREST_SUMS: _numbered(warehouse, build, sums.weights),
        INTEREST_TOTALS: known.select(
            "customer_id", interests=known.many_0, whole=known.whole_0, weighed=known.weighed_0
        ),
    }


def to_add(warehouse: Engine, build: Build, sums: Sums) -> dict[Table, ir.Table]:
    """As :func:`to_keep`, of customers of whom some are kept."""
    rows = to_keep(warehouse, build, sums)
    new, key = _numbered(warehouse, build, sums.weights), ["customer_id", "number"]
    kept_sums = warehouse.table(INTEREST_SUMS).semi_join(new, key)
    before = kept_sums.group_by(key).aggregate(before=kept_sums.weight.sum().cast("int64"))
    both = new.left_join(before, key).drop("customer_id_right", "number_right")
    then = both.before.fill_null(0)
    changes = both.group_by("customer_id").aggregate(
        interests=how_many(both.before.isnull()),
        whole=both.weight.cast(EXACT).sum(),
        weighed=(a_ln_a(then + both.weight) - a_ln_a(then)).cast(EXACT).sum(),
    )
    days = rows[CATEGORY_DAYS].anti_join(warehouse.table(CATEGORY_DAYS), CATEGORY_DAYS.names)
    return {
        SHELF_SUMS: rows[SHELF_SUMS],
        CATEGORY_DAYS: days,
        INTEREST_NAMES: rows[INTEREST_NAMES],
        INTEREST_TOTALS: changes,  # which look at the sums of before
        INTEREST_SUMS: rows[INTEREST_SUMS],
    }


def may_lead(warehouse: Engine, build: Build, customers: ir.Table, sums: Sums) -> ir.Table:
    """customer_id and number of the interests of ``customers`` that may be among the heaviest after adding ``sums``.

    They were before, or are among what is added: the others weigh as much beside each other as they did. Of customers
    without a row in ``INTERESTS``, guests among them, all may. ``INTERESTS`` must be the rows of before.
    """
    led = warehouse.table(INTERESTS).semi_join(customers, "customer_id")
    named = led.join(warehouse.table(INTEREST_NAMES), "interest").select("customer_id", "number")
    others = customers.anti_join(led, "customer_id")
    every = warehouse.table(INTEREST_SUMS).semi_join(others, "customer_id").select("customer_id", "number")
    new = _numbered(warehouse, build, sums.weights).select("customer_id", "number")
    return ibis.union(named, every, new).distinct()


def kept(warehouse: Engine, build: Build, customers: ir.Table, leading: ir.Table) -> Sums:
    """The kept sums of ``customers`` (customer_id); weights are those of ``leading`` (customer_id, number) alone."""
    shelves, days, totals = (
        warehouse.table(table).semi_join(customers, "customer_id")
        for table in (SHELF_SUMS, CATEGORY_DAYS, INTEREST_TOTALS)
    )
    shelves = shelves.left_join(_aisles(build), "category").select(
        "customer_id", "category", "aisle", "brand", "band", amount_0=shelves.net_sales, bought_0=shelves.is_bought
    )
    days = days.join(_aisles(build), "category")
    weights = warehouse.table(INTEREST_SUMS).semi_join(leading, ["customer_id", "number"])
    weights = weights.join(_interests(warehouse, build), "number")
    names = {"interests": "many_0", "whole": "whole_0", "weighed": "weighed_0"}
    parts = {
        "kept_shelves": shelves,
        "kept_days": days.select("customer_id", "aisle", "local_day", seen_0=ibis.literal(True)),
        "kept_weights": weights.group_by("customer_id", "value").aggregate(amount_0=weights.weight.sum().cast("int64")),
        "kept_totals": totals.group_by("customer_id").aggregate(
            **{name: totals[stored].sum().cast(totals[stored].type()) for stored, name in names.items()}
        ),
    }
    return Sums(*(warehouse.materialise(name, rows) for name, rows in parts.items()))


def _numbered(warehouse: Engine, build: Build, weights: ir.Table) -> ir.Table:
    """customer_id, number and weight."""
    known = weights.filter(weights.amount_0.notnull()).join(_interests(warehouse, build), "value")
    return known.select("customer_id", "number", weight="amount_0")


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

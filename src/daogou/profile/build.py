"""Everything that the stage profile writes, made from the facts, with costly parts computed once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir

from daogou.profile.features import of_interests, of_lines, of_orders
from daogou.profile.history import cut_table, guests
from daogou.profile.interests import Topics, heaviest, topics, weights
from daogou.profile.purchases import Assortment, assortment, at_cuts, purchases, shelf_days
from daogou.profile.settings import ProfileSettings
from daogou.profile.shares import by_store, of_categories, of_kinds
from daogou.store.engine import Engine
from daogou.store.tables import CUSTOMERS


@dataclass(frozen=True)
class Built:
    """What purchases and the company's records say at the cuts.

    ``about``: favourites and spreads, which ``features.whole`` puts beside what follows from days. The others are rows
    of ``CATEGORY_SHARES``, ``SHARES`` and ``INTERESTS``, in no particular order.
    """

    about: list[ir.Table]
    categories: ir.Table
    shares: ir.Table
    interests: ir.Table


def build(warehouse: Engine, facts: Engine, cuts: Sequence[date], settings: ProfileSettings, name: str) -> Built:
    """What is known of everyone in ``facts`` at several cuts in one pass; ``name`` tells its temporary tables apart.

    The rows are those of ``features``, ``category_shares``, ``shares`` and ``interests``.

    Raises:
        ValueError: there are no cuts, or one is given twice.
    """
    at = cut_table(cuts)

    def keep(part: str, rows: ir.Table) -> ir.Table:
        return warehouse.materialise(f"{name}_{part}", rows)

    left_out = keep("guests", guests(facts.table(CUSTOMERS), at))
    goods = assortment(facts, settings)
    shelves, kinds = keep("shelves", goods.shelves), keep("kinds", goods.kinds)
    goods = Assortment(keep("items", goods.items), kinds, shelves)
    known = topics(goods)
    known = Topics(keep("topics", known.names), keep("told", known.told))
    bought = keep("purchases", purchases(facts, goods, settings))
    items = at_cuts(keep("shelf_days", shelf_days(bought, goods)), goods, at)
    weighed = keep("weights", weights(bought, goods, known, at, settings))
    stores = keep("stores", by_store(facts, at))
    return Built(
        about=[*of_orders(facts, at, stores), *of_lines(items, settings), of_interests(weighed, known)],
        categories=of_categories(items, left_out),
        shares=of_kinds(items, stores, left_out, settings),
        interests=heaviest(weighed, known, left_out),
    )

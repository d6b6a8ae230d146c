"""Everything that the stage profile writes, made from the facts, with costly parts computed once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

import ibis.expr.types as ir

from daogou.profile.features import of_interests, of_lines, of_orders
from daogou.profile.history import cut_table, guests
from daogou.profile.interests import Topics, heaviest, topics, weighed, weights
from daogou.profile.purchases import Assortment, assortment, purchases, seen_at, shelf_days, shelf_sums
from daogou.profile.settings import ProfileSettings
from daogou.profile.shares import by, by_store, of_categories, of_kinds
from daogou.store.engine import Engine
from daogou.store.tables import CUSTOMERS

_AT_ONCE = 8_000_000  # lines that are worked on at a time, by customer: what is held does not grow with all of them


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

    Facts are read once; what purchases say is worked out for a part of the customers at a time. The rows are those of
    ``features``, ``category_shares``, ``shares`` and ``interests``.

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
    stores = keep("stores", by_store(facts, cuts))
    parts: list[dict[str, ir.Table]] = []
    several = in_parts(warehouse, bought, _AT_ONCE)
    for part, rows in enumerate(several):
        mine = keep("bought", rows) if len(several) > 1 else rows
        made = _of_part(keep, mine, goods, known, cuts, settings, left_out)
        parts.append({what: keep(f"{what}_{part}", rows) for what, rows in made.items()})
    every = {what: reduce(ir.Table.union, [part[what] for part in parts]) for what in parts[0]}
    return Built(
        about=[*of_orders(facts, cuts, stores), *(rows for what, rows in every.items() if what.startswith("about"))],
        categories=every["categories"],
        shares=of_kinds({"brand": every["brands"], "price_band": every["bands"], "store": stores}, left_out, settings),
        interests=every["interests"],
    )


def in_parts(warehouse: Engine, rows: ir.Table, at_once: int) -> list[ir.Table]:
    """``rows`` by customer, in parts of about ``at_once`` rows or fewer."""
    count = max(1, -(-int(warehouse.scalar(rows.count())) // at_once))
    return [rows.filter(rows.customer_id.abs() % count == part) for part in range(count)] if count > 1 else [rows]


def _of_part(
    keep: Callable[[str, ir.Table], ir.Table],
    bought: ir.Table,
    goods: Assortment,
    known: Topics,
    cuts: Sequence[date],
    settings: ProfileSettings,
    left_out: ir.Table,
) -> dict[str, ir.Table]:
    """What the purchases of a part of the customers say; what is large on the way makes room for the next part's."""
    seen = seen_at(keep("shelf_days", shelf_days(bought, goods)), goods, cuts)
    sums = keep("shelf_sums", shelf_sums(seen, goods, cuts))
    weight = keep("weights", weights(bought, goods, known, cuts, settings))
    categories, brands, bands = (keep(name, by(sums, name, cuts)) for name in ("category", "brand", "band"))
    about = [*of_lines(categories, brands, bands, settings), of_interests(weighed(weight, cuts), known)]
    return {f"about{n}": rows for n, rows in enumerate(about)} | {
        "brands": brands,
        "bands": bands,
        "categories": of_categories(seen, sums, cuts, left_out),
        "interests": heaviest(weight, known, cuts, left_out),
    }

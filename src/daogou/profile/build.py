"""Everything that the stage profile writes, made from the facts, with costly parts computed once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

import ibis.expr.types as ir

from daogou.profile.features import of_lines, of_orders
from daogou.profile.history import cut_table, guests
from daogou.profile.interests import (
    Topics,
    bases,
    heaviest,
    leaders,
    spread_of_interests,
    topics,
    totals_at,
    weight_totals,
    weights,
)
from daogou.profile.purchases import (
    Assortment,
    aisle_days,
    assortment,
    purchases,
    seen_at,
    shelf_days,
    shelf_sums,
    sold,
)
from daogou.profile.settings import ProfileSettings
from daogou.profile.shares import by, by_store, of_categories, of_kinds
from daogou.store.engine import Engine
from daogou.store.tables import CUSTOMERS, ORDERS

_AT_ONCE = 8_000_000  # lines that are worked on at a time, by customer: what is held does not grow with all of them


@dataclass(frozen=True)
class Sums:
    """What purchases add up to at the cuts: sums of some purchases and of others are those of all of them.

    ``shelves`` are rows of ``purchases.shelf_sums``, ``days`` of ``purchases.aisle_days``, ``weights`` of
    ``interests.weights`` (of those that may be among the heaviest), ``interests`` of ``interests.weight_totals``.
    """

    shelves: ir.Table
    days: ir.Table
    weights: ir.Table
    interests: ir.Table


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


class Build:
    """One pass over the facts at several cuts: from purchases to sums, from sums to rows.

    ``facts`` are those of the customers that rows are made of; ``name`` tells the temporary tables apart.

    Raises:
        ValueError: there are no cuts, or one is given twice.
    """

    def __init__(
        self, warehouse: Engine, facts: Engine, cuts: Sequence[date], settings: ProfileSettings, name: str
    ) -> None:
        """Read what is known of items, guests and stores."""
        self._warehouse, self._facts, self._cuts, self._settings, self._name = warehouse, facts, cuts, settings, name
        self._left_out = self._keep("guests", guests(facts.table(CUSTOMERS), cut_table(cuts)))
        goods = assortment(facts, settings)
        shelves, kinds = self._keep("shelves", goods.shelves), self._keep("kinds", goods.kinds)
        self.goods = Assortment(self._keep("items", goods.items), kinds, shelves)
        known = topics(self.goods)
        self.topics = Topics(self._keep("topics", known.names), self._keep("told", known.told))
        self.since = self._keep("since", bases(facts.table(ORDERS), cuts, settings))

    def sums(self, rows: ir.Table) -> Iterator[Sums]:
        """The sums of ``rows`` (of ``purchases.sold``), of a part of the customers after the other.

        What is large on the way makes room for the next part's, so that sums must be used before the next are asked.
        """
        several = in_parts(
            self._warehouse, self._keep("purchases", purchases(rows, self.goods, self._settings)), _AT_ONCE
        )
        for part in several:
            bought = self._keep("bought", part) if len(several) > 1 else part
            seen = seen_at(self._keep("shelf_days", shelf_days(bought, self.goods)), self.goods, self._cuts)
            shelves = self._keep("shelf_sums", shelf_sums(seen, self.goods, self._cuts))
            days = self._keep("aisle_days", aisle_days(seen, self._cuts))
            weight = weights(bought, self.goods, self.topics, self.since, self._cuts, self._settings)
            weight = self._keep("weights", weight)
            yield Sums(shelves, days, weight, self._keep("interest_totals", weight_totals(weight, self._cuts)))

    def rows(self, several: Iterator[Sums]) -> Built:
        """What the sums say, each of other customers."""
        parts = [
            {what: self._keep(f"{what}_{part}", rows) for what, rows in self._told(sums).items()}
            for part, sums in enumerate(several)
        ]
        every = {what: reduce(ir.Table.union, [part[what] for part in parts]) for what in parts[0]}
        stores = self._keep("stores", by_store(self._facts, self._cuts))
        kinds = {"brand": every["brands"], "price_band": every["bands"], "store": stores}
        about = [rows for what, rows in every.items() if what.startswith("about")]
        return Built(
            about=[*of_orders(self._facts, self._cuts, stores), *about],
            categories=every["categories"],
            shares=of_kinds(kinds, self._left_out, self._settings),
            interests=every["interests"],
        )

    def _told(self, sums: Sums) -> dict[str, ir.Table]:
        named = (("categories", "category"), ("brands", "brand"), ("bands", "band"))
        categories, brands, bands = (self._keep(name, by(sums.shelves, of, self._cuts)) for name, of in named)
        first = self._keep("leaders", leaders(sums.weights, self._cuts))
        totals = totals_at(sums.interests, self._cuts)
        interest = spread_of_interests(first, totals, self.topics)
        about = [*of_lines(categories, brands, bands, self._settings), interest]
        return {f"about{n}": rows for n, rows in enumerate(about)} | {
            "brands": brands,
            "bands": bands,
            "categories": of_categories(sums.days, sums.shelves, self._cuts, self._left_out),
            "interests": heaviest(first, totals, self.topics, self._left_out),
        }

    def _keep(self, part: str, rows: ir.Table) -> ir.Table:
        return self._warehouse.materialise(f"{self._name}_{part}", rows)


def build(
    warehouse: Engine,
    cuts: Sequence[date],
    settings: ProfileSettings,
    also: Callable[[Build, Sums], None] = lambda _build, _sums: None,
) -> Built:
    """What is known of everyone at several cuts in one pass: facts are read once.

    The rows are those of ``features``, ``category_shares``, ``shares`` and ``interests``. ``also`` is told the sums of
    each part of the customers.

    Raises:
        ValueError: there are no cuts, or one is given twice.
    """
    made = Build(warehouse, warehouse, cuts, settings, "profile")

    def told() -> Iterator[Sums]:
        for sums in made.sums(sold(warehouse)):
            also(made, sums)
            yield sums

    return made.rows(told())


def in_parts(warehouse: Engine, rows: ir.Table, at_once: int) -> list[ir.Table]:
    """``rows`` by customer, in parts of about ``at_once`` rows or fewer."""
    count = max(1, -(-int(warehouse.scalar(rows.count())) // at_once))
    return [rows.filter(rows.customer_id.abs() % count == part) for part in range(count)] if count > 1 else [rows]

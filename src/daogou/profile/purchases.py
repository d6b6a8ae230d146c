"""Lines with who bought them and on which day, and what is known of their items, as numbers.

Texts of items are numbered in the order of their names, so that big tables are joined and grouped by small integers
and the first of equals is the first by name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import pairwise
from operator import add

import ibis
import ibis.expr.types as ir

from daogou.profile.history import ALWAYS, cut_days, cut_table, in_force, spans, standing
from daogou.profile.settings import ProfileSettings
from daogou.profile.where import only
from daogou.store.engine import Engine
from daogou.store.purchased import given_back, lines_bought
from daogou.store.tables import ITEMS, MONEY, ORDER_LINES, ORDERS, REFUNDS

COLUMNS = ("category", "title", "description", "brand")  # of items; other names are attributes
_SPAN = ["from_day", "until_day"]
_NONE = -1  # the shelf of items that stand in no table


@dataclass(frozen=True)
class Assortment:
    """What is known of items, and in which span of as_of.

    ``items``: item_id, kind. ``kinds``: kind (a number of what an item is), shelf, and the cells that interests are
    read from, cell_0 and so on. ``shelves``: shelf, from_day, until_day, category, aisle (its number; null where there
    is none), brand. All numbers are int32.
    """

    items: ir.Table
    kinds: ir.Table
    shelves: ir.Table


def assortment(warehouse: Engine, settings: ProfileSettings) -> Assortment:
    """The company's assortment."""
    spanned = spans(warehouse.table(ITEMS), "item_id")
    cells = {
        f"cell_{n}": spanned[name] if name in COLUMNS else spanned.attributes.get(name)
        for n, name in enumerate(settings.interests)
    }
    told = spanned.select("item_id", *_SPAN, "category", "brand", **cells)
    told = told.union(_before_known(told))
    shelves = _numbered(told.select(*_SPAN, "category", "brand").distinct(), "shelf")
    aisle = ibis.dense_rank().over(order_by=shelves.category.asc(nulls_first=True)).cast("int32")
    shelves = shelves.mutate(aisle=shelves.category.notnull().ifelse(aisle, ibis.null("int32")))
    kinds = _numbered(told.drop("item_id").distinct(), "kind")
    same = [_same(told[name], kinds[name]) for name in kinds.columns if name != "kind"]
    items = told.join(kinds, same).select(told.item_id, kinds.kind)
    on = [_same(kinds[name], shelves[name]) for name in (*_SPAN, "category", "brand")]
    kinds = kinds.join(shelves, on).select(kinds.kind, shelves.shelf, *(kinds[name] for name in cells))
    return Assortment(items, kinds, shelves)


def _before_known(told: ir.Table) -> ir.Table:
    """A row that says nothing, in the span before an item's first, for items of which nothing was known at first."""
    first = told.group_by("item_id").aggregate(until_day=told.from_day.min())
    always = ibis.date(ALWAYS.isoformat())
    late = first.filter(first.until_day > always).mutate(from_day=always)
    kinds = told.schema()
    return late.select(
        **{name: late[name] if name in late.columns else ibis.null(kinds[name]) for name in told.columns}
    )


def known_items(warehouse: Engine, as_of: date, settings: ProfileSettings) -> ir.Table:
    """The rows of ``PROFILED_ITEMS`` at ``as_of``: of each item known then, a hash of all that profiles look at."""
    known = in_force(warehouse.table(ITEMS), "item_id", cut_table([as_of]))
    names = dict.fromkeys(("category", "brand", "title", *settings.interests))
    cells = [known[name] if name in COLUMNS else known.attributes.get(name) for name in names]
    told = [ibis.coalesce(cell.length().cast("string") + ":" + cell, "-") for cell in cells]  # none runs into the next
    return known.select("item_id", told=reduce(add, told).hash())


def sold(warehouse: Engine) -> ir.Table:
    """The columns of ``NEW_PURCHASES``, of every line and of every refund that names its item."""
    bought = lines_bought(warehouse.table(ORDER_LINES), warehouse.table(ORDERS))
    return bought.union(given_back(warehouse.table(REFUNDS)))


def purchases(rows: ir.Table, goods: Assortment, settings: ProfileSettings) -> ir.Table:
    """``rows`` (of :func:`sold`) for each span in which their item was known as something.

    Columns: customer_id, local_day, kind (null where no item is known), net_sales (decimal, below 0 for refunds), band
    (the number of its price band, null where nothing was bought), bought (a line with a quantity above 0).
    """
    bought = (rows.quantity > 0).fill_null(False)
    band = bought.ifelse(_band(rows, settings.price_bands), ibis.null("int16"))
    rows = rows.select("customer_id", "local_day", "item_id", "net_sales", bought=bought, band=band)
    return rows.left_join(goods.items, "item_id").select(
        "customer_id", "local_day", "kind", "net_sales", "band", "bought"
    )


def shelf_days(bought: ir.Table, goods: Assortment) -> ir.Table:
    """``bought`` (rows of :func:`purchases`) summed by customer, day, shelf (-1 where no item is known) and band."""
    known = bought.left_join(goods.kinds.select("kind", "shelf"), "kind")
    known = known.mutate(shelf=ibis.coalesce(known.shelf, _NONE).cast("int32"))
    return known.group_by("customer_id", "local_day", "shelf", "band").aggregate(
        net_sales=known.net_sales.sum().cast(MONEY), bought=known.bought.any()
    )


def seen_at(days: ir.Table, goods: Assortment, cuts: Sequence[date]) -> ir.Table:
    """``days`` (rows of :func:`shelf_days`) with their aisle, and whether each cut sees them: seen_0, seen_1 and so on.

    A cut sees what lies before it, on the shelf where its items stood at the cut.
    """
    shelves = goods.shelves.select("shelf", "aisle", **standing(goods.shelves, cuts))
    found = days.left_join(shelves, "shelf").drop("shelf_right")
    stands = {n: ibis.coalesce(found[f"stands_{n}"], True) for n in range(len(cuts))}
    seen = {f"seen_{n}": stands[n] & (found.local_day < day) for n, day in enumerate(cut_days(cuts))}
    return found.select(*days.columns, "aisle", **seen)


def shelf_sums(seen: ir.Table, goods: Assortment, cuts: Sequence[date]) -> ir.Table:
    """Rows of :func:`seen_at` summed by customer, shelf and band, with the category, aisle and brand of the shelf.

    Columns a cut: amount_0 (net sales, decimal; null where it saw nothing) and bought_0, and so on.
    """
    made: dict[str, ir.Value] = {}
    for n in range(len(cuts)):
        made[f"amount_{n}"] = only(seen.net_sales, seen[f"seen_{n}"]).sum().cast(MONEY)
        made[f"bought_{n}"] = (seen.bought & seen[f"seen_{n}"]).any()
    sums = seen.group_by("customer_id", "shelf", "band").aggregate(**made)
    return sums.left_join(goods.shelves.select("shelf", "category", "aisle", "brand"), "shelf").drop("shelf_right")


def aisle_days(seen: ir.Table, cuts: Sequence[date]) -> ir.Table:
    """customer_id, aisle and local_day of each day with a purchase in it, and whether each cut sees it: seen_0, ..."""
    bought = seen.filter(seen.bought, seen.aisle.notnull())
    return bought.group_by("customer_id", "aisle", "local_day").aggregate(
        **{f"seen_{n}": bought[f"seen_{n}"].any() for n in range(len(cuts))}
    )


def _numbered(rows: ir.Table, name: str) -> ir.Table:
    number = ibis.row_number().over(order_by=[rows[column].asc(nulls_first=True) for column in rows.columns])
    return rows.mutate(**{name: number.cast("int32")})


def _same(a: ir.Value, b: ir.Value) -> ir.BooleanValue:
    return a.identical_to(b)


def _band(lines: ir.Table, bounds: Sequence[float]) -> ir.IntegerValue:
    """The number of the band of the list price of one; compared as decimals, without dividing."""
    value, quantity = lines.list_value.cast("decimal(38, 4)"), lines.quantity.cast("decimal(18, 4)")
    below = [
        (value < quantity * ibis.literal(bound, type="decimal(12, 4)"), ibis.literal(n, type="int16"))
        for n, bound in enumerate(bounds)
    ]
    return ibis.cases(*below, else_=ibis.literal(len(bounds), type="int16"))


def band_names(bounds: Sequence[float]) -> list[str]:
    """The names of the bands between ascending ``bounds``.

    >>> band_names([1, 2.5])
    ['0-1', '1-2.5', '2.5+']
    """
    told = [f"{bound:g}" for bound in (0, *bounds)]
    return [f"{low}-{high}" for low, high in pairwise(told)] + [f"{told[-1]}+"]

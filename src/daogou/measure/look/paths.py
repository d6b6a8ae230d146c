"""Paths: what people bought first, second and third, or what they did one after the other."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from daogou.measure.look.people import SUM, day, guests
from daogou.store.rule_events import latest
from daogou.store.tables import EVENTS, ITEMS, ORDER_LINES, ORDERS
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]
Of = Literal["categories", "items", "events"]
BOUGHT = "bought"  # an order among events
UNNAMED = ""  # an order whose items have no category


@dataclass(frozen=True)
class Trail:
    """Who (customer_id, shape (n,), ascending) and what each did at steps 0, 1, ...: indices of ``names``, -1: no more.

    ``steps`` has shape (n, steps).
    """

    customers: Array
    steps: Array
    names: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """From one step to the next: ``start`` at step ``step`` (0 is the first) and ``end`` at the one after it.

    None as ``end``: nothing more so far. ``OTHER`` names what is not among the most frequent of its step.
    """

    step: int
    start: str
    end: str | None
    people: int


@dataclass(frozen=True)
class Path:
    """A whole path with the people who went it; it ends with None where nothing more followed."""

    names: tuple[str | None, ...]
    people: int


OTHER = "\0other"  # no name of the company's can be this one


def read(warehouse: Warehouse, of: Of, as_of: date, steps: int, first: date | None, until: date | None) -> Trail:
    """The first ``steps`` orders or events of everyone whose very first fell into [first, until); None: no limit.

    An order is called by the item or category with most net sales in it, ties by name. Events that follow an equal one
    at once are one step; an order is an event, too. What stands at the same moment is ordered by its id. Guests are
    left out.
    """
    rows = _events(warehouse, as_of) if of == "events" else _orders(warehouse, of, as_of)
    place = ibis.row_number().over(group_by="customer_id", order_by=list(_TIME))
    rows = rows.mutate(place=place).filter(lambda t: t.place < steps)
    found = warehouse.to_arrow(
        rows.select("customer_id", "place", "local_day", "name").order_by("customer_id", "place")
    )
    return _trail(found, steps, first, until)


_TIME = ("occurred_at", "id")


def _orders(warehouse: Warehouse, of: Of, as_of: date) -> ir.Table:
    """customer_id, local_day, occurred_at, id and name of each order of known customers."""
    orders = warehouse.table(ORDERS)
    orders = orders.filter(orders.local_day < day(as_of)).anti_join(guests(warehouse, as_of), "customer_id")
    lines = warehouse.table(ORDER_LINES)
    lines = lines.filter(lines.quantity > 0).select("order_id", "item_id", "net_sales")
    items = latest(warehouse.table(ITEMS), "item_id", as_of)
    if of == "items":
        named = lines.left_join(items.select("item_id", "title"), "item_id")
        named = named.mutate(name=ibis.coalesce(named.title, named.item_id))
    else:
        named = lines.left_join(items.select("item_id", "category"), "item_id")
        named = named.mutate(name=ibis.coalesce(named.category, UNNAMED))
    held = named.group_by("order_id", "name").aggregate(amount=named.net_sales.sum().cast(SUM))
    best = ibis.row_number().over(group_by="order_id", order_by=[held.amount.desc(), held.name])
    main = held.mutate(best=best).filter(lambda t: t.best == 0).select("order_id", "name")
    both = orders.left_join(main, "order_id")
    return both.select(
        "customer_id", "local_day", "occurred_at", id=both.order_id, name=ibis.coalesce(both.name, UNNAMED)
    )


def _events(warehouse: Warehouse, as_of: date) -> ir.Table:
    """The same of each event and order, but for those that follow an equal one."""
    known = guests(warehouse, as_of)
    events, orders = warehouse.table(EVENTS), warehouse.table(ORDERS)
    events = events.select("customer_id", "local_day", "occurred_at", id=events.event_id, name=events.kind)
    bought = ibis.literal(BOUGHT, type="string")
    orders = orders.select("customer_id", "local_day", "occurred_at", id=orders.order_id, name=bought)
    both = ibis.union(events, orders)
    both = both.filter(both.local_day < day(as_of)).anti_join(known, "customer_id")
    before = both.name.lag().over(group_by="customer_id", order_by=list(_TIME))
    both = both.mutate(before=before)
    return both.filter(both.before.isnull() | (both.before != both.name)).drop("before")


def _trail(found: pa.Table, steps: int, first: date | None, until: date | None) -> Trail:
    """From rows of customer_id, place, local_day and name, sorted by the first two."""
    coded = found["name"].combine_chunks().dictionary_encode()
    names = coded.dictionary.to_pylist()
    rank = np.argsort(np.argsort(np.array(names, dtype=object))) if names else np.array([], dtype=int)
    customers, index = np.unique(found["customer_id"].to_numpy(), return_inverse=True)
    told = np.full((len(customers), steps), -1, dtype=np.int64)
    place = found["place"].to_numpy()
    told[index, place] = rank[coded.indices.to_numpy()]
    begun = np.empty(len(customers), dtype="datetime64[D]")
    days = found["local_day"].to_numpy().astype("datetime64[D]")
    begun[index[place == 0]] = days[place == 0]
    kept = np.ones(len(customers), dtype=bool)
    if first is not None:
        kept &= begun >= np.datetime64(first)
    if until is not None:
        kept &= begun < np.datetime64(until)
    return Trail(customers[kept], told[kept], tuple(sorted(names)))


def links(trail: Trail, top: int) -> list[Link]:
    """How people went from each step to the next, those who had no more included, most people first within a step.

    Beyond the ``top`` most frequent names of a step, two names or more are together ``OTHER``: every step's people add
    up to those who came to it.
    """
    made = []
    labelled = [_labelled(trail, step, top) for step in range(trail.steps.shape[1])]
    for step in range(trail.steps.shape[1] - 1):
        here = trail.steps[:, step] >= 0
        pairs = Counter(zip(labelled[step][here].tolist(), labelled[step + 1][here].tolist(), strict=True))
        found = [Link(step, start, end, people) for (start, end), people in pairs.items()]
        made += sorted(found, key=lambda link: (-link.people, link.start, link.end is None, link.end or ""))
    return made


def _labelled(trail: Trail, step: int, top: int) -> Array:
    """The names at a step, shape (n,), with OTHER and None."""
    at = trail.steps[:, step]
    numbers = np.bincount(at[at >= 0], minlength=len(trail.names))
    ranked = np.argsort(-numbers, kind="stable")  # ties by name
    most = ranked if np.count_nonzero(numbers) == top + 1 else ranked[:top]  # one alone beyond them has its name, too
    label = np.full(len(trail.names) + 1, OTHER, dtype=object)
    label[most] = [trail.names[k] for k in most]
    label[-1] = None
    return label[at]


def paths(trail: Trail, top: int) -> list[Path]:
    """The ``top`` most frequent whole paths; ties by name."""
    if not len(trail.steps):
        return []
    different, people = np.unique(trail.steps, axis=0, return_counts=True)
    order = np.lexsort((np.arange(len(people)), -people))[:top]
    return [Path(_named(trail, different[k]), int(people[k])) for k in order.tolist()]


def _named(trail: Trail, steps: Array) -> tuple[str | None, ...]:
    """The names of one path; after the first None nothing follows."""
    walked = [trail.names[k] for k in steps.tolist() if k >= 0]
    return (*walked, None) if len(walked) < len(steps) else tuple(walked)


def went(trail: Trail, wanted: Sequence[str | None]) -> Array:
    """customer_id of those whose first steps are ``wanted``; None: nothing more came."""
    place = {name: k for k, name in enumerate(trail.names)}
    kept = np.ones(len(trail.customers), dtype=bool)
    for step, name in enumerate(wanted):
        kept &= trail.steps[:, step] == (-1 if name is None else place.get(name, len(trail.names)))
    return trail.customers[kept]

"""The best items of some customers, by title."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from daogou.recommend.reasons import Kind, kind_of, shared
from daogou.store.tables import ITEMS, RECOMMENDATIONS
from daogou.store.warehouse import Warehouse

_READ = ("customer_id", "rank", "item_id", "model", "because")


@dataclass(frozen=True)
class Pick:
    """One item for one customer: its title (its id where it has none), and the items that speak for it, and how."""

    item_id: str
    title: str
    because: tuple[str, ...]
    kind: Kind
    same: tuple[str, ...]  # brand and category, as far as the item shares them with the first of those


def customers_table(customers: Iterable[int]) -> ir.Table:
    """These surrogates as a table of one column, ``customer_id``."""
    ids: pa.Array = pa.array(sorted(set(customers)), pa.int64())
    return ibis.memtable(pa.table({"customer_id": ids}))


def picks(warehouse: Warehouse, as_of: date, customers: Sequence[int], n: int) -> dict[int, list[Pick]]:
    """The first ``n`` items of each customer whose titles differ, best first."""
    if not len(customers):
        return {}
    made = warehouse.table(RECOMMENDATIONS)
    mine = made.filter(made.as_of == ibis.date(as_of.isoformat())).semi_join(customers_table(customers), "customer_id")
    rows = warehouse.to_arrow(mine.select(*_READ).order_by("customer_id", "rank"))
    found = rows.to_pylist()
    facts = _facts(warehouse, {item for row in found for item in (row["item_id"], *row["because"])})
    known = {item: fact["title"] for item, fact in facts.items() if fact["title"] is not None}
    taken: dict[int, list[Pick]] = defaultdict(list)
    for row in found:
        mine_now = taken[row["customer_id"]]
        title = known.get(row["item_id"], row["item_id"])
        if len(mine_now) < n and title not in {pick.title for pick in mine_now}:
            because = dict.fromkeys(known.get(item, item) for item in row["because"])
            kind = kind_of(row["model"], row["because"])
            same = shared(facts.get(row["item_id"], {}), facts.get(row["because"][0], {})) if row["because"] else ()
            mine_now.append(Pick(row["item_id"], title, tuple(because), kind, same))
    return dict(taken)


def _facts(warehouse: Warehouse, items: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What is known of each item, as last said: title, brand and category."""
    wanted = ibis.memtable(pa.table({"item_id": pa.array(sorted(set(items)), pa.string())}))
    table = warehouse.table(ITEMS).semi_join(wanted, "item_id")
    latest = table.group_by("item_id").aggregate(
        **{name: table[name].argmax(table.valid_from) for name in ("title", "brand", "category")}
    )
    rows: list[dict[str, Any]] = warehouse.to_arrow(latest).to_pylist()
    return {row["item_id"]: row for row in rows}


def titles(warehouse: Warehouse, items: Iterable[str]) -> dict[str, str]:
    """The latest title of each item; items without one are absent."""
    wanted = ibis.memtable(pa.table({"item_id": pa.array(sorted(set(items)), pa.string())}))
    table = warehouse.table(ITEMS)
    named = table.filter(table.title.notnull()).semi_join(wanted, "item_id")
    latest = named.group_by("item_id").aggregate(title=named.title.argmax(named.valid_from))
    rows: list[dict[str, Any]] = warehouse.to_arrow(latest).to_pylist()
    return {row["item_id"]: row["title"] for row in rows}

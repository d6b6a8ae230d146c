"""Who needs the company this week, with the company's own ids and three picks each."""

from collections.abc import Sequence
from datetime import date

from daogou.flows.contexts.picks import Pick, picks
from daogou.flows.contexts.vault import Vault
from daogou.flows.settings import Settings
from daogou.profile.lists import CallList
from daogou.report import contexts as page
from daogou.store.tables import PROFILES, RECOMMENDATIONS
from daogou.store.warehouse import Warehouse

_PICKS = 3
_KEYS = ("customer_id", "item_id")


def needs(
    warehouse: Warehouse, as_of: date, lists: Sequence[CallList], settings: Settings, vault: Vault
) -> page.Needs | page.Missing:
    """The three lists; an entry that needs a table says which."""
    if not warehouse.count(PROFILES):
        return page.Missing("customers")
    most = settings.report.list_rows
    return page.Needs(tuple(_entry(warehouse, as_of, entry, most, vault) for entry in lists))


def _entry(warehouse: Warehouse, as_of: date, entry: CallList, most: int, vault: Vault) -> page.CallList | page.Missing:
    """The list in the columns that it has, the customer's own id before them and the picks behind."""
    if entry.key == "replenish" and not entry.facts["lines"]:
        return page.Missing("lines")
    rows = entry.rows.slice(0, most).to_pylist()
    customers = [row["customer_id"] for row in rows]
    ids = vault(customers)
    offered = picks(warehouse, as_of, customers, _PICKS)
    columns = [name for name in entry.rows.column_names if name not in _KEYS]
    offers = [f"pick_{n + 1}" for n in range(_PICKS)] if warehouse.count(RECOMMENDATIONS) else []
    return page.CallList(
        key=entry.key,
        size=entry.size,
        money=entry.money,
        came_back=entry.came_back,
        facts=entry.facts,
        columns=("customer", *columns, *offers),
        rows=tuple(
            (
                ids[row["customer_id"]],
                *(row[name] for name in columns),
                *_titles(offered.get(row["customer_id"], []), len(offers)),
            )
            for row in rows
            if row["customer_id"] in ids
        ),
    )


def _titles(found: Sequence[Pick], n: int) -> list[page.Cell]:
    return [found[place].title if place < len(found) else None for place in range(n)]

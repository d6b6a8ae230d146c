"""Customers' own ids on the way in: each gets its surrogate here, and only the surrogate goes on."""

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from daogou.base.words import gettext as _
from daogou.store.ledger import Connection
from daogou.store.tables import CUSTOMERS, ORDERS
from daogou.store.warehouse import Warehouse
from daogou.trust.identity import resolve
from daogou.trust.keys import Keys

CUSTOMER = "__customer"
_VISIT = "visit|"  # before a session's id, so that no order's id is equal to it
STATIC = "1970-01-01"  # valid_from of attributes that carry no date


@dataclass(frozen=True)
class Vault:
    """The open transaction that holds identities, the keys, and whom to tell how far it is."""

    connection: Connection
    keys: Keys
    progress: Callable[[float, str], None]

    def surrogates(self, kind: str, externals: list[str]) -> dict[str, int]:
        """The surrogate of each of the company's ids."""
        return resolve(
            self.connection, self.keys, kind, externals, lambda done: self.progress(done, _("recognising customers"))
        )


def with_customers(warehouse: Warehouse, vault: Vault, rows: ir.Table, about_orders: bool) -> ir.Table:
    """``rows`` with ``CUSTOMER``: the surrogate of ``customer_id``; where it is null, of a guest.

    A guest is named by the order, else by the visit. ``about_orders``: rows are told of orders that are stored, so that
    where only the order is named, its customer is meant. Everyone who was not known enters ``customers``. A row that
    names nothing has a null ``CUSTOMER``.
    """
    if "customer_id" not in rows.columns:
        rows = rows.mutate(customer_id=ibis.null("string"))
    visits = [_VISIT + rows.session_id] if "session_id" in rows.columns else []
    orders = [rows.order_id] if "order_id" in rows.columns else []
    guest, owner = rows.customer_id.isnull(), ibis.null("int64")
    if about_orders and orders:
        placed = warehouse.table(ORDERS).select("order_id", __owner="customer_id")
        rows = rows.left_join(placed, "order_id").drop("order_id_right")
        guest = rows.customer_id.isnull()
        owner = guest.ifelse(rows["__owner"], owner)
    who = owner.isnull().ifelse(ibis.coalesce(rows.customer_id, *orders, *visits), ibis.null("string"))
    rows = rows.mutate(__who=who, __guest=guest, __owner=owner)
    named = rows.filter(rows["__who"].notnull()).select(who=rows["__who"], guest=rows["__guest"])
    who = warehouse.to_arrow(named.distinct().order_by("guest", "who"))
    tables = []
    for is_guest, kind in ((False, "customer"), (True, "guest")):
        mine = who.filter(pc.equal(who["guest"], is_guest))["who"].to_pylist()
        found = vault.surrogates(kind, mine)
        tables.append(
            pa.table(
                {
                    "who": pa.array(list(found), pa.string()),
                    "guest": pa.array([is_guest] * len(found), pa.bool_()),
                    CUSTOMER: pa.array(list(found.values()), pa.int64()),
                }
            )
        )
    people = warehouse.materialise("people", pa.concat_tables(tables))
    _enter(warehouse, people)
    joined = rows.left_join(people, [rows["__who"] == people.who, rows["__guest"] == people.guest])
    joined = joined.mutate(**{CUSTOMER: ibis.coalesce(joined[CUSTOMER], joined["__owner"])})
    return joined.drop("__who", "__guest", "__owner", "who", "guest")


def _enter(warehouse: Warehouse, people: ir.Table) -> None:
    known = warehouse.table(CUSTOMERS)
    fresh = people.anti_join(known, people[CUSTOMER] == known.customer_id)
    warehouse.append(
        CUSTOMERS,
        fresh.select(
            customer_id=fresh[CUSTOMER],
            valid_from=ibis.date(STATIC),
            is_static=True,
            is_guest=fresh.guest,
            joined_on=ibis.null("date"),
            member_level=ibis.null("string"),
            region=ibis.null("string"),
            attributes=no_attributes(),
        ),
    )


def no_attributes() -> ir.MapValue:
    """The empty map of attributes."""
    return ibis.literal({}, "map<string, string>")


def attributes(rows: ir.Table) -> ir.MapValue:
    """The columns ``attribute:NAME`` as a map; those that are null are absent."""
    names = [name for name in rows.columns if name.startswith("attribute:")]
    if not names:
        return no_attributes()
    present = [
        ibis.ifelse(rows[name].notnull(), name.removeprefix("attribute:"), ibis.null("string")) for name in names
    ]
    return ibis.map(
        ibis.array(present).filter(lambda text: text.notnull()),
        ibis.array([rows[name] for name in names]).filter(lambda text: text.notnull()),
    )

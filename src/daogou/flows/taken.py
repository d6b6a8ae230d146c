"""What people took, as recommenders learn from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.rule import DEEDS
from daogou.base.words import gettext as _
from daogou.flows.offering import known_items, purchases
from daogou.recommend.interactions import Interactions
from daogou.recommend.settings import BOUGHT, DESCRIBED, WHERE, RecommendSettings
from daogou.store.rule_events import latest
from daogou.store.rule_items import OWN_ATTRIBUTES
from daogou.store.tables import CUSTOMERS, EVENTS, ORDER_LINES, ORDERS
from daogou.store.warehouse import Warehouse

_DESCRIBED = ("item_id", "title", "description", "brand", "category")  # what models know of items
_COLUMNS = ("customer_id", "item_id", "when")


def taken(warehouse: Warehouse, as_of: date, settings: RecommendSettings) -> Interactions:
    """What customers who are no guests did before ``as_of``, as ``learn_from`` says.

    Purchases alone carry their day: lines of one day have no order. With events, all carry the moment.
    """
    if settings.learn_from == [BOUGHT]:
        return Interactions.from_frame(warehouse.to_arrow(purchases(warehouse, as_of)), when="local_day")
    parts = [_deeds(warehouse, as_of, [DEEDS[name] for name in settings.learn_from if name != BOUGHT])]
    if BOUGHT in settings.learn_from:
        parts.append(_bought(warehouse, as_of))
    return Interactions.from_frame(
        warehouse.to_arrow(ibis.union(*parts, distinct=True) if len(parts) > 1 else parts[0].distinct()), when="when"
    )


@dataclass(frozen=True, eq=False)
class Past:
    """What was taken, and tables of what is known of items and customers beside, whose ids it knows too."""

    taken: Interactions
    tables: Mapping[str, pa.Table]


def past(warehouse: Warehouse, as_of: date, settings: RecommendSettings, models: Iterable[str]) -> Past:
    """What ``models`` learn from: :func:`taken`, and if one looks at them, the items and each customer's segment."""
    found = taken(warehouse, as_of, settings)
    tables: dict[str, pa.Table] = {}
    if not set(models) & set(DESCRIBED):
        return Past(found, tables)
    items = known_items(warehouse, as_of)
    described = warehouse.to_arrow(items.select(*_DESCRIBED, price=items.price.cast("float64")).order_by("item_id"))
    if described.num_rows:
        tables["items"] = described
        found = found.knowing(item_ids=described["item_id"].combine_chunks())
    if settings.segment:
        tables["customers"] = _segments(warehouse, as_of, settings.segment)
        found = found.knowing(tables["customers"]["customer_id"].combine_chunks())
    return Past(found, tables)


def _segments(warehouse: Warehouse, as_of: date, name: str) -> pa.Table:
    customers = latest(warehouse.table(CUSTOMERS), "customer_id", as_of)
    customers = customers.filter(~customers.is_guest)
    if name not in OWN_ATTRIBUTES:
        customers = customers.select("customer_id", **{name: customers.attributes.get(name)})
    found = warehouse.to_arrow(customers.select("customer_id", name).order_by("customer_id"))
    if found[name].null_count == found.num_rows:
        raise DaogouError(
            _("no customer has an attribute '{name}'").format(name=name),
            f"{WHERE} segment",
            _("Name an attribute of customers, such as member_level."),
        )
    return found


def ratings(warehouse: Warehouse, as_of: date) -> pa.Table:
    """customer_id, item_id, rating and when of every rating that a customer gave an item before ``as_of``."""
    found = _events(warehouse, as_of)
    rated = found.filter(found.kind == "rate", found.rating.notnull())
    return warehouse.to_arrow(
        rated.select("customer_id", "item_id", "rating", when="occurred_at").order_by("customer_id", "item_id", "when")
    )


def _people(warehouse: Warehouse) -> ir.Table:
    customers = warehouse.table(CUSTOMERS)
    return customers.filter(~customers.is_guest).select("customer_id").distinct()


def _events(warehouse: Warehouse, as_of: date) -> ir.Table:
    events = warehouse.table(EVENTS)
    named = events.filter(events.local_day < ibis.date(as_of.isoformat()), events.item_id.notnull())
    return named.semi_join(_people(warehouse), "customer_id")


def _deeds(warehouse: Warehouse, as_of: date, kinds: list[str]) -> ir.Table:
    events = _events(warehouse, as_of)
    return events.filter(events.kind.isin(kinds)).select("customer_id", "item_id", when="occurred_at")


def _bought(warehouse: Warehouse, as_of: date) -> ir.Table:
    orders = warehouse.table(ORDERS)
    known = orders.filter(orders.local_day < ibis.date(as_of.isoformat())).semi_join(_people(warehouse), "customer_id")
    lines = warehouse.table(ORDER_LINES)
    sold = lines.filter(lines.quantity > 0).select("order_id", "item_id")
    return sold.join(known.select("order_id", "customer_id", when="occurred_at"), "order_id").select(*_COLUMNS)

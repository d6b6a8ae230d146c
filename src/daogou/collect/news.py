"""What was added of whom, noted for the stage profile: it adds that to its sums instead of reading all facts again.

Before there are profiles nothing is noted: the first ones are made of all facts.
"""

import ibis
import ibis.expr.types as ir

from daogou.store.purchased import given_back, lines_bought
from daogou.store.tables import NEW_PURCHASES, ORDERS, PROFILE_RUNS, TOUCHED, TOUCHED_DAYS
from daogou.store.warehouse import Warehouse


def note_people(warehouse: Warehouse, customers: ir.Column) -> None:
    """Something was added about these customers that belongs to no day of theirs."""
    people = customers.name("customer_id").as_table()
    _note_days(warehouse, people.mutate(local_day=ibis.null("date")))


def note_days(warehouse: Warehouse, rows: ir.Table) -> None:
    """Orders or events were added: customer_id and local_day."""
    _note_days(warehouse, rows.select("customer_id", "local_day"))


def note_lines(warehouse: Warehouse, lines: ir.Table) -> None:
    """Lines were added; their orders are stored."""
    bought = lines_bought(lines, warehouse.table(ORDERS))
    _note_purchases(warehouse, bought)
    _note_days(warehouse, bought.select("customer_id", "local_day"))


def note_refunds(warehouse: Warehouse, refunds: ir.Table) -> None:
    """Refunds were added."""
    _note_purchases(warehouse, given_back(refunds))
    _note_days(warehouse, refunds.select("customer_id", "local_day"))


def note_changed(warehouse: Warehouse, customers: ir.Column) -> None:
    """Rows of these customers changed or went: nothing that was made of them holds."""
    changed = customers.name("customer_id").as_table().distinct()
    warehouse.append(TOUCHED, changed.anti_join(warehouse.table(TOUCHED), "customer_id"))


def _note_purchases(warehouse: Warehouse, rows: ir.Table) -> None:
    if warehouse.count(PROFILE_RUNS):
        warehouse.append(NEW_PURCHASES, rows)


def _note_days(warehouse: Warehouse, rows: ir.Table) -> None:
    if warehouse.count(PROFILE_RUNS):
        known = warehouse.table(TOUCHED_DAYS)
        same = [rows[name].identical_to(known[name]) for name in TOUCHED_DAYS.names]
        warehouse.append(TOUCHED_DAYS, rows.distinct().anti_join(known, same))

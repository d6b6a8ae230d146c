"""Items that a customer buys in a steady rhythm and that are due about now."""

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from daogou.profile.history import cut_table, guests, in_force
from daogou.profile.settings import ProfileSettings
from daogou.store.tables import CUSTOMERS, ITEMS, ORDER_LINES, ORDERS
from daogou.store.warehouse import Warehouse


def due_items(warehouse: Warehouse, cuts: Sequence[date], settings: ProfileSettings) -> ir.Table:
    """One row a customer and cut with an item due: the due item that they usually pay most for.

    An item is due if its mean gap after its last purchase ends within ``replenish_days`` of the cut, before or after;
    it needs ``replenish_purchases`` days with a purchase, a mean gap of at least ``replenish_gap`` days (shorter ones
    need no reminder) and gaps whose deviation is at most ``replenish_spread`` of their mean. Items known not to be
    for sale are left out, and guests.

    Columns: customer_id, as_of, item_id, item (its title, or its id where that is unknown), gap_days, bought_days
    (since the last purchase), due_in_days (below 0: late), usual_value (float64, net sales of the item on a day with
    a purchase), items (how many are due), money (float64, usual_value of all of them).
    """
    at = cut_table(cuts)
    rhythm = _rhythm(_purchases(warehouse, settings.replenish_purchases), at)
    due = rhythm.filter(
        rhythm.days >= settings.replenish_purchases,
        rhythm.gap_days >= settings.replenish_gap,
        rhythm.gap_sd <= settings.replenish_spread * rhythm.gap_days,
        (rhythm.gap_days - rhythm.bought_days).abs() <= settings.replenish_days,
    )
    due = due.mutate(due_in_days=due.gap_days - due.bought_days)
    return _one_a_customer(_sold_to_known(warehouse, due, at))


def _purchases(warehouse: Warehouse, fewest: int) -> ir.Table:
    """customer_id, item_id, local_day, net_sales, gap: days with a purchase of what was bought on enough days."""
    orders, lines = warehouse.table(ORDERS), warehouse.table(ORDER_LINES)
    placed = orders.select("order_id", "customer_id", "local_day")
    bought = lines.filter(lines.quantity > 0).select("order_id", "item_id", "net_sales").join(placed, "order_id")
    days = bought.group_by("customer_id", "item_id", "local_day").aggregate(net_sales=bought.net_sales.sum())
    often = days.group_by("customer_id", "item_id").aggregate(days=days.count())
    days = days.semi_join(often.filter(often.days >= fewest), ["customer_id", "item_id"])
    before = days.local_day.lag().over(group_by=["customer_id", "item_id"], order_by="local_day")
    return days.mutate(gap=days.local_day.delta(before, unit="day"))


def _rhythm(days: ir.Table, cuts: ir.Table) -> ir.Table:
    seen = days.join(cuts, days.local_day < cuts.as_of)
    sums = seen.group_by("customer_id", "item_id", "as_of").aggregate(
        days=seen.count(),
        gap_sum=seen.gap.sum(),
        gap_squares=(seen.gap * seen.gap).sum(),
        last_day=seen.local_day.max(),
        net_sales=seen.net_sales.sum(),
    )
    count = sums.days.cast("float64")
    gaps = (count - 1.0).nullif(0.0)
    total = sums.gap_sum.cast("float64")
    spread = (sums.gap_squares.cast("float64") - total * total / gaps) / (gaps - 1.0).nullif(0.0)
    return sums.mutate(
        gap_days=total / gaps,
        gap_sd=ibis.ifelse(spread <= 0, 0.0, spread).sqrt(),
        bought_days=sums.as_of.delta(sums.last_day, unit="day"),
        usual_value=sums.net_sales.cast("float64") / count,
    )


def _sold_to_known(warehouse: Warehouse, due: ir.Table, cuts: ir.Table) -> ir.Table:
    items = in_force(warehouse.table(ITEMS), "item_id", cuts).select("item_id", "as_of", "title", "available")
    known = due.left_join(items, ["item_id", "as_of"]).drop("item_id_right", "as_of_right")
    known = known.mutate(item=ibis.coalesce(known.title, known.item_id))
    for_sale = known.filter(known.available.fill_null(True))
    return for_sale.anti_join(guests(warehouse.table(CUSTOMERS), cuts), ["customer_id", "as_of"])


def _one_a_customer(due: ir.Table) -> ir.Table:
    key = ["customer_id", "as_of"]
    place = ibis.row_number().over(group_by=key, order_by=[due.usual_value.desc(), due.item_id])
    ranked = due.mutate(
        place=place, items=due.count().over(group_by=key), money=due.usual_value.sum().over(group_by=key)
    )
    columns = ["item_id", "item", "gap_days", "bought_days", "due_in_days", "usual_value", "items", "money"]
    return ranked.filter(ranked.place == 0).select(*key, *columns)


def bought_items(warehouse: Warehouse, first: date, end: date) -> ir.Table:
    """customer_id and item_id, once each, of what was bought on local days in [first, end)."""
    orders, lines = warehouse.table(ORDERS), warehouse.table(ORDER_LINES)
    inside = orders.filter(
        orders.local_day >= ibis.date(first.isoformat()), orders.local_day < ibis.date(end.isoformat())
    ).select("order_id", "customer_id")
    return lines.filter(lines.quantity > 0).join(inside, "order_id").select("customer_id", "item_id").distinct()

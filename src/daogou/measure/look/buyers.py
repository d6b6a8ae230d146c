"""A period's known buyers beside those of the period before."""

from datetime import date
from typing import Literal

from daogou.measure.look.people import day, known_days
from daogou.store.warehouse import Warehouse


def of(warehouse: Warehouse, as_of: date, first: date, until: date, who: Literal["new", "kept", "gone"]) -> list[int]:
    """customer_id, ascending, of buyers of [first, until) whose first order it was (new) or who bought before (kept).

    Before: in the period of the same length before it. Gone: bought then, and not in [first, until).
    """
    days = known_days(warehouse, as_of)
    days = days.filter(days.orders > 0)
    before = first - (until - first)
    person = days.group_by("customer_id").aggregate(
        now=((days.local_day >= day(first)) & (days.local_day < day(until))).any(),
        before=((days.local_day >= day(before)) & (days.local_day < day(first))).any(),
        first_day=days.local_day.min(),
    )
    holds = {
        "new": person.now & (person.first_day >= day(first)),
        "kept": person.now & person.before,
        "gone": person.before & ~person.now,
    }[who]
    rows = person.filter(holds).select("customer_id").order_by("customer_id")
    return warehouse.to_arrow(rows)["customer_id"].to_pylist()  # type: ignore[no-any-return]

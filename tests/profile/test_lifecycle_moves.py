from datetime import date, timedelta

import pyarrow as pa

from daogou.profile.lifecycle import lifecycle
from daogou.profile.lifecycle_moves import moves, segments
from daogou.profile.lifecycle_settings import LifecycleSettings

FIRST = date(2024, 1, 1)
FIXED = LifecycleSettings(new_days=10, second_days=40, fewest_second_orders=1000)


def day(n):
    return FIRST + timedelta(days=n)


def test_everyone_of_the_later_day_is_counted_once_from_where_they_stood(shop):
    for customer, on, money in ((1, 0, 10), (2, 0, 20), (3, 15, 40), (4, 2, 80)):
        shop.order(customer, day(on), money)
    shop.order(4, day(12), 80)
    states = shop.warehouse.to_arrow(lifecycle(shop.warehouse, [day(5), day(20)], FIXED))
    found = moves(states, day(5), day(20)).to_pylist()
    assert [(r["from_state"], r["to_state"], r["customers"], r["net_sales"]) for r in found] == [
        ("not_yet", "new", 1, 40.0),
        ("new", "second", 2, 30.0),
        ("new", "active", 1, 160.0),
    ]
    assert {(r["from_as_of"], r["as_of"]) for r in found} == {(day(5), day(20))}
    rows = segments(states, day(20)).to_pylist()
    assert [(r["customer_id"], r["segment"]) for r in rows] == [(1, "second"), (2, "second"), (3, "new"), (4, "active")]
    assert {r["method"] for r in rows} == {"lifecycle"}


def test_nobody_moves_where_nobody_is(shop):
    states = shop.warehouse.to_arrow(lifecycle(shop.warehouse, [day(5), day(20)], FIXED))
    found = moves(states, day(5), day(20))
    assert found.num_rows == 0
    assert found.schema.field("net_sales").type == pa.float64()

"""Paths from touches and orders: look-back, visits, what is left over, and bad input."""

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from daogou.measure import attribute, paths


def told(touches, orders, **more):
    """Paths of (customer, channel, day) and (customer, day, value)."""
    return paths(
        [t[0] for t in touches], [t[1] for t in touches], [float(t[2]) for t in touches],
        order_customer=[o[0] for o in orders], order_at=[float(o[1]) for o in orders], value=[o[2] for o in orders],
        **more,
    )  # fmt: skip


def spelled(found):
    """Each path as 'a>b' with 'orders' or '-'."""
    slices = zip(found.begin, found.end, found.orders, strict=True)
    return sorted(
        (">".join(found.channels[c] for c in found.channel[a:b]), "order" if n else "-") for a, b, n in slices
    )


def test_a_path_is_what_touched_the_customer_in_the_look_back_days_in_the_order_of_time():
    touches = [("x", "late", 30.001), ("x", "c", 29), ("y", "other", 25), ("x", "a", 0), ("x", "old", -0.001),
               ("x", "b", 30)]  # fmt: skip
    found = told(touches, [("x", 30, 7)])
    assert spelled(found)[0] == ("a>c>b", "order")
    assert [name for name, kind in spelled(found) if kind == "-"] == ["late", "old", "other"]
    assert (found.total_orders, found.total_money) == (1, 700)


def test_a_touch_counts_for_every_order_in_whose_look_back_it_lies():
    found = told([("x", "a", 1), ("x", "b", 8)], [("x", 5, 1), ("x", 10, 2)])
    assert spelled(found) == [("a", "order"), ("a>b", "order")]


def test_orders_that_nothing_touched_are_counted_with_their_money():
    found = told([("x", "a", 1)], [("x", 5, 1), ("x", 50, 2.5), ("y", 5, 3)], lookback=10)
    assert (found.total_orders, found.no_path_orders, found.no_path_money) == (1, 2, 550)


def test_touches_of_one_visit_are_one():
    minute = 1 / 1440
    touches = [("x", "a", 1), ("x", "a", 1 + 20 * minute), ("x", "a", 1 + 45 * minute), ("x", "b", 1 + 50 * minute),
               ("x", "a", 1 + 55 * minute), ("x", "a", 1 + 90 * minute), ("y", "a", 1)]  # fmt: skip
    assert spelled(told(touches, [("x", 2, 1)], visit=30.0)) == [("a", "-"), ("a>b>a>a", "order")]
    assert spelled(told(touches, [("x", 2, 1)]))[1] == ("a>a>a>b>a>a", "order")


def test_paths_without_an_order_end_where_too_much_time_passes_or_an_order_lies_between():
    touches = [("x", "a", 1), ("x", "b", 5), ("x", "c", 20), ("x", "d", 40), ("x", "e", 41), ("y", "f", 41)]
    found = told(touches, [("x", 22, 1)], lookback=10)
    assert spelled(found) == [("a>b", "-"), ("c", "order"), ("d>e", "-"), ("f", "-")]


def test_paths_that_may_still_lead_to_an_order_are_left_out_and_counted():
    touches = [("x", "a", 1), ("y", "b", 95), ("y", "c", 80)]
    found = told(touches, [("z", 99, 1)], until=100.0, lookback=10)
    assert spelled(found) == [("a", "-"), ("c", "-")]
    assert found.still_open == 1


def test_earlier_orders_use_up_their_touches_and_are_not_credited():
    found = told([("x", "a", 1), ("x", "b", 40)], [("x", 3, 1), ("x", 41, 2), ("y", 2, 5)], since=30.0)
    assert spelled(found) == [("b", "order")]
    assert (found.total_money, found.no_path_orders) == (200, 0)


def test_the_order_of_rows_does_not_matter():
    chance = np.random.default_rng(3)
    touches = [(f"p{chance.integers(9)}", "abc"[chance.integers(3)], int(chance.integers(60))) for _ in range(200)]
    orders = [(f"p{chance.integers(9)}", int(chance.integers(60)), int(chance.integers(99))) for _ in range(40)]
    known = told(touches, orders)
    again = told([touches[k] for k in chance.permutation(200)], [orders[k] for k in chance.permutation(40)])
    assert spelled(known) == spelled(again)
    for rule in ("position", "time_decay", "markov"):
        one, other = attribute(known, rule), attribute(again, rule)
        np.testing.assert_allclose(one.orders, other.orders, rtol=1e-9)
        np.testing.assert_array_equal(one.money, other.money)


@pytest.mark.parametrize("form", ["numbers", "texts", "pandas", "moments"])
def test_customers_channels_and_times_come_in_many_forms(form):
    day = np.datetime64("2025-01-01")
    customer, channel, at = [7, 8, 7], ["a", "b", "c"], [1.0, 2.0, 3.0]
    bought, when = [7], [4.0]
    if form == "texts":
        customer, bought = ["x", "y", "x"], ["x"]
    if form == "pandas":
        customer, channel = pd.Series(customer, dtype="float64"), pd.Series(channel).astype("category")
        at = pd.Series(day + pd.to_timedelta(at, unit="D"))
        when = pd.Series(day + pd.to_timedelta(when, unit="D"))
    if form == "moments":
        at = [datetime(2025, 1, 1 + int(t), tzinfo=UTC).replace(tzinfo=None) for t in at]
        when = [datetime(2025, 1, 5)]
    found = paths(customer, channel, at, order_customer=bought, order_at=when, value=[Decimal("1.25")])
    assert spelled(found) == [("a>c", "order"), ("b", "-")]
    assert found.total_money == 125


def test_nothing_at_all_is_no_trouble():
    found = told([], [])
    assert (found.total_orders, found.channels, spelled(found)) == (0, (), [])
    found = told([], [("x", 1, 2)])
    assert (found.no_path_orders, found.no_path_money) == (1, 200)
    assert attribute(found, "markov").orders.tolist() == []
    assert spelled(told([("x", "a", 1)], [])) == [("a", "-")]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"customer": ["x"]}, "customer, channel and at have [1, 2, 2] rows"),
        ({"order_at": [1.0, 2.0]}, "order_customer, order_at and value have [1, 2, 1] rows"),
        ({"channel": ["a", None]}, "channel is empty in 1 rows"),
        ({"customer": ["x", None]}, "customer or order_customer is empty"),
        ({"customer": [1.0, np.nan], "order_customer": [1]}, "customer holds a number that is not whole, or none"),
        ({"at": [1.0, np.nan]}, "at is empty or infinite"),
        ({"at": np.array(["2025-01-01", "NaT"], "datetime64[us]")}, "at is empty in some rows"),
        ({"at": ["1", "2"]}, "give datetime64, or numbers in days"),
        ({"value": ["1"]}, "not numbers"),
        ({"lookback": 0.0}, "give days above 0"),
        ({"visit": -1.0}, "minutes from 0"),
    ],
)
def test_bad_input_is_told(changed, said):
    good = {
        "customer": ["x", "x"], "channel": ["a", "b"], "at": [1.0, 2.0],
        "order_customer": ["x"], "order_at": [3.0], "value": [1.0],
    }  # fmt: skip
    with pytest.raises(ValueError, match=".") as refused:
        paths(**(good | changed))
    assert said in str(refused.value)

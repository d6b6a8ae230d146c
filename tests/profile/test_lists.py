from datetime import timedelta

import pytest

from daogou.profile.features import features
from daogou.profile.lists import call_lists
from daogou.profile.settings import ProfileSettings
from daogou.store.tables import PROFILES

SETTINGS = ProfileSettings(fewest_second_orders=4)


def lists(shop, as_of, settings=SETTINGS):
    shop.warehouse.replace(PROFILES, features(shop.warehouse, [as_of]))
    return {call.key: call for call in call_lists(shop.warehouse, as_of, settings)}


def rhythm(shop, customer, last, gap=7, times=8, money=10):
    for n in range(times):
        shop.order(customer, last - timedelta(days=gap * n), money)


@pytest.fixture
def as_of(days):
    return days(300)


def test_overdue_are_regulars_late_by_their_own_rhythm_and_not_lost(shop, as_of):
    ago = {1: 7, 2: 14, 3: 69, 4: 71, 5: 20}
    for customer, silent in ago.items():
        rhythm(shop, customer, as_of - timedelta(days=silent), money=customer)
    rhythm(shop, 6, as_of - timedelta(days=20), times=3)  # no regular: three days
    rhythm(shop, 7, as_of - timedelta(days=90), gap=60, times=4)  # late, but not twice the usual gap
    call = lists(shop, as_of)["overdue"]
    assert call.customers.tolist() == [5, 3, 2], "most money first; one usual gap is not late, above ten is lost"
    assert call.money == 8 * (5 + 3 + 2)
    assert call.facts["regulars"] == 6
    row = call.rows.to_pylist()[0]
    assert (row["gap_days"], row["recency_days"], row["net_sales_365"]) == (7.0, 20, 40.0)


def test_a_long_gap_that_is_usual_for_them_is_not_overdue(shop, as_of):
    """Twice the mean gap, but two of ten gaps were longer: nine of ten decide."""
    day = as_of - timedelta(days=21)
    for gap in (1, 1, 30, 1, 1, 30, 1, 1, 1, 1, 0):
        shop.order(1, day)
        day -= timedelta(days=gap)
    assert lists(shop, as_of)["overdue"].size == 0


def test_what_came_back_by_itself_is_measured_on_the_list_of_a_period_ago(shop, as_of):
    for customer in (1, 2, 3, 4):
        rhythm(shop, customer, as_of - timedelta(days=28 + 20))
    shop.order(1, as_of - timedelta(days=28))  # the first day of the period
    shop.order(2, as_of)  # after it
    back = lists(shop, as_of)["overdue"].came_back
    assert (back.value, back.n) == (0.25, 4)
    assert 0 < back.low < 0.25 < back.high < 1


def seconds(shop, as_of, gaps):
    for customer, gap in enumerate(gaps, start=100):
        shop.order(customer, as_of - timedelta(days=200))
        shop.order(customer, as_of - timedelta(days=200 - gap), money=customer)


def test_first_timers_stand_in_the_middle_half_of_second_orders(shop, as_of):
    seconds(shop, as_of, [10, 20, 30, 40, 50])
    for customer, silent in {1: 19, 2: 20, 3: 30, 4: 40, 5: 41}.items():
        shop.order(customer, as_of - timedelta(days=silent), money=customer)
    shop.customer(6, guest=True)
    shop.order(6, as_of - timedelta(days=30))
    call = lists(shop, as_of)["second"]
    assert (call.facts["low"], call.facts["high"], call.facts["once"]) == (20.0, 40.0, 5)
    assert call.customers.tolist() == [4, 3, 2]
    assert call.money == 3 * 102, "one second order of mean value from each"


def test_too_few_second_orders_teach_no_window(shop, as_of):
    seconds(shop, as_of, [10, 20, 30])
    shop.order(1, as_of - timedelta(days=20))
    call = lists(shop, as_of)["second"]
    assert (call.size, call.money, call.came_back) == (0, 0.0, None)
    assert (call.facts["known"], call.facts["fewest"]) == (3, 4)


def buys(shop, customer, item, agos, as_of, money=5):
    for ago in agos:
        shop.order(customer, as_of - timedelta(days=ago), items={item: money})


def test_due_items_follow_a_steady_rhythm(shop, as_of):
    shop.item("milk", "DAIRY", title="Milk, 1 l")
    buys(shop, 1, "milk", (20, 40, 60), as_of)  # due today
    buys(shop, 2, "milk", (27, 47, 67), as_of, money=8)  # a week late
    buys(shop, 3, "milk", (28, 48, 68), as_of)  # later than that
    buys(shop, 4, "milk", (5, 10, 15, 20), as_of)  # too often to need a reminder
    buys(shop, 5, "milk", (20, 21, 60), as_of)  # no rhythm
    buys(shop, 6, "milk", (20, 40), as_of)  # twice only
    call = lists(shop, as_of)["replenish"]
    assert call.customers.tolist() == [2, 1]
    assert call.money == 13.0
    assert call.rows.to_pylist()[0] == {
        "customer_id": 2,
        "item_id": "milk",
        "item": "Milk, 1 l",
        "gap_days": 20.0,
        "bought_days": 27,
        "due_in_days": -7.0,
        "usual_value": 8.0,
        "items": 1,
        "money": 8.0,
    }


def test_a_customer_stands_once_with_the_item_that_they_pay_most_for(shop, as_of):
    buys(shop, 1, "milk", (20, 40, 60), as_of, money=5)
    buys(shop, 1, "wine", (18, 39, 60), as_of, money=50)
    (row,) = lists(shop, as_of)["replenish"].rows.to_pylist()
    assert (row["item"], row["items"], row["money"]) == ("wine", 2, 55.0), "an item without a title goes by its id"


def test_items_that_are_not_for_sale_and_lines_without_quantity_are_left_out(shop, as_of):
    shop.item("old", None, available=False)
    buys(shop, 1, "old", (20, 40, 60), as_of)
    for ago in (20, 40, 60):
        shop.line(shop.order(2, as_of - timedelta(days=ago)), "coupon", -1, quantity=0)
    assert lists(shop, as_of)["replenish"].size == 0


def test_due_items_of_a_period_ago_are_looked_up_by_item(shop, as_of):
    before = as_of - timedelta(days=28)
    for customer in (1, 2):
        buys(shop, customer, "milk", (20, 40, 60), before)
    buys(shop, 1, "milk", (1,), as_of)
    buys(shop, 2, "wine", (1,), as_of)
    back = lists(shop, as_of)["replenish"].came_back
    assert (back.value, back.n) == (0.5, 2)


def test_a_company_without_history_has_empty_lists(shop, days):
    shop.order(1, days(0))
    found = lists(shop, days(1), ProfileSettings())
    assert [(call.size, call.money, call.came_back) for call in found.values()] == [(0, 0.0, None)] * 3
    assert found["replenish"].facts["lines"] == 0
    assert found["overdue"].facts["regulars"] == 0


def test_the_lists_see_nothing_of_the_future(shop, as_of):
    rhythm(shop, 1, as_of - timedelta(days=20))
    buys(shop, 2, "milk", (20, 40, 60), as_of)
    seconds(shop, as_of, [10, 20, 30, 40, 50])
    shop.order(3, as_of - timedelta(days=30))
    before = lists(shop, as_of)
    for customer in (1, 2, 3):
        shop.order(customer, as_of, items={"milk": 99})
    after = lists(shop, as_of)
    for key, call in before.items():
        assert call.size == 1
        assert (call.rows.to_pylist(), call.money, call.came_back) == (
            after[key].rows.to_pylist(),
            after[key].money,
            after[key].came_back,
        )

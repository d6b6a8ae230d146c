from datetime import timedelta

import pytest

from daogou.profile.pulse import pulse
from daogou.profile.settings import ProfileSettings

SETTINGS = ProfileSettings(period_days=10, repurchase_days=20, pulse_weeks=3)


@pytest.fixture
def told(shop, days):
    """Two customers and a guest; the data begin on day 0, the moment is day 40."""
    shop.customer(9, guest=True)
    shop.order(1, days(0), 5)
    shop.order(1, days(20), 10)
    shop.order(1, days(31), 20)
    shop.order(2, days(31), 30)
    shop.order(2, days(31), 40)  # a second order on the same day is no second visit
    shop.order(9, days(39), 100)
    shop.refund(2, days(35), 7)
    shop.refund(1, days(40), 1000)  # not yet
    shop.order(1, days(40), 1000)
    return pulse(shop.warehouse, days(40), SETTINGS)


def test_the_period_up_to_now(told, days):
    now = told.now
    assert (now.until, now.net_sales, now.refunds) == (days(40), 183.0, 7.0)
    assert (now.buyers, now.orders, now.guest_orders) == (2, 4, 1), "guests count in orders, not among buyers"
    assert now.order_value == 190 / 4
    assert now.repurchase == 0.5, "in 20 days 1 bought on two days, 2 on one"


def test_the_period_before(told, days):
    before = told.before
    assert (before.until, before.net_sales, before.buyers, before.orders) == (days(30), 10.0, 1, 1)
    assert (before.order_value, before.repurchase, before.refunds) == (10.0, 0.0, 0.0)


def test_weeks_run_up_to_now_oldest_first(told, days):
    assert [week.until for week in told.weeks] == [days(26), days(33), days(40)]
    assert [week.orders for week in told.weeks] == [1, 3, 1]
    assert [week.net_sales for week in told.weeks] == [10.0, 90.0, 93.0]


def test_a_window_longer_than_the_data_has_no_repurchase_rate(shop, days):
    shop.order(1, days(0))
    shop.order(1, days(5))
    found = pulse(shop.warehouse, days(19), SETTINGS)
    assert found.now.repurchase is None
    assert found.before is None, "the period before begins before the data"
    assert [week.until for week in found.weeks] == [days(12), days(19)]


def test_a_period_without_orders_has_no_order_value(shop, days):
    shop.order(1, days(0), 5)
    now = pulse(shop.warehouse, days(30), SETTINGS).now
    assert (now.orders, now.net_sales, now.order_value, now.repurchase) == (0, 0.0, None, None)


def test_one_order_yesterday(shop, days):
    shop.order(1, days(0), 5)
    found = pulse(shop.warehouse, days(1), SETTINGS)
    assert (found.now.orders, found.before, found.weeks) == (1, None, ())


def test_no_orders_no_pulse(shop, days):
    assert pulse(shop.warehouse, days(1), SETTINGS) is None
    shop.order(1, days(5))
    assert pulse(shop.warehouse, days(5), SETTINGS) is None


def test_periods_add_up_to_all_orders(shop, days):
    for day in range(28):
        shop.order(day % 5, days(day), 1.1)
    settings = ProfileSettings(period_days=14, pulse_weeks=9)
    found = pulse(shop.warehouse, days(0) + timedelta(days=28), settings)
    assert found.now.orders + found.before.orders == sum(week.orders for week in found.weeks) == 28
    assert found.now.net_sales == pytest.approx(14 * 1.1)

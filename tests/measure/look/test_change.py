"""Headline figures of April over March, against the shop of the conftest."""

from datetime import date, timedelta

import pytest

from daogou.measure.look import buyers
from daogou.measure.look.change import MEASURES, Days, changes, compared, data_begin

AS_OF, FIRST = date(2024, 5, 1), date(2024, 4, 1)


def found(shop, days, as_of=AS_OF):
    return {one.measure: one for one in changes(shop, as_of, days, 200, 1)}


def test_april_over_the_thirty_days_before_by_hand(shop):
    days = compared(FIRST, AS_OF, [date(2023, 4, 3)], data_begin(shop, AS_OF))
    assert (days.previous[0], days.previous[-1], len(days.now)) == (date(2024, 3, 2), date(2024, 3, 31), 30)
    assert days.last_year is None  # the data begin on 10 January 2024
    one = found(shop, days)
    # April: customer 1 pays 30, customer 6 twice 25. March from the 2nd: customer 4 pays 60, customer 5 pays 80
    assert {name: (one[name].now, one[name].previous) for name in MEASURES} == {
        "net_sales": (80, 140),
        "orders": (3, 2),
        "buyers": (2, 2),
        "order_value": (80 / 3, 70),
        "spend": (40, 70),
        "new": (None, None),  # the data begin less than 90 days before
        "repurchase": (0.5, 0),
    }
    settled = found(shop, Days(days.now, days.previous, None))["new"]
    assert (settled.now, settled.previous, settled.over_previous.value) == (1, 1, 0)
    assert one["net_sales"].over_previous.value == pytest.approx(80 / 140 - 1)
    assert one["repurchase"].over_previous.value == 0.5  # points
    assert all(one[name].over_last_year is None for name in MEASURES)


def test_refunds_and_guests_count_where_they_should(shop):
    february = Days(tuple(date(2024, 2, 1) + timedelta(days=n) for n in range(29)), None, None)
    one = found(shop, february)
    # the guest's 500, 50, 60 and 60, less the 10 given back; buyers 1 and 4 spent 160
    assert (one["net_sales"].now, one["orders"].now, one["buyers"].now) == (660, 4, 2)
    assert (one["order_value"].now, one["spend"].now) == (670 / 4, 80)
    assert (one["new"].now, one["repurchase"].now) == (1, 0.5)


def test_a_day_of_last_year_that_stands_for_two_counts_twice_in_sums(shop):
    twice = (date(2024, 2, 5), date(2024, 2, 5))
    one = found(shop, Days((date(2024, 4, 10), date(2024, 4, 20)), None, twice))
    assert (one["net_sales"].last_year, one["orders"].last_year, one["buyers"].last_year) == (120, 2, 1)
    assert one["repurchase"].last_year == 0  # one day
    assert one["net_sales"].over_last_year.value == pytest.approx(50 / 120 - 1)


def test_nothing_before_is_no_comparison(shop):
    january = Days((date(2024, 1, 10),), (date(2024, 1, 9),), None)
    one = found(shop, january)
    assert (one["orders"].now, one["orders"].previous, one["orders"].over_previous) == (1, 0, None)
    assert one["order_value"].previous is None


def test_no_orders_at_all(nothing):
    one = found(nothing, Days((FIRST,), None, None))
    assert (one["orders"].now, one["order_value"].now) == (0, None)
    assert data_begin(nothing, AS_OF) is None


def test_intervals_are_the_same_twice_and_hold_the_value(shop):
    days = compared(FIRST, AS_OF, [], data_begin(shop, AS_OF))
    one, other = found(shop, days), found(shop, days)
    assert one == other


def test_who_is_new_kept_and_gone(shop):
    months = {name: buyers.of(shop, AS_OF, FIRST, AS_OF, name) for name in ("new", "kept", "gone")}
    assert months == {"new": [6], "kept": [], "gone": [4, 5]}
    # of the sixty days from 2 March, with the sixty before: 1 and 4 were there before, and so were 2 and 3
    longer = {name: buyers.of(shop, AS_OF, date(2024, 3, 2), AS_OF, name) for name in ("new", "kept", "gone")}
    assert longer == {"new": [5, 6], "kept": [1, 4], "gone": [2, 3]}

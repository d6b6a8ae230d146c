import math
from datetime import date

import pytest

from daogou.profile.features import features, numbers
from daogou.profile.shares import category_shares
from daogou.store.rounding import rounded
from daogou.store.tables import CATEGORY_SHARES, PROFILES

CUT = date(2024, 4, 1)


def rows(shop, *cuts):
    found = rounded(shop.warehouse.to_arrow(features(shop.warehouse, cuts))).to_pylist()
    return {(row["customer_id"], row["as_of"]): row for row in found}


def shares(shop, *cuts):
    found = rounded(shop.warehouse.to_arrow(category_shares(shop.warehouse, cuts))).to_pylist()
    return {(row["customer_id"], row["as_of"], row["category"]): row for row in found}


@pytest.fixture
def golden(shop, days):
    """One customer whose features were computed by hand; 2024-01-01 is a Monday."""
    shop.customer(1, age="35-44", kids="2")
    for item, category in (("milk", "DAIRY"), ("wine", "DRINKS"), ("bag", None)):
        shop.item(item, category)
    shop.order(1, days(0), items={"milk": 10, "wine": 30}, hour=9, store="B", discount=10)
    shop.order(1, days(10), items={"milk": 20}, hour=18, store="A")
    shop.order(1, days(10), items={"bag": 5}, hour=18, store="A")
    shop.order(1, days(40), items={"milk": 15}, hour=9, store="B")
    shop.order(1, days(83), items={"wine": 8, "milk": 12}, hour=20)
    shop.refund(1, days(84), 6, item="wine")
    return shop


def test_golden_numbers_computed_by_hand(golden, days):
    row = rows(golden, days(91))[1, days(91)]
    assert list(row) == list(PROFILES.names)
    expected = {
        "tenure_days": 91,
        "recency_days": 8,
        "orders": 5,
        "order_days": 4,
        "orders_7": 0,
        "orders_28": 1,
        "orders_90": 4,  # the order of day 0 lies 91 days back
        "orders_180": 5,
        "orders_365": 5,
        "net_sales_7": -6.0,  # the refund counts on its own day
        "net_sales_28": 14.0,
        "net_sales_90": 54.0,
        "net_sales_180": 94.0,
        "net_sales_365": 94.0,
        "net_sales": 94.0,
        "gap_mean": 83 / 3,  # gaps 10, 30, 43
        "gap_sd": math.sqrt(((10 - 83 / 3) ** 2 + (30 - 83 / 3) ** 2 + (43 - 83 / 3) ** 2) / 2),
        "gap_p90": 30 + 0.8 * 13,
        "overdue_ratio": 8 / (83 / 3),
        "orders_trend": (1 / 28) / (5 / 91),
        "basket_size": 7 / 5,
        "weekend_share": 2 / 5,  # day 40 is a Saturday, day 83 a Sunday
        "discount_share": 10 / 110,
        "favourite_store": "A",  # two orders each: the first by name
        "favourite_hour": 9,  # two orders each: the earlier
        "favourite_category": "DAIRY",
        "refunds": 6.0,
        "has_attributes": True,
    }
    assert row["attributes"] == [("age", "35-44"), ("kids", "2")]
    for name, value in expected.items():
        assert row[name] == (pytest.approx(value, rel=1e-11) if isinstance(value, float) else value), name


def test_golden_category_shares(golden, days):
    found = shares(golden, days(91))
    assert list(next(iter(found.values()))) == list(CATEGORY_SHARES.names)
    dairy, drinks = found[1, days(91), "DAIRY"], found[1, days(91), "DRINKS"]
    assert (dairy["net_sales"], drinks["net_sales"]) == (57.0, 32.0)
    assert (dairy["share"], drinks["share"]) == pytest.approx((57 / 94, 32 / 94))
    assert [dairy[f"order_days{w}"] for w in ("", "_28", "_90")] == [4, 1, 3]
    assert (dairy["recency_days"], drinks["recency_days"]) == (8, 8)
    assert len(found) == 2, "items without a category have no row"


def test_one_order_leaves_the_rhythm_empty(shop, days):
    shop.order(1, days(5))
    row = rows(shop, days(6))[1, days(6)]
    assert [row[name] for name in ("gap_mean", "gap_sd", "gap_p90", "overdue_ratio")] == [None] * 4
    assert (row["orders_trend"], row["recency_days"], row["has_attributes"], row["attributes"]) == (1.0, 1, False, [])
    assert row["favourite_store"] is row["favourite_category"] is None


def test_two_order_days_have_a_gap_but_no_deviation(shop, days):
    for day in (0, 10):
        shop.order(1, days(day))
    row = rows(shop, days(15))[1, days(15)]
    assert (row["gap_mean"], row["gap_sd"], row["overdue_ratio"]) == (10.0, None, 0.5)


def test_equal_gaps_deviate_by_nothing(shop, days):
    for day in range(0, 70, 7):
        shop.order(1, days(day))
    assert rows(shop, CUT)[1, CUT]["gap_sd"] == 0.0


def test_a_cut_sees_nothing_of_its_own_day(shop, days):
    shop.order(1, days(5))
    shop.order(1, days(6))
    assert rows(shop, days(6))[1, days(6)]["orders"] == 1
    assert rows(shop, days(5)) == {}


def test_guests_have_no_profile(shop, days):
    shop.customer(1)
    shop.customer(2, guest=True)
    shop.item("milk", "DAIRY")
    for customer in (1, 2, 3):  # 3 stands in no customer table: someone, but nothing is known
        shop.order(customer, days(0), items={"milk": 1})
    assert [key[0] for key in sorted(rows(shop, CUT))] == [1, 3]
    assert [key[0] for key in sorted(shares(shop, CUT))] == [1, 3]


def test_attributes_are_the_latest_known_and_static_ones_always_hold(shop, days):
    shop.customer(1, level="none")
    shop.customer(1, days(10), level="silver")
    shop.customer(1, days(20), level="gold")
    shop.order(1, days(0))
    seen = {day: rows(shop, days(day))[1, days(day)]["attributes"][0][1] for day in (5, 10, 19, 20)}
    assert seen == {5: "none", 10: "silver", 19: "silver", 20: "gold"}


def test_an_item_counts_in_the_category_of_the_cut(shop, days):
    shop.item("tea", "FOOD")
    shop.item("tea", "DRINKS", days(10))
    shop.item("coffee", "DRINKS")
    shop.order(1, days(0), items={"tea": 4, "coffee": 6})
    assert set(shares(shop, days(5))) == {(1, days(5), "FOOD"), (1, days(5), "DRINKS")}
    later = shares(shop, days(12))
    assert set(later) == {(1, days(12), "DRINKS")}
    assert later[1, days(12), "DRINKS"]["order_days"] == 1, "one day with two items of a category is one day"


def test_no_money_has_no_shares(shop, days):
    shop.item("gift", "GIFTS")
    shop.order(1, days(0), items={"gift": 0})
    assert shares(shop, CUT)[1, CUT, "GIFTS"]["share"] == 0.0
    assert rows(shop, CUT)[1, CUT]["discount_share"] == 0.0


def test_several_cuts_in_one_pass_equal_single_cuts(golden, days):
    cuts = [days(day) for day in (5, 12, 41, 91, 200)]
    for make in (rows, shares):
        together: dict = {}
        for cut in cuts:
            together |= make(golden, cut)
        assert make(golden, *cuts) == together


def test_numbers_are_the_same_rows(golden, days):
    cut = days(91)
    full = rows(golden, cut)[1, cut]
    (row,) = rounded(golden.warehouse.to_arrow(numbers(golden.warehouse, [cut]))).to_pylist()
    assert row == {name: full[name] for name in row}
    assert len(row) > 20


def test_cuts_must_be_given_and_differ(shop):
    for cuts in ([], [CUT, CUT]):
        with pytest.raises(ValueError, match="different days"):
            features(shop.warehouse, cuts)

"""Every feature of the catalogue: its value computed by hand, and that the future does not move it."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daogou.profile.features import features
from daogou.profile.interests import interests
from daogou.profile.settings import ProfileSettings
from daogou.profile.shares import category_shares, shares
from daogou.store.features import FEATURES, GROUPS
from daogou.store.rounding import rounded

OWN = ProfileSettings(
    features={
        "wine_days": {"did": "bought", "where": {"item": "wine"}, "within": 95, "measure": "days"},
        "milk_sales": {"did": "bought", "where": {"category": "DAIRY"}, "measure": "sum"},
        "milk_orders": {"did": "bought", "where": {"title": {"contains": "fresh"}}, "measure": "count"},
        "biggest": {"did": "bought", "measure": "max"},
        "smallest": {"did": "bought", "measure": "min"},
        "usual": {"did": "bought", "within": 90, "skip_last": 28, "measure": "mean"},
        "shops": {"did": "bought", "measure": "distinct", "of": "store"},
        "brands_seen": {"did": "viewed", "measure": "distinct", "of": "brand"},
        "brands_back": {"did": "refunded", "measure": "distinct", "of": "brand"},
        "offers_used": {"did": "redeemed", "measure": "distinct", "of": "offer"},
        "coupon_silence": {"did": "redeemed", "measure": "recency"},
        "search_silence": {"did": "searched", "measure": "recency"},
        "shares_made": {"did": "shared", "measure": "count"},
        "rating": {"did": "rated", "measure": "mean"},
    }
)


def entropy(*amounts):
    return -sum(a / sum(amounts) * math.log(a / sum(amounts)) for a in amounts)


def catalogue(shop, cut, settings=OWN):
    found = rounded(shop.warehouse.to_arrow(features(shop.warehouse, [cut], settings))).to_pylist()
    return {row["customer_id"]: row for row in found}


def tell(shop, days):
    """One customer of a small shop; 2024-01-01, day 0, is a Monday."""
    known = {
        "joined_on": days(-10),
        "member_level": "gold",
        "region": "north",
        "attributes": [("age", "35"), ("kids", "2")],
    }
    shop.person(1, **known)
    shop.item("milk", "DAIRY", brand="Alm", title="fresh; white")
    shop.item("wine", "DRINKS", brand="Hof", title="red|white")
    shop.item("bag", None)
    shop.order(1, days(0), items={"milk": 10, "wine": 30}, hour=9, store="B", discount=10)
    shop.order(1, days(10), items={"milk": 20}, hour=18, store="A")
    shop.order(1, days(10), items={"bag": 5}, hour=18, store="A")
    shop.order(1, days(40), items={"milk": 15}, hour=9, store="B", coupon=5)
    shop.order(1, days(83), items={"wine": 8, "milk": 12}, hour=20)
    shop.refund(1, days(84), 6, item="wine")
    shop.coupon(1, issued=days(20), redeemed=days(40))
    shop.coupon(1, issued=days(30))
    shop.coupon(1, redeemed=days(60))
    shop.event(1, days(50), "search")
    shop.event(1, days(81), "view", "s1", item="milk")
    shop.event(1, days(81), "click", "s1")
    shop.event(1, days(83), "view", "s2", item="bag")
    shop.festival(days(12), lead=2, tail=0)


def by_hand():
    """The features at day 91, from the facts above with pen and paper."""
    decay = {day: 0.5 ** ((83 - day) / 90) for day in (0, 10, 40, 83)}  # since the last day with a purchase
    milk, wine = sum(decay.values()), decay[0] + decay[83]
    gap_sd = math.sqrt(sum((gap - 83 / 3) ** 2 for gap in (10, 30, 43)) / 2)
    due = (
        3 * 40.4 + 3 * 10
    ) / 6  # three gaps of its own, and three of everyone's, whose second order came after 10 days
    return {
        "tenure_days": 91,
        "recency_days": 8,
        "orders": 5,
        **dict(zip([f"orders_{w}" for w in (7, 28, 90, 180, 365)], (0, 1, 4, 5, 5), strict=True)),
        "order_days": 4,
        **dict(zip([f"order_days_{w}" for w in (7, 28, 90, 180, 365)], (0, 1, 3, 4, 4), strict=True)),
        "lines": 7,
        **dict(zip([f"lines_{w}" for w in (7, 28, 90, 180, 365)], (0, 2, 5, 7, 7), strict=True)),
        **dict(zip([f"net_sales_{w}" for w in (7, 28, 90, 180, 365)], (-6.0, 14.0, 54.0, 94.0, 94.0), strict=True)),
        "net_sales": 94.0,
        "order_value_ever": 20.0,
        "order_value_90": 15.0,
        "best_day": 40.0,
        "basket_size": 7 / 5,
        "orders_trend": (1 / 28) / (5 / 91),
        "orders_trend_28": 1.0,
        "orders_trend_90": 4.0,
        "orders_trend_180": None,
        "net_sales_trend_28": 14 / 15,
        "net_sales_trend_90": 54 / 40,
        "net_sales_trend_180": None,
        "gap_mean": 83 / 3,
        "gap_sd": gap_sd,
        "gap_cv": gap_sd / (83 / 3),
        "gap_p90": 30 + 0.8 * 13,
        "gap_last": 43,
        "overdue_ratio": 8 / (83 / 3),
        "due_days": due,
        "due_ratio": 8 / due,
        "due_in_days": 26 - 8,
        "favourite_category": "DAIRY",
        "category_top_share": 57 / 89,
        "category_entropy": entropy(57, 32),
        "categories": 2,
        "favourite_brand": "Alm",
        "brand_top_share": 57 / 89,
        "brand_entropy": entropy(57, 32),
        "brands": 2,
        "favourite_price_band": "20-50",
        "price_band_top_share": 0.5,
        "price_band_entropy": entropy(50, 37, 13),
        "price_bands": 3,
        "favourite_store": "A",
        "store_top_share": 0.5,
        "store_entropy": math.log(2),
        "stores": 2,
        "favourite_hour": 9,
        "hour_entropy": entropy(2, 2, 1),
        "favourite_weekday": 4,
        "weekday_entropy": entropy(1, 2, 1, 1),
        "weekend_share": 0.4,
        "night_share": 0.0,
        "morning_share": 0.4,
        "afternoon_share": 0.0,
        "evening_share": 0.6,
        "festival_share": 0.4,
        "discount_share": 15 / 115,
        "discount_share_365": 15 / 115,
        "discounted_order_share": 0.4,
        "coupon_order_share": 0.2,
        "coupon_share": 5 / 115,
        "coupons_used": 2,
        "coupons_held": 2,
        "redemption_rate": 0.5,
        "coupon_recency_days": 31,
        "refunds": 6.0,
        "refund_count": 1,
        "refund_count_365": 1,
        "refund_rate": 0.06,
        "refund_recency_days": 7,
        "events": 4,
        "events_28": 3,
        "event_recency_days": 8,
        "sessions": 2,
        "sessions_28": 2,
        "session_depth": 1.5,
        "views": 2,
        "views_28": 2,
        "views_per_order": 2.0,  # of the one order since the first event
        "favourite_interest": "white",
        "interest_top_share": 1 / 3,
        "interest_entropy": entropy(milk, milk, milk + wine, wine, wine),
        "interests": 5,
        "joined_days": 101,
        "member_level": "gold",
        "region": "north",
        "attributes_known": 2,
        "has_attributes": True,
        "attributes": [("age", "35"), ("kids", "2")],
        "own": [
            ("wine_days", 2.0),
            ("milk_sales", 57.0),
            ("milk_orders", 4.0),
            ("biggest", 40.0),
            ("smallest", 5.0),
            ("usual", 40 / 3),  # 20, 5 and 15
            ("shops", 2.0),
            ("brands_seen", 1.0),
            ("brands_back", 1.0),
            ("offers_used", 0.0),
            ("coupon_silence", 31.0),
            ("search_silence", 41.0),
            ("shares_made", 0.0),
            ("rating", None),
        ],
    }


def test_every_feature_is_what_pen_and_paper_say(shop, days):
    tell(shop, days)
    row, expected = catalogue(shop, days(91))[1], by_hand()
    assert list(row)[2:] == [feature.name for feature in FEATURES]
    assert set(expected) == {feature.name for feature in FEATURES}
    wrong = {}
    for name, value in expected.items():
        same = row[name] == value
        if name == "own":
            same = [key for key, _v in row[name]] == [key for key, _v in value]
            pairs = [(a, b) for (_k, a), (_l, b) in zip(row[name], value, strict=True)]
            same &= all(a == b if b is None else a == pytest.approx(b, rel=1e-11) for a, b in pairs)
        elif isinstance(value, float):
            same = row[name] == pytest.approx(value, rel=1e-8 if "interest" in name else 1e-11)
        if not same:
            wrong[name] = (row[name], value)
    assert not wrong


def test_shares_and_interests_by_hand(shop, days):
    tell(shop, days)
    cut = days(91)
    found = shop.warehouse.to_arrow(shares(shop.warehouse, [cut])).to_pylist()
    amounts = {(row["kind"], row["value"]): (row["amount"], row["share"]) for row in found}
    assert amounts == {
        ("brand", "Alm"): (57.0, 57 / 89),
        ("brand", "Hof"): (32.0, 32 / 89),
        ("price_band", "5-10"): (13.0, 0.13),
        ("price_band", "10-20"): (37.0, 0.37),
        ("price_band", "20-50"): (50.0, 0.5),
        ("store", "A"): (2.0, 0.5),
        ("store", "B"): (2.0, 0.5),
    }
    now, later = (
        {
            row["interest"]: row["weight"]
            for row in shop.warehouse.to_arrow(interests(shop.warehouse, [day])).to_pylist()
        }
        for day in (cut, days(400))
    )
    assert now == later, "passing time alone changes no interest"
    assert set(now) == {"DAIRY", "fresh", "white", "DRINKS", "red"}
    assert sum(now.values()) == pytest.approx(1)
    assert now["DAIRY"] == now["fresh"] > now["red"] == now["DRINKS"]


def test_nothing_is_guessed_of_a_customer_with_one_order(shop, days):
    shop.order(1, days(0), money=0)
    row = catalogue(shop, days(1), ProfileSettings())[1]
    empty = {feature.name for feature in FEATURES if row[feature.name] is None}
    assert {
        "events",
        "sessions",
        "views_per_order",
        "redemption_rate",
        "due_days",
        "refund_rate",
        "joined_days",
    } <= empty
    assert all(feature.nullable for feature in FEATURES if feature.name in empty)
    assert (row["discount_share"], row["coupons_held"], row["categories"], row["own"]) == (0.0, 0, 0, [])


def test_the_catalogue_says_what_each_feature_is():
    assert len(FEATURES) > 60
    assert sum(map(len, GROUPS.values())) == len({feature.name for feature in FEATURES})
    for feature in FEATURES:
        told = (feature.meaning, feature.unit, feature.window, feature.source, feature.purpose)
        assert all(told), feature.name


past = st.tuples(st.integers(1, 3), st.integers(1, 200), st.sampled_from(["box", "milk", "wine"]), st.integers(1, 50))


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(before=st.lists(past, min_size=1, max_size=6), after=st.lists(past, min_size=1, max_size=4))
def test_the_future_moves_no_feature(make_shop, before, after):
    """Rows of every fact from the cut's day on, attributes and items from the day after: all is as it was.

    Nothing is told of the box until then.
    """
    shop, cut = make_shop(), date(2024, 3, 1)
    shop.person(1, attributes=[("age", "20")], member_level="silver")
    shop.item("milk", "DAIRY", brand="Alm", title="fresh")
    shop.item("wine", "DRINKS", brand="Hof", title="red|fresh")
    shop.festival(cut - timedelta(days=20), lead=30, tail=10)
    shop.order(1, cut - timedelta(days=9), items={"box": 9, "milk": 3})
    for n, (customer, ago, item, money) in enumerate(before):
        day = cut - timedelta(days=ago)
        shop.order(customer, day, items={item: money}, store="A", hour=n, coupon=n % 2)
        shop.refund(customer, day, 1, item=item)
        shop.coupon(customer, issued=day - timedelta(days=2), redeemed=day if n % 2 else None)
        shop.event(customer, day, session=str(n), item=item)

    def seen():
        warehouse = shop.warehouse
        made = [category_shares(warehouse, [cut]), shares(warehouse, [cut]), interests(warehouse, [cut])]
        return catalogue(shop, cut), [sorted(map(str, warehouse.to_arrow(rows).to_pylist())) for rows in made]

    then, parts = seen()
    shop.item("box", "OTHER", cut + timedelta(days=9), brand="Neu")
    for n, (customer, ahead, item, money) in enumerate(after):
        day = cut + timedelta(days=ahead - 1)
        shop.order(customer, day, items={item: money}, store="B", hour=3, discount=2)
        shop.refund(customer, day, money)
        shop.coupon(customer, issued=day, redeemed=day)
        shop.event(customer, day, "search", session=str(n))
        shop.person(customer, day + timedelta(days=1), is_guest=True, region="south", attributes=[("age", "99")])
        shop.item(item, "OTHER", day + timedelta(days=1), brand="Neu", title="blue")
    now, parts_now = seen()
    assert set(now) == set(then)
    for feature in FEATURES:
        assert {who: row[feature.name] for who, row in now.items()} == {
            who: row[feature.name] for who, row in then.items()
        }, feature.name
    assert parts_now == parts

from datetime import datetime

import pytest

from daogou.base.rule import Did
from daogou.base.rule_read import read
from daogou.predict.history import with_gaps
from daogou.predict.target_events import attribute_spans, days_of, left_days, money_days
from daogou.store.tables import COUPONS, CUSTOMERS, EVENTS, REFUNDS
from daogou.testing.rows import rows


def _days(shop, until=200, **told):
    did = read({"did": told.pop("event", "bought"), "where": told}, "x")
    table = days_of(shop.warehouse, did, "key", shop.day(until), "")
    found = shop.warehouse.to_arrow(table.order_by("customer_id", "local_day")).to_pylist()
    first = shop.day(0)
    return [
        (row["customer_id"], (row["local_day"] - first).days, float(row["net_sales"]), row["lines"]) for row in found
    ]


@pytest.fixture
def stock(shop):
    shop.item("green", "tea")
    shop.item("cup", "china")
    shop.order(1, 3, "green", "cup", each=5)
    shop.order(1, 3, "green", each=30)
    shop.order(2, 5, "cup", each=50)
    shop.order(2, 9, "green", quantity=0)
    shop.tell()
    return shop


def test_purchases_of_anything_of_an_item_and_of_an_amount(stock):
    assert _days(stock) == [(1, 3, 40.0, 3), (2, 5, 50.0, 1), (2, 9, 10.0, 1)]
    assert _days(stock, item="green") == [(1, 3, 35.0, 2)]  # a line without quantity is no purchase
    assert _days(stock, category=["tea", "china"], amount={"at_least": 20}) == [(1, 3, 30.0, 1), (2, 5, 50.0, 1)]
    assert _days(stock, until=5) == [(1, 3, 40.0, 3)]


def test_an_item_is_what_it_was_on_the_day(shop):
    shop.item("mate", "tea", valid_from=0)
    shop.item("mate", "herbs", valid_from=50)
    for day in (10, 49, 50, 60):
        shop.order(1, day, "mate")
    shop.tell()
    assert [row[1] for row in _days(shop, category="tea")] == [10, 49]
    assert [row[1] for row in _days(shop, category="herbs")] == [50, 60]


def test_views_sign_ups_refunds_and_coupons_are_events_too(stock):
    told = [
        {"event_id": str(n), "customer_id": customer, "kind": kind, "local_day": stock.day(day), "item_id": item}
        | {"amount": amount, "channel": channel}
        for n, (customer, kind, day, item, amount, channel) in enumerate(
            [
                (1, "view", 4, "green", None, "app"),
                (1, "view", 4, "cup", 7.5, "web"),
                (2, "view", 6, "green", 2.0, "web"),
                (2, "sign_up", 1, None, None, "web"),
            ]
        )
    ]
    stock.warehouse.append(EVENTS, rows(EVENTS, *told))
    back = {"refund_id": "r", "customer_id": 2, "local_day": stock.day(8), "item_id": "cup", "amount": 20}
    stock.warehouse.append(REFUNDS, rows(REFUNDS, back))
    used = {"coupon_id": "c", "customer_id": 1, "redeemed_day": stock.day(3), "campaign_id": "spring"}
    used |= {"redeemed_at": datetime(2020, 1, 4), "funded_by": "shop"}
    stock.warehouse.append(COUPONS, rows(COUPONS, used))
    assert _days(stock, event="viewed") == [(1, 4, 7.5, 2), (2, 6, 2.0, 1)]
    assert _days(stock, event="viewed", category="tea") == [(1, 4, 0.0, 1), (2, 6, 2.0, 1)]
    assert _days(stock, event="viewed", channel="web", amount={"above": 5}) == [(1, 4, 7.5, 1)]
    assert _days(stock, event="signed_up") == [(2, 1, 0.0, 1)]
    assert _days(stock, event="refunded", category="china") == [(2, 8, 20.0, 1)]
    assert _days(stock, event="redeemed", campaign="spring") == [(1, 3, 0.0, 1)]


def test_net_sales_are_less_refunds_on_the_refunds_day(stock):
    told = [
        {"refund_id": str(n), "customer_id": 2, "local_day": stock.day(day), "item_id": item, "amount": 20}
        for n, (day, item) in enumerate([(5, "cup"), (8, None), (300, "cup")])
    ]
    stock.warehouse.append(REFUNDS, rows(REFUNDS, *told))

    def money(**where):
        did = read({"did": "bought", "where": where}, "x")
        table = money_days(stock.warehouse, did, stock.day(200), "").order_by("customer_id", "local_day")
        return [
            tuple(map(float, row.values())) for row in stock.warehouse.to_arrow(table.drop("local_day")).to_pylist()
        ]

    assert money() == [(1, 40), (2, 30), (2, -20), (2, 10)]
    assert money(category="china") == [(1, 5), (2, 30)]  # a refund without an item is of no category
    assert money(store="none") == []  # refunds name no shop


def test_a_contract_ends_on_the_day_from_which_its_attribute_says_so(shop):
    told = [
        {"customer_id": who, "valid_from": shop.day(day), "is_static": static, "attributes": [("status", status)]}
        for who, day, static, status in [
            (1, 0, True, "on"),
            (1, 40, False, "gone"),
            (1, 90, False, "on"),
            (2, 0, True, "on"),
        ]
    ]
    shop.warehouse.append(CUSTOMERS, rows(CUSTOMERS, *told))
    left = shop.warehouse.to_arrow(left_days(shop.warehouse, "status", ("gone",), "key")).to_pylist()
    assert [(row["customer_id"], row["local_day"], row["category"]) for row in left] == [(1, shop.day(40), "key")]
    spans = shop.warehouse.to_arrow(attribute_spans(shop.warehouse, "status").order_by("customer_id", "from_day"))
    assert spans["told"].to_pylist() == ["on", "gone", "on", "on"]
    assert spans["until_day"].to_pylist()[:2] == [shop.day(40), shop.day(90)]


def test_gaps_are_between_days_of_one_key(stock):
    days = with_gaps(days_of(stock.warehouse, Did("bought"), "key", stock.day(200), ""))
    found = stock.warehouse.to_arrow(days.order_by("customer_id", "local_day"))
    assert found["gap"].to_pylist() == [None, None, 4]

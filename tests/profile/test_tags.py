import json
from datetime import date, datetime, time, timedelta

import pytest

from daogou.base.words import language
from daogou.profile.features import features
from daogou.profile.lifecycle_settings import LifecycleSettings
from daogou.profile.rules import METHOD as RULES
from daogou.profile.tag_settings import read_tags
from daogou.profile.tags import values
from daogou.profile.tags_words import reason
from daogou.store.tables import COUPONS, EVENTS, PROFILES, SEGMENTS
from daogou.testing.rows import rows

FIRST = date(2024, 1, 1)
AS_OF = date(2024, 6, 1)


def day(n):
    return FIRST + timedelta(days=n)


@pytest.fixture(scope="module")
def told_shop(module_shop):
    """Four customers and a guest who buys like them."""
    shop = module_shop
    for item, category in (("tea", "TEA"), ("oolong", "TEA"), ("cake", "SWEETS"), ("cup", None)):
        shop.item(item, category, title=item.title())
    shop.customer(9, guest=True)
    for customer in (1, 9):
        shop.order(customer, day(0), items={"tea": 30, "cake": 10}, store="North")
        shop.order(customer, day(10), items={"oolong": 20}, store="South")
        shop.order(customer, day(145), items={"cake": 15}, store="North")
    shop.order(2, day(20), items={"cup": 500})
    shop.order(3, day(140), items={"tea": 5}, store="South")
    shop.order(3, day(140), items={"cake": 5}, store="North", hour=18)
    shop.order(3, day(150), items={"tea": 4}, store="South")
    shop.order(3, day(200), items={"cake": 999}, store="Later")
    shop.order(4, day(1), 80)  # without lines
    warehouse = shop.warehouse
    seen = {"occurred_at": datetime.combine(day(30), time(9)), "local_day": day(30), "kind": "view"}
    warehouse.append(
        EVENTS,
        rows(EVENTS, {"event_id": "e1", "customer_id": 1, "item_id": "tea", "place": "home", **seen},
             {"event_id": "e2", "customer_id": 1, "item_id": "cup", "place": "", **seen}),
    )  # fmt: skip
    used = {"redeemed_at": datetime.combine(day(11), time(9)), "redeemed_day": day(11)}
    coupon = {"coupon_id": "c1", "customer_id": 1, "campaign_id": "spring", "offer_id": "-5", **used}
    warehouse.append(COUPONS, rows(COUPONS, coupon))
    warehouse.append(PROFILES, warehouse.to_arrow(features(warehouse, [AS_OF])))
    return warehouse


def found(warehouse, settings=None, **tag):
    made = read_tags({"t": tag}).named["t"]
    expression = values(warehouse, "t", made, AS_OF, "", settings or LifecycleSettings())
    assert expression.columns == ("customer_id", "value", "reason")
    got = warehouse.to_arrow(expression.order_by("customer_id")).to_pylist()
    assert len({row["customer_id"] for row in got}) == len(got)
    assert all(json.loads(row["reason"]) for row in got)
    return {row["customer_id"]: (row["value"], reason(row["reason"])) for row in got}


def value(warehouse, **tag):
    return {customer: got for customer, (got, _why) in found(warehouse, **tag).items()}


def test_a_rule_gives_the_first_value_that_holds_and_says_what_was_measured(told_shop):
    often = {"did": "bought", "within": 28, "count": {"at_least": 2}}
    rules = {"often": often, "big": {"profile": "net_sales", "at_least": 75}}
    assert found(told_shop, kind="rule", rules=rules) == {
        1: ("big", "net sales 75"),
        2: ("big", "net sales 500"),
        3: ("often", "bought 3 times in 28 days"),
        4: ("big", "net sales 80"),
    }
    with language("zh"):
        assert found(told_shop, kind="rule", rules=rules)[3] == ("often", "28 天内买过 3 次")


def test_of_any_only_what_holds_is_said_and_of_all_everything(told_shop):
    tea = {"did": "bought", "where": {"category": "TEA"}, "within": 28, "count": {"at_least": 1}, "sum": {"above": 1}}
    rules = {"yes": {"any": [tea, {"all": [{"did": "viewed"}, {"not": {"did": "refunded"}}]}]}}
    got = found(told_shop, kind="rule", rules=rules)
    assert got == {
        1: ("yes", "viewed something and not (got money back)"),
        3: ("yes", "bought (category is TEA) in the last 28 days: 2 times, 9 in total"),
    }


def test_a_rule_may_ask_for_attributes_sequences_and_segments(told_shop):
    told_shop.replace(SEGMENTS, rows(SEGMENTS, {"customer_id": 2, "as_of": AS_OF, "method": RULES, "segment": "vip"}))
    again = {"first": {"did": "bought"}, "then": {"did": "bought"}, "days": 10}
    rules = {"vip": {"tag": "rules:vip"}, "again": again}
    got = found(told_shop, kind="rule", rules=rules)
    assert {customer: got[customer][0] for customer in got} == {1: "again", 2: "vip", 3: "again"}
    assert got[1][1] == "bought, then within 10 days bought"
    assert got[2][1] == "in segment vip"


def test_a_number_is_a_column_of_profiles_or_counted_from_events(told_shop):
    assert found(told_shop, kind="number", profile="net_sales_365")[2] == ("500", "net sales in 365 days: 500")
    tea = {"kind": "number", "event": "bought", "where": {"category": "TEA"}}
    assert value(told_shop, **tea) == {1: "2", 2: "0", 3: "2", 4: "0"}
    assert value(told_shop, **tea, measure="sum") == {1: "50", 2: "0", 3: "9", 4: "0"}
    assert value(told_shop, **tea, measure="days", within=10) == {1: "0", 2: "0", 3: "1", 4: "0"}
    assert found(told_shop, **tea, within=365)[1][1] == "bought (category is TEA) 2 times in 365 days"
    assert value(told_shop, kind="number", profile="gap_mean") == {1: "72.5", 3: "10"}


def test_bands_are_cut_at_edges_that_belong_above(told_shop):
    got = found(told_shop, kind="band", profile="net_sales_365", edges=[14, 80], names=["a", "b", "c"])
    assert got == {
        1: ("b", "net sales in 365 days: 75; band b is from 14 to below 80"),
        2: ("c", "net sales in 365 days: 500; band c is from 80"),
        3: ("b", "net sales in 365 days: 14; band b is from 14 to below 80"),
        4: ("c", "net sales in 365 days: 80; band c is from 80"),
    }
    low = found(told_shop, kind="band", event="bought", within=28, edges=[1])
    assert low[1] == (">=1", "bought 1 times in 28 days; band >=1 is from 1")
    assert low[2] == ("<1", "bought 0 times in 28 days; band <1 is below 1")


def test_bands_by_quantiles_hold_equally_many(told_shop):
    got = value(told_shop, kind="band", profile="net_sales_365", quantiles=2)
    assert got == {1: "1/2", 3: "1/2", 2: "2/2", 4: "2/2"}


def test_first_and_last_know_the_dearest_of_an_order_and_nothing_of_the_future(told_shop):
    first = found(told_shop, kind="first", event="bought", what="title")
    assert {customer: got for customer, (got, _why) in first.items()} == {1: "Tea", 2: "Cup", 3: "Tea"}
    assert first[1][1] == "first: bought, on 2024-01-01"
    assert value(told_shop, kind="last", event="bought", what="category") == {1: "SWEETS", 3: "TEA"}
    assert value(told_shop, kind="last", event="bought", what="store", where={"store": "North"}) == {
        1: "North",
        3: "North",
    }
    assert value(told_shop, kind="first", event="bought", what="day", where={"category": "SWEETS"}) == {
        1: "2024-01-01",
        3: "2024-05-20",
    }
    assert value(told_shop, kind="last", event="bought", what="item", within=10) == {1: "cake", 3: "tea"}
    with language("zh"):
        assert found(told_shop, kind="first", event="bought", what="day")[1][1] == "首次：买过（2024年1月1日）"


def test_events_and_coupons_have_a_first_and_last_too(told_shop):
    assert value(told_shop, kind="last", event="viewed", what="place") == {1: "home"}
    assert value(told_shop, kind="last", event="viewed", what="category") == {1: "TEA"}
    assert value(told_shop, kind="first", event="redeemed", what="campaign") == {1: "spring"}
    assert value(told_shop, kind="first", event="refunded", what="reason") == {}


def test_a_favourite_has_its_share_of_everything_known_or_not(told_shop):
    by_store = found(told_shop, kind="favourite", event="bought", what="store")
    assert by_store == {
        1: ("North", "bought: 67 % of the times, 2 of 3"),
        3: ("South", "bought: 67 % of the times, 2 of 3"),
    }
    by_money = found(told_shop, kind="favourite", event="bought", what="category", by="sum", within=365)
    assert by_money[1] == ("TEA", "bought in the last 365 days: 67 % of the money, 50 of 75")
    assert by_money[3][0] == "TEA"
    assert value(told_shop, kind="favourite", event="bought", what="category", by="sum", least_share=0.65) == {1: "TEA"}
    # of two equal ones the first by name; the item without a category counts in the whole
    assert value(told_shop, kind="favourite", event="viewed", what="item") == {1: "cup"}
    assert found(told_shop, kind="favourite", event="viewed", what="category")[1][1] == (
        "viewed something: 50 % of the times, 1 of 2"
    )


def test_an_orders_amount_may_be_asked_for(told_shop):
    tag = {"kind": "favourite", "event": "bought", "what": "item"}
    assert value(told_shop, **tag, where={"amount": {"at_least": 40}}) == {1: "cake", 2: "cup"}


def test_rfm_and_lifecycle_are_tags_with_their_numbers(told_shop):
    lost = {"customer_id": 1, "as_of": AS_OF, "method": "rfm", "segment": "lost"}
    told_shop.replace(SEGMENTS, rows(SEGMENTS, lost))
    assert found(told_shop, kind="rfm") == {
        1: ("lost", "last order 7 days ago; in 365 days 3 orders and net sales of 75")
    }
    stage = found(told_shop, kind="lifecycle", settings=LifecycleSettings(new_days=5, second_days=60))
    assert {customer: got for customer, (got, _why) in stage.items()} == {
        1: "won_back",
        2: "lapsed",
        3: "active",
        4: "lapsed",
    }
    assert stage[2][1] == "last order 132 days ago; due within 60 days by this customer's rhythm"


def test_an_empty_shop_has_no_tags(shop):
    for tag in (
        {"kind": "number", "profile": "orders"},
        {"kind": "band", "profile": "orders", "quantiles": 4},
        {"kind": "first", "event": "bought", "what": "category"},
        {"kind": "favourite", "event": "bought", "what": "category", "by": "sum"},
        {"kind": "rule", "rules": {"yes": {"did": "bought"}}},
        {"kind": "rfm"},
        {"kind": "lifecycle"},
    ):
        assert found(shop.warehouse, **tag) == {}

"""Rules answered on a shop that one can count by hand, and against plain Python on shops that chance made."""

from datetime import date, timedelta

import pytest

from daogou.base.rule_read import read
from daogou.store.rule import Overlap, members, overlap, profile_kinds, vocabulary
from daogou.store.tables import (
    ASSIGNMENTS,
    COUPONS,
    CUSTOMERS,
    EVENTS,
    ITEMS,
    ORDER_LINES,
    ORDERS,
    PAST_CAMPAIGNS,
    PROFILES,
    REFUNDS,
    SCORES,
    SEGMENTS,
)
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows
from daogou.testing.rules import Facts

AS_OF = date(2024, 7, 1)


def ago(days):
    return AS_OF - timedelta(days=days)


def profile(customer, **known):
    attributes = known.pop("attributes", {})
    return {
        "customer_id": customer,
        "as_of": AS_OF,
        "has_attributes": bool(attributes),
        "attributes": attributes,
    } | known


def order(name, customer, days, items, store=None):
    """An order and its lines; ``items`` is item to (quantity, money)."""
    lines = [
        {"line_id": f"{name}-{item}", "order_id": name, "item_id": item, "quantity": quantity, "net_sales": money}
        for item, (quantity, money) in items.items()
    ]
    money = sum(line["net_sales"] for line in lines)
    return {
        "order_id": name,
        "customer_id": customer,
        "local_day": ago(days),
        "net_sales": money,
        "store_id": store,
    }, lines


def item(name, category, brand=None, valid_from=None):
    dated = {"valid_from": valid_from or date(1970, 1, 1), "is_static": valid_from is None}
    return {"item_id": name, "category": category, "brand": brand} | dated


def deed(name, customer, kind, days, **known):
    return {"event_id": name, "customer_id": customer, "kind": kind, "local_day": ago(days)} | known


ORDERED = [
    # 1: tea in spring and on 618, coffee a week later; 2: coffee in 618's lead days, today's tea does not count
    order("a", 1, 100, {"tea": (1, 10)}, "north"),
    order("b", 1, 13, {"tea": (2, 20), "milk": (1, 2), "sundry": (1, 7)}, "north"),  # 18 June
    order("c", 1, 6, {"coffee": (1, 30)}, "south"),
    order("d", 2, 28, {"coffee": (1, 30)}),
    order("e", 2, 0, {"tea": (1, 10)}),
    # 3: milk twice; a line of quantity 0 carries a coupon and is no purchase
    order("f", 3, 29, {"tea": (0, -1), "milk": (1, 2)}),
    order("g", 3, 29, {"milk": (1, 2)}),
]
TOLD = {
    PROFILES: [
        profile(1, attributes={"age": "30", "likes": "tea; wine"}, orders=3, favourite_store="north", gap_mean=47.0),
        profile(2, attributes={"age": " 18.5", "likes": "tea shops"}, orders=1),
        profile(3, attributes={"age": "unknown", "likes": "、 coffee ，tea"}, orders=2, gap_mean=0.0),
        profile(4, attributes={"age": "nan"}, orders=1),
        profile(5, orders=1),
        profile(9, orders=99) | {"as_of": ago(30)},
    ],
    CUSTOMERS: [
        {"customer_id": 1, "is_static": True, "region": "south"},
        {"customer_id": 1, "valid_from": ago(50), "region": "north"},
        {"customer_id": 1, "valid_from": AS_OF + timedelta(days=1), "region": "east"},
        {"customer_id": 2, "valid_from": AS_OF, "region": "east", "member_level": "gold"},
    ],
    ITEMS: [
        item("tea", "OLD"),
        item("tea", "DRINKS", "Leaf", ago(60)),
        item("tea", "FUTURE", "Leaf", AS_OF + timedelta(days=1)),
        item("coffee", "DRINKS", "Bean"),
        item("milk", "DAIRY"),
    ],
    ORDERS: [made for made, _lines in ORDERED],
    ORDER_LINES: [line for _made, lines in ORDERED for line in lines],
    REFUNDS: [
        {
            "refund_id": "x",
            "customer_id": 1,
            "local_day": ago(5),
            "item_id": "coffee",
            "amount": 30,
            "kind": "returned",
        },
        {"refund_id": "y", "customer_id": 2, "local_day": AS_OF, "amount": 30},
        {"refund_id": "z", "customer_id": 3, "local_day": ago(1), "amount": 1.5},
    ],
    COUPONS: [
        {"coupon_id": "1", "customer_id": 1, "campaign_id": "spring", "offer_id": "o1", "redeemed_day": ago(13)},
        {"coupon_id": "2", "customer_id": 1, "campaign_id": "spring", "offer_id": "o2", "redeemed_day": ago(13)},
        {"coupon_id": "3", "customer_id": 2, "campaign_id": "spring"},
        {"coupon_id": "4", "customer_id": 3, "campaign_id": "june", "redeemed_day": AS_OF},
    ],
    EVENTS: [
        deed("1", 1, "view", 3, item_id="tea", place="home"),
        deed("2", 1, "view", 2, item_id="milk", amount=0.1),
        deed("3", 1, "cart", 1, item_id="tea", amount=0.2),
        deed("4", 2, "view", 0, item_id="tea"),
        deed("5", 3, "rate", 40, item_id="coffee", rating=4.5),
    ],
    PAST_CAMPAIGNS: [
        {"campaign_id": "spring", "kind": "A", "channel": "mail", "starts_on": ago(20), "ends_on": ago(1)},
        {"campaign_id": "june", "kind": "B", "starts_on": AS_OF, "ends_on": AS_OF},
    ],
    ASSIGNMENTS: [
        {"campaign_id": "spring", "unit_id": 1, "arm": "treated"},
        {"campaign_id": "spring", "unit_id": 1, "arm": "treated", "intended_action": "twice"},
        {"campaign_id": "spring", "unit_id": 2, "arm": "holdout"},
        {"campaign_id": "june", "unit_id": 3, "arm": "treated"},
    ],
    SEGMENTS: [
        {"customer_id": 1, "as_of": AS_OF, "method": "rfm", "segment": "loyal"},
        {"customer_id": 1, "as_of": AS_OF, "method": "rules", "segment": "a:b"},
        {"customer_id": 2, "as_of": ago(30), "method": "rfm", "segment": "loyal"},
    ],
    SCORES: [
        {"customer_id": 1, "as_of": AS_OF, "target": "inactive", "probability": 0.7},
        {"customer_id": 2, "as_of": AS_OF, "target": "inactive", "probability": 0.2},
        {"customer_id": 3, "as_of": ago(30), "target": "inactive", "probability": 0.9},
    ],
}
DRINKS = {"category": "DRINKS"}
ANSWERS = [
    ({"profile": "orders", "at_least": 2}, {1, 3}),
    ({"profile": "orders", "is": 1.0}, {2, 4, 5}),
    ({"profile": "orders", "at_least": 1, "below": 2}, {2, 4, 5}),
    ({"profile": "gap_mean", "below": 50}, {1, 3}),
    ({"profile": "gap_mean", "is_not": 0}, {1}),
    ({"profile": "gap_mean", "known": False}, {2, 4, 5}),
    ({"profile": "favourite_store", "not_in": ["south"]}, {1}),
    ({"profile": "favourite_store", "contains": "ort"}, {1}),
    ({"profile": "has_attributes", "is": False}, {5}),
    ({"attribute": "age", "above": 18}, {1, 2}),
    ({"attribute": "age", "in": [18.5, 30]}, {1, 2}),
    ({"attribute": "age", "is_not": 30}, {2}),
    ({"attribute": "age", "is": "18.5"}, {2}),
    ({"not": {"attribute": "age", "above": 18}}, {3, 4, 5}),
    ({"attribute": "likes", "is": "tea"}, {1, 3}),
    ({"attribute": "likes", "in": ["wine", "tea shops"]}, {1, 2}),
    ({"attribute": "likes", "is_not": "tea"}, {2}),
    ({"attribute": "likes", "is": "tea; wine"}, {1}),
    ({"attribute": "likes", "contains": "tea"}, {1, 2, 3}),
    ({"attribute": "likes", "known": False}, {4, 5}),
    ({"attribute": "likes", "in": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "tea"]}, {1, 3}),
    ({"attribute": "likes", "is": "t.a"}, set()),
    ({"attribute": "likes", "in": ["tea' OR '1'='1", "a\\b", "(", "[tea]", "tea|wine"]}, set()),
    ({"attribute": "likes", "contains": "t_a"}, set()),
    ({"attribute": "region", "is": "north"}, {1}),
    ({"attribute": "region", "known": True}, {1, 2}),
    ({"attribute": "member_level", "is": "gold"}, {2}),
    ({"tag": "rfm:loyal"}, {1}),
    ({"tag": "rules:a:b"}, {1}),
    ({"score": "inactive", "below": 0.5}, {2}),
    ({"score": "inactive", "known": False}, {3, 4, 5}),
    ({"did": "bought"}, {1, 2, 3}),
    ({"did_not": "bought"}, {4, 5}),
    ({"did": "bought", "within": 28}, {1, 2}),
    ({"did": "bought", "within": 27}, {1}),
    ({"did": "bought", "skip_last": 28}, {1, 3}),
    ({"did": "bought", "within": 29, "skip_last": 28}, {3}),
    ({"did": "bought", "count": {"at_least": 2}}, {1, 3}),
    ({"did": "bought", "days": {"at_least": 2}}, {1}),
    ({"did": "bought", "count": {"at_most": 1}}, {2, 4, 5}),
    ({"did": "bought", "sum": {"is": 69}}, {1}),
    ({"did": "bought", "sum": {"below": 1}}, {4, 5}),
    ({"did": "bought", "where": {"item": "tea"}}, {1}),
    ({"did": "bought", "where": {"item": ["milk", "coffee"]}, "count": {"is": 2}}, {1, 3}),
    ({"did": "bought", "where": {"category": "OLD"}}, set()),
    ({"did": "bought", "where": DRINKS, "count": {"is": 3}}, {1}),
    ({"did": "bought", "where": DRINKS, "sum": {"is": 60}}, {1}),
    ({"did": "bought", "where": {"brand": {"known": False}}, "sum": {"is": 9}}, {1}),  # milk, and a sundry
    ({"did": "bought", "where": {"brand": {"is_not": "Leaf"}}}, {1, 2}),
    ({"did": "bought", "where": DRINKS | {"amount": {"above": 20}}}, {1, 2}),
    ({"did": "bought", "where": DRINKS | {"amount": {"above": 20}, "store": "north"}}, set()),
    ({"did": "bought", "where": {"amount": {"above": 21}}, "count": {"is": 2}}, {1}),
    ({"did": "bought", "where": {"store": {"known": False}}}, {2, 3}),
    ({"did": "bought", "on": "618"}, {1}),
    ({"did": "bought", "where": {"item": "coffee"}, "around": "618"}, {2}),
    ({"did": "bought", "around": ["618", "dragon_boat"], "count": {"is": 1}}, {1, 2}),
    ({"did": "bought", "on": "christmas"}, set()),
    ({"did": "refunded"}, {1, 3}),
    ({"did": "refunded", "sum": {"above": 1.25}}, {1, 3}),
    ({"did": "refunded", "where": DRINKS | {"kind": "returned"}}, {1}),
    ({"did_not": "refunded", "within": 3}, {1, 2, 4, 5}),
    ({"did": "redeemed"}, {1}),
    ({"did": "redeemed", "where": {"offer": "o1"}, "count": {"is": 1}}, {1}),
    ({"did": "redeemed", "where": {"campaign": "june"}}, set()),
    ({"did": "viewed"}, {1}),
    ({"did": "viewed", "where": DRINKS | {"place": "home"}, "count": {"is": 1}}, {1}),
    ({"did": "viewed", "sum": {"is": 0.1}}, {1}),
    ({"did": "put_in_cart", "within": 1, "where": {"amount": {"above": 0.1}}}, {1}),
    ({"did": "rated", "where": {"rating": {"at_least": 4.5}}}, {3}),
    ({"did_not": "viewed", "within": 2}, {2, 3, 4, 5}),
    ({"first": {"did": "viewed"}, "then": {"did": "put_in_cart"}, "days": 1}, {1}),
    ({"did": "reached"}, {1}),
    ({"did": "reached", "where": {"campaign": "spring", "kind": "A", "channel": "mail"}, "count": {"is": 1}}, {1}),
    ({"did_not": "reached"}, {2, 3, 4, 5}),
    (
        {
            "first": {"did": "bought", "where": {"item": "tea"}},
            "then": {"did": "bought", "where": {"item": "coffee"}},
            "days": 7,
        },
        {1},
    ),
    (
        {
            "first": {"did": "bought", "where": {"item": "tea"}},
            "then": {"did": "bought", "where": {"item": "coffee"}},
            "days": 6,
        },
        set(),
    ),
    ({"first": {"did": "bought"}, "then": {"did": "bought"}, "days": 400}, {1}),
    ({"first": {"did": "reached"}, "then": {"did": "redeemed"}, "days": 7}, {1}),
    ({"first": {"did": "redeemed"}, "then": {"did": "reached"}, "days": 100}, set()),
    ({"any": [{"tag": "rfm:loyal"}, {"did": "bought", "within": 28}]}, {1, 2}),
    ({"all": [{"did": "bought"}, {"not": {"did": "refunded"}}]}, {2}),
    (
        {
            "all": [
                {"not": {"any": [{"did": "bought"}, {"profile": "has_attributes", "is": True}]}},
                {"profile": "orders", "is": 1},
            ]
        },
        {5},
    ),
]


@pytest.fixture(scope="module")
def warehouse():
    with Warehouse(":memory:") as opened:
        for table, told in TOLD.items():
            maps = [
                row | {"attributes": list(row["attributes"].items())} if "attributes" in row else row for row in told
            ]
            opened.append(table, rows(table, *maps))
        yield opened


def people(warehouse, told, as_of=AS_OF):
    found = warehouse.to_arrow(members(warehouse, read(told, "here"), as_of)).column("customer_id").to_pylist()
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize(("told", "answer"), ANSWERS, ids=[str(told) for told, _answer in ANSWERS])
def test_a_rule_holds_for_the_people_whom_one_counts_by_hand(warehouse, told, answer):
    assert people(warehouse, told) == answer
    assert Facts(TOLD, AS_OF).people(read(told, "here")) == answer  # the plain evaluator can count, too


def test_nothing_of_the_day_itself_or_later_is_seen(warehouse):
    """At the day after, 2's tea and refund and 3's coupon are there, and 9 never had a profile at either."""
    later = AS_OF + timedelta(days=1)
    with Warehouse(":memory:") as opened:
        for table, told in TOLD.items():
            moved = [row | {"as_of": later} if row.get("as_of") == AS_OF else row for row in told]
            maps = [
                row | {"attributes": list(row["attributes"].items())} if "attributes" in row else row for row in moved
            ]
            opened.append(table, rows(table, *maps))
        assert people(opened, {"did": "bought", "where": {"item": "tea"}}, later) == {1, 2}
        assert people(opened, {"did": "refunded"}, later) == {1, 2, 3}
        assert people(opened, {"did": "redeemed"}, later) == {1, 3}
        assert people(opened, {"did": "reached"}, later) == {1, 3}
        assert people(opened, {"did": "bought", "where": {"category": "FUTURE"}}, later) == {1, 2}


def test_overlap_counts_each_and_each_two(warehouse):
    rules = {
        "bought": read({"did": "bought"}, "here"),
        "not one": read({"not": {"profile": "orders", "is": 1}}, "here"),
        "nobody": read({"tag": "rfm:lost"}, "here"),
    }
    assert overlap(warehouse, rules, AS_OF) == Overlap(
        everyone=5,
        sizes={"bought": 3, "not one": 2, "nobody": 0},
        both={("bought", "not one"): 2, ("bought", "nobody"): 0, ("not one", "nobody"): 0},
    )


def test_without_profiles_nobody_meets_anything(warehouse):
    assert overlap(warehouse, {"all": read({"did_not": "reached"}, "here")}, ago(400)) == Overlap(0, {"all": 0}, {})


def test_the_vocabulary_is_what_the_data_hold(warehouse):
    rule = read({"all": [{"attribute": "age", "above": 1}, {"score": "inactive", "above": 0}]}, "here")
    known = vocabulary(warehouse, rule, AS_OF, ["rfm:lost"], "US")
    assert sorted(known.attributes) == ["age", "likes", "member_level", "region"]
    assert list(known.targets) == ["inactive"]  # no customer value is stored, so a rule may not ask for one
    assert known.tags == ["rfm:lost"]
    assert {"618", "thanksgiving_day"} <= set(known.festivals)
    assert known.profile == profile_kinds()
    assert {"customer_id", "as_of", "attributes"}.isdisjoint(known.profile)
    kinds = {"orders": "number", "favourite_store": "text", "favourite_hour": "number", "has_attributes": "flag"}
    assert kinds.items() <= known.profile.items()

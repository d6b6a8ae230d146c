"""Rules about items, and about customers' attributes, on rows that one can count by hand."""

from datetime import date

import pytest

from daogou.base.errors import DaogouError
from daogou.base.rule_read import read
from daogou.store.rule_items import asked_attributes, check_attributes, holds
from daogou.store.tables import CUSTOMERS, ITEMS
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

STATIC = {"valid_from": date(1970, 1, 1), "is_static": True}


@pytest.fixture(scope="module")
def warehouse():
    with Warehouse(":memory:") as opened:
        items = [
            {"item_id": "a", "title": "GREEN TEA", "category": "TEA", "brand": "X", "price": 4, "available": True},
            {"item_id": "b", "title": "PREMIUM GAS", "category": "GAS", "price": 40, "stock": 3, "risk_level": 2},
            {"item_id": "c", "attributes": [("colour", "red; blue"), ("weight", "12")]},
        ]
        opened.append(ITEMS, rows(ITEMS, *(item | STATIC for item in items)))
        people = [
            {"customer_id": 1, "attributes": [("ads", "off")]},
            {"customer_id": 2, "member_level": "gold", "attributes": [("ads", "on")]},
            {"customer_id": 3},
        ]
        opened.append(CUSTOMERS, rows(CUSTOMERS, *(person | STATIC for person in people)))
        yield opened


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ({"item": "category", "is": "TEA"}, "a"),
        ({"item": "title", "contains": "GAS"}, "b"),
        ({"not": {"item": "title", "contains": "GAS"}}, "ac"),  # what has no title contains nothing
        ({"item": "price", "at_least": 4, "below": 40}, "a"),
        ({"item": "price", "known": False}, "c"),
        ({"item": "available", "is": True}, "a"),
        ({"item": "stock", "above": 2}, "b"),
        ({"item": "risk_level", "at_most": 2}, "b"),
        ({"item": "item_id", "in": ["a", "c", "z"]}, "ac"),
        ({"item": "brand", "is_not": "X"}, ""),
        ({"item_attribute": "colour", "is": "blue"}, "c"),
        ({"item_attribute": "weight", "above": 11.5}, "c"),
        (
            {
                "any": [
                    {"item": "brand", "is": "X"},
                    {"all": [{"item": "price", "above": 1}, {"item": "stock", "is": 3}]},
                ]
            },
            "ab",
        ),
    ],
)
def test_items_that_meet_a_rule(warehouse, rule, met):
    items = warehouse.table(ITEMS)
    found = warehouse.to_arrow(items.filter(holds(read(rule, "here", "items"), items)).order_by("item_id"))
    assert "".join(found.column("item_id").to_pylist()) == met


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ({"attribute": "ads", "is": "off"}, [1]),
        ({"not": {"attribute": "ads", "is": "on"}}, [1, 3]),
        ({"attribute": "member_level", "is": "gold"}, [2]),
    ],
)
def test_customers_whose_attributes_meet_a_rule(warehouse, rule, met):
    people = warehouse.table(CUSTOMERS)
    found = warehouse.to_arrow(people.filter(holds(read(rule, "here", "attributes"), people)).order_by("customer_id"))
    assert found.column("customer_id").to_pylist() == met


def test_attributes_that_nobody_has_are_named():
    rule = read(
        {"any": [{"item": "brand", "is": "X"}, {"not": {"item_attribute": "color", "is": "red"}}]}, "x", "items"
    )
    assert asked_attributes(rule) == {"color"}
    check_attributes(rule, ["color"], "my rule")
    with pytest.raises(DaogouError, match=r"my rule any\[2\].not.item_attribute: no item has .*Did you mean 'colour'"):
        check_attributes(rule, ["colour"], "my rule")
    with pytest.raises(DaogouError, match="There are none yet"):
        check_attributes(rule, [], "my rule")
    own = read({"attribute": "region", "is": "N"}, "here", "attributes")
    assert asked_attributes(own) == set()


def test_rules_that_look_beyond_a_row_are_no_question_for_one(warehouse):
    with pytest.raises(TypeError, match="Did"):
        holds(read({"did": "bought"}, "here"), warehouse.table(CUSTOMERS))

from datetime import timedelta

import pytest

from daogou.base.clock import system_clock
from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.flows.recommend import recommend
from daogou.flows.workspace import Workspace
from daogou.recommend import ItemKNN, Popular
from daogou.store import models
from daogou.store.tables import (
    CUSTOMERS,
    EVALUATIONS,
    EVENTS,
    ITEMS,
    MODELS,
    ORDER_LINES,
    ORDERS,
    RECOMMENDATIONS,
)
from daogou.testing.rows import rows as table_rows

from .conftest import FIRST, open_workspace

LAST = 60
TASTES = 16  # items of each taste


def run(workspace):
    return recommend(workspace, system_clock, lambda _done, _text: None)


def rows(workspace, table):
    with workspace.warehouse() as warehouse:
        return warehouse.to_arrow(warehouse.table(table)).to_pylist()


def offered(workspace):
    found = {}
    for row in sorted(rows(workspace, RECOMMENDATIONS), key=lambda row: (row["customer_id"], row["rank"])):
        found.setdefault(row["customer_id"], []).append(row)
    return found


def purchase(customer, item, day, quantity=1):
    order = f"{customer}-{item}-{day}"
    return (
        {"order_id": order, "customer_id": customer, "local_day": FIRST + timedelta(days=day), "lines": 1},
        {"line_id": order, "order_id": order, "item_id": item, "quantity": quantity},
    )


def workspace_of(folder, purchases, items=(), customers=()):
    bought = [purchase(*each) for each in purchases]
    people = {customer for customer, *_rest in purchases}
    return open_workspace(
        folder,
        {
            CUSTOMERS: [*({"customer_id": c, "is_static": True} for c in sorted(people)), *customers],
            ITEMS: list(items),
            ORDERS: [order for order, _line in bought],
            ORDER_LINES: [line for _order, line in bought],
        },
    )


def settings(workspace, text):
    path = workspace.path / "daogou.toml"
    path.write_text(path.read_text(encoding="utf-8") + f"\n[recommend]\n{text}\n", encoding="utf-8")
    return Workspace(workspace.path)


@pytest.fixture
def tastes(tmp_path):
    """Two hundred customers of two tastes: each bought all items of the taste but one, one of them at the end.

    One more was bought in the window before the last days, on which the model is chosen.
    """
    purchases = []
    for customer in range(200):
        mine = [f"{'tea' if customer % 2 else 'pen'}-{n:02}" for n in range(TASTES)]
        later, never, between = ((customer // 2 + step) % TASTES for step in (0, 5, 3))
        days = {later: LAST, between: LAST // 3}
        purchases += [(customer, item, days.get(n, n % 5)) for n, item in enumerate(mine) if n != never]
    known = [{"item_id": f"{taste}-{n:02}", "is_static": True} for taste in ("tea", "pen") for n in range(TASTES)]
    return workspace_of(tmp_path, purchases, known, [{"customer_id": 900, "is_static": True}])


def test_each_customer_is_offered_what_the_taste_lacks_with_the_reason(tastes):
    report = run(tastes)
    found = offered(tastes)
    assert set(found) == {*range(200), 900}
    for customer in range(200):
        taste = "tea" if customer % 2 else "pen"
        first, *others = found[customer]
        assert first["item_id"] == f"{taste}-{(customer // 2 + 5) % TASTES:02}"
        assert first["model"] == "ItemKNN"
        assert len(first["because"]) == 3
        assert all(item.startswith(taste) and item != first["item_id"] for item in first["because"])
        assert [row["rank"] for row in found[customer]] == list(range(1, 18))  # and the other taste's, as popular
        assert {row["model"] for row in others} == {"Popular"}
        assert all(row["because"] == [] for row in others)
        assert all(not row["item_id"].startswith(taste) for row in others)
    assert "better from their own purchases" in report.lines[-1]
    assert report.summary["recommend_champion"] == "ItemKNN"


def test_a_customer_without_orders_is_offered_what_is_popular(tastes):
    run(tastes)
    stranger = offered(tastes)[900]
    assert len(stranger) == 20
    assert {row["model"] for row in stranger} == {"Popular"}
    scores = [row["score"] for row in stranger]
    assert scores == sorted(scores, reverse=True)


def test_every_model_is_measured_on_repeat_and_new_items(tastes):
    summary = run(tastes).summary
    names = {f"{subject} {metric}" for subject in ("repeat", "new") for metric in ("ndcg@10", "recall@20")}
    assert {model: set(metrics) for model, metrics in summary["recommend"].items()} == dict.fromkeys(
        ("Popular", "ItemKNN"), names
    )
    assert summary["recommend"]["ItemKNN"]["new recall@20"]["value"] == 1
    assert (
        summary["recommend"]["ItemKNN"]["new ndcg@10"]["value"] > summary["recommend"]["Popular"]["new ndcg@10"]["high"]
    )
    assert summary["recommend"]["ItemKNN"]["repeat ndcg@10"]["value"] is None  # nobody bought an item again
    written = rows(tastes, EVALUATIONS)
    assert {row["stage"] for row in written} == {"recommend"}
    assert {(row["model"], row["metric"]) for row in written} == {
        (model, metric) for model in ("Popular", "ItemKNN") for metric in ("ndcg@10", "recall@20")
    } | {("ItemKNN", "ndcg@10 over Popular"), ("ItemKNN", "recall@20 over Popular")}
    for row in written:
        assert row["is_champion"] == (row["model"] == "ItemKNN")
        assert row["n"] == 200
        if row["metric"] == "ndcg@10":
            said = summary["recommend"][row["model"]]["new ndcg@10"]
            assert said["low"] <= said["value"] <= said["high"]
            assert row["value"] == pytest.approx(said["value"])


def test_models_are_kept_and_answer_alike(tastes):
    run(tastes)
    kept = {row["name"]: row for row in rows(tastes, MODELS)}
    assert {name: row["kind"] for name, row in kept.items()} == {
        "recommend/ItemKNN": "ItemKNN", "recommend/Popular": "Popular"
    }  # fmt: skip
    model = ItemKNN.from_bytes(models.get(tastes.artefacts, kept["recommend/ItemKNN"]["artefact"]))
    found = offered(tastes)
    picks = model.recommend(list(range(200)), 1)
    assert picks.items[:, 0].tolist() == [found[customer][0]["item_id"] for customer in range(200)]
    assert Popular.from_bytes(models.get(tastes.artefacts, kept["recommend/Popular"]["artefact"])).half_life == 28


def test_twice_is_the_same(tastes):
    tables = (RECOMMENDATIONS, EVALUATIONS, MODELS)
    first, before = run(tastes), [rows(tastes, table) for table in tables]
    assert run(tastes) == first
    assert [rows(tastes, table) for table in tables] == before


def test_settings_are_obeyed(tastes):
    workspace = settings(tastes, "n = 3\nrepeat = true\nhalf_life = 9.0")
    run(workspace)
    found = offered(workspace)
    assert {len(mine) for mine in found.values()} == {3}
    mine = found[1]
    assert mine[0]["item_id"] == "tea-00"  # bought at the very end
    assert mine[0]["because"][0] == "tea-00"


def test_a_model_that_is_used_no_more_is_kept_no_more(tastes):
    run(tastes)
    workspace = settings(tastes, "min_support = 201")  # no neighbours are left
    assert run(workspace).summary["recommend_champion"] == "Popular"
    assert [row["name"] for row in rows(workspace, MODELS)] == ["recommend/Popular"]
    assert {row["model"] for row in rows(workspace, RECOMMENDATIONS)} == {"Popular"}


def test_guests_and_lines_that_carry_only_a_discount_count_for_nothing(tmp_path):
    bought = [purchase(*each) for each in [(1, "a", 0), (2, "b", 0), (3, "c", 0), (1, "d", 0, 0), (3, "d", 0, 0)]]
    workspace = open_workspace(
        tmp_path,
        {
            CUSTOMERS: [{"customer_id": 1}, {"customer_id": 2}, {"customer_id": 3, "is_guest": True}],
            ORDERS: [order for order, _line in bought],
            ORDER_LINES: [line for _order, line in bought],
        },
    )
    run(workspace)
    found = {customer: [row["item_id"] for row in mine] for customer, mine in offered(workspace).items()}
    assert found == {1: ["b"], 2: ["a"]}


def test_items_that_cannot_be_sold_are_not_offered(tmp_path):
    items = [
        {"item_id": "a"},
        {"item_id": "gone", "available": False},
        {"item_id": "back", "available": False},
        {"item_id": "back", "available": True, "valid_from": FIRST},
        {"item_id": "out", "stock": 0},
        {"item_id": "ordered", "stock": 0, "available": True},
        {"item_id": "later", "valid_from": FIRST + timedelta(days=99)},
        {"item_id": "unknown", "is_unknown": True},
    ]
    bought = dict.fromkeys(item["item_id"] for item in items)
    workspace = workspace_of(tmp_path, [(1, item, 0) for item in bought] + [(2, "z", 0)], items)
    run(workspace)
    assert [row["item_id"] for row in offered(workspace)[2]] == ["a", "back", "ordered"]


@pytest.mark.parametrize("items", [[{"item_id": item, "is_unknown": True} for item in "ab"], []])
def test_without_an_item_table_whatever_was_sold_is_offered(items, tmp_path):
    workspace = workspace_of(tmp_path, [(1, "a", 0), (2, "b", 0)], items)
    run(workspace)
    assert [row["item_id"] for row in offered(workspace)[2]] == ["a"]


def test_too_little_to_compare_is_said(shop_workspace):
    report = run(shop_workspace)
    assert "Too little data to compare models: 0 customers" in report.lines[-1]
    assert {row["item_id"] for row in offered(shop_workspace)[0]} == {"wine"}
    assert {row["subject"] for row in rows(shop_workspace, EVALUATIONS)} == {"repeat"}  # all they ever buy is one item


def test_one_customer_with_one_item(tmp_path):
    workspace = workspace_of(tmp_path, [(1, "a", 0)], [{"item_id": "a"}])
    assert run(workspace).lines == [
        "Customers bought all that can be offered already, so there is nothing new to recommend."
    ]
    assert rows(workspace, RECOMMENDATIONS) == rows(workspace, EVALUATIONS) == []


@pytest.mark.parametrize("name", ["bare_workspace", "guest_workspace"])
def test_nothing_to_learn_from(name, request):
    workspace = request.getfixturevalue(name)
    report = run(workspace)
    assert report.lines == ["No order names both its customer and its items, so nothing is offered."]
    assert report.summary["recommend_champion"] == "Popular"
    assert rows(workspace, RECOMMENDATIONS) == []


def facts(folder, customers, items, bought=()):
    """A company whose items each have a customer of their own, so that popularity follows the ids."""
    purchases = [(100 + n, item["item_id"], 0) for n, item in enumerate(items)] + list(bought)
    return workspace_of(folder, purchases, items, customers)


def titles(workspace, customer):
    return [row["item_id"] for row in offered(workspace)[customer]]


def test_rules_about_items_allow_deny_and_end(tmp_path):
    items = [
        {"item_id": "a", "price": 5, "category": "TEA", "attributes": [("until", "2024-12-31")]},
        {"item_id": "b", "price": 50, "category": "TEA"},
        {"item_id": "c", "price": 8, "category": "GAS"},
        {"item_id": "d", "price": 9, "category": "TEA", "attributes": [("until", "2023-12-31")]},
        {"item_id": "e", "category": "TEA"},
        {"item_id": "f", "price": 7, "category": "TEA", "attributes": [("until", "soon")]},
    ]
    workspace = settings(
        facts(tmp_path, [{"customer_id": 1}], items),
        'allow = { item = "price", at_least = 2, at_most = 20 }\n'
        'deny = { item = "category", is = "GAS" }\nsold_until = "until"',
    )
    run(workspace)
    assert titles(workspace, 1) == ["a"]


def test_boosts_and_pins(tmp_path):
    items = [{"item_id": name, "brand": brand} for name, brand in zip("abcd", "XXYX", strict=True)]
    workspace = settings(
        facts(tmp_path, [{"customer_id": 1}], items),
        'boosts = [{ factor = 2, when = { item = "brand", is = "Y" } }]\npins = [{ item = "d", rank = 2 }]',
    )
    run(workspace)
    assert titles(workspace, 1) == ["c", "d", "a", "b"]
    found = offered(workspace)[1]
    assert [row["model"] for row in found] == ["Popular", "Pinned", "Popular", "Popular"]
    assert [row["score"] for row in found] == [2, 1, 1, 1]


def test_one_of_a_title_and_some_of_a_category_come_first(tmp_path):
    items = [
        {"item_id": name, "title": title, "category": category}
        for name, title, category in [
            ("a", "Milk", "DAIRY"), ("b", "Milk", "DAIRY"), ("c", "Cheese", "DAIRY"), ("d", "Tea", "DRINKS")
        ]
    ]  # fmt: skip
    workspace = facts(tmp_path, [{"customer_id": 1}], items)
    run(workspace)
    assert titles(workspace, 1) == ["a", "c", "d", "b"]
    capped = settings(workspace, "most_a_category = 1")
    run(capped)
    assert titles(capped, 1) == ["a", "d", "c", "b"]


def test_variants_of_one_product_are_one_whatever_their_titles(tmp_path):
    items = [{"item_id": name, "title": name, "spu_id": spu} for name, spu in zip("abc", "112", strict=True)]
    workspace = facts(tmp_path, [{"customer_id": 1}], items)
    run(workspace)
    assert titles(workspace, 1) == ["a", "c", "b"]


def test_what_was_bought_lately_is_not_offered_again(tmp_path):
    items = [{"item_id": name} for name in "abc"]
    bought = [(1, "a", 50), (1, "b", 10), (2, "c", 60)]
    workspace = facts(tmp_path, [], items, bought)
    again = settings(workspace, "repeat = true\nnot_bought_within = 20")
    run(again)
    assert set(titles(again, 1)) == {"b", "c"}
    assert set(titles(again, 2)) == {"a", "b"}


LEVELS = [{"item_id": f"r{level}", "risk_level": level} for level in range(1, 6)] + [{"item_id": "unrated"}]
RISK = 'preset = "finance"\nrisk_preference = "risk"\nrisk_valid_until = "assessed"'


def investor(customer, **attributes):
    return {"customer_id": customer, "is_static": True, "attributes": list(attributes.items())}


def test_only_what_suits_a_preference_that_holds_is_offered(tmp_path):
    people = [
        investor(1, risk="C3", assessed="2024-12-31"),
        investor(2, risk="5 (aggressive)", assessed="2024-01-02"),
        investor(3, risk="C5", assessed="2024-01-01"),  # as_of is the day after
        investor(4, risk="C5"),  # nobody knows until when
        investor(5, assessed="2024-12-31"),
        investor(6, risk="unknown", assessed="2024-12-31"),
    ]
    workspace = settings(facts(tmp_path, people, LEVELS), RISK)
    report = run(workspace)
    found = {customer: {row["item_id"] for row in mine} for customer, mine in offered(workspace).items()}
    assert {customer: found.get(customer) for customer in range(1, 7)} == {
        1: {"r1", "r2", "r3"}, 2: {"r1", "r2", "r3", "r4", "r5"}, 3: None, 4: None, 5: None, 6: None
    }  # fmt: skip
    assert any("fewer items, because no more may be offered" in line for line in report.lines)


OFF = 'personalisation_off = { attribute = "ads", is = "off" }'


def test_without_personalisation_everybody_gets_the_same_marked_list(tastes):
    with tastes.warehouse() as warehouse:
        people = [investor(901, ads="off"), investor(902, ads="on")]
        warehouse.append(CUSTOMERS, table_rows(CUSTOMERS, *people))
        warehouse.replace(CUSTOMERS, table_rows(CUSTOMERS, *(investor(c, ads="off") for c in (7,))), customer_id=7)
        warehouse.replace(CUSTOMERS, table_rows(CUSTOMERS, *(investor(c, ads="off") for c in (8,))), customer_id=8)
    workspace = settings(tastes, OFF)
    report = run(workspace)
    found = offered(workspace)
    for customer in (7, 8, 901):
        assert {row["model"] for row in found[customer]} == {"NotPersonal"}
        assert all(row["because"] == [] for row in found[customer])
        assert [(row["item_id"], row["score"]) for row in found[customer]] == [
            (row["item_id"], row["score"]) for row in found[901]
        ]
    assert len(found[7]) == 20  # what they bought is among it: nobody looked
    assert {row["model"] for row in found[902]} == {"Popular"}
    assert found[9][0]["model"] == "ItemKNN"
    assert "Customers who want nothing personal and get the same list: 3." in report.lines


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('deny = { item_attribute = "colour", is = "red" }', "deny item_attribute: no item has an attribute 'colour'"),
        (
            'boosts = [{ factor = 2, when = { not = { item_attribute = "x", is = 1 } } }]',
            "boosts.1. when not.item_attribute",
        ),
        (
            'personalisation_off = { attribute = "adds", is = "off" }',
            "no customer has an attribute 'adds'. Did you mean 'ads'",
        ),
        ('risk_preference = "risk"', "no customer has a level of risk that holds now in 'risk'"),
    ],
)
def test_rules_of_what_nobody_has_are_errors(tmp_path, text, problem):
    workspace = settings(facts(tmp_path, [investor(1, ads="on")], [{"item_id": "a"}]), text)
    with pytest.raises(DaogouError, match=problem):
        run(workspace)
    assert rows(workspace, RECOMMENDATIONS) == []


@pytest.mark.parametrize("name", ["allow", "deny"])
def test_rules_about_items_need_items(tmp_path, name):
    workspace = settings(workspace_of(tmp_path, [(1, "a", 0)]), f'{name} = {{ item = "price", above = 1 }}')
    with pytest.raises(DaogouError, match="speaks of items, and there is no item table"):
        run(workspace)


def test_never_sold_items_fill_what_is_left(tmp_path):
    workspace = workspace_of(tmp_path, [(1, "a", 0), (2, "b", 0)], [{"item_id": name} for name in "abxy"])
    run(workspace)
    found = offered(workspace)[1]
    assert [(row["item_id"], row["model"]) for row in found] == [
        ("b", "Popular"),
        ("x", "Catalogue"),
        ("y", "Catalogue"),
    ]


def test_models_learn_from_events_where_the_settings_say_so(tmp_path):
    workspace = settings(workspace_of(tmp_path, [(1, "a", 9), (2, "a", 9)]), 'learn_from = ["liked", "bought"]')
    events = [
        {"event_id": f"{c}{item}{kind}", "customer_id": c, "item_id": item, "kind": kind, "local_day": FIRST}
        for c, item, kind in [(1, "x", "like"), (1, "y", "like"), (2, "y", "like"), (2, "z", "view")]
    ]
    with workspace.warehouse() as warehouse:
        warehouse.append(EVENTS, table_rows(EVENTS, *events))
    run(workspace)
    assert titles(workspace, 2) == ["x"]
    assert 1 not in offered(workspace)  # took all there is


def test_it_speaks_chinese(tastes):
    with language("zh"):
        lines = run(tastes).lines
    assert lines[0] == "每位顾客最多推荐 20 件；顾客 201 人，共推荐 3,420 件次。"
    assert all("{" not in line and not line.isascii() for line in lines)

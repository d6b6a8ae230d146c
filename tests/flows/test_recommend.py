from datetime import timedelta

import pytest

from daogou.base.clock import system_clock
from daogou.base.words import language
from daogou.flows.recommend import recommend
from daogou.flows.workspace import Workspace
from daogou.recommend import ItemKNN, Popular
from daogou.store import models
from daogou.store.tables import CUSTOMERS, EVALUATIONS, ITEMS, MODELS, ORDER_LINES, ORDERS, RECOMMENDATIONS

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
    """Two hundred customers of two tastes: each bought all items of the taste but two, and one of these at the end."""
    purchases = []
    for customer in range(200):
        mine = [f"{'tea' if customer % 2 else 'pen'}-{n:02}" for n in range(TASTES)]
        later, never = customer // 2 % TASTES, (customer // 2 + 5) % TASTES
        purchases += [(customer, item, LAST if n == later else n) for n, item in enumerate(mine) if n != never]
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


def test_it_speaks_chinese(tastes):
    with language("zh"):
        lines = run(tastes).lines
    assert lines[0] == "每位顾客最多推荐 20 件；顾客 201 人，共推荐 3,420 件次。"
    assert all("{" not in line and not line.isascii() for line in lines)

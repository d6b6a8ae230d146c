import json
from datetime import timedelta

import pytest

from daogou.base.clock import system_clock
from daogou.base.errors import DaogouError
from daogou.flows.evaluate import PROTOCOLS, evaluate_recommend
from daogou.flows.recommend import recommend
from daogou.flows.workspace import Workspace
from daogou.recommend.settings import COMPARED
from daogou.store.tables import CUSTOMERS, EVALUATIONS, EVENTS, ITEMS, ORDER_LINES, ORDERS
from daogou.testing.rows import rows as table_rows

from .conftest import FIRST, open_workspace

STEPS = 24  # items of a series, bought in order


def quiet(_done, _text):
    pass


@pytest.fixture
def series(tmp_path):
    """Eighty customers buy one of two series in order, one item every fifth day; some began earlier than others."""
    orders, lines = [], []
    for customer in range(80):
        for step in range(16):
            item = f"{'ab'[customer % 2]}{step + customer // 2 % 8:02}"
            order = f"{customer}-{step}"
            day = FIRST + timedelta(days=5 * step + customer % 3)
            orders.append({"order_id": order, "customer_id": customer, "local_day": day, "lines": 1})
            lines.append({"line_id": order, "order_id": order, "item_id": item, "quantity": 1})
    items = [{"item_id": f"{s}{n:02}", "title": f"{s} {n}", "is_static": True} for s in "ab" for n in range(STEPS)]
    people = [{"customer_id": customer, "is_static": True} for customer in range(80)]
    workspace = open_workspace(tmp_path, {CUSTOMERS: people, ITEMS: items, ORDERS: orders, ORDER_LINES: lines})
    path = workspace.path / "daogou.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n[recommend]\nholdout_days = 15\n", encoding="utf-8")
    return Workspace(workspace.path)


def evaluations(workspace, stage):
    with workspace.warehouse() as warehouse:
        table = warehouse.table(EVALUATIONS)
        return warehouse.to_arrow(table.filter(table.stage == stage)).to_pylist()


def test_all_models_are_compared_and_the_best_is_used_from_then_on(series):
    before = recommend(series, system_clock, quiet).summary["recommend_champion"]
    found = evaluate_recommend(series, "temporal", quiet)
    told = json.loads(json.dumps(found.summary(), allow_nan=False))
    assert {"Popular", "RepeatLast", "ItemKNN", "UserKNN", "SequentialKNN", "EASE"} <= set(told["models"])
    assert found.champion in ("SequentialKNN", "Hybrid")
    assert before == "ItemKNN" or before == "Popular"
    assert told["decided_by"] == "new ndcg@10"
    assert found.champion not in told["over_champion"]
    gap = told["over_champion"]["Popular"]["new ndcg@10"]
    assert gap["high"] < 0
    best, popular = (told["models"][model]["new ndcg@10"]["value"] for model in (found.champion, "Popular"))
    assert gap["value"] == pytest.approx(popular - best)
    assert {f"new {name}@10" for name in ("coverage", "gini", "novelty", "diversity")} <= set(told["models"]["Popular"])
    written = evaluations(series, COMPARED)
    assert {row["model"] for row in written if row["is_champion"]} == {found.champion}
    assert {row["subject"] for row in written} >= {"new", "new, orders 10+"}
    after = recommend(series, system_clock, quiet)
    assert after.summary["recommend_champion"] == found.champion
    assert set(after.summary["recommend"]) == {"Popular", found.champion}
    assert evaluations(series, COMPARED) == written  # the stage leaves the comparison alone


def test_a_comparison_ages(series):
    evaluate_recommend(series, "temporal", quiet)
    path = series.path / "daogou.toml"
    path.write_text(path.read_text(encoding="utf-8") + "compared_days = 0\n", encoding="utf-8")
    assert recommend(Workspace(series.path), system_clock, quiet).summary["recommend_champion"] in (
        "ItemKNN",
        "Popular",
    )


def test_the_last_event_of_each_customer(series):
    found = evaluate_recommend(series, "last", quiet)
    assert found.champion in ("SequentialKNN", "Hybrid")
    assert found.evaluation.customers == 80
    assert evaluations(series, COMPARED) == []  # only what happens later decides what is used


def test_ratings_in_folds(series):
    stars = [
        {
            "event_id": f"{c}-{i}", "customer_id": c, "item_id": f"a{i:02}", "kind": "rate", "local_day": FIRST,
            "rating": float(1 + (c % 2 * 3 + i % 2 + (c * i) % 7 // 6)),
        }
        for c in range(40) for i in range(STEPS) if (c + i) % 3
    ]  # fmt: skip
    with series.warehouse() as warehouse:
        warehouse.append(EVENTS, table_rows(EVENTS, *stars))
    told = json.loads(json.dumps(evaluate_recommend(series, "folds", quiet).summary(), allow_nan=False))
    assert told["ratings"] == len(stars)
    assert told["champion"] != "Mean"
    assert told["over_champion"]["Mean"]["rmse"]["low"] > 0
    assert set(told["models"]["Mean"]) == {"rmse", "mae"}


def test_too_few_ratings_are_said(series):
    with pytest.raises(DaogouError, match="there are 0 ratings, and 30 are needed"):
        evaluate_recommend(series, "folds", quiet)


@pytest.mark.parametrize("protocol", [name for name in PROTOCOLS if name != "folds"])
@pytest.mark.parametrize("name", ["bare_workspace", "guest_workspace", "shop_workspace"])
def test_little_data_has_an_answer(name, protocol, request):
    told = evaluate_recommend(request.getfixturevalue(name), protocol, quiet).summary()
    assert told["champion"] == "Popular"
    json.dumps(told, allow_nan=False)

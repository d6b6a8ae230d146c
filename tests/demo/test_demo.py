"""The example company, as the command makes it: every count and figure that was promised."""

import json
import subprocess
import sys
from datetime import date

import pyarrow.parquet as pq
import pytest

from daogou.flows.workspace import Workspace
from daogou.store.tables import ASSIGNMENTS, CUSTOMERS, ITEMS, OFFERS, ORDER_LINES, ORDERS, PROFILES, RECOMMENDATIONS

RECEIVED = {
    "transactions": (1_469_307, 1_469_307, 0, 0),
    "products": (92_331, 92_331, 0, 0),
    "demographics": (801, 801, 0, 0),
    "campaign_descriptions": (27, 27, 0, 0),
    "campaigns": (6_589, 6_589, 0, 0),
    "coupon_redemptions": (2_102, 2_102, 0, 0),
    "coupons": (116_204, 111_332, 0, 4_872),
}
AUC = {"DELI": 0.820, "DRUG GM": 0.829, "COSMETICS": 0.826, "SEAFOOD": 0.859, "PASTRY": 0.789, "inactive": 0.856}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """(the workspace's folder, what the command printed)."""
    folder = tmp_path_factory.mktemp("demo")
    command = "from daogou.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "demo", "--workspace", str(folder), "--json"],
        capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    return folder, json.loads(done.stdout)


@pytest.fixture
def warehouse(demo):
    with Workspace(demo[0]).warehouse() as opened:
        yield opened


def rows(warehouse, table):
    return warehouse.table(table)


def test_every_row_received_is_stored_quarantined_or_duplicate(demo):
    assert {name: tuple(counts.values()) for name, counts in demo[1]["ingest"].items()} == RECEIVED
    tables = demo[1]["tables"]
    assert (tables["orders"], tables["order_lines"], tables["customers"]) == (155_848, 1_469_307, 2_469)
    assert (tables["offers"], tables["assignments"], tables["coupons"]) == (111_332, 6_589, 2_102)
    assert (tables["items"], tables["quarantine"]) == (92_331 + 17, 0)


def test_days_are_those_of_the_stores(warehouse):
    orders = rows(warehouse, ORDERS)
    found = warehouse.to_arrow(orders.aggregate(first=orders.local_day.min(), last=orders.local_day.max()))
    assert found.to_pylist() == [{"first": date(2017, 1, 1), "last": date(2017, 12, 31)}]


def test_coupon_lines_and_unknown_items_stay(warehouse):
    lines, items = rows(warehouse, ORDER_LINES), rows(warehouse, ITEMS)
    empty = lines.filter(lines.quantity == 0)
    assert warehouse.scalar(empty.count()) == 8_869
    share = float(warehouse.scalar(empty.maker_coupon.sum())) / float(warehouse.scalar(lines.maker_coupon.sum()))
    assert share == pytest.approx(0.25, abs=0.01)
    unknown = items.filter(items.is_unknown)
    assert warehouse.scalar(unknown.count()) == 17
    theirs = lines.semi_join(unknown, "item_id")
    assert warehouse.scalar(theirs.count()) == 4_836
    assert warehouse.scalar(theirs.filter(theirs.quantity == 0).count()) == 4_804
    assert float(warehouse.scalar(lines.net_sales.sum())) == pytest.approx(4_596_039.58)
    orders = rows(warehouse, ORDERS)
    assert warehouse.scalar(orders.net_sales.sum()) == warehouse.scalar(lines.net_sales.sum())
    assert warehouse.scalar(orders.paid.sum()) == warehouse.scalar(lines.paid.sum())


def test_everyone_has_a_profile_and_demographics_are_missing_not_guessed(warehouse):
    people = rows(warehouse, PROFILES)
    assert warehouse.scalar(people.count()) == 2_469
    assert warehouse.scalar((~people.has_attributes).sum()) == 2_469 - 801
    known = rows(warehouse, CUSTOMERS)
    assert warehouse.scalar(known.filter(known.attributes.length() > 0).count()) == 801


def test_everyone_is_in_one_segment_of_each_method(demo):
    sizes: dict[str, int] = {}
    for segment in demo[1]["segments"]:
        sizes[segment["method"]] = sizes.get(segment["method"], 0) + segment["size"]
        assert segment["label_en"]
        assert segment["label_zh"]
    assert set(sizes.values()) == {2_469}


def test_everyone_gets_twenty_items_and_the_models_are_compared(demo, warehouse):
    picks = rows(warehouse, RECOMMENDATIONS)
    assert warehouse.scalar(picks.count()) == 20 * 2_469
    models = demo[1]["recommend"]
    for metric in ("repeat ndcg@10", "repeat recall@20", "new ndcg@10", "new recall@20"):
        for model in models.values():
            assert model[metric]["low"] < model[metric]["value"] < model[metric]["high"]
    assert models["ItemKNN"]["repeat ndcg@10"]["low"] > models["Popular"]["repeat ndcg@10"]["high"]


@pytest.mark.parametrize("target", AUC)
def test_predictions_reach_their_figures_and_beat_the_recency_rule(demo, target):
    models = demo[1]["predict"][target]
    assert max(models[name]["auc"]["value"] for name in ("logistic", "boosted")) >= AUC[target] - 0.01
    champion = models[demo[1]["predict_champions"][target]]
    assert champion["gain_over_recency"]["low"] > 0
    assert champion["brier"]["value"] < models["recency"]["brier"]["value"]
    hits = champion["hits_in_100"]
    assert hits["low"] <= hits["value"] <= hits["high"]
    assert hits["value"] > champion["random_in_100"]["value"]


def test_answers_to_campaigns_are_foreseen_on_later_ones(demo):
    found = demo[1]["predict_response"]
    assert (found["trained_on"], found["tested_on"], found["unfinished"]) == (13, 10, 5)
    assert found["from_day"] == "2017-09-04"
    assert found["models"][found["champion"]]["auc"]["value"] >= 0.823
    assert found["models"][found["champion"]]["gain_over_recency"]["low"] > 0
    assert found["leaks"] == []


def test_past_campaigns_say_what_they_can(demo):
    said = demo[1]
    assert len(said["measure"]) == 27
    assert sum(row["reached"] for row in said["measure"]) == 6_589
    assert sum(row["redemptions"] for row in said["measure"]) == 2_102
    few = [row for row in said["measure"] if row["redeemers"] < 30]
    assert len(few) == 23
    assert all(row["break_even"] is None and row["rate"] is None for row in few)
    assert sum(row["reached"] < 170 for row in said["measure"]) == 13
    incomplete = [row["incomplete"] for row in said["measure"] if row["incomplete"]]
    assert sorted(incomplete.count(word) for word in set(incomplete)) == [3, 5]
    assert said["overlap"]["value"] == pytest.approx(0.51, abs=0.005)
    assert {row["name"] for row in said["measure_pooled"]} >= {"Type A", "Type B", "Type C", "all"}


def test_the_next_campaign_is_a_learning_campaign(demo):
    plan = demo[1]["plan"]
    assert (plan["state"], plan["customers"], plan["holdout_share"]) == ("draft", 2_469, 0.5)
    assert plan["treated"] + plan["held_out"] == 2_469
    assert plan["smallest_visible_lift"] == pytest.approx(0.15, abs=0.01)
    assert plan["smallest_visible_lift_at_10pct"] == pytest.approx(0.24, abs=0.01)
    drawn = pq.read_table(demo[0] / "artefacts" / plan["sha256"])
    assert drawn.num_rows == 2_469
    assert set(drawn["propensity"].to_pylist()) <= {0.5} or all(0 < p < 1 for p in drawn["propensity"].to_pylist())
    assert None not in drawn["intended_action"].to_pylist()


def test_the_release_is_current_and_the_page_is_there(demo):
    folder, said = demo
    assert (folder / "releases" / "current").read_text() == said["release"]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert len(page) < 3_000_000
    assert "Complete Journey" in page


def test_assignments_are_of_customers(warehouse):
    assigned, customers = rows(warehouse, ASSIGNMENTS), rows(warehouse, CUSTOMERS)
    assert warehouse.scalar(assigned.anti_join(customers, assigned.unit_id == customers.customer_id).count()) == 0
    assert warehouse.scalar(assigned.unit_id.nunique()) == 1_559
    assert warehouse.scalar(rows(warehouse, OFFERS).item_id.nunique()) == 41_857

"""Advice from a company's own campaigns."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.flows.conftest import open_workspace

from daogou.base import words
from daogou.flows.card_show import show_card
from daogou.flows.contexts.uplift import uplift
from daogou.flows.uplift import evaluate_uplift
from daogou.flows.uplift_card import uplift_cards
from daogou.flows.uplift_models import uplift_line, uplifts_of
from daogou.flows.workspace import Workspace
from daogou.predict.uplift_base import UpliftModel
from daogou.store import models
from daogou.store.tables import (
    ASSIGNMENTS,
    CUSTOMERS,
    EVALUATIONS,
    MODELS,
    ORDERS,
    PAST_CAMPAIGNS,
    REFUNDS,
    UPLIFT_ADVICES,
    UPLIFTS,
    Table,
)

Facts = dict[Table, list[dict[str, Any]]]
START, CUSTOMERS_KNOWN = date(2025, 6, 1), 1_600


def facts(lots: bool = True, effect: float = 60.0, customers: int = CUSTOMERS_KNOWN) -> Facts:
    """Half of the customers buy often; a mail in June makes these buy for ``effect`` more, and the others nothing."""
    chance = np.random.default_rng(4)
    orders: list[dict[str, Any]] = []

    def buy(customer: int, day: date, money: float) -> None:
        amounts = {"list_value": money, "net_sales": money, "paid": money}
        orders.append(
            {"order_id": f"{customer}-{len(orders)}", "customer_id": customer, "local_day": day, "lines": 1} | amounts
        )

    treated = chance.random(customers) < 0.5
    for customer in range(customers):
        for _n in range(8 if customer % 2 else 2):
            buy(customer, START - timedelta(days=int(chance.integers(1, 150))), float(chance.integers(5, 40)))
        if chance.random() < 0.4:
            buy(customer, START + timedelta(days=int(chance.integers(0, 28))), float(chance.integers(5, 40)))
        if treated[customer] and customer % 2 and effect:
            buy(customer, START + timedelta(days=3), effect)
    buy(0, START + timedelta(days=40), 10.0)
    assignments = [
        {
            "campaign_id": "june",
            "unit_id": customer,
            "arm": "treated" if treated[customer] or not lots else "holdout",
            "propensity": 0.5 if lots else None,
        }
        for customer in range(customers)
    ]
    campaign = {"campaign_id": "june", "starts_on": START, "ends_on": START + timedelta(days=20)}
    return {
        CUSTOMERS: [{"customer_id": k, "is_static": True} for k in range(customers)],
        ORDERS: orders,
        ASSIGNMENTS: assignments,
        PAST_CAMPAIGNS: [campaign],
    }


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, dict[str, Any]]:
    workspace = open_workspace(tmp_path_factory.mktemp("uplift"), facts())
    return workspace, evaluate_uplift(workspace).summary


def rows(workspace: Workspace, table: Table) -> list[dict[str, Any]]:
    with workspace.warehouse() as warehouse:
        return warehouse.to_arrow(warehouse.table(table)).to_pylist()


def test_those_who_buy_often_are_advised(learned: tuple[Workspace, dict[str, Any]]) -> None:
    workspace, told = learned
    june = told["campaigns"]["june"]
    assert june["action"] == "target"
    assert june["share"] == pytest.approx(0.5, abs=0.2)
    # half gain a margin of 0.25 on 60, less a contact of 0.5
    assert june["profits"]["targeted"]["low"] < 0.5 * (60 * 0.25 - 0.5) < june["profits"]["targeted"]["high"]
    (kept,) = rows(workspace, UPLIFT_ADVICES)
    assert (kept["campaign_id"], kept["action"], kept["customers"]) == ("june", "target", CUSTOMERS_KNOWN)


def test_each_customer_of_now_has_an_effect_with_an_interval_a_choice_and_reasons(
    learned: tuple[Workspace, dict[str, Any]],
) -> None:
    workspace, _told = learned
    found = {row["customer_id"]: row for row in rows(workspace, UPLIFTS)}
    assert len(found) == CUSTOMERS_KNOWN
    often = [row for customer, row in found.items() if customer % 2]
    seldom = [row for customer, row in found.items() if not customer % 2]
    assert np.mean([row["effect"] for row in often]) == pytest.approx(15, abs=4)
    assert np.mean([row["effect"] for row in seldom]) == pytest.approx(0, abs=4)
    assert np.mean([row["chosen"] for row in often]) > 0.9
    assert np.mean([row["effect"] > 7 for row in seldom]) < 0.15
    assert all(row["low"] < row["high"] for row in found.values())
    best = max(found.values(), key=lambda row: row["effect"])
    reasons = json.loads(best["reasons"])
    assert reasons
    assert set(reasons[0]) == {"column", "value", "adds"}


def test_every_policy_is_evaluated_and_the_advised_one_is_marked(learned: tuple[Workspace, dict[str, Any]]) -> None:
    workspace, _told = learned
    found = [row for row in rows(workspace, EVALUATIONS) if row["stage"] == "evaluate uplift"]
    profits = {row["model"]: row["is_champion"] for row in found if row["metric"] == "profit"}
    assert profits == {"targeted": True, "all": False, "nobody": False, "response": False, "random": False}
    assert {row["metric"] for row in found} == {"profit", "qini", "effect"}


def test_words_come_in_both_languages(learned: tuple[Workspace, dict[str, Any]]) -> None:
    _workspace, told = learned
    assert any("Send to" in line for line in told["lines"]["en"])
    assert any("发给" in line for line in told["lines"]["zh"])
    assert len(told["lines"]["en"]) == len(told["lines"]["zh"])


def test_the_report_shows_the_advice_in_both_languages(learned: tuple[Workspace, dict[str, Any]]) -> None:
    workspace, told = learned
    with workspace.warehouse() as warehouse:
        found = uplift(warehouse, workspace.as_of(warehouse), "EUR")
        before = uplift(warehouse, START, "EUR")
    (june,) = found.campaigns
    assert june.advice.en in told["lines"]["en"][1]
    assert june.advice.zh in told["lines"]["zh"][1]
    assert june.share == told["campaigns"]["june"]["share"]
    assert [point.share for point in june.curve] == [n / 20 for n in range(21)]
    assert len(june.tenths) > 5
    assert june.drivers
    assert before.campaigns == ()
    assert "A control group was kept" in before.nothing.en


def test_the_model_is_kept_and_tells_the_same_again(learned: tuple[Workspace, dict[str, Any]]) -> None:
    workspace, told = learned
    (kept,) = rows(workspace, MODELS)
    assert kept["name"] == "uplift/june"
    model = UpliftModel.from_bytes(models.get(workspace.artefacts, kept["artefact"]))
    assert kept["kind"] == type(model).__name__
    assert told["campaigns"]["june"]["model"].startswith(kept["kind"])


def test_a_customer_is_shown_with_uplift_and_reasons(learned: tuple[Workspace, dict[str, Any]]) -> None:
    workspace, _told = learned
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        often, seldom = (uplifts_of(workspace, warehouse, customer, as_of) for customer in (1, 2))
        assert uplifts_of(workspace, warehouse, 10**9, as_of) == []
    assert often[0]["effect"] > seldom[0]["effect"]
    for code, part in (("en", "a message like june adds"), ("zh", "像 june 这样的消息多带来")):
        with words.language(code):
            said = uplift_line(often[0], "EUR")
            assert f"{often[0]['low']:.2f}" in said
        assert part in said
        assert f"{often[0]['effect']:.2f}" in said
    with words.language("en"):
        assert "the advice sends to them" in uplift_line(often[0] | {"chosen": True}, "EUR")
        assert "does not send" in uplift_line(seldom[0] | {"low": None, "chosen": False}, "EUR")


def test_reasons_that_were_not_kept_are_told_by_the_kept_model(learned: tuple[Workspace, dict[str, Any]]) -> None:
    workspace, _told = learned
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        table = warehouse.to_arrow(warehouse.table(UPLIFTS))
        kept = [uplifts_of(workspace, warehouse, customer, as_of) for customer in (1, 2, 3)]
        place = table.schema.get_field_index("reasons")
        warehouse.replace(UPLIFTS, table.set_column(place, "reasons", pa.nulls(len(table), pa.string())), as_of=as_of)
        again = [uplifts_of(workspace, warehouse, customer, as_of) for customer in (1, 2, 3)]
        warehouse.replace(UPLIFTS, table, as_of=as_of)
    assert again == kept
    assert json.loads(kept[0][0]["reasons"])


def test_customers_unlike_those_of_the_trial_are_warned_of(learned: tuple[Workspace, dict[str, Any]]) -> None:
    """Forty days on, all who were oldest then are older than anyone was, and silent for longer."""
    workspace, told = learned
    outside = told["campaigns"]["june"]["outside"]
    assert 0 < outside["share"] <= 1
    assert outside["rows"] == CUSTOMERS_KNOWN
    assert any("lie outside what the trial held" in line for line in told["lines"]["en"])
    assert any("超出了试验所见的范围" in line for line in told["lines"]["zh"])
    with workspace.warehouse() as warehouse:
        (june,) = uplift(warehouse, workspace.as_of(warehouse), "EUR").campaigns
    assert any("lie outside" in note.en and "超出了" in note.zh for note in june.notes)


@pytest.mark.parametrize("code", ["en", "zh"])
def test_it_has_a_card_beside_the_others(learned: tuple[Workspace, dict[str, Any]], code: str) -> None:
    workspace, told = learned
    with words.language(code):
        assert show_card(workspace, None).summary["short"] == ["uplift/june"]
        card = show_card(workspace, "uplift/june")
        with workspace.warehouse() as warehouse:
            (kept,) = uplift_cards(warehouse, workspace.as_of(warehouse))
        for section in kept.sections():
            assert section.says
            assert all(len(row) == len(section.head) for row in section.rows)
    text = "\n".join(card.lines)
    assert "{" not in text
    for part in ("2025-06-01", "2025-06-28", "Qini", "XLearner", "1,600", "seed=20170101"):
        assert part in text
    assert card.summary["qini"]["value"] == pytest.approx(told["campaigns"]["june"]["qini"][0]["value"])
    assert card.summary["advice"]["action"] == "target"
    assert len(card.summary["advice"]["tenths"][0]) == len(kept.sections()[2].rows)
    json.dumps(card.summary, allow_nan=False)


def test_running_again_replaces_what_was_told(learned: tuple[Workspace, dict[str, Any]]) -> None:
    workspace, told = learned
    assert evaluate_uplift(workspace).summary == told
    assert len(rows(workspace, UPLIFTS)) == CUSTOMERS_KNOWN
    assert len(rows(workspace, MODELS)) == 1


def test_few_buyers_are_advised_a_test_with_how_many_there_are(tmp_path: Path) -> None:
    """All customers but forty stay away afterwards, so that hardly anyone in either group buys."""
    made = facts(customers=400)
    made[ORDERS] = [
        row for row in made[ORDERS] if row["local_day"] < START or row["customer_id"] < 40 or row["net_sales"] == 10
    ]
    with words.language("en"):
        told = evaluate_uplift(open_workspace(tmp_path, made))
    june = told.summary["campaigns"]["june"]
    assert (june["action"], june["events"] < 30) == ("test", True)
    assert any(f"has {june['events']} such customers; 30 in each group" in line for line in told.lines)


def test_a_mail_that_changes_nothing_is_not_sent(tmp_path: Path) -> None:
    told = evaluate_uplift(open_workspace(tmp_path, facts(effect=0.0))).summary
    assert told["campaigns"]["june"]["action"] in ("nobody", "test")


def test_campaigns_without_a_control_group_say_so(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path, facts(lots=False, customers=60))
    with words.language("en"):
        told = evaluate_uplift(workspace)
    assert told.summary["campaigns"] == {}
    assert "No finished campaign drew by lot" in told.lines[0]
    assert rows(workspace, UPLIFTS) == []


def test_no_assignments_at_all_say_so(tmp_path: Path) -> None:
    with words.language("en"):
        told = evaluate_uplift(open_workspace(tmp_path, {**facts(customers=60), ASSIGNMENTS: []}))
    assert "No assignments of campaigns are known" in told.lines[0]


def test_too_few_customers_are_told_with_how_many_are_needed(tmp_path: Path) -> None:
    with words.language("en"):
        told = evaluate_uplift(open_workspace(tmp_path, facts(customers=120)))
    assert told.summary["campaigns"] == {}
    assert 40 <= told.summary["too_few"]["june"] <= 60
    assert "100 in each" in told.lines[0]


def test_a_campaign_whose_days_are_not_over_waits(tmp_path: Path) -> None:
    made = facts(customers=60)
    made[PAST_CAMPAIGNS] = [{"campaign_id": "june", "starts_on": START + timedelta(days=30), "ends_on": START}]
    assert evaluate_uplift(open_workspace(tmp_path, made)).summary["too_few"] == {}


def test_refunds_in_the_days_count_against_what_was_brought(tmp_path: Path) -> None:
    made = facts()
    treated = {row["unit_id"] for row in made[ASSIGNMENTS] if row["arm"] == "treated"}
    made[REFUNDS] = [
        {"refund_id": str(k), "customer_id": k, "local_day": START + timedelta(days=9), "amount": 60.0}
        for k in treated
        if k % 2
    ]
    told = evaluate_uplift(open_workspace(tmp_path, made)).summary
    assert told["campaigns"]["june"]["effect"][0]["high"] < 3

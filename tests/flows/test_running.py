"""A test that is running: one look each time it is measured, from its tables to words."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from tests.flows.conftest import open_workspace

from daogou.base import words
from daogou.campaign.design import Design
from daogou.flows.experiments import experiments
from daogou.flows.measure import measure
from daogou.flows.running import decided_early, running
from daogou.store.tables import ASSIGNMENTS, CUSTOMERS, GUARD_RAILS, LOOKS, ORDERS, PAST_CAMPAIGNS, TOUCHES

START, PEOPLE, DAYS, BEFORE = date(2025, 3, 1), 2400, 28, 15
ARMS = ("treated",)


def facts(effect=0.0, *, people=PEOPLE, lost=0.0, leaves=0.002, leaves_more=0.0, arms=ARMS, seed=5):
    """People who buy on one day in eight for about 30; being in it makes amounts ``1 + effect`` times as large."""
    chance = np.random.default_rng(seed)
    orders, touches, assignments = [], [], []

    def buy(customer, day, money):
        amounts = {"list_value": money, "net_sales": money, "paid": money}
        orders.append({"order_id": f"o{len(orders)}", "customer_id": customer, "local_day": day, "lines": 1} | amounts)

    names = [*arms, "holdout"]
    drawn = chance.integers(0, len(names), people)
    amount = np.exp(0.5 * chance.normal(size=(people, DAYS + BEFORE))) * 30
    buys = chance.random((people, DAYS + BEFORE)) < 0.125
    gone = chance.random((people, DAYS))
    for customer in range(people):
        arm = names[drawn[customer]]
        treated = arm == names[0]
        for day in np.flatnonzero(buys[customer]).tolist():
            within = day >= BEFORE
            buy(customer, START + timedelta(days=day - BEFORE), amount[customer, day] * (1 + effect * treated * within))
        if treated and chance.random() < lost:
            continue
        touches += [
            {"touch_id": f"t{customer}", "customer_id": customer, "kind": "unsubscribe", "channel": "email"}
            | {"campaign_id": "spring", "local_day": START + timedelta(days=day)}
            for day in np.flatnonzero(gone[customer] < leaves + leaves_more * treated).tolist()[:1]
        ]
        assignments.append({"campaign_id": "spring", "unit_id": customer, "arm": arm, "propensity": 1 / len(names)})
    buy(0, START + timedelta(days=2 * DAYS + 20), 10.0)
    return {
        CUSTOMERS: [{"customer_id": one, "is_static": True} for one in range(people)],
        ORDERS: orders,
        TOUCHES: touches,
        PAST_CAMPAIGNS: [
            {"campaign_id": "spring", "kind": "coupon", "starts_on": START, "ends_on": START + timedelta(days=20)}
        ],
        ASSIGNMENTS: assignments,
    }


def looked(workspace, *days):
    """The summary and lines of a look so many days after the start, for each of ``days``."""
    with workspace.warehouse() as warehouse:
        return [running(workspace, warehouse, START + timedelta(days=day)) for day in days]


def rows(workspace, table):
    with workspace.warehouse() as warehouse:
        return warehouse.to_arrow(warehouse.table(table).order_by("as_of")).to_pylist()


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    """A test of nothing, looked at on four days, the fourth after its end."""
    workspace = open_workspace(tmp_path_factory.mktemp("quiet"), facts())
    return workspace, looked(workspace, 0, 5, 10, 20, 30, 35)


def test_each_run_is_one_look_until_the_planned_end(quiet):
    workspace, found = quiet
    assert found[0][0]["tests"] == []
    assert found[5][0]["tests"] == []
    kept = rows(workspace, LOOKS)
    assert [(row["as_of"] - START).days for row in kept] == [5, 10, 20, 30]
    assert [row["fraction"] for row in kept] == pytest.approx([5 / 28, 10 / 28, 20 / 28, 1.0])
    assert [row["state"] for row in kept] == ["running", "running", "running", "nothing"]
    assert [row["looks"] for row in kept] == [1, 2, 3, 4]
    assert (kept[0]["starts_on"], kept[0]["ends_on"]) == (START, START + timedelta(days=DAYS - 1))
    bounds = [row["boundary"] for row in kept]
    assert sorted(bounds, reverse=True) == bounds
    assert bounds[-1] > 1.96


def test_while_it_runs_no_effect_is_told(quiet):
    workspace, found = quiet
    kept = rows(workspace, LOOKS)
    assert all(row["value"] is None for row in kept[:3])
    assert kept[3]["low"] < 0 < kept[3]["high"]
    assert any("no decision yet, let it run" in line for line in found[2][1])
    assert any("ended and none of its 4 looks decided" in line for line in found[4][1])


def test_the_time_left_is_that_of_the_plan_and_not_of_what_is_seen(tmp_path):
    with_effect, without = (
        open_workspace(folder, facts(effect))
        for effect, folder in ((0.04, tmp_path / "a"), (0.0, tmp_path / "b"))
        if not folder.mkdir()
    )
    left = []
    for workspace in (with_effect, without):
        summary = looked(workspace, 7)[0][0]["tests"][0]
        assert summary["planned_effect"] == 0.5  # a contact's cost is assumed to be 0.5
        left.append(summary["days_left"])
    assert left[0] == pytest.approx(left[1], rel=0.1, abs=2)
    lines = looked(without, 7)[0][1]
    assert any("An effect as planned ($0.50 a person) would" in line.replace("€", "$") for line in lines)


def test_a_look_taken_twice_is_one_look(tmp_path):
    workspace = open_workspace(tmp_path, facts())
    once = [told[0] for told in looked(workspace, 5, 10)]
    again = [told[0] for told in looked(workspace, 10, 10)]
    assert again[0] == again[1] == once[1]
    assert len(rows(workspace, LOOKS)) == 2
    assert [row["looks"] for row in rows(workspace, LOOKS)] == [1, 2]


def test_what_comes_later_changes_no_look(tmp_path):
    """Nothing on or after ``as_of`` is used."""
    made = facts(effect=0.5)
    known = [row for row in made[ORDERS] if row["local_day"] < START + timedelta(days=6)]
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    all_of_it = open_workspace(folders[0], made)
    until_then = open_workspace(folders[1], made | {ORDERS: known})
    assert looked(all_of_it, 6)[0][0] == looked(until_then, 6)[0][0]


def test_a_large_effect_decides_and_what_is_told_stays_that_of_the_look_that_did_it(tmp_path):
    workspace = open_workspace(tmp_path, facts(effect=0.6))
    found = looked(workspace, 4, 8, 12, 20)
    kept = rows(workspace, LOOKS)
    first = next(row for row in kept if row["state"] == "works")
    assert kept[-1]["state"] == "works"
    same = ("z", "value", "low", "high", "fraction", "boundary", "looks", "decided_on")
    assert [kept[-1][name] for name in same] == [first[name] for name in same]
    assert first["decided_on"] == first["as_of"]
    # an effect on contribution (an assumed margin of 0.25) over the days until then
    passed = (first["as_of"] - START).days
    mean = 0.125 * 30 * float(np.exp(0.125)) * passed
    assert first["low"] < 0.25 * 0.6 * mean < first["high"]
    assert any("is decided" in line and "it works" in line for line in found[-1][1])
    with workspace.warehouse() as warehouse:
        early = decided_early(warehouse, START + timedelta(days=40))
        assert early["spring", "treated"]["decided_on"] == first["decided_on"]
        assert decided_early(warehouse, START + timedelta(days=3)) == {}
        _summary, lines = running(workspace, warehouse, START + timedelta(days=40))
        assert any("was decided before its end" in line for line in lines)
        assert running(workspace, warehouse, START + timedelta(days=80))[1] == []


def test_what_harms_is_told_to_stop(tmp_path):
    workspace = open_workspace(tmp_path, facts(effect=-0.5))
    _summary, lines = looked(workspace, 10)[0]
    assert any("it harms, stop it" in line for line in lines)


def test_a_guard_rail_that_breaks_is_told_first(tmp_path):
    workspace = open_workspace(tmp_path, facts(leaves_more=0.01))
    found = looked(workspace, 1, 10, 20)
    assert "stop it, a guard rail is broken. People who unsubscribe" in found[-1][1][0]
    kept = [row for row in rows(workspace, GUARD_RAILS) if row["outcome"] == "unsubscribes"]
    assert [(row["as_of"] - START).days for row in kept] == [1, 10, 20]
    assert kept[-1]["state"] == "broken"
    assert kept[-1]["low"] > kept[-1]["allowed"] == 0.005
    assert kept[0]["state"] != "broken"


def test_guard_rails_that_no_table_tells_of_are_not_sure(tmp_path):
    workspace = open_workspace(tmp_path, facts())
    looked(workspace, 10)
    states = {row["outcome"]: row for row in rows(workspace, GUARD_RAILS)}
    assert set(states) == {"unsubscribes", "complaints", "refund_rate", "margin"}
    for name in ("complaints", "margin", "refund_rate"):
        assert (states[name]["state"], states[name]["value"]) == ("unsure", None)


def test_arms_that_lost_people_are_not_followed_and_spend_nothing(tmp_path):
    workspace = open_workspace(tmp_path, facts(lost=0.25))
    _summary, lines = looked(workspace, 10)[0]
    (row,) = rows(workspace, LOOKS)
    assert (row["state"], row["z"], row["value"]) == ("mismatch", None, None)
    assert row["mismatch_p"] < 0.001
    assert any("is not followed" in line for line in lines)


def test_few_buyers_decide_nothing(tmp_path):
    workspace = open_workspace(tmp_path, facts(effect=3.0, people=300))
    _summary, lines = looked(workspace, 10)[0]
    (row,) = rows(workspace, LOOKS)
    assert (row["state"], row["z"]) == ("running", None)
    assert any("Too few to say yet" in line for line in lines)


def test_of_several_arms_each_is_followed_at_its_part_of_the_error(tmp_path):
    workspace = open_workspace(tmp_path, facts(effect=0.6, arms=("blue", "red")))
    looked(workspace, 10)
    kept = {row["arm"]: row for row in rows(workspace, LOOKS)}
    assert set(kept) == {"blue", "red"}
    assert kept["blue"]["state"] == "works"
    assert kept["red"]["state"] == "running"
    one = open_workspace_of_one_arm(tmp_path)
    assert kept["red"]["boundary"] > one["boundary"]


def open_workspace_of_one_arm(folder):
    (folder / "one").mkdir()
    workspace = open_workspace(folder / "one", facts())
    looked(workspace, 10)
    (row,) = rows(workspace, LOOKS)
    return row


def test_an_outcome_that_no_table_tells_of_is_said(tmp_path):
    workspace = open_workspace(tmp_path, facts())
    with workspace.ledger() as ledger:
        told = {"design": Design(primary="dwell").as_dict()}
        ledger.add_campaign("0" * 64, "spring", "draft", told, datetime(2025, 2, 1, tzinfo=UTC))
    _summary, lines = looked(workspace, 10)[0]
    assert any("cannot be followed: no table tells of seconds of attention" in line for line in lines)


def test_it_speaks_chinese(tmp_path):
    workspace = open_workspace(tmp_path, facts(leaves_more=0.01))
    with words.language("zh"):
        lines = looked(workspace, 10, 20)[-1][1]
    assert any("护栏" in line for line in lines)
    assert not any("guard rail" in line or "Test " in line for line in lines)


def test_the_stage_tells_of_it(tmp_path):
    made = facts()
    made[ORDERS] = [row for row in made[ORDERS] if row["local_day"] < START + timedelta(days=9)]
    workspace = open_workspace(tmp_path, made)
    told = measure(workspace, None, lambda *_: None)
    (test,) = told.summary["running"]["tests"]
    assert (test["campaign_id"], test["state"]) == ("spring", "running")
    assert any("Test spring, day 9 of 28" in line for line in told.lines)
    with workspace.warehouse() as warehouse:
        assert experiments(workspace, warehouse, START + timedelta(days=9))[0]["campaigns"] == []

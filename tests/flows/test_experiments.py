"""What a company's own campaigns with a control group earned, from its tables to words."""

from datetime import date, timedelta

import numpy as np
import pytest
from tests.flows.conftest import open_workspace

from daogou.base import words
from daogou.flows.measure import measure
from daogou.store.tables import ASSIGNMENTS, CUSTOMERS, LEARNINGS, ORDERS, PAST_CAMPAIGNS, READINGS, REFUNDS

FIRST, PEOPLE = date(2025, 1, 1), 3000
STARTS = {"june": date(2025, 6, 1), "july": date(2025, 7, 10), "august": date(2025, 8, 20)}


def facts(effect=20.0, lost=0.0, people=PEOPLE):
    """Half of the people buy in a campaign's window; being in it brings ``effect`` more to each of these."""
    chance = np.random.default_rng(8)
    orders, assignments = [], []

    def buy(customer, day, money):
        amounts = {"list_value": money, "net_sales": money, "paid": money}
        orders.append({"order_id": f"o{len(orders)}", "customer_id": customer, "local_day": day, "lines": 1} | amounts)

    for customer in range(people):
        buy(customer, FIRST + timedelta(days=int(chance.integers(0, 140))), float(chance.integers(5, 60)))
    for name, start in STARTS.items():
        treated = chance.random(people) < 0.5
        for customer in range(people):
            if treated[customer] and chance.random() < lost:
                continue
            assignments.append(
                {
                    "campaign_id": name,
                    "unit_id": customer,
                    "arm": "treated" if treated[customer] else "holdout",
                    "propensity": 0.5,
                }
            )
            if chance.random() < 0.5:
                buy(customer, start + timedelta(days=3), float(chance.integers(20, 40)) + effect * treated[customer])
    buy(0, date(2025, 12, 1), 10.0)
    return {
        CUSTOMERS: [{"customer_id": one, "is_static": True} for one in range(people)],
        ORDERS: orders,
        PAST_CAMPAIGNS: [
            {"campaign_id": name, "kind": "coupon", "starts_on": start, "ends_on": start + timedelta(days=20)}
            for name, start in STARTS.items()
        ],
        ASSIGNMENTS: assignments,
        REFUNDS: [{"refund_id": "r", "customer_id": 1, "local_day": STARTS["june"] + timedelta(days=5), "amount": 1.0}],
    }


def measured(folder, made):
    workspace = open_workspace(folder, made)
    return workspace, measure(workspace, None, lambda *_: None)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return measured(tmp_path_factory.mktemp("experiments"), facts())


def rows(workspace, table):
    with workspace.warehouse() as warehouse:
        return warehouse.to_arrow(warehouse.table(table)).to_pylist()


def of_campaigns(workspace):
    return [row for row in rows(workspace, READINGS) if row["level"] == "campaign"]


def test_each_campaign_is_read_by_the_arms_that_were_drawn(report):
    workspace, told = report
    found = told.summary["experiments"]["campaigns"]
    assert [one["campaign"] for one in found] == ["june", "july", "august"]
    for one in found:
        assert one["read"]
        assert one["treated"] + one["held_out"] == PEOPLE
        sales = one["effects"]["net_sales"]
        assert sales["low"] < 0.5 * 20 < sales["high"]
        # an assumed margin of 0.25, on half of the people
        assert one["earned"]["low"] < 0.25 * 0.5 * 20 * one["treated"] < one["earned"]["high"]
        assert one["cost"] == pytest.approx(0.5 * one["treated"])
        buyers = one["effects"]["buyers"]
        assert buyers["low"] < 0 < buyers["high"]
    kept = {row["outcome"]: row["role"] for row in of_campaigns(workspace) if not row["segment"]}
    assert kept == {
        "contribution": "primary", "net_sales": "other", "orders": "other", "buyers": "other", "refunds": "other",
        "refund_rate": "guard_rail", "contribution_after": "tail",
    }  # fmt: skip


def test_refunds_are_taken_off_in_their_own_window(report):
    workspace, _told = report
    june = {row["outcome"]: row for row in of_campaigns(workspace) if row["name"] == "june"}
    july = {row["outcome"]: row for row in of_campaigns(workspace) if row["name"] == "july"}
    assert abs(june["refunds"]["plain_value"]) == pytest.approx(1 / (PEOPLE / 2), rel=0.1)
    assert july["refunds"]["plain_value"] == 0


def test_all_campaigns_are_learnt_from_together_and_the_next_is_foretold(report):
    workspace, _told = report
    learnt = {(row["level"], row["name"]): row for row in rows(workspace, LEARNINGS)}
    coupon = learnt["kind", "coupon"]
    assert coupon["low"] < 0.25 * 0.5 * 20 < coupon["high"]
    assert coupon["next_low"] < coupon["low"]
    assert coupon["next_high"] > coupon["high"]
    assert (coupon["campaigns"], coupon["last_on"]) == (3, STARTS["august"])
    assert ("all", "") in learnt
    assert ("channel", "") in learnt


def test_it_says_in_both_languages_what_was_earned_and_what_to_do(report):
    workspace, _told = report
    said = measure(workspace, None, lambda *_: None).lines
    assert any("beyond its control group in 28 days" in line and "It paid for itself" in line for line in said)
    assert any(line.startswith("Learnt so far of coupon") for line in said)
    with words.language("zh"):
        said = measure(workspace, None, lambda *_: None).lines
    assert any("比对照组多带来" in line and "它赚回了成本" in line for line in said)


def test_a_campaign_that_lost_people_of_one_arm_is_not_read(tmp_path):
    _workspace, told = measured(tmp_path, facts(lost=0.2))
    assert not any(one["read"] for one in told.summary["experiments"]["campaigns"])
    assert any("is not read" in line for line in told.lines)


def test_a_campaign_that_brought_nothing_is_told_to_stop(tmp_path):
    _workspace, told = measured(tmp_path, facts(effect=0.0))
    told_lines = " ".join(told.lines)
    assert "It paid for itself" not in told_lines


def test_few_people_get_no_figure_of_money(tmp_path):
    _workspace, told = measured(tmp_path, facts(people=300))
    assert any("too few buyers for a figure of money" in line for line in told.lines)
    assert told.summary["experiments"]["learnings"] == []


def test_a_company_without_control_groups_has_no_reading(tmp_path):
    made = facts(people=50)
    made[ASSIGNMENTS] = [row | {"propensity": None} for row in made[ASSIGNMENTS]]
    workspace, told = measured(tmp_path, made)
    assert not any(told.summary["experiments"].values())
    assert rows(workspace, READINGS) == []

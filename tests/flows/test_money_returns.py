"""Ratios and campaign costs in the stage measure, worked out by hand."""

from datetime import date, datetime

import pytest
from tests.flows.money_company import FIRST, LAST, TODAY, company, earned, order, shop, spend, touch

from daogou.flows.campaign_costs import campaign_costs, told_costs
from daogou.measure.results import Assumptions, results


def test_channels_have_roas_and_profit_roi_of_what_they_are_credited_with(tmp_path):
    summary, lines, returns, _new, _brand = earned(company(tmp_path, LAST, **shop()))
    net = sum(10 + n % 5 for n in range(60))
    search = returns["channel", "search", "roas"]
    assert (search["gain"], search["cost"], search["value"]) == (net, 90, pytest.approx(net / 90))
    assert search["low"] < search["value"] < search["high"]
    assert returns["channel", "search", "profit_roi"]["value"] == pytest.approx((0.4 * net - 90) / 90)
    mail = returns["channel", "email", "roas"]
    assert (mail["gain"], mail["cost"]) == (400, 5)  # what its touches cost, as no spend is told
    whole = returns["all", "all", "profit_roi"]
    assert whole["value"] == pytest.approx((0.4 * (net + 400) - 95) / 95)
    assert (search["from_day"], search["to_day"], search["provisional"]) == (FIRST, date(2025, 4, 10), True)
    channel = {
        row["step"]: float(row["amount"])
        for row in summary["ladder"]
        if row["level"] == "channel" and row["name"] == "search"
    }
    assert (channel["net"], channel["contribution"]) == (net, pytest.approx(0.4 * net))
    text = "\n".join(lines)
    assert f"are credited with {(net + 400) / 95:.1f} : 1 in net sales: ROAS {(net + 400) / 95:.2f} (between" in text
    assert "Credit, not proof." in text
    assert not [line for line in lines if "ROI" in line.replace("profit ROI", "").replace("incremental ROI", "")]


def reading(name, outcome, total, half, level="campaign", arm="treated"):
    told = {"as_of": TODAY, "level": level, "name": name, "arm": arm, "outcome": outcome, "segment": ""}
    told |= {"role": "primary", "unit": "customer", "from_day": date(2025, 2, 1), "to_day": date(2025, 2, 28)}
    return told | {
        "treated": 100,
        "held_out": 100,
        "total": total,
        "total_low": total - half,
        "total_high": total + half,
    }


def test_incremental_ratios_are_those_of_the_readings(tmp_path):
    """m1 cost 50 beside ten coupons of 1; m2 has two arms; m3 is not known to have cost anything."""
    ran = [
        {"campaign_id": name, "starts_on": date(2025, 2, 1), "ends_on": date(2025, 2, 28), "cost": cost}
        for name, cost in (("m1", 50), ("m2", 60))
    ]
    facts = shop()
    facts["orders"] += [order(f"k{n}", n, 32, 9, shop_coupon=1, list_value=10) for n in range(10)]
    same = {"campaign_id": "m1", "redeemed_day": date(2025, 2, 2)}
    used = [same | {"coupon_id": f"k{n}", "customer_id": n, "order_id": f"k{n}"} for n in range(10)]
    told = [
        reading("m1", "contribution", 100, 60), reading("m1", "net_sales", 250, 150),
        reading("m2", "contribution", 10, 60, arm="a"), reading("m2", "contribution", 20, 60, arm="b"),
        reading("m3", "contribution", 10, 60),
        reading("global-holdout-2024H2", "contribution", 1, 1, level="programme") | {"to_day": date(2024, 12, 31)},
        reading("global-holdout-2025H1", "contribution", 300, 100, level="programme"),
    ]  # fmt: skip
    workspace = company(tmp_path, LAST, past_campaigns=ran, coupons=used, **facts)
    _summary, lines, returns, _new, _brand = earned(workspace, readings=told)
    roi, roas = returns["campaign", "m1", "incremental_roi"], returns["campaign", "m1", "incremental_roas"]
    assert (roi["gain"], roi["cost"], roi["value"]) == (110, 60, pytest.approx((110 - 60) / 60))
    assert (roi["low"], roi["high"]) == (pytest.approx((50 - 60) / 60), pytest.approx((170 - 60) / 60))
    assert (roas["value"], roas["cost"], roas["gain"]) == (5, 50, 250)
    assert not roi["provisional"]
    arm = returns["campaign", "m2 / b", "incremental_roi"]
    assert (arm["gain"], arm["cost"]) == (20, 30)
    assert returns["campaign", "m3", "incremental_roi"]["value"] is None
    whole = returns["all", "all", "incremental_roi"]
    assert (whole["gain"], whole["cost"]) == (310, 120)
    assert whole["value"] == pytest.approx(190 / 120)
    assert "The global holdout proves an incremental ROI of 1.58 (between 0.75 and 2.42)" in "\n".join(lines)


def campaigns():
    told = [
        ("touched", "sms", 99),
        ("own", "sms", 30),
        ("media", "Search", None),
        ("both", "sms", 30),
        ("set", None, None),
    ]
    ran = [
        {"campaign_id": name, "starts_on": FIRST, "ends_on": date(2025, 3, 1), "channel": channel, "cost": cost}
        for name, channel, cost in told
    ]
    drawn = [
        {"campaign_id": name, "unit_id": n, "arm": "holdout" if n > 7 else "treated"}
        for name in ("touched", "set", "media")
        for n in range(10)
    ]
    sent = [touch(f"t{n}", n, "SMS", 30, "sent", campaign_id="touched", cost=0.05) for n in range(8)]
    sent += [touch(f"c{n}", n, "search", 30, campaign_id="touched", cost=1) for n in range(8)]  # the platform's bill
    sent += [touch("later", 1, "sms", 150, "sent", campaign_id="touched", cost=9)]
    paid = [
        spend("1", "search", 30, 12, campaign_id="touched"), spend("2", "search", 30, 7, campaign_id="media"),
        spend("3", "search", 30, 20, campaign_id="both"), spend("4", "search", 150, 99, campaign_id="media"),
    ]  # fmt: skip
    used = {"customer_id": 1, "order_id": "o1", "redeemed_day": date(2025, 2, 1)}
    return {
        "orders": [order("o1", 1, 31, 40, shop_coupon=4, list_value=44)],
        "past_campaigns": ran,
        "assignments": drawn,
        "touches": sent,
        "spend": paid,
        "coupons": [used | {"coupon_id": "k", "campaign_id": "set"}],
    }


def test_what_a_campaign_cost_comes_from_the_table_that_knows_best_and_no_money_twice(tmp_path):
    facts = campaigns()
    later = {"campaign_id": "set", "unit_id": 77, "arm": "treated", "occurred_at": datetime(2025, 4, 11, 12)}
    facts["assignments"].append(later)
    workspace = company(tmp_path, **facts)
    with workspace.warehouse() as warehouse:
        found = campaign_costs(workspace, warehouse, TODAY)
        told = told_costs(workspace, warehouse, TODAY)
    said = {name: (one.contacts, one.coupons, one.media, one.source, one.assumed) for name, one in found.items()}
    assert said == {
        "touched": (pytest.approx(0.4), 0, 12, "touches", False),
        "own": (30, 0, 0, "past_campaigns", False),
        "both": (10, 0, 20, "past_campaigns", False),
        "media": (0, 0, 7, "spend", False),
        "set": (4, 4, 0, "setting", True),
    }
    assert found["touched"].total == pytest.approx(12.4)
    assert told == {"touched": pytest.approx(12.4), "both": 30, "media": 7}


def test_a_global_holdout_is_no_campaign_and_costs_nothing(tmp_path):
    facts = campaigns()
    days = {"starts_on": FIRST, "ends_on": date(2025, 6, 30)}
    facts["past_campaigns"].append({"campaign_id": "2025H1", "kind": "Global holdout"} | days)
    facts["assignments"] += [{"campaign_id": "2025H1", "unit_id": n, "arm": "treated"} for n in range(500)]
    workspace = company(tmp_path, **facts)
    with workspace.warehouse() as warehouse:
        assert "2025H1" not in campaign_costs(workspace, warehouse, TODAY)
        found = results(warehouse, TODAY, Assumptions(0.25, 0.5, 1, 100))
    assert {row.name for row in found.campaigns} == {"touched", "own", "media", "both", "set"}


def test_people_of_every_arm_are_reached(tmp_path):
    facts = campaigns()
    for row in facts["assignments"]:
        row["arm"] = {"treated": "short" if row["unit_id"] % 2 else "long"}.get(row["arm"], row["arm"])
    workspace = company(tmp_path, **facts)
    with workspace.warehouse() as warehouse:
        found = {row.name: row.reached for row in results(warehouse, TODAY, Assumptions(0.25, 0.5, 1, 100)).campaigns}
        assert campaign_costs(workspace, warehouse, TODAY)["set"].contacts == 4
    assert found == {"touched": 8, "own": 0, "media": 8, "both": 0, "set": 8}


def test_results_take_what_touches_cost(tmp_path):
    workspace = company(tmp_path, **campaigns())
    with workspace.warehouse() as warehouse:
        found = results(warehouse, TODAY, Assumptions(0.25, 0.5, 1, 100), told_costs(workspace, warehouse, TODAY))
    assert {row.name: row.cost_contact for row in found.campaigns if row.reached} == {
        "touched": pytest.approx(12.4), "media": 7, "set": 4,
    }  # fmt: skip


def test_a_campaigns_profit_roi_counts_its_coupon_once_and_agrees_with_break_even(tmp_path):
    """Forty redeem 10 each, a coupon of 1; the other sixty bought nothing: contribution is a quarter of 11."""
    orders = [order(f"o{n}", n, 20, 10, shop_coupon=1, list_value=11) for n in range(40)]
    used = [
        {
            "coupon_id": f"k{n}",
            "customer_id": n,
            "campaign_id": "m",
            "order_id": f"o{n}",
            "redeemed_day": date(2025, 1, 21),
        }
        for n in range(40)
    ]
    facts = {
        "orders": orders,
        "coupons": used,
        "assignments": [{"campaign_id": "m", "unit_id": n, "arm": "treated"} for n in range(100)],
        "past_campaigns": [{"campaign_id": "m", "starts_on": FIRST, "ends_on": date(2025, 2, 1), "cost": 30}],
    }
    workspace = company(tmp_path, "[plan]\nmargin = 0.25\n", **facts)
    _summary, _lines, returns, _new, _brand = earned(workspace)
    roi, roas = returns["campaign", "m", "profit_roi"], returns["campaign", "m", "roas"]
    assert (roi["gain"], roi["cost"]) == (pytest.approx(0.25 * 11 * 40), 70)
    assert roi["value"] == pytest.approx((110 - 70) / 70)
    assert (roas["gain"], roas["cost"], roas["value"]) == (400, 30, pytest.approx(400 / 30))
    assert not roi["assumed"]
    with workspace.warehouse() as warehouse:
        whole = next(row for row in results(warehouse, TODAY, Assumptions(0.25, 0.5, 30, 200)).campaigns)
    assert 1 / whole.break_even.value - 1 == pytest.approx(roi["value"])
    assert roi["low"] < roi["value"] < roi["high"]


def test_below_the_fewest_redeemers_a_campaign_has_no_ratio(tmp_path):
    _summary, _lines, returns, _new, _brand = earned(company(tmp_path, **campaigns()))
    row = returns["campaign", "set", "profit_roi"]
    assert (row["value"], row["gain"], row["cost"]) == (None, pytest.approx(0.25 * 44), 8)
    assert row["assumed"]

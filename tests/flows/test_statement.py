"""The year's statement, from what stage measure has written to words."""

import math
from datetime import date, datetime, time, timedelta

import numpy as np
import pytest
from tests.flows.conftest import open_workspace

from daogou.base import words
from daogou.flows.measure import measure
from daogou.flows.statement import entry_of, texts
from daogou.store.tables import (
    ASSIGNMENTS,
    CUSTOMERS,
    LADDER,
    ORDERS,
    PAST_CAMPAIGNS,
    READINGS,
    SPEND,
    STATEMENT,
    TOUCHES,
)

PEOPLE, FIRST, DAYS = 4000, date(2025, 1, 1), 120
MARGIN, MORE, PRICE = 0.25, 0.3, 40.0
STARTS = {"spring": FIRST + timedelta(days=20), "early": FIRST + timedelta(days=60)}
LOOSE = FIRST + timedelta(days=80)


def facts(*, with_holdout=True, with_channels=True, with_lots=True):
    """Whoever a campaign treats buys once more with 30 % in its days; a tenth is never treated by anything."""
    chance = np.random.default_rng(11)
    orders, assignments, touches = [], [], []
    kept_out = chance.random(PEOPLE) < 0.2

    def buy(customer, day):
        when = FIRST + timedelta(days=int(day))
        amounts = {"list_value": PRICE, "net_sales": PRICE, "paid": PRICE}
        order = f"o{len(orders)}"
        row = {"order_id": order, "customer_id": customer, "local_day": when, "lines": 1}
        orders.append(row | {"occurred_at": datetime.combine(when, time(12))} | amounts)
        if with_channels and chance.random() < 0.3:
            touches.append(
                {"touch_id": f"t{order}", "customer_id": customer, "kind": "click", "channel": "Search"}
                | {"local_day": when, "occurred_at": datetime.combine(when, time(11, 50))}
            )

    for customer in range(PEOPLE):
        for day in np.flatnonzero(chance.random(DAYS) < 0.02).tolist():
            buy(customer, day)
    for name, start in STARTS.items():
        for customer in np.flatnonzero(~kept_out).tolist():
            treated = chance.random() < 0.7
            if with_lots:
                arm = "treated" if treated else "holdout"
                propensity = 0.7 if treated else 0.3
                assignments.append({"campaign_id": name, "unit_id": customer, "arm": arm, "propensity": propensity})
            if treated and chance.random() < MORE:
                buy(customer, (start - FIRST).days + chance.integers(0, 20))
    buy(0, DAYS - 1)
    campaigns = [
        {
            "campaign_id": name,
            "kind": "coupon",
            "starts_on": start,
            "ends_on": start + timedelta(days=20),
            "cost": 500.0,
        }
        for name, start in [*STARTS.items(), ("loose", LOOSE)]
    ]
    if with_holdout:
        campaigns.append(
            {"campaign_id": "all", "kind": "Global holdout", "starts_on": FIRST, "ends_on": date(2025, 6, 30)}
        )
        assignments += [
            {"campaign_id": "all", "unit_id": one, "arm": "holdout" if kept_out[one] else "treated"}
            | {"propensity": 0.2 if kept_out[one] else 0.8}
            for one in range(PEOPLE)
        ]
    spend = [
        {"spend_id": f"s{day}", "channel": "search", "day": FIRST + timedelta(days=day), "cost": 20.0}
        | {"claimed_orders": 50.0, "claimed_value": 3000.0}
        for day in range(DAYS)
    ]
    return {
        CUSTOMERS: [{"customer_id": one, "is_static": True} for one in range(PEOPLE)],
        ORDERS: orders,
        ASSIGNMENTS: assignments,
        PAST_CAMPAIGNS: campaigns,
        TOUCHES: touches,
        SPEND: spend if with_channels else [],
    }


def measured(folder, made, period=None):
    folder.mkdir(exist_ok=True)
    workspace = open_workspace(folder, made)
    if period:
        with workspace.ledger() as ledger:
            ledger.add_campaign("0" * 64, "global-holdout-2025H2", "holdout", period, datetime(2025, 7, 1))
    told = measure(workspace, None, lambda *_: None)
    with workspace.warehouse() as warehouse:
        rows = warehouse.to_arrow(warehouse.table(STATEMENT).order_by("place")).to_pylist()
        readings = warehouse.to_arrow(warehouse.table(READINGS)).to_pylist()
        ladder = warehouse.to_arrow(warehouse.table(LADDER)).to_pylist()
    return told, {row["line"]: row for row in rows}, readings, ladder


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    return measured(tmp_path_factory.mktemp("statement"), facts())


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    made = facts(with_holdout=False, with_channels=False, with_lots=False)
    return measured(tmp_path_factory.mktemp("bare"), made)


def test_every_line_is_there_in_its_order(full):
    _told, lines, _readings, _ladder = full
    order = ["claimed", "credited", "campaigns", "overlap", "holdout", "unmeasured", "cost", "books"]
    assert list(lines) == order
    assert all(row["year"] == 2025 for row in lines.values())


def test_claims_credit_and_proof_are_what_was_put_in(full):
    _told, lines, _readings, _ladder = full
    assert lines["claimed"]["value"] == pytest.approx(3000.0 * DAYS)
    credited = lines["credited"]
    assert credited["value"] == credited["compared"]
    assert 0 < credited["value"] < lines["claimed"]["value"]
    # what was won: 30 % of those treated bought once more, at 40
    treated = sum(row["treated"] for row in full[2] if row["level"] == "campaign" and row["outcome"] == "contribution"
                  and row["segment"] == "" and row["role"] != "tail")  # fmt: skip
    won = treated * MORE * PRICE
    campaigns = lines["campaigns"]
    assert campaigns["net_sales_low"] < won < campaigns["net_sales_high"]
    assert campaigns["low"] < won * MARGIN < campaigns["high"]
    assert campaigns["net_sales"] == pytest.approx(campaigns["value"] / MARGIN)
    holdout = lines["holdout"]
    assert holdout["low"] < won * MARGIN < holdout["high"]
    assert campaigns["campaigns"] == 2


def test_the_sum_of_campaigns_is_that_of_their_readings(full):
    _told, lines, readings, _ladder = full
    own = [
        row["total"]
        for row in readings
        if row["level"] == "campaign" and row["outcome"] == "contribution" and row["segment"] == ""
    ]
    assert lines["campaigns"]["value"] == pytest.approx(sum(own))


def test_who_is_in_several_campaigns_is_named(full):
    _told, lines, _readings, _ladder = full
    overlap, campaigns = lines["overlap"], lines["campaigns"]
    assert overlap["people"] == pytest.approx(0.8 * 0.49 * PEOPLE, rel=0.08)
    assert campaigns["people"] == pytest.approx(0.8 * 0.91 * PEOPLE, rel=0.08)
    # of a person's treatments of two campaigns with 70 % each, 7 in 10 are of somebody who is in both
    assert overlap["value"] == pytest.approx(0.7 * campaigns["value"], rel=0.05)


def test_costs_and_books_add_up(full):
    _told, lines, _readings, ladder = full
    assert lines["cost"]["value"] == pytest.approx(3 * 500.0 + 20.0 * DAYS)
    assert (lines["unmeasured"]["value"], lines["unmeasured"]["campaigns"]) == (500.0, 1)
    months = [row for row in ladder if row["level"] == "month" and row["step"] == "contribution"]
    assert lines["books"]["value"] == pytest.approx(float(sum(row["amount"] for row in months)))
    assert (lines["books"]["from_day"], lines["books"]["to_day"]) == (FIRST, FIRST + timedelta(days=DAYS - 1))


def test_each_difference_is_named(full):
    told, lines, _readings, _ladder = full
    pairs = {one["pair"]: one for one in told.summary["statement"]["differences"]}
    assert set(pairs) == {"claims", "proof", "sum", "profit"}
    assert pairs["claims"]["value"] == pytest.approx(lines["claimed"]["value"] - lines["credited"]["compared"])
    assert pairs["sum"]["value"] == pytest.approx(lines["campaigns"]["value"] - lines["holdout"]["value"])
    said = texts([entry_of(row) for row in lines.values()], "EUR")
    assert any("more than our rule credits to the same channels" in line for line in said)
    assert any("campaigns that no test measured are credited" in line.lower() for line in said)
    assert any("In several campaigns, and counted in each" in line for line in said)
    assert any("All marketing earned" in line for line in said)


def test_it_is_said_in_both_languages(full):
    told, lines, _readings, _ladder = full
    first = next(line for line in told.lines if line.startswith("2025, in net sales: platforms claim €360K"))
    assert "our rule credits" in first
    assert "tests of campaigns prove" in first
    with words.language("zh"):
        said = texts([entry_of(row) for row in lines.values()], "CNY")
    assert said
    assert not any(letter in line for line in said for letter in ("the ", "Campaigns", "platform"))


def test_a_row_tells_the_line_again(full):
    _told, lines, _readings, _ladder = full
    one = entry_of(lines["campaigns"])
    assert one.value.value == lines["campaigns"]["value"]
    assert math.isnan(entry_of(lines["overlap"]).value.low)


def test_what_is_missing_is_said(bare):
    told, lines, _readings, _ladder = bare
    for line in ("claimed", "credited", "campaigns", "overlap", "holdout"):
        assert lines[line]["value"] is None
    assert lines["cost"]["value"] == 1500.0
    assert lines["unmeasured"]["campaigns"] == 3
    assert lines["books"]["value"] > 0
    assert any("nothing tells the programme's total" in line for line in told.lines)
    assert any("nothing of any is proven" in line for line in told.lines)
    said = texts([entry_of(row) for row in lines.values()], "EUR")
    assert any("No platform's claims are known" in line for line in said)


def test_a_company_with_orders_alone_has_only_books(tmp_path):
    made = {table: rows for table, rows in facts().items() if table in (CUSTOMERS, ORDERS)}
    told, lines, _readings, _ladder = measured(tmp_path, made)
    assert [line for line, row in lines.items() if row["value"] is not None] == ["books"]
    assert told.summary["statement"]["differences"] == []
    assert not any("in net sales" in line or "global holdout" in line for line in told.lines)


def test_a_holdout_of_few_buyers_is_kept_but_tells_nothing(tmp_path):
    made = facts(with_channels=False, with_lots=False)
    made[ASSIGNMENTS] = [row for row in made[ASSIGNMENTS] if row["unit_id"] < 300]
    told, lines, _readings, _ladder = measured(tmp_path, made)
    assert (lines["holdout"]["value"], lines["holdout"]["campaigns"]) == (None, 1)
    assert any("A global holdout is kept, but too few people bought so far" in line for line in told.lines)


@pytest.mark.parametrize(("days", "said"), [(0, "is kept"), (30, "No global holdout was kept")])
def test_a_holdout_that_was_just_drawn_is_kept_and_tells_nothing_yet(tmp_path, bare, days, said):
    starts_on = bare[1]["books"]["as_of"] + timedelta(days=days)
    period = {"starts_on": starts_on.isoformat(), "ends_on": (starts_on + timedelta(days=180)).isoformat()}
    made = facts(with_holdout=False, with_channels=False, with_lots=False)
    told, lines, _readings, _ladder = measured(tmp_path, made, period)
    assert lines["holdout"]["value"] is None
    assert any(said in line for line in told.lines)


def test_in_january_it_is_of_the_year_that_has_ended(tmp_path, full):
    made = facts()
    made[ORDERS] = [*made[ORDERS], made[ORDERS][-1] | {"order_id": "late", "local_day": date(2026, 1, 9)}]
    told, lines, _readings, _ladder = measured(tmp_path, made)
    assert told.summary["statement"]["year"] == 2025
    assert lines["books"]["value"] == pytest.approx(full[1]["books"]["value"])
    assert lines["claimed"] | {"as_of": 0, "to_day": 0} == full[1]["claimed"] | {"as_of": 0, "to_day": 0}
    assert lines["credited"]["value"] == pytest.approx(full[1]["credited"]["value"])
    assert lines["credited"]["to_day"] == date(2025, 12, 31)

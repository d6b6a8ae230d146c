"""Who answers a campaign, on a made-up company with a campaign a month."""

import shutil
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from daogou.base.words import language
from daogou.flows.response import probabilities, respond
from daogou.flows.workspace import Workspace
from daogou.predict.reasons import said
from daogou.store.tables import (
    ASSIGNMENTS,
    COUPONS,
    EVALUATIONS,
    ITEMS,
    MODELS,
    OFFERS,
    ORDER_LINES,
    ORDERS,
    PAST_CAMPAIGNS,
    SCORES,
)
from daogou.testing.rows import rows

FIRST, DAYS, PEOPLE, CAMPAIGNS = date(2024, 1, 1), 360, 160, 8
AS_OF = FIRST + timedelta(DAYS)


def campaigns(number):
    """A campaign, its offers and who it reached; the coming one begins at AS_OF."""
    starts = FIRST + timedelta(60 + 30 * number) if number < CAMPAIGNS else AS_OF
    name = f"c{number}"
    about = {"campaign_id": name, "kind": "mail", "starts_on": starts, "ends_on": starts + timedelta(20)}
    offer = {"campaign_id": name, "offer_id": "tea", "item_id": "green"}
    people = [{"campaign_id": name, "unit_id": n, "arm": "treated"} for n in range(PEOPLE)]
    return about, offer, people, starts


@pytest.fixture
def company(made, tmp_path):
    """A copy, for a test to write into."""
    folder, drinks = made
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    return Workspace(tmp_path), drinks


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Some drink tea and answer coupons for it, others do not."""
    folder = tmp_path_factory.mktemp("company")
    chance = np.random.default_rng(3)
    orders, lines, told, offers, assigned, coupons = [], [], [], [], [], []
    drinks = chance.random(PEOPLE) < 0.5
    for customer in range(PEOPLE):
        for day in np.flatnonzero(chance.random(DAYS) < 0.08).tolist():
            order = f"{customer}-{day}"
            orders.append(
                {
                    "order_id": order,
                    "customer_id": customer,
                    "local_day": FIRST + timedelta(day),
                    "net_sales": 9,
                    "lines": 1,
                }
            )
            item = "green" if drinks[customer] and chance.random() < 0.7 else "bread"
            lines.append({"line_id": order, "order_id": order, "item_id": item, "quantity": 1, "net_sales": 9})
    for number in range(CAMPAIGNS):
        about, offer, people, starts = campaigns(number)
        told.append(about)
        offers.append(offer)
        assigned += people
        for customer in np.flatnonzero(chance.random(PEOPLE) < np.where(drinks, 0.6, 0.05)).tolist():
            used = starts + timedelta(int(chance.integers(0, 20)))
            coupons.append(
                {
                    "coupon_id": f"{number} {customer}",
                    "campaign_id": f"c{number}",
                    "customer_id": customer,
                    "redeemed_day": used,
                }
            )
    (folder / "daogou.toml").write_text(
        '[company]\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n[predict]\nresamples = 100\n', encoding="utf-8"
    )
    workspace = Workspace(folder)
    items = [{"item_id": one, "category": one, "is_static": True} for one in ("green", "bread")]
    with workspace.warehouse() as warehouse:
        for table, those in (
            (ORDERS, orders), (ORDER_LINES, lines), (ITEMS, items), (PAST_CAMPAIGNS, told), (OFFERS, offers),
            (ASSIGNMENTS, assigned), (COUPONS, coupons),
        ):  # fmt: skip
            warehouse.append(table, rows(table, *those))
    return folder, drinks


def responded(workspace):
    with workspace.warehouse() as warehouse, warehouse.transaction():
        for table in (SCORES, EVALUATIONS, MODELS):
            warehouse.replace(table, rows(table), as_of=AS_OF)
        return respond(workspace, warehouse, AS_OF)


def told(workspace, table):
    with workspace.warehouse() as warehouse:
        return warehouse.to_arrow(warehouse.table(table).order_by(*table.key)).to_pylist()


def test_the_model_is_tested_on_later_campaigns_and_kept(company):
    workspace, _drinks = company
    found = responded(workspace).summary["predict_response"]
    assert (found["trained_on"], found["tested_on"], found["unfinished"]) == (4, 4, 0)
    assert found["leaks"] == []
    assert found["models"][found["champion"]]["auc"]["low"] > 0.7
    written = told(workspace, EVALUATIONS)
    assert {row["subject"] for row in written} == {"response"}
    assert {row["model"] for row in written if row["is_champion"]} == {found["champion"]}
    assert [row["name"] for row in told(workspace, MODELS)] == ["predict/response"]
    assert told(workspace, SCORES) == []


def test_a_campaign_to_come_is_scored_by_its_offer(company):
    workspace, drinks = company
    about, offer, _people, _starts = campaigns(CAMPAIGNS)
    with workspace.warehouse() as warehouse:
        warehouse.append(PAST_CAMPAIGNS, rows(PAST_CAMPAIGNS, about))
        warehouse.append(OFFERS, rows(OFFERS, offer))
    found = responded(workspace)
    assert found.summary["predict_response"]["tested_on"] == 4  # nothing of it is known yet
    scores = told(workspace, SCORES)
    assert {row["target"] for row in scores} == {"response c8"}
    assert len(scores) > 0.9 * PEOPLE
    chance = {row["customer_id"]: row["probability"] for row in scores}
    mean = {side: np.mean([p for who, p in chance.items() if drinks[who] == side]) for side in (True, False)}
    assert mean[True] == pytest.approx(0.6, abs=0.1)
    assert mean[False] == pytest.approx(0.05, abs=0.05)
    for tongue, word in (("en", "what the offers cover"), ("zh", "优惠涵盖商品")):
        with language(tongue):
            assert any(word in said(row["reasons"], "", str.upper) for row in scores)


def test_a_campaign_to_come_scores_those_whom_it_names(company):
    workspace, _drinks = company
    about, offer, people, _starts = campaigns(CAMPAIGNS)
    with workspace.warehouse() as warehouse:
        for table, those in ((PAST_CAMPAIGNS, [about]), (OFFERS, [offer]), (ASSIGNMENTS, people[:7])):
            warehouse.append(table, rows(table, *those))
    responded(workspace)
    assert [row["customer_id"] for row in told(workspace, SCORES)] == list(range(7))


def test_a_planner_asks_for_an_offer_that_is_not_imported(company):
    workspace, drinks = company
    responded(workspace)
    with workspace.warehouse() as warehouse:
        known = [
            probabilities(workspace, warehouse, AS_OF, pa.table({"offer_id": ["x"], "item_id": [item]}), "mail", 21)
            for item in ("green", "never sold")
        ]
        assert probabilities(workspace, warehouse, FIRST, pa.table({"offer_id": [], "item_id": []}), None, 1) is None
    tea, nothing = (dict(zip(*(one[name].to_pylist() for name in one.column_names), strict=True)) for one in known)
    assert set(tea) == set(nothing)
    assert np.mean([tea[who] for who in tea if drinks[who]]) > 0.4


def test_without_campaigns_nothing_is_said(tmp_path):
    (tmp_path / "daogou.toml").write_text('[company]\ntimezone = "UTC"\ncurrency = "EUR"\n', encoding="utf-8")
    workspace = Workspace(tmp_path)
    with workspace.warehouse() as warehouse:
        said = respond(workspace, warehouse, AS_OF)
    assert (said.summary, said.lines) == ({}, [])


def test_the_settings_can_leave_it_out(company):
    workspace, _drinks = company
    file = workspace.path / "daogou.toml"
    file.write_text(file.read_text(encoding="utf-8") + "response = false\n", encoding="utf-8")
    assert responded(Workspace(workspace.path)).summary == {}
    assert told(workspace, MODELS) == []


def test_few_campaigns_are_said_with_how_many_would_do(company):
    workspace, _drinks = company
    with workspace.warehouse() as warehouse:
        warehouse.replace(PAST_CAMPAIGNS, rows(PAST_CAMPAIGNS, campaigns(0)[0]))
    said = responded(workspace)
    assert "not enough data" in said.lines[0]
    assert said.summary["predict_response"]["lack"] in said.lines[0]
    assert told(workspace, MODELS) == []


def test_campaigns_before_the_first_order_teach_nothing(company):
    workspace, _drinks = company
    with workspace.warehouse() as warehouse:
        early = campaigns(0)[0] | {"starts_on": FIRST - timedelta(9), "ends_on": FIRST}
        warehouse.replace(PAST_CAMPAIGNS, rows(PAST_CAMPAIGNS, early))
    assert "not enough data" in responded(workspace).lines[0]


def test_twice_is_the_same(company):
    workspace, _drinks = company
    responded(workspace)
    before = [told(workspace, table) for table in (EVALUATIONS, MODELS)]
    responded(workspace)
    assert [told(workspace, table) for table in (EVALUATIONS, MODELS)] == before

"""Campaigns read together, the global holdout, what is learnt, and that every reading is kept."""

from datetime import date, timedelta

import numpy as np
import pytest
from tests.flows.experiment_company import AS_OF, JUNE, Company
from tests.flows.test_experiments_readings import MARGIN, covers, spends

from daogou.base.words import language
from daogou.campaign.design import Design
from daogou.flows.experiment_joined import sum_of_campaigns
from daogou.flows.experiments import experiments
from daogou.store.tables import LEARNINGS

JULY, AUGUST = date(2025, 7, 10), date(2025, 8, 20)


def kept(company, table):
    with company.workspace.warehouse() as warehouse:
        return warehouse.to_arrow(warehouse.table(table)).to_pylist()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Two campaigns of one offer with 100 buyers an arm each, and one of another offer that lost people."""
    company = Company(tmp_path_factory.mktemp("small"), 1200)
    halves = company.people[:700], company.people[500:]
    for name, start, who in (("one", JUNE, halves[0]), ("two", JULY, halves[1])):
        company.plan(name, Design(offer="wine voucher"))
        arm = company.draw(name, start=start, people=who)
        buyers = company.chance.random(len(who)) < 0.35
        money = np.round(company.amounts(len(who)) + 20.0 * (arm == "treated"), 2)
        company.buy(who[buyers], start + timedelta(days=3), money[buyers])
    company.plan("three", Design(offer="wine voucher"))
    company.draw("three", start=AUGUST, lost={"treated": 0.5})
    return company, *company.read()


def test_campaigns_of_one_offer_have_an_interval_together_that_none_has_alone(small):
    company, told, lines = small
    assert all(one["earned"] is None or one["earned"]["low"] is None for one in told["campaigns"])
    (offer,) = told["offers"]
    assert offer["campaigns"] == ["one", "two"]  # the third lost people and is in no figure
    assert covers(offer["effect"], MARGIN * 0.35 * 20)
    (row,) = company.readings(level="offer")
    assert (row["name"], row["outcome"], row["from_day"]) == ("wine voucher", "contribution", JUNE)
    assert row["to_day"] == JULY + timedelta(days=27)
    assert any("Campaigns of the offer wine voucher, 2 of them read together" in line for line in lines)


def test_the_total_of_campaigns_read_together_is_the_sum_of_their_own(small):
    _company, told, _lines = small
    own = sum(one["earned"]["value"] for one in told["campaigns"] if one["earned"])
    assert told["offers"][0]["total"]["value"] == pytest.approx(own)
    assert told["years"][0]["total"]["value"] == pytest.approx(own)
    treated = sum(one["treated"] for one in told["campaigns"] if one["read"])
    assert told["offers"][0]["effect"]["value"] == pytest.approx(own / treated)
    assert told["offers"][0]["cost"] == pytest.approx(0.5 * treated)


def test_arms_of_one_offer_are_read_together_each_with_its_own(tmp_path):
    company = Company(tmp_path, 4000)
    for name, start in (("one", JUNE), ("two", JULY)):
        company.plan(name, Design(offer="wine", arms=("mail", "voucher")))
        arm = company.draw(name, {"mail": 0.3, "voucher": 0.3, "holdout": 0.4}, start)
        spends(company, arm, {"voucher": 20.0}, start)
    told, _lines = company.read()
    mail, voucher = told["offers"]
    assert (mail["arm"], voucher["arm"]) == ("mail", "voucher")
    assert covers(mail["effect"], 0.0)
    assert covers(voucher["effect"], MARGIN * 10)
    assert {row["arm"] for row in company.readings(level="offer")} == {"mail", "voucher"}
    assert told["years"][0]["total"]["value"] == pytest.approx(mail["total"]["value"] + voucher["total"]["value"])


def test_campaigns_of_one_kind_are_read_together_only_where_none_can_be_read_alone(tmp_path):
    company = Company(tmp_path, 3000)
    for name, start in (("one", JUNE), ("two", JULY)):
        who = company.people[:500]
        arm = company.draw(name, start=start, people=who)
        buyers = company.chance.random(500) < 0.5
        company.buy(who[buyers], start + timedelta(days=3), company.amounts(int(buyers.sum())))
    told, _lines = company.read()
    assert [one["name"] for one in told["offers"]] == ["coupon"]
    arm = company.draw("three", start=AUGUST)
    spends(company, arm, {}, AUGUST)
    told, _lines = company.read()
    assert told["offers"] == []


def test_the_year_is_the_sum_of_its_campaigns_with_the_people_in_several(small):
    company, told, _lines = small
    with company.workspace.warehouse() as warehouse:
        year = sum_of_campaigns(warehouse, AS_OF, 2025)
        assert sum_of_campaigns(warehouse, AS_OF, 2024) is None
    (row,) = told["years"]
    assert (year.total.value, year.total.low) == pytest.approx((row["total"]["value"], row["total"]["low"]))
    assert (year.campaigns, year.people, year.in_several) == (2, row["people"], row["in_several"])
    assert 0 < row["in_several"] < row["people"] < row["treated"]
    assert (year.first, year.last) == (JUNE, JULY + timedelta(days=27))


def test_a_person_in_two_campaigns_is_one_draw(tmp_path):
    """The same lots and the same purchases twice: the sum knows no more than either."""
    company = Company(tmp_path, 3000)
    arm = company.draw("one")
    company.draw("two", start=JULY, arm=arm)
    buyers = company.people[company.chance.random(3000) < 0.5]
    money = company.amounts(len(buyers))
    for start in (JUNE, JULY):
        company.buy(buyers, start + timedelta(days=3), money)
    told, _lines = company.read()
    half = [(one["earned"]["high"] - one["earned"]["low"]) / 2 for one in told["campaigns"]]
    total = told["years"][0]["total"]
    # trials of different people would have the root of the sum of squares
    assert (total["high"] - total["low"]) / 2 > 1.1 * np.hypot(*half)
    assert told["years"][0]["in_several"] == told["years"][0]["people"]


@pytest.fixture
def held_out(tmp_path):
    """A tenth is held out of everything since June; two campaigns bring 10 and 20 to half of the others each."""
    company = Company(tmp_path, 6000)
    out = company.chance.random(6000) < 0.1
    company.hold_out("global-holdout-2025H2", np.where(out, "holdout", "treated"), 0.1, JUNE, date(2025, 12, 31))
    for name, start, effect in (("one", JULY, 10.0), ("two", AUGUST, 20.0)):
        arm = company.draw(name, people=company.people[~out], start=start)
        everyone = np.full(6000, "out", dtype=object)
        everyone[~out] = arm
        spends(company, everyone.astype(str), {"treated": effect}, start, share=0.9)
    return company


def test_the_programme_is_read_against_the_global_holdout(held_out):
    told, lines = held_out.read()
    (one,) = told["programme"]
    truth = MARGIN * 0.9 * (10 + 20) / 2
    assert covers(one["effects"]["contribution"], truth)
    rows = {row["outcome"]: row for row in held_out.readings(level="programme", segment="")}
    assert set(rows) == {"contribution", "net_sales", "orders"}
    assert (rows["contribution"]["from_day"], rows["contribution"]["to_day"]) == (JUNE, AS_OF - timedelta(days=1))
    assert rows["contribution"]["total"] == pytest.approx(rows["contribution"]["value"] * one["treated"])
    # the sum of campaigns beside it tells the same, as nothing else was done
    assert covers(told["years"][0]["total"], truth * one["treated"])
    assert any("All campaigns together brought" in line for line in lines)
    early, _lines = held_out.read(JUNE)
    assert early["programme"] == []


def test_a_global_holdout_of_nobody_is_no_reading(tmp_path):
    company = Company(tmp_path, 300)
    company.hold_out("global-holdout-2025H2", np.full(300, "treated"), 0.001, JUNE, date(2025, 12, 31))
    told, _lines = company.read()
    assert told["programme"] == []


def test_a_global_holdout_from_files_is_the_same(tmp_path):
    company = Company(tmp_path, 4000)
    shares = {"treated": 0.8, "holdout": 0.2}
    arm = company.draw("never mailed", shares, kind="Global holdout", days=400)
    spends(company, arm, {"treated": 20.0})
    told, _lines = company.read()
    assert told["campaigns"] == []
    assert covers(told["programme"][0]["effects"]["contribution"], MARGIN * 10)
    assert {row["level"] for row in company.readings()} == {"programme"}


def test_every_reading_is_kept_and_a_change_by_late_data_is_said(tmp_path):
    company = Company(tmp_path)
    arm = company.draw("june")
    spends(company, arm, {"treated": 20.0})
    told, lines = company.read(date(2025, 7, 1))
    assert told["campaigns"][0]["final_on"] == "2025-07-14"  # 28 days, and 15 in which orders can be returned
    assert any("Provisional until" in line for line in lines)
    first = company.readings(as_of=date(2025, 7, 1))
    back = company.people[arm == "treated"][:300]
    company.refund(back, JUNE + timedelta(days=20), 2.0)
    told, _lines = company.read(date(2025, 7, 14))
    assert told["changed"] == []  # it was provisional
    assert company.readings(as_of=date(2025, 7, 1)) == first
    told, lines = company.read(date(2025, 7, 15))
    assert told["changed"] == []
    assert not any("Provisional" in line for line in lines)
    late = company.people[arm == "treated"]
    company.buy(late, JUNE + timedelta(days=5), np.full(len(late), 8.0))
    told, lines = company.read(date(2025, 7, 16))
    (changed,) = told["changed"]
    assert (changed["name"], changed["read_on"]) == ("june", "2025-07-15")
    assert changed["value"] - changed["value_then"] == pytest.approx(MARGIN * 8.0, rel=0.05)
    assert any("data that came later make it" in line for line in lines)
    assert company.readings(as_of=date(2025, 7, 1)) == first
    assert len({row["as_of"] for row in company.readings()}) == 4


def test_learnings_are_by_offer_kind_channel_and_segment_with_their_age(tmp_path):
    company = Company(tmp_path, 4000)
    for name, start, effect in (("one", JUNE, 10.0), ("two", JULY, 14.0), ("three", AUGUST, 30.0)):
        company.plan(name, Design(offer="wine" if name != "three" else "beer"))
        spends(company, company.draw(name, start=start), {"treated": effect}, start)
    company.read()
    rows = {(row["level"], row["name"]): row for row in kept(company, LEARNINGS)}
    assert {level for level, _name in rows} == {"all", "offer", "kind", "channel", "segment"}
    assert (rows["offer", "wine"]["campaigns"], rows["offer", "beer"]["campaigns"]) == (2, 1)
    assert rows["offer", "wine"]["last_on"] == JULY
    assert rows["offer", "wine"]["age"] == (AS_OF - JULY).days
    assert rows["offer", "wine"]["value"] < rows["all", ""]["value"] < rows["offer", "beer"]["value"]
    assert covers(rows["offer", "wine"], MARGIN * 0.5 * 12)
    segments = [row for (level, _name), row in rows.items() if level == "segment"]
    assert sum(row["campaigns"] == 3 for row in segments) >= 3
    assert all(row["next_low"] < row["low"] < row["value"] < row["high"] < row["next_high"] for row in segments)


def test_it_is_said_in_chinese_too(held_out):
    held_out.store()
    with language("zh"), held_out.workspace.warehouse() as warehouse, warehouse.transaction():
        _told, lines = experiments(held_out.workspace, warehouse, AS_OF)
    assert any("全部活动合计" in line for line in lines)
    assert len(lines) <= 6

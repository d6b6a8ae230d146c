"""Channels that were switched by regions, weeks, stores and households: read by the coins that fell, or not at all."""

from datetime import date, timedelta

import numpy as np
import pytest
from tests.flows.conftest import open_workspace

from daogou.base.words import language
from daogou.flows.unit_tests import unit_tests
from daogou.store.tables import CUSTOMERS, ORDERS, READINGS, REFUNDS, UNIT_ASSIGNMENTS
from daogou.testing.rows import rows

FIRST, DAYS = date(2025, 1, 1), 204
START, LENGTH = date(2025, 4, 1), 56
END = START + timedelta(days=LENGTH - 1)
AS_OF = FIRST + timedelta(days=DAYS)


def day(number):
    return FIRST + timedelta(days=number)


class Company:
    """``regions`` regions with a customer each who orders once a day, for about 100 and a trend of its own."""

    def __init__(self, regions=24, seed=1):
        self.chance = np.random.default_rng(seed)
        self.names = [f"r{k:02}" for k in range(regions)]
        level = self.chance.lognormal(0, 0.4, regions)[:, None] * 100
        trend = 1 + self.chance.normal(0, 0.0005, regions)[:, None] * np.arange(DAYS)
        season = 1 + 0.2 * np.sin(2 * np.pi * np.arange(DAYS) / 7)
        self.sold = level * trend * season * (1 + 0.05 * self.chance.normal(size=(regions, DAYS)))
        self.rows, self.refunds = [], []

    def switch(self, channel="search", name="s1", effect=0.0, start=START, length=LENGTH, **more):
        """Neighbours by level are pairs; the coin is numpy's; ``effect`` is a share of sales."""
        order = np.argsort(self.sold[:, :90].mean(axis=1))
        for pair, (a, b) in enumerate(order.reshape(-1, 2)):
            coin = self.chance.random() < 0.5
            for k, is_on in ((a, coin), (b, not coin)):
                if is_on:
                    first = (start - FIRST).days
                    self.sold[k, first : first + length] *= 1 + effect
                row = {"campaign_id": name, "channel": channel, "unit": "region", "unit_name": self.names[k]}
                row |= {"arm": "on" if is_on else "off", "propensity": 0.5, "pair": str(pair)}
                self.rows.append(row | {"starts_on": start, "ends_on": start + timedelta(days=length - 1)} | more)
        return self

    def open(self, folder, **facts):
        orders = [
            {"order_id": f"{k}-{d}", "customer_id": k, "local_day": day(d), "net_sales": round(float(money), 2)}
            for k, row in enumerate(self.sold)
            for d, money in enumerate(row)
        ]
        customers = [{"customer_id": k, "is_static": True, "region": name} for k, name in enumerate(self.names)]
        told = {CUSTOMERS: customers, ORDERS: orders, UNIT_ASSIGNMENTS: self.rows, REFUNDS: self.refunds}
        return open_workspace(folder, told | facts)


def read(workspace, as_of=AS_OF):
    with workspace.warehouse() as warehouse, warehouse.transaction():
        summary, lines = unit_tests(workspace, warehouse, as_of)
        found = warehouse.to_arrow(warehouse.table(READINGS)).to_pylist()
    return summary, lines, {(row["name"], row["arm"], row["outcome"]): row for row in found}


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    company = Company(seed=2).switch(effect=0.1)
    return company, read(company.open(tmp_path_factory.mktemp("regions")))


def test_a_test_of_regions_finds_what_the_channel_brought(told):
    company, (summary, lines, found) = told
    assert [one["is_read"] for one in summary["read"]] == [True]
    row = found["s1", "on", "net_sales"]
    assert (row["treated"], row["held_out"], row["role"], row["unit"]) == (12, 12, "primary", "region")
    assert (row["from_day"], row["to_day"]) == (START, END)
    on = [one["unit_name"] for one in company.rows if one["arm"] == "on"]
    first = (START - FIRST).days
    brought = sum(company.sold[company.names.index(name), first : first + LENGTH].sum() for name in on) * 0.1 / 1.1
    assert row["total_low"] < brought < row["total_high"]
    assert row["total"] == pytest.approx(row["value"] * 12)
    assert row["total"] == pytest.approx(brought, rel=0.3)
    assert row["lift_low"] < 0.1 < row["lift_high"]
    assert row["p_value"] < 0.01
    # the change is far better known than the plain difference, in which regions differ by their size
    assert row["high"] - row["low"] < 0.7 * (row["plain_high"] - row["plain_low"])
    assert found["s1", "on", "orders"]["value"] == 0
    assert found["s1", "on", "net_sales_after"]["role"] == "tail"
    assert found["s1", "on", "contribution"]["total_low"] == pytest.approx(
        0.25 * row["total_low"]
    )  # the assumed margin
    assert found["s1", "on", "contribution"]["lift_value"] == row["lift_value"]
    assert lines[0].startswith("Test s1: search brought €")
    assert "12 pairs of regions" in lines[0]


def test_figures_are_those_that_one_adds_up_by_hand(told):
    company, (_summary, _lines, found) = told
    first = (START - FIRST).days
    change = {
        name: row[first : first + LENGTH].round(2).sum() - row[first - LENGTH : first].round(2).sum()
        for name, row in zip(company.names, company.sold, strict=True)
    }
    gaps = {}
    for row in company.rows:
        gaps[row["pair"]] = gaps.get(row["pair"], 0) + change[row["unit_name"]] * (1 if row["arm"] == "on" else -1)
    assert found["s1", "on", "net_sales"]["value"] == pytest.approx(np.mean(list(gaps.values())))


def test_it_says_the_same_in_chinese(tmp_path):
    workspace = Company().switch(effect=0.1).open(tmp_path)
    with language("zh"):
        _summary, lines, _found = read(workspace)
    assert "对地区" in lines[0]
    assert "Test" not in lines[0]


def test_intervals_hold_under_trend_in_19_of_20_tests(tmp_path):
    hits = 0
    for seed in range(40):
        company = Company(regions=16, seed=seed).switch(effect=0.05)
        folder = tmp_path / str(seed)
        folder.mkdir()
        row = read(company.open(folder))[2]["s1", "on", "net_sales"]
        on = [company.names.index(one["unit_name"]) for one in company.rows if one["arm"] == "on"]
        first = (START - FIRST).days
        truth = company.sold[on, first : first + LENGTH].sum() * 0.05 / 1.05
        hits += row["total_low"] <= truth <= row["total_high"]
    assert hits >= 34


def test_refunds_are_taken_off_where_they_were_given(tmp_path):
    company = Company().switch()
    plain = read(company.open(tmp_path))[2]["s1", "on", "net_sales"]["value"]
    given = company.names.index(next(row["unit_name"] for row in company.rows if row["arm"] == "on"))
    company.refunds = [{"refund_id": "x", "customer_id": given, "local_day": START, "amount": 120.0}]
    folder = tmp_path / "refunded"
    folder.mkdir()
    assert read(company.open(folder))[2]["s1", "on", "net_sales"]["value"] == pytest.approx(plain - 10)


def test_a_test_that_is_not_over_is_not_read(tmp_path):
    workspace = Company().switch(effect=0.1).open(tmp_path)
    summary, lines, found = read(workspace, END)
    assert (summary["read"], lines, found) == ([], [], {})
    assert [one["ends_on"] for one in summary["running"]] == [END.isoformat()]
    assert read(workspace, END + timedelta(days=1))[2]
    assert ("s1", "on", "net_sales_after") not in read(workspace, END + timedelta(days=LENGTH))[2]
    assert ("s1", "on", "net_sales_after") in read(workspace, END + timedelta(days=LENGTH + 1))[2]


def test_without_days_before_the_test_is_read_as_it_is(tmp_path):
    found = read(Company().switch(effect=0.1, start=day(30)).open(tmp_path))[2]["s1", "on", "net_sales"]
    assert found["value"] == found["plain_value"]
    assert found["low"] == found["plain_low"]


def test_nothing_at_or_after_the_moment_is_used(tmp_path):
    company = Company().switch(effect=0.1)
    workspace = company.open(tmp_path)
    then = read(workspace, END + timedelta(days=1))[2]["s1", "on", "net_sales"]
    later = [{"customer_id": k, "valid_from": END + timedelta(days=1), "region": "r00"} for k in range(5, 9)]
    later.append({"customer_id": 99, "valid_from": END + timedelta(days=1), "region": "r00"})
    late = [
        {"order_id": "late", "customer_id": 3, "local_day": END + timedelta(days=1), "net_sales": 9999},
        {"order_id": "whose", "customer_id": 99, "local_day": START, "net_sales": 9999},
    ]
    with workspace.warehouse() as warehouse:
        warehouse.append(CUSTOMERS, rows(CUSTOMERS, *later))
        warehouse.append(ORDERS, rows(ORDERS, *late))
    assert read(workspace, END + timedelta(days=1))[2]["s1", "on", "net_sales"] == then


def test_whoever_came_during_the_test_counts_where_they_came(tmp_path):
    """New customers are what a channel brings: a region's sales hold theirs."""
    company = Company().switch()
    workspace = company.open(tmp_path)
    before = read(workspace)[2]["s1", "on", "net_sales"]["value"]
    place = next(row["unit_name"] for row in company.rows if row["arm"] == "on")
    came = {"customer_id": 99, "valid_from": START + timedelta(days=5), "region": place}
    order = {"order_id": "new", "customer_id": 99, "local_day": START + timedelta(days=5), "net_sales": 1200}
    with workspace.warehouse() as warehouse:
        warehouse.append(CUSTOMERS, rows(CUSTOMERS, came))
        warehouse.append(ORDERS, rows(ORDERS, order))
    assert read(workspace)[2]["s1", "on", "net_sales"]["value"] == pytest.approx(before + 100)


def test_reading_twice_keeps_one_row_each(tmp_path):
    workspace = Company().switch(effect=0.1).open(tmp_path)
    with workspace.warehouse() as warehouse, warehouse.transaction():
        unit_tests(workspace, warehouse, AS_OF)
        unit_tests(workspace, warehouse, AS_OF)
        assert warehouse.count(READINGS) == 4


def why(company, folder):
    summary, lines, found = read(company.open(folder))
    problems = {one["name"]: (one["why_not"], one["about"]) for one in summary["read"]}
    assert all(name not in problems or problems[name][0] is None for name, _arm, _outcome in found)
    assert all("is not read" in line for line in lines if problems[line.split()[1].strip(":")][0])
    return problems


def test_a_pair_without_both_halves_is_left_out_and_said(tmp_path):
    company = Company().switch(effect=0.1)
    del company.rows[0]
    _summary, lines, found = read(company.open(tmp_path))
    assert found["s1", "on", "net_sales"]["treated"] == 11
    assert "Pairs left out, as one half is missing or both are alike: 0." in lines[0]


def test_a_pair_with_both_halves_on_is_left_out(tmp_path):
    company = Company().switch()
    company.rows[0]["arm"] = company.rows[1]["arm"] = "on"
    summary, _lines, found = read(company.open(tmp_path))
    assert summary["read"][0]["pairs_left_out"] == ["0"]
    assert found["s1", "on", "net_sales"]["treated"] == 11


def test_five_pairs_are_too_few_and_it_says_how_many_would_do(tmp_path):
    company = Company(regions=10).switch()
    assert why(company, tmp_path) == {"s1": ("few_pairs", ["5", "6"])}


def test_no_whole_pair_at_all_is_too_few(tmp_path):
    company = Company().switch()
    company.rows = company.rows[::2]
    assert why(company, tmp_path) == {"s1": ("few_pairs", ["0", "6"])}


def test_a_region_that_no_customer_has_stops_the_reading(tmp_path):
    company = Company().switch()
    company.rows[3]["unit_name"] = "R-three"
    assert why(company, tmp_path) == {"s1": ("unknown_units", ["R-three"])}


def test_two_tests_of_one_channel_at_one_time_are_not_read(tmp_path):
    company = Company().switch().switch(name="s2", start=START + timedelta(days=20))
    assert why(company, tmp_path) == {"s1": ("overlap", ["s2"]), "s2": ("overlap", ["s1"])}


def test_two_channels_at_one_time_are_each_read_by_their_own_coins(tmp_path):
    company = Company().switch(effect=0.1).switch(channel="social", name="s2")
    _summary, _lines, found = read(company.open(tmp_path))
    assert found["s1", "on", "net_sales"]["low"] > 0
    assert found["s2", "on", "net_sales"]["low"] < 0 < found["s2", "on", "net_sales"]["high"]


def test_one_channel_may_be_tested_again_later(tmp_path):
    company = Company().switch(length=28).switch(name="s2", start=START + timedelta(days=28), length=28)
    assert {name: problem for name, (problem, _about) in why(company, tmp_path).items()} == {"s1": None, "s2": None}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"propensity": None}, "no_lots"),
        ({"propensity": 1.0}, "no_chance"),
        ({"propensity": 0.7}, "uneven"),
        ({"ends_on": END - timedelta(days=1)}, "days"),
        ({"wash_out": LENGTH}, "wash_out"),
        ({"channel": "social"}, "two_channels"),
        ({"unit": "store"}, "two_units"),
    ],
)
def test_what_is_told_wrong_is_named(tmp_path, change, says):
    company = Company().switch()
    company.rows[0] |= change
    assert why(company, tmp_path)["s1"][0] == says


def test_a_third_arm_in_pairs_is_named(tmp_path):
    company = Company().switch()
    next(row for row in company.rows if row["arm"] == "on")["arm"] = "double"
    assert why(company, tmp_path) == {"s1": ("arms", ["double", "on"])}


def test_customers_without_regions_stop_the_reading(tmp_path):
    company = Company().switch()
    everyone = [{"customer_id": k, "is_static": True} for k in range(24)]
    workspace = company.open(tmp_path)
    with workspace.warehouse() as warehouse:
        warehouse.replace(CUSTOMERS, rows(CUSTOMERS, *everyone))
    summary, lines, _found = read(workspace)
    assert summary["read"][0]["why_not"] == "no_attribute"
    assert "customers have no attribute region" in lines[0]


def test_a_customer_who_moves_away_stays_in_the_region_of_the_start(tmp_path):
    company = Company().switch(effect=0.1)
    plain = read(company.open(tmp_path))[2]["s1", "on", "net_sales"]["value"]
    moved = [
        {"customer_id": k, "is_static": False, "region": name, "valid_from": FIRST}
        for k, name in enumerate(company.names)
    ]
    moved += [row | {"region": "elsewhere", "valid_from": START + timedelta(days=9)} for row in moved[:6]]
    folder = tmp_path / "moved"
    folder.mkdir()
    workspace = company.open(folder)
    with workspace.warehouse() as warehouse:
        warehouse.replace(CUSTOMERS, rows(CUSTOMERS, *moved))
    assert read(workspace)[2]["s1", "on", "net_sales"]["value"] == pytest.approx(plain)

"""Weeks on and off, and stores and households that were drawn one by one."""

from datetime import timedelta

import numpy as np
import pytest
from tests.flows.conftest import open_workspace
from tests.flows.test_unit_tests import DAYS, END, FIRST, START, Company, day, read, why

from daogou.flows.workspace import Workspace
from daogou.measure.experiment.difference import difference
from daogou.store.tables import CUSTOMERS, ORDERS, UNIT_ASSIGNMENTS
from daogou.testing.rows import rows


def weeks(effect=0.3, pairs=8, wash_out=3, seed=3, carry=0.35):
    """A shop that sells about 1000 a day, with weekdays and a trend; what is switched on works up and dies away."""
    chance, start = np.random.default_rng(seed), day(70)
    sold = 1000 * (1 + 0.2 * np.sin(2 * np.pi * np.arange(DAYS) / 7)) * (1 + 0.001 * np.arange(DAYS))
    sold = sold + chance.normal(0, 60, DAYS)
    rows, works, level = [], np.zeros(DAYS), 0.0
    running = np.zeros(DAYS)
    for pair in range(pairs):
        coin = chance.integers(2)
        for half in range(2):
            first = start + timedelta(days=14 * pair + 7 * half)
            is_on = half == coin
            running[(first - FIRST).days : (first - FIRST).days + 7] = is_on
            rows.append(
                {"campaign_id": "w1", "channel": "social", "unit": "time", "unit_name": first.isoformat(),
                 "arm": "on" if is_on else "off", "propensity": 0.5, "starts_on": first,
                 "ends_on": first + timedelta(days=6), "pair": str(pair), "wash_out": wash_out}
            )  # fmt: skip
    for d in range(DAYS):
        level = carry * level + (1 - carry) * running[d]
        works[d] = level
    company = Company(regions=1)
    company.sold = (sold + 1000 * effect * works)[None, :]
    company.rows = rows
    return company


def test_weeks_on_and_off_find_what_the_channel_brought_a_day(tmp_path):
    summary, lines, found = read(weeks().open(tmp_path))
    row = found["w1", "on", "net_sales"]
    assert summary["read"][0]["wash_out"] == 3
    assert (row["treated"], row["held_out"], row["unit"]) == (8, 8, "time")
    assert row["low"] < 300 * 4 < row["high"]  # four days of each week are read
    assert row["total"] == pytest.approx(8 * row["value"])
    assert row["low"] > 0
    assert "8 pairs of weeks on and off" in lines[0]


def test_without_a_wash_out_what_carries_over_is_not_seen(tmp_path):
    row = read(weeks(wash_out=0).open(tmp_path))[2]["w1", "on", "net_sales"]
    assert row["value"] / 7 < 290


def test_intervals_of_weeks_hold_under_carry_over_and_trend(tmp_path):
    hits = 0
    for seed in range(40):
        folder = tmp_path / str(seed)
        folder.mkdir()
        row = read(weeks(effect=0.05, seed=seed).open(folder))[2]["w1", "on", "net_sales"]
        hits += row["low"] <= 50 * 4 <= row["high"]
    assert hits >= 34


@pytest.mark.parametrize(
    ("row", "change", "says"),
    [
        (0, {"ends_on": day(75)}, "lengths"),
        (1, {"starts_on": day(71), "ends_on": day(77)}, "blocks"),
        (0, {"starts_on": day(40), "ends_on": day(46)}, "apart"),
        (0, {"wash_out": 7}, "wash_out"),
    ],
)
def test_weeks_that_do_not_fit_are_named(tmp_path, row, change, says):
    company = weeks()
    company.rows[row] |= change
    assert why(company, tmp_path)["w1"][0] == says


def test_weeks_in_no_pairs_are_named(tmp_path):
    company = weeks()
    company.rows = [row | {"pair": None} for row in company.rows]
    assert why(company, tmp_path) == {"w1": ("no_pairs", [])}


def test_weeks_and_regions_of_one_channel_contradict_each_other(tmp_path):
    company = Company().switch(channel="social")
    company.rows += weeks().rows
    assert why(company, tmp_path) == {"s1": ("overlap", ["w1"]), "w1": ("overlap", ["s1"])}


def drawn_one_by_one(folder, unit, attribute, units=60, each=8, effect=30.0, missing=0, propensity=0.5):
    chance = np.random.default_rng(5)
    on = chance.random(units) < propensity
    orders, people = [], []
    for u in range(units):
        mood = chance.normal(0, 6)
        for n in range(each):
            customer = u * each + n
            people.append({"customer_id": customer, "is_static": True, "attributes": [(attribute, f"u{u}")]})
            for d in (START - timedelta(days=20), START + timedelta(days=20)):
                money = 100 + mood + chance.normal(0, 10) + effect * (on[u] and d > START)
                orders.append(
                    {"order_id": f"{customer}{d}", "customer_id": customer, "local_day": d, "net_sales": float(money)}
                )
    rows = [
        {"campaign_id": "h1", "channel": "mailbox", "unit": unit, "unit_name": f"u{u}", "arm": "on" if on[u] else "off",
         "propensity": propensity if on[u] else 1 - propensity, "starts_on": START, "ends_on": END}
        for u in range(missing, units)
    ]  # fmt: skip
    return open_workspace(folder, {CUSTOMERS: people, ORDERS: orders, UNIT_ASSIGNMENTS: rows}), on


@pytest.mark.parametrize(("unit", "attribute"), [("household", "household_id"), ("store", "store_id")])
def test_units_drawn_one_by_one_are_read_through_their_customers(tmp_path, unit, attribute):
    workspace, on = drawn_one_by_one(tmp_path, unit, attribute)
    _summary, lines, found = read(workspace)
    row = found["h1", "on", "net_sales"]
    assert (row["treated"], row["held_out"], row["unit"]) == (on.sum(), 60 - on.sum(), unit)
    assert row["low"] < 30 * 8 < row["high"]
    assert row["total"] == pytest.approx(row["value"] * on.sum())
    assert row["low"] > 0
    assert row["mismatch_p"] > 0.001
    assert f"{on.sum()} {unit}s by lot" in lines[0]


def test_the_settings_say_which_attribute_is_the_household(tmp_path):
    workspace, _on = drawn_one_by_one(tmp_path, "household", "home")
    assert read(workspace)[0]["read"][0]["why_not"] == "no_attribute"
    settings = (tmp_path / "daogou.toml").read_text(encoding="utf-8")
    (tmp_path / "daogou.toml").write_text(settings + '[plan]\nhousehold = "home"\n', encoding="utf-8")
    assert read(Workspace(tmp_path))[0]["read"][0]["is_read"]


def test_customers_of_one_unit_hang_together(tmp_path):
    """Were rows taken as independent, the interval would be too narrow."""
    workspace, on = drawn_one_by_one(tmp_path, "household", "household_id", effect=0.0)
    row = read(workspace)[2]["h1", "on", "net_sales"]
    with workspace.warehouse() as warehouse:
        orders = warehouse.to_arrow(warehouse.table(ORDERS)).to_pylist()
    spent = {row["customer_id"]: float(row["net_sales"]) for row in orders if row["local_day"] > START}
    people = np.arange(480)
    loose = difference(np.array([spent[k] for k in people]), on[people // 8])
    assert row["plain_high"] - row["plain_low"] > 1.2 * 8 * (loose.high - loose.low)


def test_units_that_went_missing_stop_the_reading(tmp_path):
    workspace, _on = drawn_one_by_one(tmp_path, "household", "household_id", units=120, each=4)
    with workspace.warehouse() as warehouse:
        told = warehouse.to_arrow(warehouse.table(UNIT_ASSIGNMENTS)).to_pylist()
        gone = [row for row in told if row["arm"] == "off" or int(row["unit_name"][1:]) % 3 == 0]
        warehouse.replace(UNIT_ASSIGNMENTS, rows(UNIT_ASSIGNMENTS, *gone))
    summary, _lines, found = read(workspace)
    assert (summary["read"][0]["why_not"], found) == ("mismatch", {})


def test_units_that_were_all_on_have_nothing_to_be_compared_with(tmp_path):
    workspace, _on = drawn_one_by_one(tmp_path, "household", "household_id")
    with workspace.warehouse() as warehouse:
        told = warehouse.to_arrow(warehouse.table(UNIT_ASSIGNMENTS)).to_pylist()
        warehouse.replace(UNIT_ASSIGNMENTS, rows(UNIT_ASSIGNMENTS, *[row for row in told if row["arm"] == "on"]))
    summary, lines, _found = read(workspace)
    assert summary["read"][0]["why_not"] == "one_arm"
    assert "all its units were on, or all were off" in lines[0]


def test_few_stores_have_a_value_and_no_interval(tmp_path):
    workspace, _on = drawn_one_by_one(tmp_path, "store", "store_id", units=14, each=40)
    _summary, lines, found = read(workspace)
    assert found["h1", "on", "net_sales"]["low"] is None
    assert "10 units on and off" in lines[0]

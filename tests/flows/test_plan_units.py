"""Tests of audience channels, planned from the company's own history: the same twice, kept by hash, or refused."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.flows.conftest import open_workspace

from daogou.base.assignment import draw
from daogou.base.errors import DaogouError
from daogou.base.words import LANGUAGES, language
from daogou.campaign.design import Design
from daogou.flows.designs import designs
from daogou.flows.ingest import ingest
from daogou.flows.plan_units import UnitTest, plan_units, unit_plan_lines
from daogou.flows.unit_draws import WASH_OUT
from daogou.flows.unit_tests import unit_tests
from daogou.flows.workspace import Workspace
from daogou.measure.experiment.paired import no_difference_p
from daogou.store import models
from daogou.store.tables import CUSTOMERS, ORDERS, UNIT_ASSIGNMENTS
from daogou.testing.rows import rows

FIRST, DAYS = date(2025, 1, 1), 240
NOW = datetime(2025, 9, 1, tzinfo=UTC)


def sales(regions=24, days=DAYS, noise=0.1, seed=1, wild=0.0):
    """Twins: regions 2k and 2k + 1 are of one size and go up and down together."""
    chance = np.random.default_rng(seed)
    twin = np.repeat(np.arange((regions + 1) // 2), 2)[:regions]
    size = 60 * 1.25 ** np.arange(twin.max() + 1)
    wave = 1 + 0.3 * np.sin(np.arange(days)[None, :] / 9 + 2 * np.arange(len(size))[:, None])
    sold = (size[:, None] * wave)[twin] * (1 + noise * chance.normal(size=(regions, days)))
    return sold * np.repeat(chance.lognormal(0, wild, (regions, days // 20)), 20, axis=1) if wild else sold


def company(folder, sold, *, region=True, store=False):
    orders = [
        {"order_id": f"{k}-{d}", "customer_id": k, "local_day": FIRST + timedelta(days=d), "net_sales": float(money),
         "store_id": f"s{k}" if store else None}
        for k, row in enumerate(sold)
        for d, money in enumerate(row)
    ]  # fmt: skip
    people = [{"customer_id": k, "is_static": True, "region": f"r{k:02}" if region else None} for k in range(len(sold))]
    return open_workspace(folder, {CUSTOMERS: people, ORDERS: orders})


def plan(workspace, *told, **more):
    report = plan_units(workspace, lambda: NOW, lambda *_: None, UnitTest(*told, **more))
    json.dumps(report.summary, allow_nan=False)
    return report


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    workspace = company(tmp_path_factory.mktemp("planned"), sales())
    out = workspace.path / "switch.csv"
    return workspace, plan(workspace, " Search ", "region", 56, out=out), out


def test_twins_are_pairs_and_a_coin_anyone_can_throw_again_says_which_is_on(planned):
    workspace, report, _out = planned
    told = report.summary["plan"]
    table = pq.read_table(io.BytesIO(models.get(workspace.artefacts, told["sha256"])))
    pairs = {}
    for row in table.to_pylist():
        pairs.setdefault(row["pair"], []).append(row)
    assert len(pairs) == 12
    for both in pairs.values():
        names = sorted(row["unit_name"] for row in both)
        assert int(names[0][1:]) // 2 == int(names[1][1:]) // 2
        lot = draw(workspace.keys.salt, told["name"], "|".join(names))
        on = names[0] if lot < 0.5 else names[1]
        assert {row["unit_name"]: row["arm"] for row in both}[on] == "on"
        assert sorted(row["arm"] for row in both) == ["off", "on"]
        assert {(row["propensity"], row["lot"]) for row in both} == {(0.5, lot)}
    assert json.loads(table.schema.metadata[b"plan"]) == {k: v for k, v in told.items() if k not in ("id", "sha256")}


def test_the_ledger_holds_the_draft_and_the_design_that_was_fixed(planned):
    workspace, report, _out = planned
    told = report.summary["plan"]
    with workspace.ledger() as ledger:
        (kept,) = ledger.campaigns()
    assert (kept.plan_sha, kept.state, kept.name) == (told["sha256"], "draft", "search-region-2025-09-05")
    design = designs(workspace).of(kept.name)
    assert (design.primary, design.unit, design.outcome_days) == ("net_sales", "region", 56)
    assert designs(workspace).sha256(kept.name) == told["design_sha256"] == Design.from_dict(told["design"]).sha256
    assert design.planned_effect > 0


def test_the_same_plan_is_the_same_row_and_other_days_are_another(planned):
    workspace, report, out = planned
    again = plan(workspace, "search", "region", 56, out=out)
    assert again.summary == report.summary
    assert plan(workspace, "search", "region", 42).summary["plan"]["sha256"] != report.summary["plan"]["sha256"]


def test_it_says_what_would_show_in_both_languages(planned):
    _workspace, report, _out = planned
    draft = {k: v for k, v in report.summary["plan"].items() if k not in ("id", "sha256")}
    said = "\n".join(unit_plan_lines(draft))
    assert "With 12 pairs of regions over 8 weeks, a change of" in said
    assert "These regions hold 100" in said
    with language("zh"):
        chinese = "\n".join(unit_plan_lines(draft))
    assert "12 对地区" in chinese
    assert all(word not in chinese for word in ("With", "pairs", "coin", "Nothing"))


def test_the_file_holds_what_the_table_takes(planned):
    _workspace, report, out = planned
    with out.open(encoding="utf-8", newline="") as file:
        told = list(csv.DictReader(file))
    assert [row["unit_name"] for row in told if row["arm"] == "on"] == report.summary["plan"]["on"]
    assert set(told[0]) == set(UNIT_ASSIGNMENTS.names) - {"source"}


def test_a_change_of_the_visible_size_is_found_four_times_in_five(tmp_path):
    """New days of the same kind, with the change that was called visible: the same analysis finds it."""
    sold = sales(days=DAYS + 400, noise=0.15)
    workspace = company(tmp_path, sold[:, :DAYS])
    told = plan(workspace, "search", "region", 56).summary["plan"]
    lift = told["visible_lift"]
    chance, pairs = np.random.default_rng(4), np.arange(24).reshape(12, 2)
    found = []
    for start in range(DAYS + 56, DAYS + 340, 7):
        for _coin in range(10):
            on = np.where(chance.random(12) < 0.5, 0, 1)
            now, then = sold[:, start : start + 56].sum(axis=1)[pairs], sold[:, start - 56 : start].sum(axis=1)[pairs]
            k = np.arange(12)
            change = now[k, on] * (1 + lift) - then[k, on]
            found.append(no_difference_p(change, now[k, 1 - on] - then[k, 1 - on]) <= 0.05)
    assert 0.68 < np.mean(found) < 0.92
    assert told["placebo_false_alarms"] < 0.1


def test_more_noise_shows_less(tmp_path):
    lifts = []
    for noise in (0.05, 0.3):
        folder = tmp_path / str(noise)
        folder.mkdir()
        lifts.append(plan(company(folder, sales(noise=noise)), "search", "region").summary["plan"]["visible_lift"])
    assert 2 * lifts[0] < lifts[1]


def test_of_an_odd_number_the_region_like_no_other_stays_out(tmp_path):
    report = plan(company(tmp_path, sales(regions=25)), "search", "region")
    assert report.summary["plan"]["left_out"] == ["r24"]
    assert report.summary["plan"]["share_of_net_sales"] < 1
    assert any("no other is like it: r24" in line for line in report.lines)


def test_weeks_are_neighbours_with_days_that_are_not_read(tmp_path):
    workspace = company(tmp_path, sales(regions=4), region=False)
    report = plan(workspace, "social", "week")
    told = report.summary["plan"]
    assert (told["pairs"], told["days"], told["wash_out"]) == (6, 84, WASH_OUT["week"])
    table = pq.read_table(io.BytesIO(models.get(workspace.artefacts, told["sha256"]))).to_pylist()
    assert [(row["ends_on"] - row["starts_on"]).days for row in table] == [6] * 12
    assert [row["starts_on"] for row in table] == [table[0]["starts_on"] + timedelta(days=7 * k) for k in range(12)]
    assert [row["pair"] for row in table] == [str(k // 2 + 1) for k in range(12)]
    for k in range(0, 12, 2):
        lot = draw(workspace.keys.salt, told["name"], table[k]["pair"])
        assert (table[k]["arm"] == "on") == (lot < 0.5)
    assert any("first 3 days of each week are not read" in line for line in report.lines)


def test_stores_are_pairs_too(tmp_path):
    told = plan(company(tmp_path, sales(), region=False, store=True), "display", "store").summary["plan"]
    assert (told["pairs"], told["design"]["unit"]) == (12, "store")


def test_what_is_possible_is_chosen_where_nobody_says(tmp_path):
    assert plan(company(tmp_path, sales()), "search").summary["plan"]["by"] == "region"
    folder = tmp_path / "few"
    folder.mkdir()
    assert plan(company(folder, sales(regions=6)), "search").summary["plan"]["by"] == "week"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_channel_that_cannot_be_tested_is_marked(tmp_path, code):
    workspace = company(tmp_path, sales(regions=6, days=60))
    with language(code):
        report = plan(workspace, "search")
    told = report.summary["plan"]
    assert (told["by"], told["state"]) == (None, "draft")
    assert {one["by"]: one["why"] for one in told["cannot_test"]} == dict.fromkeys(("region", "week"), "short_history")
    marked = {"en": "search cannot be tested: estimate only", "zh": "search 无法测试：只能估计"}
    assert report.lines[0].startswith(marked[code])


@pytest.mark.parametrize(
    ("made", "by", "days", "says"),
    [
        ({"regions": 10}, "region", None, "Sales are known of 10 regions; 12 would be enough"),
        ({"days": 100}, "region", None, "There are 100 days of orders; 196 would be enough"),
        ({"days": 100}, "week", None, "There are 100 days of orders; 112 would be enough"),
        ({}, "store", None, "No order names its store"),
        ({"wild": 3.0}, "region", None, "Even a doubling of sales would not show with 12 pairs of regions"),
        ({}, "week", 80, "Say 84, 98 or another multiple of 14"),
        ({}, "week", 70, "Say 84, 98 or another multiple of 14"),
        ({}, "region", 5, "Say 14 or more"),
        ({}, "town", None, "Say region, store or week"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_be_enough(tmp_path, made, by, days, says):
    workspace = company(tmp_path, sales(**made))
    with pytest.raises(DaogouError, match=says):
        plan(workspace, "search", by, days)
    with workspace.ledger() as ledger:
        assert ledger.campaigns() == []


def test_no_region_at_all_says_what_to_map(tmp_path):
    with pytest.raises(DaogouError, match="No customer has a region: map one to 'region'"):
        plan(company(tmp_path, sales(), region=False), "search", "region")


@pytest.mark.parametrize(("by", "wash_out", "most"), [("week", 7, 6), ("week", -1, 6), ("region", 56, 55)])
def test_a_wash_out_that_leaves_nothing_is_refused(tmp_path, by, wash_out, most):
    with pytest.raises(DaogouError, match=f"Say 0 to {most}"):
        plan(company(tmp_path, sales()), "search", by, wash_out=wash_out)


def test_a_channel_without_a_name_is_refused(tmp_path):
    with pytest.raises(DaogouError, match="Say which: --channel search"):
        plan(company(tmp_path, sales(regions=2, days=3)), "  ")


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(DaogouError, match="the file cannot be written"):
        plan(company(tmp_path, sales()), "search", "region", out=tmp_path / "nowhere" / "x.csv")


def test_a_channel_under_test_waits_until_it_is_over(tmp_path):
    workspace = company(tmp_path, sales())
    busy = {"campaign_id": "old", "channel": "Search", "unit": "region", "unit_name": "r00", "arm": "on"}
    busy |= {"starts_on": date(2025, 8, 20), "ends_on": date(2025, 9, 10)}
    with workspace.warehouse() as warehouse:
        warehouse.append(UNIT_ASSIGNMENTS, rows(UNIT_ASSIGNMENTS, busy))
    with pytest.raises(DaogouError, match=r"under test until 2025-09-10: old\. .* starts_in of \[plan\] to 13"):
        plan(workspace, "search", "region")
    settings = (tmp_path / "daogou.toml").read_text(encoding="utf-8")
    (tmp_path / "daogou.toml").write_text(settings + "[plan]\nstarts_in = 13\n", encoding="utf-8")
    assert plan(Workspace(tmp_path), "search", "region").summary["plan"]["starts_on"] == "2025-09-11"
    assert plan(workspace, "social", "region").summary["plan"]["starts_on"] == "2025-09-05"


SETTINGS = """
[company]
timezone = "Europe/Berlin"
currency = "EUR"
[sources.orders]
file = "orders.csv"
table = "orders"
columns = { order_id = "id", customer_id = "who", occurred_at = "at", paid = "paid" }
[sources.people]
file = "people.csv"
table = "customers"
columns = { customer_id = "who", region = "region" }
"""
TEST = """
[sources.test]
file = "switch.csv"
table = "unit_assignments"
[sources.test.columns]
campaign_id = "campaign_id"
channel = "channel"
unit = "unit"
unit_name = "unit_name"
arm = "arm"
propensity = "propensity"
starts_on = "starts_on"
ends_on = "ends_on"
pair = "pair"
wash_out = "wash_out"
"""


def write(folder, sold, settings):
    with (folder / "orders.csv").open("w", encoding="utf-8") as file:
        file.write("id,who,at,paid\n")
        for k, row in enumerate(sold):
            for d, money in enumerate(row):
                file.write(f"{k}-{d},c{k},{FIRST + timedelta(days=d)} 12:00:00,{money:.2f}\n")
    people = "".join(f"c{k},Région {k}\n" for k in range(len(sold)))
    (folder / "people.csv").write_text("who,region\n" + people, encoding="utf-8")
    (folder / "daogou.toml").write_text(settings, encoding="utf-8")
    return Workspace(folder)


def measure(workspace):
    with workspace.warehouse() as warehouse, warehouse.transaction():
        return unit_tests(workspace, warehouse, workspace.as_of(warehouse))


def test_from_the_plan_over_its_file_to_the_reading(tmp_path):
    """Plan, switch as the file says, map the file, measure: what was put in comes out."""
    sold = sales(days=DAYS + 7 + 56)
    workspace = write(tmp_path, sold[:, :DAYS], SETTINGS)
    ingest(workspace, lambda: NOW, lambda *_: None)
    told = plan(workspace, "search", "region", out=tmp_path / "switch.csv").summary["plan"]
    start = (date.fromisoformat(told["starts_on"]) - FIRST).days
    on = [int(name.split()[1]) for name in told["on"]]
    sold[on, start : start + 56] *= 1.15
    workspace = write(tmp_path, sold, SETTINGS + TEST)
    ingest(workspace, lambda: NOW, lambda *_: None)
    summary, lines = measure(workspace)
    (found,) = summary["read"]
    assert (found["is_read"], found["not_as_drawn"]) == (True, [])
    row = found["readings"][0]
    assert row["lift_low"] < 0.15 < row["lift_high"]
    assert row["lift_low"] > 0
    assert lines[0].startswith(f"Test {told['name']}: search brought €")


def test_of_two_plans_under_one_name_the_one_that_was_switched_is_read(tmp_path):
    sold = sales(days=DAYS + 7 + 56, noise=0.5)
    workspace = write(tmp_path, sold[:, :DAYS], SETTINGS)
    ingest(workspace, lambda: NOW, lambda *_: None)
    plan(workspace, "search", "region", out=tmp_path / "switch.csv")
    plan(workspace, "search", "region", 28, out=tmp_path / "other.csv")
    assert (tmp_path / "other.csv").read_text(encoding="utf-8") != (tmp_path / "switch.csv").read_text(encoding="utf-8")
    workspace = write(tmp_path, sold, SETTINGS + TEST)
    ingest(workspace, lambda: NOW, lambda *_: None)
    (found,) = measure(workspace)[0]["read"]
    assert (found["not_as_drawn"], found["is_read"]) == ([], True)


def test_who_was_switched_against_the_lot_is_read_by_the_lot(tmp_path):
    sold = sales(days=DAYS + 7 + 56)
    workspace = write(tmp_path, sold[:, :DAYS], SETTINGS)
    ingest(workspace, lambda: NOW, lambda *_: None)
    told = plan(workspace, "search", "region", out=tmp_path / "switch.csv").summary["plan"]
    file = tmp_path / "switch.csv"
    kept = file.read_text(encoding="utf-8").splitlines()
    name = told["on"][0]
    turned = [line.replace(",on,", ",off,") if f",{name}," in line else line for line in kept]
    missing = told["on"][1]
    turned = [line for line in turned if f",{missing}," not in line]
    file.write_text("\n".join(turned) + "\n", encoding="utf-8")
    workspace = write(tmp_path, sold, SETTINGS + TEST)
    ingest(workspace, lambda: NOW, lambda *_: None)
    summary, lines = measure(workspace)
    (found,) = summary["read"]
    assert sorted(found["not_as_drawn"]) == sorted([name, missing])
    assert found["readings"][0]["treated"] == 12
    assert "Not switched as drawn, and read as drawn" in lines[0]

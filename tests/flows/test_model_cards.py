"""Cards, drift and realised calibration of a made-up company, run twice with weeks between."""

import json
import re
import shutil
import sys
from datetime import UTC, date, datetime, timedelta

import ibis
import numpy as np
import pytest

from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.cli.main import main
from daogou.flows.card_show import kept_cards, show_card
from daogou.flows.contexts.predictions import file_names, predictions
from daogou.flows.model_cards import earlier_runs
from daogou.flows.predict import predict
from daogou.flows.profile import profile
from daogou.flows.report import report
from daogou.flows.segment import segment
from daogou.flows.workspace import Workspace
from daogou.predict.target import Target
from daogou.store.tables import CARDS, CUSTOMERS, DRIFT, ITEMS, ORDER_LINES, ORDERS, SCORES
from daogou.testing.rows import rows

FIRST, DAYS, PEOPLE = date(2024, 1, 1), 392, 300
LATER = date(2024, 12, 1)  # the day that the first run believes to be today
SETTINGS = """[company]
timezone = "Europe/Berlin"
currency = "EUR"
[predict]
resamples = 100
categories = ["tea"]
models = ["logistic"]
inactive_days = 28
"""


def quietly(_done, _text):
    pass


def clock():
    return datetime(2025, 2, 1, 9, tzinfo=UTC)


def company(folder, turns=False, settings=SETTINGS):
    """Each of 300 customers orders bread or tea with a rate of their own; some stop. Tea is rare once it ``turns``."""
    chance = np.random.default_rng(8)
    orders, lines = [], []
    for customer in range(PEOPLE):
        rate, tea = chance.uniform(0.03, 0.3), chance.choice([0.1, 0.3, 0.8])
        until = DAYS if customer % 4 else int(chance.integers(120, DAYS))
        for day in np.flatnonzero(chance.random(until) < rate).tolist():
            order, when = f"{customer}-{day}", FIRST + timedelta(day)
            item = "green" if chance.random() < (tea / 6 if turns and when >= LATER else tea) else "bread"
            money = {"net_sales": 10, "paid": 10, "list_value": 10}
            orders.append({"order_id": order, "customer_id": customer, "local_day": when, "lines": 1} | money)
            lines.append({"line_id": order, "order_id": order, "item_id": item, "quantity": 1} | money)
    orders.append({"order_id": "last", "customer_id": 1, "local_day": FIRST + timedelta(DAYS), "lines": 1})
    people = [
        {
            "customer_id": n,
            "is_static": True,
            "region": ("north", "south")[n % 2],
            "member_level": "gold" if n < 9 else None,
        }
        for n in range(PEOPLE)
    ]
    items = [{"item_id": i, "category": c, "is_static": True} for i, c in (("green", "tea"), ("bread", "bread"))]
    (folder / "daogou.toml").write_text(settings, encoding="utf-8")
    workspace = Workspace(folder)
    with workspace.warehouse() as warehouse:
        for table, told in ((ORDERS, orders), (ORDER_LINES, lines), (CUSTOMERS, people), (ITEMS, items)):
            warehouse.append(table, rows(table, *told))
    return workspace


def run_twice(workspace):
    """Run with what was known on ``LATER``, then with everything; the second run's report."""
    with workspace.warehouse() as warehouse:
        orders = warehouse.table(ORDERS)
        late = warehouse.to_arrow(orders.filter(orders.local_day >= ibis.date(LATER.isoformat())))
        warehouse.delete_matching(ORDERS, ibis.memtable(late.select(["order_id"])))
    predict(workspace, clock, quietly)
    with workspace.warehouse() as warehouse:
        warehouse.append(ORDERS, late)
    return predict(workspace, clock, quietly)


def written(workspace, table):
    with workspace.warehouse() as warehouse:
        return warehouse.to_arrow(warehouse.table(table).order_by(list(table.key))).to_pylist()


@pytest.fixture(scope="module")
def steady(tmp_path_factory):
    workspace = company(tmp_path_factory.mktemp("steady"))
    workspace.told = run_twice(workspace)
    return workspace


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    workspace = company(tmp_path_factory.mktemp("broken"), turns=True)
    workspace.told = run_twice(workspace)
    return workspace


def card_of(workspace, target):
    with workspace.warehouse() as warehouse:
        return next(one for one in kept_cards(warehouse, workspace.as_of(warehouse)) if one.card.target == target)


def test_every_model_has_a_card_at_every_run(steady):
    cards = written(steady, CARDS)
    assert [row["target"] for row in cards] == ["inactive", "tea"] * 2
    assert len({row["as_of"] for row in cards}) == 2


def test_groups_are_those_of_the_moment_and_add_up(steady):
    card = card_of(steady, "tea").card
    divisions = {one.by for one in card.groups}
    assert divisions == {"rfm", "rfm_zh", "tenure", "region", "member_level"}
    for division in divisions:
        found = [one for one in card.groups if one.by == division]
        assert sum(one.rows for one in found) == card.rows["test"].rows, division
        assert sum(one.events for one in found) == card.rows["test"].events, division
    gold = next(one for one in card.groups if one.name == "gold")
    assert gold.few  # nine customers
    assert {one.name for one in card.groups if one.by == "region"} == {"north", "south"}


def test_windows_do_not_overlap_and_the_next_moment_lies_ahead(steady):
    card = card_of(steady, "tea").card
    windows = card.windows
    assert max(windows.train) + timedelta(windows.outcome_days + windows.embargo_days) == min(windows.test)
    assert windows.embargo_days >= 0
    assert set(windows.calibrate) <= set(windows.train)
    assert card.as_of < windows.next_moment


def test_columns_have_their_meaning_in_both_languages_and_their_source(steady):
    features = {one.column: one for one in card_of(steady, "tea").card.features}
    assert features["own_days_28"].en == "days with tea in the last 28"
    assert features["own_days_28"].zh != features["own_days_28"].en
    assert features["own_days_28"].source == ("orders", "order_lines", "items")
    assert features["net_sales_90"].source == ("orders", "refunds")
    assert features["tenure_days"].grows
    assert not features["recency_days"].grows


def test_earlier_scores_are_held_against_what_happened(steady):
    found = {row["name"]: row for row in written(steady, DRIFT) if row["kind"] == "realised" and row["target"] == "tea"}
    day = found["count"]["since"]
    scores = [row for row in written(steady, SCORES) if row["as_of"] == day and row["target"] == "tea"]
    bought = {
        row["customer_id"]
        for row, line in zip(written(steady, ORDERS), written_lines(steady), strict=True)
        if line == "green" and day <= row["local_day"] < day + timedelta(28)
    }
    assert found["count"]["expected"] == pytest.approx(sum(row["probability"] for row in scores))
    assert found["count"]["value"] == sum(row["customer_id"] in bought for row in scores) > 50
    assert found["count"]["n"] == len(scores)


def written_lines(workspace):
    """The item of each order, in the order of orders; "" of the last, which has no line."""
    items = {row["order_id"]: row["item_id"] for row in written(workspace, ORDER_LINES)}
    return [items.get(row["order_id"], "") for row in written(workspace, ORDERS)]


def test_a_run_whose_days_are_not_over_is_not_judged(steady):
    def asked(_rows):
        raise LookupError

    tea = Target("tea", "tea", 28)
    with steady.warehouse() as warehouse:
        assert earlier_runs(warehouse, LATER + timedelta(27), tea, asked) == []
        with pytest.raises(LookupError):
            earlier_runs(warehouse, LATER + timedelta(28), tea, asked)


def test_a_steady_company_raises_no_alarm(steady):
    told = [row for row in written(steady, DRIFT) if row["target"] == "tea" and row["kind"] != "realised"]
    assert len(told) > 50
    assert not any(row["alarm"] for row in told)
    since = card_of(steady, "tea").since
    assert since.why == ()
    assert since.by == FIRST + timedelta(DAYS + 1 + 56)
    assert "Train again by 2025-02-24. Each model has a card: 'daogou evaluate card'." in steady.told.lines


def test_a_change_of_habit_is_seen_in_inputs_and_in_earlier_scores(broken):
    alarms = {(row["kind"], row["name"]) for row in written(broken, DRIFT) if row["alarm"] and row["target"] == "tea"}
    assert ("realised", "count") in alarms
    assert ("scores", "probability") in alarms
    assert any(kind == "input" and name.startswith("own_") for kind, name in alarms)
    kept = card_of(broken, "tea")
    assert "inputs" in kept.since.why
    assert kept.since.by <= kept.card.as_of + timedelta(56)
    told = "\n".join(broken.told.lines)
    assert "That is more than chance explains." in told
    assert "Customers are no longer those that the model learned from" in told
    assert broken.told.summary["predict_drift"]["tea"]["train_again_why"]


def test_what_is_asked_otherwise_under_the_same_name_is_not_compared(steady, tmp_path):
    shutil.copytree(steady.path, tmp_path / "changed")
    (tmp_path / "changed" / "daogou.toml").write_text(SETTINGS + "purchase_days = 14\n", encoding="utf-8")
    changed = Workspace(tmp_path / "changed")
    predict(changed, clock, quietly)
    assert {row["target"] for row in written(changed, DRIFT) if row["kind"] == "realised"} == {"inactive"}


def test_twice_the_same_day_is_the_same(steady):
    before = written(steady, CARDS), written(steady, DRIFT)
    predict(steady, clock, quietly)
    assert (written(steady, CARDS), written(steady, DRIFT)) == before


def test_the_release_holds_cards_for_machines_and_for_people_and_the_report_leads_there(steady):
    for stage in (profile, segment):
        stage(steady, clock, quietly)
    release = report(steady, clock, quietly).summary["release"]
    folder = steady.releases / release / "cards"
    pages = {file.stem for file in folder.glob("*.html")}
    assert {"tea", "inactive"} < pages  # beside them short cards of the other models
    assert {file.stem for file in folder.glob("*.json")} == pages
    models = [file for file in (steady.releases / release / "models").rglob("*") if file.is_file()]
    assert len(pages) == len(models)
    kept = json.loads((folder / "tea.json").read_text(encoding="utf-8"))
    assert kept["target"] == "tea"
    page = (folder / "tea.html").read_text(encoding="utf-8")
    assert "Whether its probabilities hold" in page
    assert "它的概率是否可信" in page
    text = steady.report.read_text(encoding="utf-8")
    links = set(re.findall(r'href="(releases/[^"#]*)#(?:en|zh)"', text))
    assert links == {f"releases/{release}/cards/{name}.html" for name in pages}
    assert all((steady.path / link).exists() for link in links)


def test_the_report_has_what_analysts_ask_of_each_prediction(steady):
    with steady.warehouse() as warehouse:
        found = predictions(warehouse, steady.as_of(warehouse), "a release")
    tea = next(one for one in found if "tea" in str(one.title))
    assert tea.card == "releases/a%20release/cards/tea.html"
    assert (tea.gain[0], tea.gain[-1], len(tea.bins)) == (0, 1, 10)
    assert sum(one.share for one in tea.movers) <= 1 + 1e-9
    with language("zh"):
        assert all(re.search("[\u4e00-\u9fff]", str(one)) for one in tea.says)


def test_names_of_files_are_safe_and_differ():
    assert file_names(["../../etc/x", "a b", "a/b", "A b"]) == ["_etc_x", "a_b", "a_b-2", "A_b-3"]


def told(capfd, monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["daogou", "evaluate", "card", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, *capfd.readouterr()


class TestCommand:
    def test_without_a_target_each_card_has_a_line(self, steady, capfd, monkeypatch):
        code, out, _err = told(capfd, monkeypatch, "--workspace", steady.path)
        assert code == 0
        told_of = [line.split(".")[0] for line in out.splitlines() if not line.startswith("Other models")]
        assert told_of == ["No order within 28 days", "Buys tea within 28 days"]

    def test_with_one_the_whole_card(self, steady, capfd, monkeypatch):
        code, out, _err = told(capfd, monkeypatch, "tea", "--workspace", steady.path)
        assert code == 0
        assert "What became of earlier scores" in out
        assert "For whom: by region" in out

    def test_as_json_the_card_and_its_drift(self, steady, capfd, monkeypatch):
        code, out, _err = told(capfd, monkeypatch, "tea", "--workspace", steady.path, "--json")
        kept = json.loads(out)
        assert code == 0
        assert kept["windows"]["outcome_days"] == 28
        assert {row["kind"] for row in kept["drift"]} == {"input", "scores", "realised"}
        assert kept["train_again_by"]

    def test_an_unknown_target_is_met_with_the_nearest(self, steady, capfd, monkeypatch):
        code, _out, err = told(capfd, monkeypatch, "tae", "--workspace", steady.path)
        assert code == 1
        assert "no model is called 'tae'. Did you mean 'tea'?" in err

    @pytest.mark.parametrize(("days", "due"), [(3, "none"), (40, "inactive"), (90, "inactive, tea")])
    def test_after_more_orders_it_says_which_models_are_due(self, steady, tmp_path, days, due):
        shutil.copytree(steady.path, tmp_path / "later")
        later = Workspace(tmp_path / "later")
        with later.warehouse() as warehouse:
            order = {"order_id": "new", "customer_id": 1, "local_day": FIRST + timedelta(DAYS + days), "lines": 1}
            warehouse.append(ORDERS, rows(ORDERS, order))
        told = show_card(later, None).lines[0]
        assert told.startswith("These cards are of 2025-01-28; orders have come until 2025-")
        assert told.endswith(f"To be trained again by now: {due}.")

    def test_before_the_first_run_there_is_none(self, tmp_path):
        with pytest.raises(DaogouError, match="no model has a card"):
            show_card(company(tmp_path), None)

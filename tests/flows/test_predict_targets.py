"""The stage with declared targets of every kind, and what people do with its scores."""

import json
from datetime import date, timedelta

import numpy as np
import pytest
from typer.testing import CliRunner

from daogou.base.clock import system_clock
from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.cli.evaluate_predict import blocks
from daogou.cli.main import app
from daogou.flows.audience import export, size
from daogou.flows.evaluate_predict import evaluate_predict
from daogou.flows.predict import predict
from daogou.flows.profile import profile
from daogou.flows.segment import segment
from daogou.flows.workspace import Workspace
from daogou.predict import load
from daogou.store import models
from daogou.store.tables import CUSTOMERS, EVENTS, ITEMS, MODELS, ORDER_LINES, ORDERS, SCORES
from daogou.testing.rows import rows

FIRST, DAYS, PEOPLE = date(2024, 1, 1), 280, 240
TARGETS = """
[predict]
resamples = 100
history_days = 56
fewest_customers = 10
models = ["logistic", "linear"]
[predict.targets.green]
where = { item = "green" }
within = 14
[predict.targets.reading]
event = "read"
within = 14
population = { profile = "orders_28", at_least = 1 }
[predict.targets.second]
kind = "second_purchase"
within = 28
[predict.targets.silent]
kind = "churn"
within = 56
[predict.targets.ended]
kind = "churn"
attribute = "status"
left = "gone"
within = 28
[predict.targets.money]
kind = "spend"
within = 28
[predict.targets.never]
where = { item = "dust" }
[predict.targets.far]
within = 200
[segment.rules.leaving]
score = "silent"
above = 0.3
[segment.rules.dear]
all = [{ score = "silent", above = 0.3 }, { score = "silent:value_at_risk", at_least = 1 }]
[tags.risk]
kind = "rule"
rules = { yes = { tag = "rules:leaving" } }
"""


def quietly(_done, _text):
    pass


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Workspace:
    """Regulars of whom some stop, and newcomers every day of whom the eager come again."""
    chance = np.random.default_rng(8)
    orders, events, people = [], [], []

    def order(who: int, day: int, item: str, money: float) -> None:
        when = {"customer_id": who, "local_day": FIRST + timedelta(day), "net_sales": money, "lines": 1}
        orders.append({"order_id": f"{who}-{day}", "item_id": item, "list_value": money, "paid": money} | when)

    for who in range(PEOPLE):
        rate, until = chance.uniform(0.05, 0.25), DAYS if who % 3 else int(chance.integers(60, DAYS))
        for day in np.flatnonzero(chance.random(until) < rate).tolist():
            order(who, day, "green" if chance.random() < 0.3 else "bread", float(5 + who % 20))
            if chance.random() < rate:
                events.append({"customer_id": who, "kind": "read", "local_day": FIRST + timedelta(day)})
        people.append({"customer_id": who, "valid_from": FIRST, "attributes": [("status", "on")]})
        if until < DAYS:
            left = {"customer_id": who, "valid_from": FIRST + timedelta(until), "attributes": [("status", "gone")]}
            people.append(left)
    for who in range(PEOPLE, PEOPLE + 300):
        day = int(chance.integers(20, DAYS - 1))
        order(who, day, "green", 20.0)
        if chance.random() < 0.4 and (again := day + int(chance.integers(2, 27))) < DAYS:
            order(who, again, "bread", 10.0)
    order(0, DAYS, "bread", 5.0)
    items = [{"item_id": item, "is_static": True} for item in ("green", "bread", "dust")]
    folder = tmp_path_factory.mktemp("targets")
    head = '[company]\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n'
    (folder / "daogou.toml").write_text(head + TARGETS, encoding="utf-8")
    workspace = Workspace(folder)
    lines = [
        {"line_id": one["order_id"], "quantity": 1} | {name: one[name] for name in ("order_id", "item_id", "net_sales")}
        for one in orders
    ]
    placed = [{name: value for name, value in one.items() if name != "item_id"} for one in orders]
    events = [{"event_id": str(n)} | one for n, one in enumerate(events)]
    with workspace.warehouse() as warehouse:
        facts = ((ORDERS, placed), (ORDER_LINES, lines), (ITEMS, items), (CUSTOMERS, people), (EVENTS, events))
        for table, told in facts:
            warehouse.append(table, rows(table, *told))
    profile(workspace, system_clock, quietly)
    segment(workspace, system_clock, quietly)
    return workspace


@pytest.fixture(scope="module")
def report(company):
    return predict(company, system_clock, quietly)


def _scores(company):
    with company.warehouse() as warehouse:
        return warehouse.to_arrow(warehouse.table(SCORES).order_by("target", "customer_id")).to_pylist()


def test_every_kind_is_learned_or_says_why_not(report):
    learned = report.summary["predict_champions"]
    assert set(learned) == {"green", "reading", "second", "silent", "ended", "money"}
    assert set(report.summary["predict_lacks"]) == {"never", "far"}
    text = "\n".join(report.lines)
    assert "never (bought (item is dust), within 28 days): not enough data: customers for whom it happened: 0" in text
    assert "[predict.targets.never]: look at its event" in text
    assert "[predict.targets.far]: within = 112 at most would do" in text
    for metrics in report.summary["predict"]["green"].values():
        assert {"average_precision", "lift_in_tenth", "auc", "ece", "slope"} <= set(metrics)
    assert "lost_value_in_tenth" in report.summary["predict"]["silent"]["logistic"]
    assert "lost_value_in_tenth" not in report.summary["predict"]["green"]["logistic"]


def test_scores_hold_what_each_kind_says(report, company):
    of = {}
    for row in _scores(company):
        of.setdefault(row["target"], []).append(row)
    assert set(of) == {"green", "reading", "second", "silent", "ended", "money"}
    for target, told in of.items():
        for row in told:
            assert (row["value"] is None) == (target != "money")
            assert (row["probability"] is None) == (target == "money")
            assert (row["value_at_risk"] is None) == (target not in ("silent", "ended"))
            assert (row["alive"] is None) == (target != "silent")
    assert all(0 <= row["alive"] <= 1 for row in of["silent"])
    assert all(row["value"] >= 0 for row in of["money"])
    risk = {row["customer_id"]: (row["probability"], row["value_at_risk"]) for row in of["silent"]}
    with company.warehouse() as warehouse:
        sales = warehouse.table(ORDERS).group_by("customer_id").aggregate(worth=lambda t: t.net_sales.sum())
        worth = {row["customer_id"]: float(row["worth"]) for row in warehouse.to_arrow(sales).to_pylist()}
        kept = warehouse.to_arrow(warehouse.table(MODELS))
    assert all(lost == pytest.approx(p * worth[who], rel=1e-6) for who, (p, lost) in risk.items())
    for row in kept.to_pylist():
        if row["name"].startswith("predict/"):
            assert type(load(models.get(company.artefacts, row["artefact"]))).__name__ == row["kind"]


def test_rules_may_ask_for_targets_of_every_kind(report, company):
    everyone = len({row["customer_id"] for row in _scores(company) if row["target"] == "money"})
    assert size(company, 'score = "money"\nat_least = 0').summary["size"] == everyone
    rich = size(company, 'score = "money"\nat_least = 30').summary["size"]
    assert 0 < rich < everyone
    dear = size(company, 'score = "silent:value_at_risk"\nat_least = 20').summary
    assert 0 < dear["size"] < everyone
    assert dear["words_en"] == "value at risk of 'silent' is at least 20"
    with pytest.raises(DaogouError, match=r"no scores of 'green:value_at_risk'. Did you mean"):
        size(company, 'score = "green:value_at_risk"\nat_least = 20')


LEAVING = 'score = "silent"\nabove = 0.3'


@pytest.mark.parametrize(
    "chosen", [LEAVING, "rules:leaving", "risk:yes", f"any = [{{ {LEAVING.replace(chr(10), ', ')} }}]"]
)
def test_likely_to_leave_is_no_audience_by_itself(report, company, tmp_path, chosen):
    file = tmp_path / "list.csv"
    with pytest.raises(DaogouError, match=r"likely to leave is no audience by itself.*score = 'silent:value_at_risk'"):
        export(company, chosen, "win back", file)
    assert not file.exists()
    counted = size(company, chosen)
    assert "Whether contact keeps them is not known until it is tested" in counted.lines[-1]
    assert counted.summary["warnings"] == [counted.lines[-1]]
    with language("zh"), pytest.raises(DaogouError, match="本身不能成为人群包"):
        export(company, chosen, "win back", file)


def test_with_value_at_risk_it_is_one_and_the_list_shows_it(report, company, tmp_path):
    file = tmp_path / "list.csv"
    told = export(company, "rules:dear", "win back", file)
    header = file.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    assert header == ["customer_id", "segment", "as_of", "purpose", "value_at_risk", "contact_helps"]
    assert told.summary["size"] > 0
    assert "not known until it is tested" not in " ".join(told.lines)
    assert any("'rules" not in line and "chance of 'silent'" in line for line in report.lines)  # of the bare rule
    assert not any("warnings" in size(company, one).summary for one in ("rules:dear", 'score = "silent"\nbelow = 0.1'))


def test_a_list_by_leaving_and_something_else_is_warned_of(report, company, tmp_path):
    mixed = '{"all": [{"score": "silent", "above": 0.3}, {"profile": "orders", "at_least": 2}]}'
    told = export(company, mixed, "win back", tmp_path / "list.csv")
    assert "add score = 'silent:value_at_risk'" in told.lines[-1]
    assert "value_at_risk" in told.summary


def test_all_models_are_compared_and_ties_are_named(report, company):
    before = _scores(company)
    found = evaluate_predict(company, ["green", "money", "far"], [0.1, 0.35], quietly)
    green, money, far = (one.summary() for one in found)
    assert set(green["models"]) == {"recency", "logistic", "linear", "tree", "boosted", "svm", "blend"}
    assert set(money["models"]) == {"last", "linear", "tree", "boosted", "svm"}
    assert set(green["champion_at_depths"]) == {"gain_in_10", "lift_in_10", "gain_in_35", "lift_in_35"}
    assert green["champion"] not in green["no_different"]
    assert max(green["train"]) < min(green["test"])
    assert far["lack"].startswith("not enough data: orders of 281 days")
    printed = [block for block in blocks(found) if isinstance(block, str)]
    assert any(line.startswith("Used: ") for line in printed)
    assert any(line.startswith("Calibration: slope ") for line in printed)
    assert _scores(company) == before
    with pytest.raises(DaogouError, match="there is no target 'gren'. Did you mean 'green'"):
        evaluate_predict(company, ["gren"], [0.1], quietly)
    with pytest.raises(DaogouError, match="the depth is 10"):
        evaluate_predict(company, [], [10.0], quietly)


def test_the_command_prints_what_is_lacking_and_refuses_unknown_names(company):
    runner = CliRunner()
    place = ["evaluate", "predict", "--workspace", str(company.path), "--target", "far"]
    said = runner.invoke(app, place)
    assert said.exit_code == 0
    assert "Not enough data: orders of 281 days" in " ".join(said.stdout.split())
    told = json.loads(runner.invoke(app, [*place, "--json"]).stdout)
    assert [one["target"] for one in told["targets"]] == ["far"]

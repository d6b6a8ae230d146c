import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.predict import Champion, Logistic, choose
from daogou.predict.compare import candidates
from daogou.testing.predictor import example


@pytest.fixture(scope="module")
def table():
    return example(600)


@pytest.fixture(scope="module")
def champion(table):
    return choose(*table)


def test_the_simplest_of_the_best_is_used_and_beats_the_rate(champion):
    assert champion.name in ("linear", "logistic")
    assert champion.estimates[champion.name]["gain_over_rate"].low > 0
    assert list(champion.estimates) == list(candidates(600))
    assert champion.protocol == "folds"
    assert (champion.findings, champion.left_out) == ((), ())


def test_every_number_has_its_interval(champion):
    metrics = champion.estimates[champion.name]
    wanted = {"auc", "average_precision", "brier", "log_loss", "ece", "slope", "intercept", "lift_in_tenth"}
    assert wanted <= set(metrics)
    for name in wanted:
        assert metrics[name].low <= metrics[name].value <= metrics[name].high, name
        assert metrics[name].n == 1_200  # two rounds


def test_rounds_of_folds_do_not_narrow_an_interval(champion, table):
    # the standard error of AUC by Hanley and McNeil, of 600 rows and not of 1,200
    estimate = champion.estimates[champion.name]["auc"]
    a, m = estimate.value, int(table[1].sum())
    n = 600 - m
    spread = a * (1 - a) + (m - 1) * (a / (2 - a) - a**2) + (n - 1) * (2 * a**2 / (1 + a) - a**2)
    assert (estimate.high - estimate.low) / 3.92 == pytest.approx(np.sqrt(spread / (m * n)), rel=0.2)


def test_comes_back_from_bytes_bit_for_bit(champion, table):
    again = Champion.from_bytes(champion.to_bytes())
    assert np.array_equal(again.predict(table[0]), champion.predict(table[0]))
    assert again.to_bytes() == champion.to_bytes()
    with pytest.raises(ValueError, match="no champion"):
        Champion.from_bytes(Logistic().fit(*table).to_bytes())


def test_chooses_the_same_twice(champion, table):
    assert choose(*table).to_bytes() == champion.to_bytes()


def test_where_nothing_is_known_the_rate_is_used():
    chance = np.random.default_rng(4)
    frame = pa.table({"noise": chance.normal(size=400)})
    found = choose(frame, chance.random(400) < 0.3)
    assert found.name == "rate"
    assert len(set(found.predict(frame))) == 1


def test_a_column_with_a_leak_is_left_out_and_said(table):
    frame, y = table
    found = choose(frame.append_column("churned", pa.array(y)), y)
    assert found.left_out == ("churned",)
    assert [one.leak for one in found.findings] == ["copy"]
    assert found.estimates[found.name]["auc"].value < 0.9


def test_later_rows_are_tested_by_models_of_earlier_ones():
    # the sign of what works turns half-way: folds would not see it, time does
    chance = np.random.default_rng(5)
    x, month = chance.normal(size=1_200), np.repeat(np.arange(12), 100)
    y = (chance.random(1_200) < 1 / (1 + np.exp(-2 * x * np.where(month < 6, 1, -1)))).astype(int)
    frame = pd.DataFrame({"x": x, "month": month})
    found = choose(frame, y, when="month")
    assert found.protocol == "blocks"
    assert found.model.columns_.names == ("x",)
    assert found.estimates["logistic"]["gain_over_rate"].high < 0
    assert found.estimates["logistic"]["auc"].n == 1_000  # the first block has none before it
    assert list(found.estimates) == list(candidates(1_200, timed=True))


def test_where_what_works_turns_round_recent_rows_are_trusted():
    chance = np.random.default_rng(5)
    x, month = chance.normal(size=6_000), np.repeat(np.arange(12), 500)
    y = (chance.random(6_000) < 1 / (1 + np.exp(-2 * x * np.where(month < 5, 1, -1)))).astype(int)
    frame = pd.DataFrame({"x": x, "month": month})
    found = choose(frame, y, when="month")
    assert found.name.startswith("recent_")
    mixed = chance.permutation(6_000)  # the order of the file is not the order of time
    again = choose(frame.iloc[mixed], y[mixed], when="month")
    assert again.name == found.name
    assert again.estimates[found.name]["auc"].value == pytest.approx(found.estimates[found.name]["auc"].value, abs=0.02)


def test_customers_are_never_on_both_sides():
    # the outcome is each customer's own, and so is their number: only who has met them could tell
    chance = np.random.default_rng(6)
    who = np.repeat(np.arange(150), 6)
    frame = pd.DataFrame({"who": who, "x": chance.normal(size=150)[who]})
    y = (chance.random(150) < 0.4).astype(int)[who]
    assert choose(frame, y, groups="who").estimates["boosted"]["auc"].value == pytest.approx(0.5, abs=0.12)
    assert choose(frame.drop(columns="who"), y).estimates["boosted"]["auc"].value > 0.65


@pytest.mark.parametrize(
    "column",
    [pa.nulls(400), pa.nulls(400, pa.float64()), pa.array([1] * 400), pa.array([f"c{n}" for n in range(400)])],
    ids=["no type", "missing", "constant", "a level a row"],
)
def test_columns_that_say_nothing_leave_the_rate(column):
    y = np.random.default_rng(1).random(400) < 0.4
    found = choose(pa.table({"x": column}), y)
    assert found.name == "rate"


def test_infinite_numbers_are_missing_ones():
    chance = np.random.default_rng(1)
    y = chance.random(400) < 0.4
    x = np.where(chance.random(400) < 0.1, np.inf, chance.normal(size=400) + y)
    assert choose(pa.table({"x": x}), y).estimates["logistic"]["auc"].value > 0.65


def test_a_table_without_columns_is_told():
    with pytest.raises(DaogouError, match="no column is left to learn from"):
        choose(pa.table({"x": [1] * 400}).select([]), [0, 1] * 200)


def test_one_outcome_alone_is_refused(table):
    with pytest.raises(ValueError, match="y must hold both"):
        choose(table[0], [1] * 600)


@pytest.mark.parametrize("rows", [3, 40])
def test_too_few_rows_are_told_with_what_would_be_enough(rows):
    frame, y = example(rows, seed=12)
    y[:2] = [0, 1]
    with pytest.raises(
        DaogouError, match=r"not enough data: rows in which it (happened|did not happen): \d+, needed: 30"
    ):
        choose(frame, y)


def test_one_moment_is_not_time(table):
    with pytest.raises(DaogouError, match="too few moments"):
        choose(*table, when=np.zeros(600))


def test_a_column_that_is_not_there_is_named(table):
    with pytest.raises(ValueError, match="no column 'week'; there are days, orders"):
        choose(*table, when="week")


def test_nothing_to_learn_from(table):
    _frame, y = table
    with pytest.raises(DaogouError, match="no column is left to learn from"):
        choose(pa.table({"churned": y}), y)


def test_larger_trees_are_a_candidate_where_there_are_rows_for_them():
    assert set(candidates(10_000)) - set(candidates(9_999)) == {"boosted_large"}

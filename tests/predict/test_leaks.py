"""Twelve planted leaks, each caught; ten honest tables, no alarm."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from daogou.base.words import language
from daogou.predict.leaks import COLUMN_LEAKS, Finding, audit
from daogou.testing.predictor import example

ROWS = 4_000


def honest(seed=1, rows=ROWS):
    """A table with strong and weak columns of each kind, in no order, a row a customer: (frame, y)."""
    chance = np.random.default_rng(seed)
    recency = chance.exponential(60, rows).round()
    orders = chance.poisson(4, rows)
    city = chance.choice(["north", "south", "east", "west"], rows)
    spend = (orders * chance.gamma(3, 12, rows)).round(2)
    score = 1.2 - recency / 40 + orders / 5 + (city == "north") * 0.8
    y = (chance.random(rows) < 1 / (1 + np.exp(-score + 1))).astype(int)
    frame = pd.DataFrame(
        {
            "customer_id": chance.permutation(rows) + 10_000,
            "recency": recency,
            "orders": orders,
            "spend": spend,
            "income": np.where(chance.random(rows) < 0.1, np.nan, chance.lognormal(10, 0.5, rows)),
            "share": chance.beta(0.5, 2, rows).round(2),
            "city": city,
            "joined": pd.Timestamp("2022-01-01") + pd.to_timedelta(chance.integers(0, 700, rows), "D"),
        }
    )
    return frame, y


def leaks(frame, y, **more):
    return {(one.leak, one.column) for one in audit(frame, y, **more)}


@pytest.fixture
def table():
    return honest()


def test_1_a_copy_of_the_label(table):
    frame, y = table
    for copy in (y, 1 - y, np.where(y, "left", "stayed"), y * 7.5 + 1):
        assert leaks(frame.assign(status=copy), y) == {("copy", "status")}


def test_2_a_noisy_copy(table):
    frame, y = table
    chance = np.random.default_rng(2)
    flipped = np.where(chance.random(ROWS) < 0.1, 1 - y, y)
    for noisy in (flipped, np.where(flipped, "a", "b"), y + chance.normal(0, 0.4, ROWS)):
        assert leaks(frame.assign(noisy=noisy), y) == {("near_copy", "noisy")}


def test_3_a_column_written_after_the_outcome(table):
    frame, y = table
    chance = np.random.default_rng(3)
    moment = np.full(ROWS, np.datetime64("2024-01-01"))
    contact = moment - chance.integers(1, 90, ROWS)
    contact = np.where((y == 1) & (chance.random(ROWS) < 0.5), moment + 20, contact)
    assert leaks(frame.assign(contact=contact), y, when=moment) == {("after", "contact")}
    closed = np.where(y == 1, moment + chance.integers(1, 60, ROWS), np.datetime64("NaT"))
    assert leaks(frame.assign(closed=closed), y) == {("filled", "closed")}
    seldom = np.where((y == 1) & (chance.random(ROWS) < 0.2), "moved away", None)
    assert leaks(frame.assign(reason=seldom), y) == {("only", "reason")}


def test_4_a_count_over_a_window_that_includes_the_horizon(table):
    frame, y = table
    before = np.random.default_rng(4).poisson(0.7, ROWS)
    assert leaks(frame.assign(visits=before + y), y) == {("only", "visits")}


@pytest.mark.parametrize("smoothing", [0, 20])
def test_5_a_category_encoded_by_the_target_of_all_rows(table, smoothing):
    frame, y = table
    village = np.random.default_rng(5).integers(0, 150, ROWS)
    rows, happened = np.bincount(village), np.bincount(village, y)
    encoded = ((happened + smoothing * y.mean()) / (rows + smoothing))[village]
    assert leaks(frame.assign(village=encoded), y) == {("encoded", "village")}


def test_5_rates_of_earlier_years_are_no_leak(table):
    frame, y = table
    chance = np.random.default_rng(5)
    village = chance.integers(0, 150, ROWS)
    earlier = chance.binomial(60, y.mean(), 150) / 60
    assert leaks(frame.assign(village=earlier[village]), y) == set()


def test_6_an_identifier_in_outcome_order(table):
    frame, y = table
    late = np.argsort(np.argsort(y + np.random.default_rng(6).normal(0, 2, ROWS)))
    assert leaks(frame.assign(customer_id=late), y) == {("identifier", "customer_id")}
    texts = [f"C-{n:06d}" for n in late]
    assert leaks(frame.assign(customer_id=texts), y) == {("identifier", "customer_id")}


def test_7_rows_repeated_across_the_split(table):
    frame, y = table
    again = np.random.default_rng(7).permutation(np.r_[np.arange(ROWS), np.arange(200)])
    assert leaks(frame.iloc[again].reset_index(drop=True), y[again]) == {("repeated", "")}


def test_8_the_same_customer_on_both_sides(table):
    frame, y = table
    who = np.random.default_rng(8).permutation(np.repeat(np.arange(ROWS // 4), 4))
    theirs = y[who]
    frame = frame.assign(customer_id=who)
    assert leaks(frame, theirs) == {("customers", "customer_id")}
    assert leaks(frame.assign(customer_id=[f"K{n}" for n in who]), theirs) == {("customers", "customer_id")}
    assert leaks(frame, theirs, groups=who) == set()


def test_9_resampling_before_the_split(table):
    frame, y = table
    chance = np.random.default_rng(9)
    few = np.flatnonzero(y == 1)[:300]
    kept = np.r_[np.flatnonzero(y == 0), few, chance.choice(few, 1_500)]
    kept = chance.permutation(kept)
    resampled = frame.iloc[kept].reset_index(drop=True).drop(columns="customer_id")
    assert leaks(resampled, y[kept]) == {("resampled", "")}


def test_10_random_folds_on_rows_in_order_of_their_date(table):
    frame, y = table
    order = np.argsort(frame["joined"].to_numpy(), kind="stable")
    sorted_rows = frame.iloc[order].reset_index(drop=True)
    assert leaks(sorted_rows, y[order]) == {("ordered", "")}
    assert leaks(sorted_rows, y[order], when=sorted_rows["joined"].to_numpy()) == set()
    drifting = np.argsort(y + np.random.default_rng(10).normal(0, 2, ROWS))
    undated = frame.iloc[drifting].reset_index(drop=True).drop(columns="joined")
    assert leaks(undated, y[drifting]) == {("ordered", "")}


def test_11_scaling_or_imputing_fitted_on_all_rows(table):
    frame, y = table
    spend, income = frame["spend"], frame["income"]
    assert leaks(frame.assign(spend=(spend - spend.mean()) / spend.std(ddof=0)), y) == {("scaled", "spend")}
    assert leaks(frame.assign(spend=(spend - spend.mean()) / spend.std()), y) == {("scaled", "spend")}
    squeezed = (income - income.min()) / (income.max() - income.min())
    assert leaks(frame.assign(income=squeezed), y) == {("scaled", "income")}
    for filler in (income.mean(), income.median()):
        assert leaks(frame.assign(income=income.fillna(filler)), y) == {("imputed", "income")}


def test_12_a_refund_or_a_status_that_only_buyers_get(table):
    frame, y = table
    chance = np.random.default_rng(12)
    status = np.where((y == 1) & (chance.random(ROWS) < 0.15), "refunded", chance.choice(["new", "known"], ROWS))
    assert leaks(frame.assign(status=status), y) == {("only", "status")}
    refund = np.where((y == 1) & (chance.random(ROWS) < 0.15), chance.gamma(2, 10, ROWS), 0.0)
    assert leaks(frame.assign(refund=refund), y) == {("only", "refund")}


def panel():
    """Four moments a customer, whose outcomes hang together, as groups and times say."""
    frame, y = honest(seed=3)
    who, when = np.repeat(np.arange(ROWS // 4), 4), np.tile(np.arange(4), ROWS // 4)
    return frame.drop(columns="customer_id"), y, {"groups": who, "when": when}


def rare_event():
    frame, _y = honest(seed=4)
    odds = -4.5 + np.log1p(frame["orders"]) - frame["recency"] / 30
    return frame, (np.random.default_rng(4).random(ROWS) < 1 / (1 + np.exp(-odds))).astype(int), {}


def strong_signal():
    chance = np.random.default_rng(5)
    x = chance.normal(size=(ROWS, 4))
    y = (chance.random(ROWS) < 1 / (1 + np.exp(-2.5 * x.sum(axis=1)))).astype(int)
    return pd.DataFrame(x, columns=list("abcd")), y, {}


def flags_only():
    """Few columns of few values: rows agree by nature."""
    chance = np.random.default_rng(6)
    x = chance.random((ROWS, 5)) < 0.3
    y = (chance.random(ROWS) < 0.1 + 0.15 * x.sum(axis=1)).astype(int)
    return pd.DataFrame(x, columns=list("abcde")), y, {}


def counts_of_the_past():
    chance = np.random.default_rng(7)
    rate = chance.gamma(0.6, 2, ROWS)
    past = {f"orders_{days}": chance.poisson(rate * days / 28) for days in (7, 28, 84)}
    return pd.DataFrame(past), (chance.poisson(rate) > 0).astype(int), {}


def gaps_that_mean_little():
    frame, y = honest(seed=8)
    chance = np.random.default_rng(8)
    for name in ("recency", "orders", "spend", "city"):
        frame[name] = frame[name].where(chance.random(ROWS) < 0.6)
    return frame, y, {}


def contract_example():
    frame, y = example()
    return frame, y, {}


def few_rows():
    frame, y = honest(seed=9, rows=120)
    return frame, y, {}


def planned_dates():
    """Days that lie ahead for everybody are plans, not news."""
    frame, y = honest(seed=10)
    chance = np.random.default_rng(10)
    moment = np.full(ROWS, np.datetime64("2024-01-01"))
    return frame.assign(contract_ends=moment + chance.integers(1, 700, ROWS)), y, {"when": moment}


CLEAN = {
    "a table": lambda: (*honest(), {}),
    "customers at moments": panel,
    "a rare event": rare_event,
    "four strong columns": strong_signal,
    "flags alone": flags_only,
    "counts of the past": counts_of_the_past,
    "many gaps": gaps_that_mean_little,
    "the contract's example": contract_example,
    "few rows": few_rows,
    "dates that lie ahead": planned_dates,
}


@pytest.mark.parametrize("name", CLEAN)
def test_an_honest_table_raises_no_alarm(name):
    assert len(CLEAN) == 10
    frame, y, more = CLEAN[name]()
    assert audit(frame, y, **more) == []


def test_every_finding_is_told_in_both_languages():
    kinds = COLUMN_LEAKS | {"repeated", "resampled", "customers", "ordered", "scaled", "imputed"}
    for kind in sorted(kinds):
        told = str(Finding(kind, "plan", 0.97))
        with language("zh"):
            assert str(Finding(kind, "plan", 0.97)) != told


def test_an_audit_needs_an_outcome():
    with pytest.raises(ValueError, match="y must hold both"):
        audit(pa.table({"a": [1, 2]}), [1, 1])

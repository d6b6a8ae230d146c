import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from daogou.predict.evaluate import Happened, evaluate

RESAMPLES = 400


def _example(customers=1_000, moments=2, seed=1):
    """Customers with a lasting habit, seen at several moments; a good model and a rule that knows half of it."""
    chance = np.random.default_rng(seed)
    habit = np.tile(chance.normal(-1.5, 1.2, customers), moments)
    p = expit(habit)
    y = (chance.random(customers * moments) < p).astype(int)
    happened = Happened(y, np.tile(np.arange(customers), moments), np.repeat(np.arange(moments), customers))
    return happened, {"rule": expit(-1.5 + 0.3 * (habit + 1.5)), "good": p}


@pytest.fixture(scope="module")
def told():
    happened, probabilities = _example()
    return happened, probabilities, evaluate(happened, probabilities, "rule", RESAMPLES, 3)


def test_points_are_scikit_learns(told):
    happened, probabilities, found = told
    for name, p in probabilities.items():
        assert found[name]["auc"].value == pytest.approx(roc_auc_score(happened.y, p))
        assert found[name]["brier"].value == pytest.approx(brier_score_loss(happened.y, p))
        assert found[name]["log_loss"].value == pytest.approx(log_loss(happened.y, p))
        assert found[name]["random_in_100"].value == pytest.approx(100 * happened.y.mean())


def test_every_interval_holds_its_value(told):
    for metrics in told[2].values():
        for name, estimate in metrics.items():
            assert estimate.low <= estimate.value <= estimate.high, name
            assert estimate.n == 2_000


def test_probabilities_that_mean_what_they_say(told):
    good = told[2]["good"]
    assert good["slope"].low < 1 < good["slope"].high
    assert good["intercept"].low < 0 < good["intercept"].high
    assert good["ece"].value < 0.03
    assert told[2]["rule"]["slope"].low > 2  # too timid: 0.3 of the true spread


def test_the_gain_is_paired(told):
    happened, probabilities, found = told
    gain = found["good"]["gain_over_rule"]
    losses = {name: -np.log(np.where(happened.y == 1, p, 1 - p)) for name, p in probabilities.items()}
    assert gain.value == pytest.approx((losses["rule"] - losses["good"]).mean())
    assert gain.low > 0
    apart = found["rule"]["log_loss"].high - found["rule"]["log_loss"].low
    assert gain.high - gain.low < 0.7 * apart  # the same customers are drawn for both
    assert "gain_over_rule" not in found["rule"]


def test_hits_are_counted_among_the_most_likely_of_each_moment(told):
    happened, probabilities, found = told
    hits = []
    for moment in (0, 1):
        rows = np.flatnonzero(happened.moment == moment)
        best = rows[np.argsort(-probabilities["good"][rows], kind="stable")[:100]]
        hits.append(happened.y[best].mean())
    assert found["good"]["hits_in_100"].value == pytest.approx(100 * np.mean(hits))
    assert found["good"]["hits_in_100"].low > found["good"]["random_in_100"].high


def test_a_small_company_flags_a_tenth():
    happened, probabilities = _example(customers=200, moments=1)
    hits = evaluate(happened, probabilities, "rule", RESAMPLES, 3)["good"]["hits_in_100"]
    best = np.argsort(-probabilities["good"], kind="stable")[:20]
    assert hits.value == pytest.approx(100 * happened.y[best].mean())


def test_moments_told_twice_do_not_narrow_intervals():
    happened, probabilities = _example(moments=1)
    once = evaluate(happened, probabilities, "rule", RESAMPLES, 3)["good"]
    twice = Happened(np.tile(happened.y, 2), np.tile(happened.customer, 2), np.repeat([0, 1], 1_000))
    doubled = evaluate(twice, {k: np.tile(p, 2) for k, p in probabilities.items()}, "rule", RESAMPLES, 3)["good"]
    for name in ("brier", "log_loss", "slope", "random_in_100", "hits_in_100", "gain_over_rule"):
        width, before = (e[name].high - e[name].low for e in (doubled, once))
        assert width == pytest.approx(before, rel=1e-6), name


def test_intervals_are_as_wide_as_theory_says():
    happened, probabilities = _example(moments=1)
    brier = evaluate(happened, probabilities, "rule", 2_000, 3)["good"]["brier"]
    squares = (probabilities["good"] - happened.y) ** 2
    assert brier.high - brier.low == pytest.approx(2 * 1.96 * squares.std() / np.sqrt(1_000), rel=0.06)


def test_the_order_of_rows_does_not_matter(told):
    happened, probabilities, found = told
    order = np.random.default_rng(4).permutation(len(happened.y))
    mixed = Happened(happened.y[order], happened.customer[order], happened.moment[order])
    again = evaluate(mixed, {k: p[order] for k, p in probabilities.items()}, "rule", RESAMPLES, 3)
    for metric, estimate in found["good"].items():
        assert again["good"][metric].low == pytest.approx(estimate.low, abs=1e-9), metric


def test_all_of_those_flagged_is_not_certain():
    y = np.repeat([1, 0], [300, 700])
    happened = Happened(y, np.arange(1000), np.zeros(1000, dtype="datetime64[D]"))
    found = evaluate(happened, {"rule": y * 0.5 + 0.2}, "rule", 100, 1)["rule"]["hits_in_100"]
    assert (found.value, found.high) == (100, 100)
    assert found.low == pytest.approx(96.3, abs=0.1)

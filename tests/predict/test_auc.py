import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from daogou.predict.auc import auc, auc_within


def _example(rows=300, seed=5):
    chance = np.random.default_rng(seed)
    y = (chance.random(rows) < 0.3).astype(int)
    return y, np.round(chance.normal(y, 1.0), 1)  # rounded: ties


def test_is_the_share_of_pairs_in_the_right_order():
    y, p = _example()
    assert auc(y, p, np.arange(300)).value == pytest.approx(roc_auc_score(y, p), abs=1e-12)


def test_interval_of_independent_rows_is_delongs():
    # DeLong et al. (1988), by its definition over every pair
    y, p = _example()
    positive, negative = p[y == 1], p[y == 0]
    above = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    variance = above.mean(axis=1).var(ddof=1) / len(positive) + above.mean(axis=0).var(ddof=1) / len(negative)
    estimate = auc(y, p, np.arange(300))
    assert (estimate.high - estimate.low) / 2 == pytest.approx(1.959963984540054 * np.sqrt(variance), rel=1e-9)


def test_rows_told_twice_by_the_same_customers_do_not_narrow_the_interval():
    y, p = _example()
    once = auc(y, p, np.arange(300))
    twice = auc(np.tile(y, 2), np.tile(p, 2), np.tile(np.arange(300), 2))
    assert twice.value == pytest.approx(once.value)
    assert twice.high - twice.low == pytest.approx(once.high - once.low, rel=1e-9)
    independent = auc(np.tile(y, 2), np.tile(p, 2), np.arange(600))
    assert independent.high - independent.low == pytest.approx((once.high - once.low) / np.sqrt(2), rel=0.01)


def test_covers_the_truth_when_customers_repeat():
    chance = np.random.default_rng(11)
    truth = 0.7602  # P(N(1, 1) > N(0, 1)) = Phi(1 / sqrt 2)
    held = 0
    for _trial in range(300):
        customer = np.repeat(np.arange(100), 3)
        kind = np.repeat((chance.random(100) < 0.4).astype(int), 3)  # a customer's rows are all alike
        score = np.repeat(chance.normal(size=100), 3) * 0.9 + chance.normal(size=300) * np.sqrt(1 - 0.81) + kind
        estimate = auc(kind, score, customer)
        held += estimate.low <= truth <= estimate.high
    assert 0.91 <= held / 300 <= 0.985


def test_perfect_order_is_one_and_stays_inside():
    estimate = auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9]), np.arange(4))
    assert (estimate.value, estimate.high) == (1.0, 1.0)


def test_within_blocks_a_drifting_rate_is_no_ranking():
    chance = np.random.default_rng(1)
    block = np.repeat(np.arange(4), 500)
    y = (chance.random(2_000) < 0.1 + 0.2 * block).astype(float)
    drift = block + chance.normal(0, 0.1, 2_000)
    assert auc(y, drift, np.arange(2_000)).value > 0.7
    within = auc_within(y, drift, np.arange(2_000), block)
    assert within.low < 0.5 < within.high
    assert np.isnan(auc_within(np.ones(4), np.ones(4), np.arange(4), np.zeros(4)).value)

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from daogou.predict.ranking import gain, ranking


def drawn(rows=2_000):
    chance = np.random.default_rng(1)
    p = chance.random(rows)
    return (chance.random(rows) < p**2).astype(float), p


def test_average_precision_is_that_of_scikit_learn():
    y, p = drawn()
    found = ranking(y, p, np.arange(len(y)), 100, 1)["average_precision"]
    assert found.value == pytest.approx(average_precision_score(y, p))
    assert found.low < found.value < found.high


def test_lift_in_the_tenth_is_ten_times_its_gain():
    y, p = drawn()
    assert ranking(y, p, np.arange(len(y)), 100, 1)["lift_in_tenth"].value == pytest.approx(10 * gain(y, p, 0.1))


def test_repeated_customers_do_not_narrow_an_interval():
    y, p = drawn(500)
    once = ranking(y, p, np.arange(500), 400, 1)["average_precision"]
    often = ranking(np.tile(y, 4), np.tile(p, 4), np.tile(np.arange(500), 4), 400, 1)["average_precision"]
    assert often.high - often.low == pytest.approx(once.high - once.low, rel=0.1)

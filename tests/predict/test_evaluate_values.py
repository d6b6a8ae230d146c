import numpy as np
import pytest

from daogou.predict.evaluate_values import evaluate_values

Y = np.array([0.0, 10, 20, 50, 0, 0, 0, 0, 0, 20])
RULE = np.array([10.0, 10, 10, 10, 10, 10, 10, 10, 10, 10])


def test_each_metric_by_hand():
    model = np.array([0.0, 10, 20, 40, 0, 0, 0, 0, 0, 20])
    found = evaluate_values(Y, np.arange(10), {"last": RULE, "line": model}, "last", 200, 1)
    line = {name: one.value for name, one in found["line"].items()}
    assert line["mae"] == pytest.approx(1.0)
    assert line["rmse"] == pytest.approx(10**0.5)
    assert line["total_off"] == pytest.approx(-0.1)
    assert line["gain_over_last"] == pytest.approx(1 - 100 / ((RULE - Y) ** 2).sum())
    assert line["spend_in_tenth"] == pytest.approx(0.5)
    assert "gain_over_last" not in found["last"]
    assert found["last"]["total_off"].value == pytest.approx(0.0)


def test_intervals_cover_the_truth_and_respect_repeated_customers():
    chance = np.random.default_rng(3)
    covered = 0
    for _trial in range(100):
        who = np.repeat(np.arange(60), 3)
        off = np.repeat(chance.normal(0, 4, 60), 3)  # a customer is missed alike each time
        y = chance.gamma(2, 10, 180)
        one = evaluate_values(y, who, {"last": y, "line": y + off}, "last", 200, 1)["line"]["mae"]
        covered += one.low <= 4 * (2 / np.pi) ** 0.5 <= one.high
    assert covered >= 88

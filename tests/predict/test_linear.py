import numpy as np
import pyarrow as pa
import pytest
from scipy.special import logit

from daogou.predict.linear import Linear, Logistic
from daogou.testing.predictor import RawPredictorContract, ValuePredictorContract, example


class TestLogistic(RawPredictorContract):
    make = Logistic


class TestLinear(RawPredictorContract):
    make = Linear


class TestLinearValues(ValuePredictorContract):
    make = staticmethod(lambda: Linear(goal="value"))


def test_linear_finds_the_line_and_follows_it():
    x = np.arange(100.0)
    model = Linear(penalty=0.0, goal="value").fit(pa.table({"x": x}), 3 + 2 * x)
    assert model.predict([[50.5], [120.0]]) == pytest.approx([104.0, 243.0])


def test_a_line_is_cut_off_near_0_and_1():
    x = np.arange(100.0)
    probability = Linear().fit(pa.table({"x": x}), x > 50).predict([[-1e6], [1e6]])
    assert probability == pytest.approx([0.01, 0.99])


def test_finds_the_odds_ratio_of_a_two_by_two_table():
    # 30 of 100 buy with the flag, 10 of 100 without: log odds ratio log((30 * 90) / (70 * 10))
    flag = np.repeat([True, False], 100)
    y = np.concatenate([np.repeat([1, 0], [30, 70]), np.repeat([1, 0], [10, 90])])
    frame = pa.table({"flag": flag})
    probability = Logistic(c=1e6).fit(frame, y).predict(pa.table({"flag": [True, False]}))
    assert probability == pytest.approx([0.3, 0.1], abs=1e-4)


def test_what_is_missing_is_told_apart_from_what_is_average():
    frame, _y = example()
    missing = frame["days"].is_null().to_numpy()
    probability = Logistic(c=100).fit(frame, missing.astype(int)).predict(frame)
    assert probability[missing].min() > 0.9
    assert probability[~missing].max() < 0.1


def test_a_text_counts_by_its_own_rate_and_an_unknown_one_by_that_of_rare_ones():
    texts = ["a"] * 200 + ["b"] * 200 + [f"rare {n}" for n in range(100)]
    y = np.array(([1] * 150 + [0] * 50) + ([1] * 50 + [0] * 150) + [1, 0] * 50)
    model = Logistic(c=100).fit(pa.table({"city": texts}), y)
    probability = model.predict(pa.table({"city": ["a", "b", "rare 3", "never seen"]}))
    assert probability == pytest.approx([0.75, 0.25, 0.5, 0.5], abs=0.01)


def test_a_wild_number_pulls_no_harder_than_the_farthest():
    frame, y = example()
    model = Logistic().fit(frame.select(["days"]), y)
    far, farther = model.predict(pa.table({"days": [1e6, 1e12]}))
    assert far == farther
    assert np.isfinite(logit(far))

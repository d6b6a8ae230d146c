import numpy as np
import pyarrow as pa
import pytest

from daogou.predict import Linear, Logistic, load
from daogou.predict.recent import Recent
from daogou.testing.predictor import RawPredictorContract, example


class TestRecentLine(RawPredictorContract):
    make = Recent


class TestRecentLogistic(RawPredictorContract):
    make = staticmethod(lambda: Recent("logistic"))


class TestRecentTrees(RawPredictorContract):
    make = staticmethod(lambda: Recent("boosted"))


def turned(rows=4_000):
    """What works turns round for the last eighth of the rows."""
    chance = np.random.default_rng(2)
    x = chance.normal(size=rows)
    sign = np.where(np.arange(rows) < rows * 7 // 8, 1, -1)
    y = (chance.random(rows) < 1 / (1 + np.exp(-2 * sign * x))).astype(int)
    return pa.table({"x": x}), y


def test_is_the_mean_of_models_of_all_of_the_later_half_and_so_on():
    frame, y = example()
    lines = [
        Linear(goal="value").fit(frame.slice(2_000 - rows), y[-rows:].astype(float)).predict(frame)
        for rows in (2_000, 1_000, 500)
    ]
    assert Recent().fit(frame, y).predict(frame) == pytest.approx(np.clip(np.mean(lines, axis=0), 0.01, 0.99), abs=1e-9)


def test_what_changed_lately_is_not_outvoted():
    frame, y = turned()
    ahead = pa.table({"x": [2.0, -2.0]})
    old, new = (model.fit(frame, y).predict(ahead) for model in (Logistic(), Recent("logistic")))
    assert old[0] > old[1]
    assert new[0] - new[1] < (old[0] - old[1]) / 2


def test_where_nothing_changes_little_is_lost():
    (frame, y), (later, happened) = example(), example(seed=8)

    def loss(model):
        p = model.fit(frame, y).predict(later)
        return -np.log(np.where(happened == 1, p, 1 - p)).mean()

    assert loss(Recent("logistic")) < loss(Logistic()) + 0.01


def test_a_past_of_too_few_events_is_no_memory():
    frame, y = example()
    assert len(Recent().fit(frame, y).members_) == 3
    assert len(Recent(fewest_rows=1_500).fit(frame, y).members_) == 1
    assert len(Recent(fewest_events=300).fit(frame, y).members_) == 2
    rare = np.zeros(2_000, int)
    rare[:5] = 1
    assert len(load(Recent().fit(frame, rare).to_bytes()).members_) == 1


def test_kinds_are_three():
    with pytest.raises(ValueError, match="'linear', 'logistic' or 'boosted', not 'svm'"):
        Recent("svm")

import numpy as np
import pytest
from scipy.special import expit, logit

from daogou.predict import Blend, Boosted, Logistic
from daogou.testing.predictor import RawPredictorContract, example


class TestBlend(RawPredictorContract):
    make = Blend


def test_is_the_mean_of_the_log_odds_of_a_line_and_of_trees():
    frame, y = example()
    line, trees = (model.fit(frame, y).predict(frame) for model in (Logistic(), Boosted(trees=300)))
    assert Blend().fit(frame, y).predict(frame) == pytest.approx(expit((logit(line) + logit(trees)) / 2))


def test_loses_less_than_the_worse_of_the_two():
    (frame, y), (later, happened) = example(), example(seed=8)

    def loss(model):
        p = model.fit(frame, y).predict(later)
        return -np.log(np.where(happened == 1, p, 1 - p)).mean()

    assert loss(Blend()) < max(loss(Logistic()), loss(Boosted(trees=300)))

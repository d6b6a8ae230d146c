import numpy as np
import pytest
from scipy.special import expit, logit

from daogou.predict import Boosted, Logistic, Tree, load
from daogou.predict.calibrated import Calibrated
from daogou.predict.calibrator import Calibrator
from daogou.testing.predictor import example

LINE = Calibrator(-0.3, 0.7)


@pytest.mark.parametrize("model", [Logistic(), Boosted(trees=20), Tree()])
def test_probabilities_lie_on_the_line_and_survive_keeping(model):
    frame, y = example(400)
    model.fit(frame, y)
    found = Calibrated.of(model, LINE)
    expected = expit(-0.3 + 0.7 * logit(model.predict(frame)))
    assert found.predict(frame) == pytest.approx(expected)
    again = load(found.to_bytes())
    assert type(again) is Calibrated
    assert again.predict(frame).tolist() == found.predict(frame).tolist()
    assert again.to_bytes() == found.to_bytes()


def test_reasons_add_up_to_the_calibrated_log_odds():
    frame, y = example(400)
    found = Calibrated.of(Logistic().fit(frame, y), LINE)
    assert found.contributions(frame).scores == pytest.approx(logit(found.predict(frame)))
    tree = Tree().fit(frame, y)
    told = Calibrated.of(tree, LINE).contributions(frame)
    assert told.unit == "probability"
    assert np.array_equal(told.values, tree.contributions(frame).values)


def test_it_is_not_fitted_itself():
    frame, y = example(100)
    with pytest.raises(TypeError, match="fit the model, then calibrate it"):
        Calibrated(0.0, 1.0).fit(frame, y)

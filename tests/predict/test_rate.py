import pytest

from daogou.predict import load
from daogou.predict.rate import Rate
from daogou.testing.predictor import example


def test_everybody_has_the_rate_and_it_comes_back():
    frame, y = example()
    model = Rate().fit(frame, y)
    assert model.predict(frame) == pytest.approx(y.mean())
    assert load(model.to_bytes()).predict(frame).tolist() == model.predict(frame).tolist()

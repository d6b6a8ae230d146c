import numpy as np
import pyarrow as pa
import pytest

from daogou.predict import SVM, Linear
from daogou.testing.predictor import RawPredictorContract, ValuePredictorContract, example


class TestExact(RawPredictorContract):
    make = SVM


class TestLandmarks(RawPredictorContract):
    make = staticmethod(lambda: SVM(exact_rows=500))


class TestValues(ValuePredictorContract):
    make = staticmethod(lambda: SVM(c=10.0, goal="value"))


class TestValuesByLandmarks(ValuePredictorContract):
    make = staticmethod(lambda: SVM(c=10.0, exact_rows=500, goal="value"))


def test_finds_a_ring_that_a_line_cannot():
    chance = np.random.default_rng(1)
    x, y = chance.normal(size=(2, 1_500))
    ring = (x**2 + y**2 > 1.4).astype(int)
    frame = pa.table({"x": x, "y": y})
    svm = SVM(width=1.0, c=10).fit(frame, ring)
    assert (svm.classify(frame) == ring).mean() > 0.95
    assert (Linear().fit(frame, ring).classify(frame) == ring).mean() < 0.7


def test_landmarks_come_near_the_exact_machine():
    frame, y = example()
    exact, near = (SVM(exact_rows=rows).fit(frame, y).predict(frame) for rows in (20_000, 500))
    assert np.corrcoef(exact, near)[0, 1] > 0.95


def test_with_one_customer_of_a_kind_the_rate_is_all_that_is_known():
    assert SVM().fit([[1.0], [2.0], [3.0]], [0, 0, 1]).predict([[9.0]]) == pytest.approx([1 / 3])

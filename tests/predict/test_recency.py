import numpy as np
import pyarrow as pa
import pytest

from daogou.predict.recency import Recency
from daogou.testing.predictor import PredictorContract, example


class TestRecency(PredictorContract):
    make = staticmethod(lambda: Recency("days"))


def test_each_bin_has_its_own_rate_and_never_is_the_farthest():
    days = np.repeat([1.0, 50.0, np.nan], 100)
    y = np.concatenate([np.repeat([1, 0], [80, 20]), np.repeat([1, 0], [40, 60]), np.repeat([1, 0], [10, 90])])
    model = Recency("days").fit(pa.table({"days": days}), y)
    # half an event is added in each direction: (80 + 0.5) / 101
    assert model.predict(pa.table({"days": [1.0, 50.0, None]})) == pytest.approx([80.5 / 101, 40.5 / 101, 10.5 / 101])


@pytest.mark.parametrize("rising", [False, True])
def test_only_falls_or_only_rises(rising):
    frame, y = example()
    model = Recency("days").fit(frame, 1 - y if rising else y)
    steps = np.diff(model.predict(pa.table({"days": [*np.arange(100.0), None]})))
    assert (steps >= 0).all() if rising else (steps <= 0).all()


def test_an_event_that_never_happened_to_anybody_still_has_a_rate():
    model = Recency("days").fit(pa.table({"days": pa.nulls(10, pa.float64())}), [1, 0] * 5)
    assert model.predict(pa.table({"days": [None, 3.0]}))[0] == pytest.approx(5.5 / 11)


def test_needs_its_column():
    with pytest.raises(ValueError, match="no column 'weeks'"):
        Recency("weeks").fit(*example())

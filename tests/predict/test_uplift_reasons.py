import numpy as np
import pyarrow as pa
import pyarrow.compute
import pytest

from daogou.base import words
from daogou.predict import DRLearner, SLearner
from daogou.predict.uplift_reasons import drivers, said, why
from daogou.testing.uplift import trial


def test_what_drives_the_effect_comes_first_with_where_it_is_largest() -> None:
    frame, treated, outcome, _truth = trial()
    found = drivers(SLearner().fit(frame, treated, outcome), frame)
    assert (found[0].column, found[0].largest, found[0].smallest) == ("level", "new", "old")
    with words.language("en"):
        assert said(found)[0] == "level: the effect is largest where it is new, smallest where it is old"
    with words.language("zh"):
        assert "level" in said(found)[0]


def test_numbers_are_told_by_thirds() -> None:
    chance = np.random.default_rng(1)
    x = chance.uniform(0, 30, 4_000)
    treated = chance.integers(0, 2, 4_000)
    outcome = treated * x / 10 + chance.normal(0, 1, 4_000)
    frame = pa.table({"x": pa.array(x, mask=chance.random(4_000) < 0.1), "y": chance.normal(size=4_000)})
    (found, *_rest) = drivers(DRLearner().fit(frame, treated, outcome), frame)
    assert found.column == "x"
    assert found.largest.startswith("> ")
    assert found.smallest.startswith("<= ")


@pytest.mark.parametrize("rows", [4, 200])
def test_columns_that_say_nothing_are_no_reason(rows: int) -> None:
    frame = pa.table({"x": [1] * rows, "empty": pa.nulls(rows, pa.float64())})
    outcome = np.arange(rows) % 3
    assert drivers(SLearner().fit(frame, np.arange(rows) % 2, outcome), frame) == []


def test_each_customer_is_told_what_raises_and_what_lowers_the_effect() -> None:
    frame, treated, outcome, _truth = trial()
    few = frame.filter(pa.compute.equal(frame["level"], "new")).slice(0, 1)
    other = frame.filter(pa.compute.equal(frame["level"], "old")).slice(0, 1)
    model = SLearner().fit(frame, treated, outcome)
    with words.language("en"):
        told = [why(model, one)[0] for one in (few, other)]
        assert why(model, frame.slice(0, 0)) == []
    usual = model.contributions(few).base
    raised = usual < 1.5  # the usual customer is an old one
    assert ("level new raises it" in told[0]) == raised
    assert ("level old lowers it" in told[1]) != raised

import numpy as np
import pyarrow as pa
import pytest

from daogou.predict import DRLearner, SLearner, TLearner, UpliftModel, XLearner
from daogou.testing.uplift import UpliftContract, trial


class TestSLearner(UpliftContract):
    make = SLearner


class TestTLearner(UpliftContract):
    make = TLearner


class TestXLearner(UpliftContract):
    make = XLearner


class TestDRLearner(UpliftContract):
    make = DRLearner


class TestBoostedS(UpliftContract):
    make = staticmethod(lambda: SLearner(base="boosted"))


class TestBoostedT(UpliftContract):
    make = staticmethod(lambda: TLearner(base="boosted"))


class TestBoostedX(UpliftContract):
    make = staticmethod(lambda: XLearner(base="boosted"))


class TestBoostedDR(UpliftContract):
    make = staticmethod(lambda: DRLearner(base="boosted"))


@pytest.mark.parametrize("make", [SLearner, DRLearner, XLearner])
def test_effects_that_are_alike_for_all_are_told_to_be_nearly_alike(make: type[UpliftModel]) -> None:
    """Without shrinkage the spread would be near 0.3: chance alone."""
    chance = np.random.default_rng(1)
    frame = pa.table({f"x{n}": chance.normal(size=2_000) for n in range(20)})
    treated = chance.integers(0, 2, 2_000)
    outcome = treated + chance.normal(0, 1, 2_000)
    assert make().fit(frame, treated, outcome).effect(frame).std() < 0.1
    assert TLearner().fit(frame, treated, outcome).effect(frame).std() > 0.15


def test_base_is_one_of_two() -> None:
    with pytest.raises(ValueError, match="base must be"):
        SLearner(base="deep")  # type: ignore[arg-type]


def test_bytes_of_another_kind_are_refused() -> None:
    frame, treated, outcome, _truth = trial(400)
    with pytest.raises(ValueError, match="hold a SLearner, not a TLearner"):
        TLearner.from_bytes(SLearner().fit(frame, treated, outcome).to_bytes())


def test_several_propensities_are_one_an_arm() -> None:
    frame, treated, outcome, truth = trial(3_000, arms=2)
    propensity = np.tile([1 / 3, 1 / 3], (3_000, 1))
    told = DRLearner().fit(frame, treated, outcome, propensity).effect(frame)
    assert np.sqrt(((told - truth) ** 2).mean()) < 0.5


def test_doubly_robust_learners_need_no_right_model_where_lots_are_known() -> None:
    """The outcome is a curve that no line fits, and whoever is high on it was treated more often."""
    chance = np.random.default_rng(5)
    x = chance.normal(size=20_000)
    propensity = np.where(np.abs(x) > 1, 0.9, 0.3)
    treated = (chance.random(20_000) < propensity).astype(int)
    outcome = 3 * x**2 + treated + chance.normal(0, 1, 20_000)
    frame = pa.table({"x": x})
    assert DRLearner().fit(frame, treated, outcome, propensity).effect(frame).mean() == pytest.approx(1, abs=0.2)
    assert TLearner().fit(frame, treated, outcome).effect(frame).mean() > 2

"""Qini and the effect on the best share: known answers, identities, coverage, and bad input."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from daogou.measure import qini, uplift_at

# effect, treated, outcome, and what scikit-uplift 0.5.1 says: qini_auc_score, and uplift_at_k(0.3, "overall") without
# ties; half of the cases hold ties
ANSWERS = json.loads((Path(__file__).parent / "qini_answers.json").read_text())


@pytest.mark.parametrize("case", ANSWERS)
def test_qini_is_that_of_scikit_uplift(case: dict) -> None:
    told = qini(case["effect"], case["treated"], case["outcome"], resamples=1)
    assert told.value == pytest.approx(case["qini"], abs=1e-9)
    assert told.n == len(case["effect"])
    assert "Qini" in told.unit


@pytest.mark.parametrize("case", [case for case in ANSWERS if case["at"] is not None])
def test_uplift_at_is_that_of_scikit_uplift(case: dict) -> None:
    told = uplift_at(case["effect"], case["treated"], case["outcome"], resamples=1)
    assert told.value == pytest.approx(case["at"], abs=1e-9)
    assert "30%" in told.unit


def drawn(seed: int, rows: int = 2_000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """An effect that ranks, lots, and an event that the treated have more often where it is high."""
    chance = np.random.default_rng(seed)
    effect = chance.normal(size=rows)
    treated = chance.integers(0, 2, rows)
    outcome = chance.random(rows) < 0.2 + 0.2 * treated * (effect > 0)
    return effect, treated, outcome.astype(int)


def test_pandas_series_whose_index_is_mixed_go_by_place() -> None:
    import pandas as pd

    effect, treated, outcome = drawn(1)
    plain = qini(effect, treated, outcome, resamples=20)
    mixed = np.random.default_rng(2).permutation(len(effect))
    assert qini(*(pd.Series(one, index=mixed) for one in (effect, treated, outcome)), resamples=20) == plain


@given(st.integers(0, 10_000), st.floats(0.1, 10), st.floats(-5, 5))
@settings(max_examples=25, deadline=None)
def test_only_the_order_counts(seed: int, scale: float, shift: float) -> None:
    effect, treated, outcome = drawn(seed, 200)
    effect = np.round(effect, 2)
    assert qini(effect * scale + shift, treated, outcome, resamples=1).value == pytest.approx(
        qini(effect, treated, outcome, resamples=1).value
    )


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_the_order_of_the_file_does_not_count(seed: int) -> None:
    effect, treated, outcome = drawn(seed, 200)
    effect = np.round(effect, 0)
    mixed = np.random.default_rng(seed).permutation(200)
    for measure in (qini, uplift_at):
        assert measure(effect[mixed], treated[mixed], outcome[mixed], resamples=1).value == pytest.approx(
            measure(effect, treated, outcome, resamples=1).value
        )


def test_the_perfect_order_has_1_and_one_value_for_all_has_0() -> None:
    _effect, treated, outcome = drawn(3)
    perfect = np.where(treated == 1, outcome, -outcome)
    assert qini(perfect, treated, outcome, resamples=1).value == pytest.approx(1)
    assert qini(np.zeros(2_000), treated, outcome, resamples=1).value == pytest.approx(0)


def test_all_customers_show_the_mean_effect() -> None:
    effect, treated, outcome = drawn(4)
    assert uplift_at(effect, treated, outcome, share=1).value == pytest.approx(
        outcome[treated == 1].mean() - outcome[treated == 0].mean()
    )


def test_intervals_hold_the_truth_19_times_in_20() -> None:
    """The truth is that of half a million customers."""
    effect, treated, outcome = drawn(5, 500_000)
    for measure in (qini, uplift_at):
        truth = measure(effect, treated, outcome, resamples=1).value
        told = [measure(*drawn(100 + seed, 1_000), resamples=200) for seed in range(200)]
        assert 183 <= sum(one.low <= truth <= one.high for one in told) <= 198


def test_customers_of_one_household_are_resampled_together() -> None:
    """Every row twice: the interval of rows is too narrow by the root of two, that of households is right."""
    effect, treated, outcome = drawn(6)
    alone = uplift_at(effect, treated, outcome)
    twice = [np.repeat(one, 2) for one in (effect, treated, outcome)]
    naive, right = uplift_at(*twice), uplift_at(*twice, units=np.repeat(np.arange(2_000), 2))
    assert right.high - right.low == pytest.approx(alone.high - alone.low, rel=0.1)
    assert naive.high - naive.low == pytest.approx((alone.high - alone.low) / np.sqrt(2), rel=0.15)


def test_amounts_are_ranked_too() -> None:
    effect, treated, outcome = drawn(7)
    amount = outcome * np.random.default_rng(8).gamma(2, 20, 2_000)
    told = qini(effect, treated, amount)
    assert 0 < told.low < told.value < told.high < 1


def test_an_arm_without_anybody_among_the_best_is_not_known() -> None:
    told = uplift_at([4, 3, 2, 1], [1, 1, 0, 0], [1, 0, 1, 0], share=0.5)
    assert np.isnan(told.value)
    assert np.isnan(told.low)


@pytest.mark.parametrize("measure", [qini, uplift_at])
@pytest.mark.parametrize(
    ("effect", "treated", "outcome", "says"),
    [
        ([1, 2], [1, 1], [0, 1], "no 0: without a control group"),
        ([1, 2], [0, 0], [0, 1], "no 1: nobody was treated"),
        ([1, 2], [0, 0.5], [0, 1], "treated must hold 0"),
        ([1, 2, 3], [0, 1, 2], [0, 1, 0], "treated must hold 0 and 1 here"),
        ([1, 2, 3], [0, 2, 2], [0, 1, 0], "treated has no 1: number"),
        ([1, np.nan], [0, 1], [0, 1], "effect is missing or infinite in row 1"),
        ([1, 2], [0, 1], [0, np.nan], "outcome is missing"),
        ([1, 2], [0, np.nan], [0, 1], "treated is missing"),
        ([1, 2, 3], [0, 1], [0, 1], "effect has 3 values, the others 2"),
        ([1, 2], [0, 1], [0, 1, 1], "outcome has 3 values"),
        ([1, 2], [0, 1], ["a", "b"], "outcome must hold numbers"),
        ([[1, 2]], [0, 1], [0, 1], "effect must have one value a customer"),
        ([], [], [], "no rows"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    measure: object, effect: ArrayLike, treated: ArrayLike, outcome: ArrayLike, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        measure(effect, treated, outcome)  # type: ignore[operator]


def test_an_outcome_that_is_the_same_for_all_has_no_qini() -> None:
    with pytest.raises(ValueError, match="outcome is the same for everybody"):
        qini([1, 2, 3, 4], [0, 1, 0, 1], [1, 1, 1, 1])


@pytest.mark.parametrize("share", [0, -0.1, 1.1, float("nan")])
def test_a_share_is_above_0_and_at_most_1(share: float) -> None:
    with pytest.raises(ValueError, match="share must be above 0"):
        uplift_at([1, 2], [0, 1], [0, 1], share=share)

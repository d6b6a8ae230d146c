"""What a choice of customers earns: by hand, with weights, several arms, coverage, and bad input."""

import numpy as np
import pytest
from numpy.typing import ArrayLike

from daogou.measure import policy_profit


def drawn(seed: int, rows: int = 4_000) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Who is good to send to (a half), lots, outcomes; they gain 1, others nothing."""
    chance = np.random.default_rng(seed)
    good = chance.random(rows) < 0.5
    treated = chance.integers(0, 2, rows)
    return good, treated, chance.gamma(1, 1, rows) + treated * good, chance.random(rows)


def test_sending_to_all_earns_the_mean_effect_less_the_cost_and_to_nobody_nothing() -> None:
    _good, treated, outcome, _u = drawn(1)
    everyone = policy_profit(np.ones(4_000), treated, outcome, 0.2)
    assert everyone.value == pytest.approx(outcome[treated == 1].mean() - outcome[treated == 0].mean() - 0.2)
    assert "over sending to nobody" in everyone.unit
    nobody = policy_profit(np.zeros(4_000), treated, outcome, 0.2)
    assert (nobody.value, nobody.low, nobody.high) == (0, 0, 0)


def test_by_hand_with_a_cost_a_customer() -> None:
    told = policy_profit([1, 1, 0, 0], [1, 0, 1, 0], [5, 1, 1, 1], [1, 3, 9, 9])
    assert told.value == (4 - 2) / 2


def test_intervals_hold_the_truth_19_times_in_20() -> None:
    told = []
    for seed in range(200):
        good, treated, outcome, _u = drawn(seed, 1_000)
        told.append(policy_profit(good, treated, outcome, 0.2, resamples=200))
    assert 183 <= sum(one.low <= 0.5 * 0.8 <= one.high for one in told) <= 198


def test_lots_that_were_not_alike_are_weighed() -> None:
    """Those whom it does not help were treated nine times in ten."""
    good, _treated, _outcome, u = drawn(2, 40_000)
    propensity = np.where(good, 0.1, 0.9)
    treated = (u < propensity).astype(int)
    outcome = 2.0 * good + treated * good
    told = policy_profit(np.ones(40_000), treated, outcome, 0, propensity=propensity)
    assert told.low < 0.5 < told.high
    assert policy_profit(np.ones(40_000), treated, outcome, 0).high < 0.2


def test_each_arm_is_held_against_the_control_group() -> None:
    chance = np.random.default_rng(3)
    arm = chance.integers(0, 3, 30_000)
    best = chance.integers(1, 3, 30_000)
    outcome = (arm == best) * 1.0 + chance.normal(0, 1, 30_000)
    told = policy_profit(best, arm, outcome, [0.1, 0.2])
    assert told.low < 1 - 0.15 < told.high
    assert policy_profit(3 - best, arm, outcome, [0.1, 0.2]).high < 0
    weighed = policy_profit(best, arm, outcome, [0.1, 0.2], propensity=np.array([1 / 3, 1 / 3]))
    assert weighed.value == pytest.approx(told.value)


def test_a_choice_nobody_of_whom_was_treated_is_not_known() -> None:
    assert np.isnan(policy_profit([1, 1, 0, 0], [0, 0, 1, 1], [1, 2, 3, 4], 1).value)


@pytest.mark.parametrize(
    ("chosen", "treated", "cost", "propensity", "says"),
    [
        ([1, 1], [1, 1], 0, None, "without a control group"),
        ([1, 2], [1, 0], 0, None, "chosen must hold 0"),
        ([1, np.nan], [1, 0], 0, None, "chosen is missing"),
        ([1], [1, 0], 0, None, "chosen has 1 values"),
        ([1, 1], [1, 0], -1, None, "cost is missing or below 0"),
        ([1, 1], [1, 0], [1, np.nan], None, "cost is missing or below 0"),
        ([1, 1], [1, 0], [1, 2, 3], None, "cost must be one number"),
        ([1, 1], [1, 0], 0, 0, "propensity must lie"),
        ([1, 1], [1, 0], 0, [0.5, 1], "propensity must lie"),
        ([1, 1], [1, 0], 0, [0.5, 0.5, 0.5], "propensity must have shape"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    chosen: ArrayLike, treated: ArrayLike, cost: ArrayLike, propensity: ArrayLike | None, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        policy_profit(chosen, treated, [1, 0], cost, propensity=propensity)

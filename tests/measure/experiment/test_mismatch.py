"""Arms whose sizes are not those that were drawn."""

import numpy as np
import pytest
from scipy import stats

from daogou.measure.experiment.mismatch import mismatch, mismatch_of, suspects


def test_it_is_the_chi_squared_test():
    theirs = stats.chisquare([820, 180], [800, 200]).pvalue
    assert mismatch([820, 180], [0.8, 0.2]).p_value == pytest.approx(theirs)
    assert mismatch([820, 180], [4, 1]).expected == (800.0, 200.0)


def test_honest_lots_stop_one_reading_in_a_thousand():
    rng = np.random.default_rng(1)
    counts = rng.binomial(10_000, 0.9, 1000)
    stopped = sum(mismatch([n, 10_000 - n], [0.9, 0.1]).stops for n in counts.tolist())
    assert stopped <= 5


def test_the_group_that_lost_people_is_found_and_no_other():
    rng = np.random.default_rng(2)
    arm = np.where(rng.random(20_000) < 0.5, "treated", "holdout")
    device, region = rng.choice(["old", "new"], 20_000), rng.choice(["north", "south", "west"], 20_000)
    lost = (device == "old") & (arm == "treated") & (rng.random(20_000) < 0.15)
    found = suspects(arm[~lost], {"treated": 1, "holdout": 1}, {"device": device[~lost], "region": region[~lost]})
    assert [(one.attribute, one.group) for one in found] == [("device", "old")]


@pytest.mark.parametrize(
    ("counts", "shares", "says"),
    [
        ([1], [1], "two at least"),
        ([1, -1], [1, 1], "0 or more"),
        ([0, 0], [1, 1], "0 or more"),
        ([1, 1], [1, 0], "above 0"),
    ],
)
def test_bad_input_says_what_is_wrong(counts, shares, says):
    with pytest.raises(ValueError, match=says):
        mismatch(counts, shares)


def lots(rng, n=6000, lost=0.0):
    """Three arms whose shares differ by stratum; ``lost`` is the share of the second arm that went missing."""
    shares = np.array([[0.5, 0.25, 0.25], [0.2, 0.4, 0.4]])
    stratum = rng.integers(0, 2, n)
    arm = (rng.random(n)[:, None] > shares[stratum].cumsum(axis=1)).sum(axis=1)
    kept = ~((arm == 1) & (rng.random(n) < lost))
    chance = shares[stratum, arm]
    return [chance[(arm == one) & kept] for one in range(3)]


def test_arms_with_unlike_lots_stop_as_rarely_as_they_should_and_where_people_are_lost():
    rng = np.random.default_rng(5)
    p_values = np.array([mismatch_of(lots(rng)).p_value for _ in range(1000)])
    assert 0.03 < (p_values < 0.05).mean() < 0.075
    assert mismatch_of(lots(rng, lost=0.2)).stops


def test_of_equal_lots_both_tests_agree():
    rng = np.random.default_rng(6)
    for _ in range(20):
        counts = rng.multinomial(5000, [0.3, 0.3, 0.4])
        chances = [np.full(n, share) for n, share in zip(counts, [0.3, 0.3, 0.4], strict=True)]
        assert mismatch_of(chances).p_value == pytest.approx(mismatch(counts, [0.3, 0.3, 0.4]).p_value, abs=0.03)


def test_an_arm_of_nobody_is_no_arm():
    with pytest.raises(ValueError, match="two arms or more"):
        mismatch_of([np.full(10, 0.5), np.array([])])

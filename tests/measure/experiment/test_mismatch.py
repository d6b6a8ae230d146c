"""Arms whose sizes are not those that were drawn."""

import numpy as np
import pytest
from scipy import stats

from daogou.measure.experiment.mismatch import mismatch, suspects


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

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.predict.depth import at_depths, lost_value, shares
from daogou.predict.ranking import gain

Y = np.array([1.0, 0, 1, 0, 0, 0, 0, 0, 0, 1])
P = np.linspace(0.9, 0.1, 10)


@given(depth=st.floats(0.01, 1.0), seed=st.integers(0, 1_000))
def test_the_share_is_the_gain_at_any_depth(depth, seed):
    chance = np.random.default_rng(seed)
    y, p = (chance.random(60) < 0.3).astype(float), chance.random(60)
    y[0] = 1
    told = at_depths(y, p, np.arange(60), [depth], 100, 1)
    name = f"{100 * depth:g}"
    assert told[f"gain_in_{name}"].value == pytest.approx(gain(y, p, depth))
    assert told[f"lift_in_{name}"].value == pytest.approx(gain(y, p, depth) / depth)
    assert at_depths(y, p, np.arange(60), [1.0], 100, 1)["gain_in_100"].value == pytest.approx(1)


def test_lost_value_counts_money_not_heads():
    y, p = np.array([1.0, 1, 0, 0, 0, 0, 0, 0, 1, 0]), np.linspace(0.9, 0.1, 10)
    worth = np.array([10.0, 20, 500, 0, 0, 0, 0, 0, 970, 0])
    told = lost_value(y, p, worth, np.arange(10), 100, 1)
    assert told["lost_value_in_tenth"].value == pytest.approx(0.01)  # the likeliest held 10 of 1,000
    by_risk = told["lost_value_in_tenth_by_risk"]  # 0.74 * 500 is the most at risk, and stayed
    assert by_risk.value == pytest.approx(0.0)
    wide = lost_value(y, p, worth, np.arange(10), 100, 1, depth=0.2)
    assert wide["lost_value_in_tenth_by_risk"].value == pytest.approx(0.97)


def test_worth_below_nothing_or_unknown_counts_as_nothing():
    told = lost_value(Y, P, np.array([100, -50.0, np.nan, *[0] * 7]), np.arange(10), 100, 1)
    assert told["lost_value_in_tenth"].value == 1.0


def test_an_interval_respects_repeated_customers():
    y, p = np.tile(Y, 20), np.tile(P, 20)
    alone = at_depths(y, p, np.arange(200), [0.2], 400, 1)["gain_in_20"]
    repeated = at_depths(y, p, np.tile(np.arange(10), 20), [0.2], 400, 1)["gain_in_20"]
    assert alone.value == repeated.value
    assert repeated.high - repeated.low > 2 * (alone.high - alone.low)
    assert alone.low <= alone.value <= alone.high


def test_depths_that_are_none_are_refused():
    for wrong in (0.0, 1.2, -1):
        with pytest.raises(ValueError, match="depths must be above 0 and at most 1"):
            shares({"gain": (Y, P)}, [wrong], np.arange(10), 100, 1)

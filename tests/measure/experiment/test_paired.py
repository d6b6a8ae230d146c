"""Regions and weeks, by randomisation alone."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from daogou.measure.experiment.paired import paired_difference, switched


def accepted(gaps: np.ndarray, effect: float) -> float:
    """Two-sided p-value of the sign-flip test, from its definition."""
    rest = gaps - effect
    means = [np.mean(rest * signs) for signs in itertools.product([1, -1], repeat=len(gaps))]
    at_least, at_most = (np.mean([m >= rest.mean() for m in means]), np.mean([m <= rest.mean() for m in means]))
    return 2 * min(at_least, at_most)


@pytest.mark.parametrize("pairs", [6, 7, 9])
def test_the_interval_is_the_randomisation_test_turned_round(pairs):
    gaps = np.random.default_rng(pairs).normal(1, 2, pairs)
    told = paired_difference(gaps, np.zeros(pairs))
    for bound, inwards in ((told.low, 1e-6), (told.high, -1e-6)):
        assert accepted(gaps, bound + inwards) > 0.05 - 2 / 2**pairs
        assert accepted(gaps, bound - inwards) <= 0.05


@given(hnp.arrays(np.float64, st.integers(6, 20), elements=st.floats(-100, 100)), st.floats(-10, 10))
def test_it_moves_with_the_effect(gaps, shift):
    told, moved = (paired_difference(gaps + by, np.zeros(len(gaps))) for by in (0.0, shift))
    assert (moved.value, moved.low, moved.high) == pytest.approx(
        (told.value + shift, told.low + shift, told.high + shift), abs=1e-6
    )
    assert told.low <= told.value + 1e-9
    assert told.value <= told.high + 1e-9


@pytest.mark.parametrize("pairs", [6, 8, 13, 16])
def test_it_covers_whatever_the_shape(pairs):
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(400):
        coin = rng.choice([-1, 1], pairs)
        apart = rng.lognormal(0, 1, pairs) * 10  # how two regions of a pair differ: anything
        told = paired_difference(3 + coin * apart, np.zeros(pairs))
        hits += told.low <= 3 <= told.high
    assert 0.92 < hits / 400 < 0.99


def test_five_pairs_have_no_interval():
    assert math.isnan(paired_difference(np.arange(5.0), np.zeros(5)).low)


def test_a_wash_out_leaves_out_what_carries_over():
    values = np.array([[[5.0, 9.0, 9.0], [7.0, 4.0, 4.0]]])
    on, off = switched(values, np.array([[True, False]]), wash_out=1)
    assert (on.tolist(), off.tolist()) == ([9.0], [4.0])


@pytest.mark.parametrize(
    ("shape", "is_on", "wash_out", "says"),
    [
        ((2, 2, 3), [[True, False]], 0, "must have shape"),
        ((1, 2, 3), [[True, True]], 0, "one block of each pair"),
        ((1, 2, 3), [[True, False]], 3, "leaves nothing"),
    ],
)
def test_blocks_that_do_not_fit_are_refused(shape, is_on, wash_out, says):
    with pytest.raises(ValueError, match=says):
        switched(np.zeros(shape), np.array(is_on), wash_out)


def test_pairs_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="one number a pair"):
        paired_difference(np.zeros(3), np.zeros(4))
    with pytest.raises(ValueError, match="1 pairs hold"):
        paired_difference(np.array([1.0, np.nan]), np.zeros(2))

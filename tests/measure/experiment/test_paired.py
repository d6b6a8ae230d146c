"""Regions and weeks, by randomisation alone."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from daogou.measure.experiment.paired import no_difference_p, paired_difference, paired_lift, shown_from, switched
from daogou.measure.experiment.regions import discovered, of_clusters, of_pairs


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


@given(hnp.arrays(np.float64, st.integers(6, 18), elements=st.floats(-100, 100)))
def test_the_p_value_and_the_interval_say_the_same(gaps):
    told, p = paired_difference(gaps, np.zeros(len(gaps))), no_difference_p(gaps, np.zeros(len(gaps)))
    assert (p <= 0.05) == (told.low > 0 or told.high < 0)
    assert 0 < p <= 1


@pytest.mark.parametrize("pairs", [6, 7, 10])
def test_the_p_value_is_that_of_the_sign_flip_test(pairs):
    gaps = np.random.default_rng(pairs).normal(1, 2, pairs)
    assert no_difference_p(gaps, np.zeros(pairs)) == pytest.approx(accepted(gaps, 0.0))


def test_scipy_has_the_same_p_value():
    gaps = np.random.default_rng(5).normal(0.8, 1, 9)
    theirs = stats.permutation_test((gaps,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert no_difference_p(gaps, np.zeros(9)) == pytest.approx(theirs.pvalue)


@given(hnp.arrays(np.float64, (9, 2), elements=st.floats(50, 100)), st.floats(-0.5, 2))
def test_a_lift_is_found_on_whatever_scale(values, lift):
    told, lifted = (paired_lift(values[:, 0] * factor, values[:, 1]) for factor in (1, 1 + lift))
    assert 1 + lifted.value == pytest.approx((1 + told.value) * (1 + lift))
    assert 1 + lifted.low == pytest.approx((1 + told.low) * (1 + lift))
    assert 1 + lifted.high == pytest.approx((1 + told.high) * (1 + lift))


@pytest.mark.parametrize(("pairs", "low", "high"), [(6, 0.94, 1.0), (8, 0.92, 0.98), (20, 0.92, 0.98)])
def test_lifts_are_covered(pairs, low, high):
    rng, hits, k = np.random.default_rng(pairs), 0, np.arange(pairs)
    for _ in range(400):
        level = rng.lognormal(0, 0.5, (pairs, 1)) * 100 * np.exp(0.05 * rng.normal(size=(pairs, 2)))
        before, during = (level * (1 + 0.03 * rng.normal(size=(pairs, 2))) for _ in range(2))
        on = rng.integers(0, 2, pairs)
        told = paired_lift(during[k, on] * 1.1, during[k, 1 - on] + before[k, on] - before[k, 1 - on])
        hits += told.low <= 0.1 <= told.high
    assert low < hits / 400 < high


def test_a_lift_over_what_is_not_above_0_has_no_interval():
    assert math.isnan(paired_lift(np.ones(6), np.array([1.0, 1, 1, 1, 1, -1])).low)
    assert math.isnan(paired_lift(np.ones(6), -np.ones(6)).value)


@given(hnp.arrays(np.float64, 8, elements=st.floats(-20, 20)), hnp.arrays(np.float64, 8, elements=st.floats(1, 200)))
def test_from_the_share_that_shows_on_the_interval_lies_above_0(gaps, scale):
    (share,) = shown_from(gaps[None], scale[None])
    above, below = (paired_difference(gaps + scale * (share + by), np.zeros(8)) for by in (1e-6, -1e-6))
    assert above.low > 0
    assert below.low <= 0


def test_a_gap_that_no_share_can_move_never_shows():
    gaps, scale = np.full((1, 6), -1.0), np.zeros((1, 6))
    assert shown_from(gaps, scale).tolist() == [np.inf]
    assert shown_from(-gaps, scale).tolist() == [-np.inf]


@pytest.mark.parametrize(
    ("gaps", "scale", "says"),
    [
        (np.zeros((2, 5)), np.ones((2, 5)), "6 pairs"),
        (np.zeros((2, 6)), np.ones((1, 6)), "one shape"),
        (np.zeros((1, 6)), -np.ones((1, 6)), "at least 0"),
    ],
)
def test_tests_that_do_not_fit_are_refused(gaps, scale, says):
    with pytest.raises(ValueError, match=says):
        shown_from(gaps, scale)


def test_effects_of_pairs_hang_together():
    rng = np.random.default_rng(2)
    before = rng.normal(100, 10, (10, 2))
    during = before + rng.normal(0, 1, (10, 2)) + np.array([5.0, 0.0])
    told = of_pairs("orders", during, before)
    assert told.adjusted.low < 5 < told.adjusted.high
    assert told.total.value == pytest.approx(10 * told.adjusted.value)
    assert told.plain.value == pytest.approx((during[:, 0] - during[:, 1]).mean())
    assert told.adjusted.high - told.adjusted.low < 0.5 * (told.plain.high - told.plain.low)
    first, second = discovered([told, of_pairs("net_sales", before)])
    assert first.false_discovery == pytest.approx(min(2 * told.p_value, second.p_value))


def test_effects_of_units_that_were_drawn_one_by_one_add_up_to_their_customers():
    rng = np.random.default_rng(3)
    unit = np.repeat(np.arange(40), 25)
    on = unit % 2 == 0
    before = rng.normal(50, 5, 1000)
    values = before + rng.normal(0, 1, 1000) + 2.0 * on
    told = of_clusters("orders", values, on, unit, before, propensity=np.full(1000, 0.5), money=False)
    assert (told.on, told.off) == (20, 20)
    assert told.adjusted.low < 2.0 * 25 < told.adjusted.high
    assert told.total.value == pytest.approx(told.adjusted.value * 20)
    assert told.p_value < 0.001

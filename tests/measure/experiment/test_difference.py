"""The difference of two arms: what it equals elsewhere, what adjusting may change, and when there is no interval."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from daogou.base.estimate import Estimate
from daogou.measure.experiment.difference import Comparison, difference, variance_cut


def covers(estimate: Estimate, truth: float) -> bool:
    return estimate.low <= truth <= estimate.high


def test_without_covariates_it_is_welch():
    rng = np.random.default_rng(1)
    y, treated = rng.normal(size=300), np.repeat([0, 1], [100, 200])
    found = difference(y, treated)
    theirs = stats.ttest_ind(y[treated == 1], y[treated == 0], equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_adjusted_it_is_the_regression_with_every_interaction():
    rng = np.random.default_rng(2)
    x, treated = rng.normal(size=(400, 2)), rng.integers(0, 2, 400)
    y = x @ [1.0, -2.0] + treated * (0.5 + x[:, 0]) + rng.normal(size=400)
    centred = x - x.mean(axis=0)
    design = sm.add_constant(np.column_stack([treated, centred, treated[:, None] * centred]))
    assert difference(y, treated, x).value == pytest.approx(sm.OLS(y, design).fit().params[1], abs=1e-10)


def test_with_unequal_lots_it_is_the_weighted_regression():
    rng = np.random.default_rng(12)
    x, chance = rng.normal(size=(400, 2)), rng.uniform(0.2, 0.8, 400)
    treated = (rng.random(400) < chance).astype(int)
    y = x @ [1.0, -2.0] + treated * (0.5 + x[:, 0]) + rng.normal(size=400)
    centred = x - x.mean(axis=0)
    design = sm.add_constant(np.column_stack([treated, centred, treated[:, None] * centred]))
    weights = np.where(treated == 1, 1 / chance, 1 / (1 - chance))
    theirs = sm.WLS(y, design, weights=weights).fit().params[1]
    assert difference(y, treated, x, propensity=chance).value == pytest.approx(theirs, abs=1e-10)


def test_by_household_its_variance_is_the_cluster_robust_one():
    rng = np.random.default_rng(13)
    household = np.repeat(np.arange(300), 3)
    treated = np.repeat(rng.integers(0, 2, 300), 3)
    y = np.repeat(rng.normal(size=300), 3) + rng.normal(size=900)
    theirs = sm.OLS(y, sm.add_constant(treated)).fit(cov_type="cluster", cov_kwds={"groups": household})
    found = difference(y, treated, unit=household)
    freedom = 296  # about: Welch's, of two arms of some 150 households
    error = (found.high - found.low) / 2 / stats.t.ppf(0.975, freedom)
    assert error == pytest.approx(theirs.bse[1], rel=0.01)


def test_the_influence_of_people_adds_up_to_the_variance():
    rng = np.random.default_rng(14)
    x, treated = rng.normal(size=(5000, 2)), rng.integers(0, 2, 5000)
    y = x @ [1.0, -2.0] + treated * (0.5 + x[:, 0]) + rng.normal(size=5000)
    compared = Comparison(treated, x)
    told = compared.effect(y)
    assert np.sqrt((compared.influence(y) ** 2).sum()) == pytest.approx((told.high - told.low) / 2 / 1.96, rel=0.02)
    assert compared.wider(y) == 0


@given(st.integers(0, 2**32 - 1), st.floats(-50, 50), st.floats(0.1, 20))
def test_it_moves_with_the_outcome_and_not_with_where_zero_is(seed, shift, scale):
    rng = np.random.default_rng(seed)
    y, treated, x = rng.normal(size=60), np.tile([0, 1], 30), rng.normal(size=(60, 2))
    plain, moved = difference(y, treated, x), difference(y * scale + shift, treated, x * 3 + 7)
    assert (moved.value, moved.low, moved.high) == pytest.approx(
        (plain.value * scale, plain.low * scale, plain.high * scale), abs=1e-6
    )


@given(st.integers(0, 2**32 - 1))
def test_adjusting_for_what_is_equal_in_both_arms_leaves_the_mean_unchanged(seed):
    rng = np.random.default_rng(seed)
    x = np.repeat(rng.normal(size=40), 2)
    y, treated = rng.normal(size=80) + x, np.tile([0, 1], 40)
    assert difference(y, treated, x).value == pytest.approx(difference(y, treated).value, abs=1e-9)


def test_arms_turned_round_give_the_negative():
    rng = np.random.default_rng(3)
    y, treated, x = rng.normal(size=200), rng.integers(0, 2, 200), rng.normal(size=200)
    one, other = difference(y, treated, x), difference(y, 1 - treated, x)
    assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low))


def test_several_covariates_cut_the_variance_that_they_explain():
    rng = np.random.default_rng(4)
    x, treated = rng.normal(size=(4000, 2)), rng.integers(0, 2, 4000)
    y = x.sum(axis=1) + rng.normal(size=4000)
    assert variance_cut(y, treated, x) == pytest.approx(2 / 3, abs=0.03)
    assert variance_cut(y, treated, x[:, 0]) == pytest.approx(1 / 3, abs=0.03)
    assert variance_cut(y, treated, rng.normal(size=4000)) == pytest.approx(0, abs=0.01)


def test_a_covariate_that_is_not_known_for_some_is_used_for_the_others():
    rng = np.random.default_rng(5)
    x, treated = rng.normal(size=2000), rng.integers(0, 2, 2000)
    y = 3 * x + rng.normal(size=2000)
    some = np.where(rng.random(2000) < 0.5, np.nan, x)
    assert 0.3 < variance_cut(y, treated, some) < variance_cut(y, treated, x)


def test_covariates_that_say_nothing_or_the_same_twice_are_no_harm():
    rng = np.random.default_rng(6)
    x, treated, y = rng.normal(size=300), rng.integers(0, 2, 300), rng.normal(size=300)
    twice = np.column_stack([x, x, np.ones(300)])
    assert difference(y, treated, twice).value == pytest.approx(difference(y, treated, x).value)


def test_people_of_one_household_are_not_independent():
    rng = np.random.default_rng(7)
    hits_by_person = hits = 0
    for _ in range(300):
        household = np.repeat(np.arange(200), 4)
        treated = np.repeat(rng.integers(0, 2, 200), 4)
        y = np.repeat(rng.normal(size=200), 4) + 0.3 * rng.normal(size=800)
        hits += covers(difference(y, treated, unit=household), 0.0)
        hits_by_person += covers(difference(y, treated), 0.0)
    assert hits / 300 > 0.92
    assert hits_by_person / 300 < 0.8


def test_effects_that_differ_by_person_are_covered_for_the_people_they_were_drawn_from():
    rng = np.random.default_rng(8)
    hits = 0
    for _ in range(400):
        x, treated = rng.normal(size=400), rng.integers(0, 2, 400)
        y = 5 * x * treated + rng.normal(size=400)
        hits += covers(difference(y, treated, x), 0.0)
    assert 0.92 < hits / 400 < 0.98


@pytest.mark.parametrize("sizes", [(20_700, 2300), (2300, 20_700), (2300, 2300)])
def test_heavy_tailed_money_is_covered_where_one_arm_is_small(sizes):
    rng = np.random.default_rng(9)
    treated, hits, own = np.repeat([1, 0], sizes), 0, 0
    for _ in range(200):
        y = np.exp(1.5 * rng.normal(size=sum(sizes))) * (rng.random(sum(sizes)) < 0.12)
        hits += covers(difference(y, treated, money=True), 0.0)
        own += covers(difference(y, treated), 0.0)
    assert hits / 200 >= 0.93
    assert hits >= own


def test_lots_that_were_not_alike_for_all_are_weighed():
    rng = np.random.default_rng(10)
    hits = plain = 0
    for _ in range(300):
        rich = rng.random(1000) < 0.4
        chance = np.where(rich, 0.9, 0.5)
        treated = (rng.random(1000) < chance).astype(int)
        y = 4.0 * rich + treated + rng.normal(size=1000)
        hits += covers(difference(y, treated, propensity=chance), 1.0)
        plain += covers(difference(y, treated), 1.0)
    assert hits / 300 > 0.92
    assert plain / 300 < 0.2


def test_who_could_be_in_one_arm_alone_is_refused():
    with pytest.raises(ValueError, match="above 0 and below 1"):
        difference(np.arange(4.0), np.array([0, 1, 0, 1]), propensity=np.array([0.5, 1.0, 0.5, 0.5]))


def test_few_buyers_have_no_interval_of_money_but_a_share():
    y = np.zeros(4000)
    y[:150], y[2000:2300] = 10.0, 20.0
    treated = np.repeat([0, 1], 2000)
    spent = difference(y, treated, money=True)
    assert spent.value == pytest.approx(2.25)
    assert math.isnan(spent.low)
    assert not math.isnan(difference(y > 0, treated).low)


def test_nine_units_an_arm_have_no_interval():
    assert math.isnan(difference(np.arange(18.0), np.tile([0, 1], 9)).low)
    assert not math.isnan(difference(np.arange(20.0), np.tile([0, 1], 10)).low)


@pytest.mark.parametrize(
    ("outcome", "treated", "says"),
    [
        ([1.0, 2.0], [0, 1, 1], "one length"),
        ([1.0, 2.0], [0, 2], "0 and 1"),
        ([1.0, 2.0], [1, 1], "nobody is not treated"),
        ([1.0, 2.0], [0, 0], "nobody is treated"),
        ([1.0, np.nan], [0, 1], "1 values that are no number"),
    ],
)
def test_bad_input_says_what_is_wrong(outcome, treated, says):
    with pytest.raises(ValueError, match=says):
        difference(np.array(outcome), np.array(treated))


def test_a_unit_in_both_arms_is_refused():
    with pytest.raises(ValueError, match="1 units are in both arms, the first of them 'b'"):
        difference(np.ones(4), np.array([0, 1, 0, 1]), unit=np.array(["a", "b", "b", "c"]))


def test_covariates_of_another_length_are_refused():
    with pytest.raises(ValueError, match="covariates have 3 rows, the outcome 2"):
        difference(np.ones(2), np.array([0, 1]), np.ones(3))


def test_money_net_of_refunds_is_covered_too_though_some_of_it_lies_below_0():
    rng, hits, own = np.random.default_rng(15), 0, 0
    treated = np.repeat([1, 0], [2300, 20_700])
    for _ in range(150):
        sold = np.exp(1.5 * rng.normal(size=23_000)) * (rng.random(23_000) < 0.12)
        y = sold * (rng.random(23_000) < 0.9) - np.exp(rng.normal(size=23_000)) * (rng.random(23_000) < 0.01)
        hits += covers(difference(y, treated, money=True), 0.0)
        own += covers(difference(y, treated), 0.0)
    assert hits / 150 >= 0.93
    assert own < hits

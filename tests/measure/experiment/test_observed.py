"""Where nobody drew lots."""

import math

import numpy as np
import pytest

from daogou.measure.experiment.observed import balance, difference_in_differences, doubly_robust, effective, observe


def company(rng: np.random.Generator, n: int = 4000) -> tuple[np.ndarray, ...]:
    """Those who buy more are reached more; the effect on them is 1 + x."""
    x = rng.normal(size=n)
    chance = 1 / (1 + np.exp(-x))
    treated = (rng.random(n) < chance).astype(int)
    y = 2 * x + treated * (1 + x) + rng.normal(size=n)
    return x, chance, treated, y, (1 + x)[treated == 1].mean()


def test_it_finds_the_effect_on_those_reached_where_the_plain_difference_does_not():
    rng = np.random.default_rng(1)
    hits, plain = 0, []
    for _ in range(200):
        x, chance, treated, y, truth = company(rng)
        told = doubly_robust(y, treated, chance, 2 * x, x).effect
        alike = chance <= 0.95
        truth = (1 + x)[(treated == 1) & alike].mean()
        hits += told.low <= truth <= told.high
        plain.append(y[treated == 1].mean() - y[treated == 0].mean() - truth)
    assert hits / 200 > 0.92
    assert np.mean(plain) > 1


@pytest.mark.parametrize("wrong", ["propensity", "outcome"])
def test_one_of_both_models_may_be_wrong(wrong):
    rng = np.random.default_rng(2)
    gaps = []
    for _ in range(60):
        x, chance, treated, y, _truth = company(rng)
        base = np.zeros(len(x)) if wrong == "outcome" else 2 * x
        propensity = np.full(len(x), 0.5) if wrong == "propensity" else chance
        inside = propensity <= 0.95
        truth = (1 + x)[(treated == 1) & inside].mean()
        gaps.append(doubly_robust(y, treated, propensity, base, x).effect.value - truth)
    assert abs(np.mean(gaps)) < 0.05


def test_nothing_happened_before_the_campaign():
    rng = np.random.default_rng(3)
    x, chance, treated, _y, _truth = company(rng, 8000)
    before = 2 * x + rng.normal(size=8000)
    told = doubly_robust(before, treated, chance, 2 * x, x).effect
    assert told.low <= 0 <= told.high


def test_balance_is_shown_before_and_after():
    rng = np.random.default_rng(4)
    x, chance, treated, y, _truth = company(rng, 8000)
    told = doubly_robust(y, treated, chance, 2 * x, np.column_stack([x, rng.normal(size=8000)]))
    assert (told.before.unbalanced, told.after.unbalanced, told.covariates) == (1, 0, 2)


def test_people_unlike_anyone_not_reached_have_no_interval():
    rng = np.random.default_rng(5)
    x = rng.normal(size=2000) * 6
    chance = 1 / (1 + np.exp(-x))
    treated = (rng.random(2000) < chance).astype(int)
    told = doubly_robust(x, treated, chance, x, x)
    assert told.overlap < 0.8
    assert math.isnan(told.effect.low)
    nobody = doubly_robust(x, treated, np.where(treated == 1, 1.0, 0.0), x, x)
    assert (nobody.overlap, math.isnan(nobody.effect.value)) == (0.0, True)


def test_it_is_the_formula_written_out():
    """Sant'Anna and Zhao (2020), the estimator of those treated with weights that add up to one."""
    rng = np.random.default_rng(7)
    x, chance, treated, y, _truth = company(rng)
    kept = chance <= 0.95
    base = 1.5 * x + 0.3
    reached, others, total = [], [], 0.0
    for k in np.flatnonzero(kept):
        if treated[k]:
            reached.append(y[k] - base[k])
        else:
            others.append(chance[k] / (1 - chance[k]) * (y[k] - base[k]))
            total += chance[k] / (1 - chance[k])
    expected = sum(reached) / len(reached) - sum(others) / total
    assert doubly_robust(y, treated, chance, base, x).effect.value == pytest.approx(expected)


def test_each_half_of_it_is_statsmodels_effect_on_those_treated():
    """Without the outcome's model it is inverse probability weighting, without the propensity regression adjustment."""
    sm = pytest.importorskip("statsmodels.api")
    effects = pytest.importorskip("statsmodels.treatment.treatment_effects")
    rng = np.random.default_rng(8)
    x, _chance, treated, y, _truth = company(rng)
    x = np.clip(x, -1.5, 1.5)
    design = sm.add_constant(x)
    probit = sm.Logit(treated, design).fit(disp=False)
    chance = probit.predict()
    assert chance.max() < 0.95
    theirs = effects.TreatmentEffect(sm.OLS(y, design), treated, results_select=probit)
    ours = doubly_robust(y, treated, chance, np.zeros(len(y)), x).effect.value
    assert ours == pytest.approx(theirs.ipw(return_results=False, effect_group=1)[0], rel=1e-6)
    others = treated == 0
    base = sm.OLS(y[others], design[others]).fit().predict(design)
    ours = doubly_robust(y, treated, np.full(len(y), treated.mean()), base, x).effect.value
    assert ours == pytest.approx(theirs.ra(return_results=False, effect_group=1)[0], rel=1e-6)


def test_a_campaign_that_reached_few_of_many_is_compared():
    """Each was unlikely to be reached: the effect on those reached needs no more than that others are like them."""
    rng = np.random.default_rng(9)
    treated = np.arange(8000) < 200
    told = doubly_robust(rng.normal(size=8000) + treated, treated, np.full(8000, 0.025), np.zeros(8000), np.zeros(8000))
    assert told.overlap == 1
    assert told.effect.low < 1 < told.effect.high


def test_an_effect_moves_by_what_is_given_to_those_reached_and_by_no_more():
    rng = np.random.default_rng(10)
    x, chance, treated, y, _truth = company(rng, 1000)
    one = doubly_robust(y, treated, chance, 2 * x, x).effect
    more = doubly_robust(y + 7 * treated, treated, chance, 2 * x, x).effect
    assert more.value - one.value == pytest.approx(7)
    assert more.high - more.low == pytest.approx(one.high - one.low)
    scaled = doubly_robust(3 * y, treated, chance, 6 * x, x).effect
    assert (scaled.value, scaled.low) == pytest.approx((3 * one.value, 3 * one.low))


def test_100_people_of_each_kind_are_the_fewest():
    rng = np.random.default_rng(11)

    def half(reached, others, heavy=0.5):
        treated = np.arange(reached + others) < reached
        chance = np.where(np.arange(reached + others) % 50 == 0, heavy, 0.5)
        return doubly_robust(
            rng.normal(size=len(treated)), treated, chance, np.zeros(len(treated)), np.zeros(len(treated))
        )

    assert math.isfinite(half(100, 100).effect.low)
    assert math.isnan(half(99, 1000).effect.low)
    assert math.isnan(half(1000, 99).effect.low)
    assert half(1000, 120, heavy=0.94).too_few  # some of the 120 weigh much more than others


@pytest.mark.parametrize("reached", [120, 1880])
def test_a_small_group_that_has_drawn_no_large_amount_yet_is_not_taken_for_sure(reached):
    """Whichever group is the small one: its mean is no surer than the spread of the large one allows."""
    rng = np.random.default_rng(13)
    treated = np.arange(2000) < reached
    small = treated if reached < 1000 else ~treated
    y = np.where(small, 0.0, rng.exponential(10.0, 2000))
    nothing, chance = np.zeros(2000), np.full(2000, 0.5)
    told = doubly_robust(y, treated, chance, nothing, nothing).effect
    assert told.high - told.low > 2 * 1.96 * 10 / math.sqrt(120) * 0.9


def test_a_gap_that_chance_brings_to_few_people_is_no_imbalance():
    rng = np.random.default_rng(12)
    found = [
        balance(rng.normal(size=(200, 20)), np.arange(200) < 100, np.ones(200)).unbalanced / 20 for _ in range(100)
    ]
    assert 0.03 < np.mean(found) < 0.07
    assert effective(np.array([3.0, 1.0])) == pytest.approx(1.6)


def test_values_not_known_are_looked_at_as_a_covariate():
    """Who reached people knew something of them that others lack: that is an imbalance, not nothing."""
    treated = np.arange(1000) < 500
    x = np.where(treated, np.arange(1000.0) % 7, np.nan)
    told = observe(np.zeros(1000), treated, x)
    assert told.before.unbalanced >= 1
    assert told.overlap < 0.8


def test_regions_that_change_alike_but_for_the_campaign_show_it():
    rng = np.random.default_rng(6)
    hits = 0
    for _ in range(300):
        level, treated = rng.normal(100, 30, (40, 1)), np.tile([0, 1], 20)
        walk = rng.normal(0, 2, (40, 16)).cumsum(axis=1)
        seen = level + walk + 3
        told = difference_in_differences(seen[:, :8], seen[:, 8:] + 5 * treated[:, None], treated)
        hits += told.low <= 5 <= told.high
    assert 0.92 < hits / 300 < 0.98


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="shape"):
        difference_in_differences(np.ones(3), np.ones((3, 2)), np.array([0, 1, 1]))
    with pytest.raises(ValueError, match="between 0 and 1"):
        doubly_robust(np.ones(2), np.array([0, 1]), np.array([0.5, 1.5]), np.ones(2), np.ones(2))

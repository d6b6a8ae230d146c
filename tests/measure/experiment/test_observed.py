"""Where nobody drew lots."""

import math

import numpy as np
import pytest

from daogou.measure.experiment.observed import difference_in_differences, doubly_robust


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
        alike = (chance >= 0.05) & (chance <= 0.95)
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
        inside = (propensity >= 0.05) & (propensity <= 0.95)
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
    assert (told.unbalanced_before, told.unbalanced_after, told.covariates) == (1, 0, 2)


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

"""The effect on those reached: what it equals, that it covers, and when it is not told."""

import numpy as np
import pytest
from statsmodels.sandbox.regression.gmm import IV2SLS

from daogou.measure.experiment.difference import Comparison
from daogou.measure.experiment.reading_delivered import delivered_effect


def company(rng, n=3000, effect=2.0, share=0.6):
    """Those who can be reached spend more anyway; only they change."""
    treated, keen = rng.integers(0, 2, n), rng.random(n) < share
    reached = (treated == 1) & keen
    spent = rng.exponential(10, n) + 5 * keen + effect * reached
    return treated, spent, reached.astype(float)


def test_it_is_two_stage_least_squares_of_one_lot():
    treated, spent, reached = company(np.random.default_rng(1))
    found = delivered_effect(Comparison(treated), spent, reached)
    ones = np.ones(len(spent))
    theirs = IV2SLS(spent, np.column_stack([ones, reached]), np.column_stack([ones, treated])).fit()
    assert found.value == pytest.approx(theirs.params[1])
    assert (found.high - found.low) / (2 * 1.96) == pytest.approx(theirs.bse[1], rel=0.03)


def test_it_covers_the_effect_on_those_reached_and_comparing_reached_with_others_does_not():
    rng, hits, naive = np.random.default_rng(2), 0, 0
    for _ in range(300):
        treated, spent, reached = company(rng, 1000)
        told = delivered_effect(Comparison(treated), spent, reached)
        hits += told.low <= 2.0 <= told.high
        wrong = Comparison(reached.astype(int)).effect(spent)
        naive += wrong.low <= 2.0 <= wrong.high
    assert 0.92 < hits / 300 < 0.985
    assert naive / 300 < 0.1


def test_the_lot_and_what_was_known_before_make_it_surer():
    rng = np.random.default_rng(3)
    treated, spent, reached = company(rng)
    before = spent - 2.0 * reached + rng.normal(size=len(spent))
    plain, adjusted = (delivered_effect(Comparison(treated, x), spent, reached) for x in (None, before))
    assert adjusted.high - adjusted.low < 0.5 * (plain.high - plain.low)


@pytest.mark.parametrize("why", ["holdout", "few", "too_few_buyers"])
def test_it_is_not_told(why):
    treated, spent, reached = company(np.random.default_rng(4), share=0.02 if why == "few" else 0.6)
    if why == "holdout":
        reached[np.flatnonzero(treated == 0)[0]] = 1.0
    if why == "too_few_buyers":
        spent = np.where(np.arange(len(spent)) < 300, spent, 0.0)
    told = delivered_effect(Comparison(treated), spent, reached, money=why == "too_few_buyers")
    assert np.isnan([told.value, told.low, told.high]).all()

"""A whole reading of an experiment."""

import math

import numpy as np
import pytest

from daogou.measure.experiment.difference import difference
from daogou.measure.experiment.reading import Outcome, Trial, read


def company(seed, n=6000, effect=0.0, lost=0.0):
    """Spend that follows spend before; half held out; ``lost`` of the treated of one segment went missing."""
    rng = np.random.default_rng(seed)
    before = rng.lognormal(3, 0.7, n) * (rng.random(n) < 0.7)
    treated = (rng.random(n) < 0.5).astype(int)
    segment = rng.choice(["new", "loyal", "lapsed"], n)
    buys = rng.random(n) < 0.4 + effect * treated
    spent = (0.5 * before + rng.lognormal(3, 0.7, n)) * buys
    kept = ~((segment == "new") & (treated == 1) & (rng.random(n) < lost))
    trial = Trial(treated[kept], np.full(kept.sum(), 0.5), before[kept], segment[kept])
    return trial, [Outcome("spend", "money", spent[kept]), Outcome("buyers", "share", buys[kept].astype(float))]


def test_it_tells_the_adjusted_difference_and_the_plain_one_beside():
    trial, outcomes = company(1, effect=0.08)
    told = read(trial, outcomes)
    spend, buyers = told.effects
    assert (told.treated, told.held_out) == (int(trial.treated.sum()), int((1 - trial.treated).sum()))
    assert told.primary is spend
    assert spend.plain == difference(outcomes[0].values, trial.treated, propensity=trial.propensity, money=True)
    assert spend.adjusted.high - spend.adjusted.low < spend.plain.high - spend.plain.low
    assert buyers.adjusted.low < 0.08 < buyers.adjusted.high
    assert buyers.lift.value == pytest.approx(0.2, abs=0.07)
    assert spend.p_value <= spend.false_discovery < 0.01


def test_nothing_is_read_where_people_went_missing_and_the_place_to_look_is_named():
    told = read(*company(2, lost=0.3))
    assert told.mismatch.stops
    assert (told.effects, told.primary, told.segments) == ((), None, {})
    assert [one.group for one in told.suspects] == ["new"]


def test_nothing_is_called_something_once_in_twenty():
    found = [read(*company(seed, n=1500)).effects[1].p_value < 0.05 for seed in range(200)]
    assert np.mean(found) < 0.09


def test_segments_are_moved_together():
    trial, outcomes = company(3, effect=0.1)
    told = read(trial, outcomes)
    alone = [
        difference(
            outcomes[0].values[trial.segment == name],
            trial.treated[trial.segment == name],
            trial.covariates[trial.segment == name],
        ).value
        for name in told.segments
    ]
    assert set(told.segments) == {"new", "loyal", "lapsed"}
    assert np.ptp([one.value for one in told.segments.values()]) < np.ptp(alone)


def test_small_segments_are_not_read():
    trial, outcomes = company(4, n=160)
    assert read(trial, outcomes).segments == {}


def test_one_large_amount_does_not_decide_the_test_and_stays_in_the_figure():
    trial, outcomes = company(5)
    spent = outcomes[0].values.copy()
    at = np.flatnonzero(trial.treated)[0]
    spent[at] = 1e6
    told = read(trial, [Outcome("spend", "money", spent)]).effects[0]
    usual = read(trial, outcomes).effects[0]
    assert told.plain.value > 100
    assert told.p_value == pytest.approx(usual.p_value, abs=0.1)


def test_few_buyers_have_no_interval_of_money():
    trial, outcomes = company(6, n=600)
    told = read(trial, outcomes)
    assert math.isnan(told.effects[0].adjusted.low)
    assert math.isnan(told.effects[0].p_value)
    assert not math.isnan(told.effects[1].adjusted.low)


def test_a_reading_needs_an_outcome():
    with pytest.raises(ValueError, match="the outcome that was fixed before"):
        read(company(7)[0], [])

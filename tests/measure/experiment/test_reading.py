"""A whole reading of an experiment."""

import math

import numpy as np
import pytest

from daogou.measure.experiment.difference import difference
from daogou.measure.experiment.discovery import adjusted_p_values
from daogou.measure.experiment.mismatch import mismatch
from daogou.measure.experiment.ratio import ratio_difference
from daogou.measure.experiment.reading import Outcome, Trial, discovered, read


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


def trial(treated, **more):
    n = len(treated)
    return Trial(treated, np.full(n, 0.5), np.zeros((n, 1)), np.full(n, "all"), **more)


def test_a_ratio_is_that_of_sums_and_is_adjusted_by_what_was_known():
    rng = np.random.default_rng(11)
    treated, before = np.tile([0, 1], 2000), rng.exponential(1, 4000)
    below = before + rng.exponential(0.2, 4000)
    above = below * (0.1 + 0.02 * treated) * rng.uniform(0.5, 1.5, 4000)
    one = Trial(treated, np.full(4000, 0.5), before, np.full(4000, "all"))
    effect = read(one, [Outcome("rate", "ratio", above, below=below)]).effects[0]
    expected = ratio_difference(above, below, treated)
    assert effect.plain.value == pytest.approx(expected.value)
    assert effect.plain.high - effect.plain.low == pytest.approx(expected.high - expected.low, rel=0.05)
    assert effect.adjusted.low < 0.02 < effect.adjusted.high
    rates = [above[treated == side].sum() / below[treated == side].sum() for side in (1, 0)]
    assert effect.lift.value == pytest.approx(rates[0] / rates[1] - 1)
    assert effect.total is None


@pytest.mark.parametrize(
    ("sizes", "rates"), [((2000, 2000), (0.005, 0.0)), ((8000, 2000), (0.002, 0.002)), ((2000, 500), (0.005, 0.005))]
)
def test_rare_shares_are_covered(sizes, rates):
    """Each arm's own variance alone covers 91 to 92 % here."""
    rng, hits = np.random.default_rng(12), []
    treated = np.repeat([1, 0], sizes)
    one = Trial(treated, np.full(len(treated), sizes[0] / sum(sizes)), np.zeros((len(treated), 1)), treated)
    for _ in range(300):
        y = (rng.random(len(treated)) < np.where(treated == 1, *rates)).astype(float)
        told = read(one, [Outcome("unsubscribes", "share", y)]).effects[0].adjusted
        if math.isfinite(told.low):
            hits.append(told.low <= rates[0] - rates[1] <= told.high)
    assert len(hits) > 250
    assert np.mean(hits) > 0.935


def test_a_ratio_is_covered_where_the_small_arm_has_few_above_the_line():
    rng, hits = np.random.default_rng(13), []
    treated = np.repeat([1, 0], [8000, 1000])
    one = Trial(treated, np.full(9000, 8 / 9), np.zeros((9000, 1)), treated)
    for _ in range(200):
        sold = np.exp(rng.normal(size=9000)) * (rng.random(9000) < 0.3)
        back = sold * (rng.random(9000) < 0.1)
        told = read(one, [Outcome("refund_rate", "ratio", back, below=sold)]).effects[0].adjusted
        hits.append(told.low <= 0 <= told.high)
    assert np.mean(hits) > 0.93


def test_nearly_nobody_is_no_interval():
    y = np.zeros(2000)
    y[:4] = 1
    told = read(trial(np.tile([0, 1], 1000)), [Outcome("complaints", "share", y)]).effects[0]
    assert math.isnan(told.adjusted.low)
    assert math.isnan(told.p_value)


def test_an_outcome_of_some_people_is_read_of_these_alone():
    rng = np.random.default_rng(14)
    treated, once = rng.integers(0, 2, 4000), rng.random(4000) < 0.3
    again = (rng.random(4000) < 0.2 + 0.2 * treated * once).astype(float)
    told = read(trial(treated), [Outcome("second_purchase", "share", again, among=once)]).effects[0]
    own = difference(again[once], treated[once])
    assert told.plain.value == pytest.approx(own.value)
    assert told.treated == (once & (treated == 1)).sum()
    assert told.adjusted.low < 0.2 < told.adjusted.high


def test_an_outcome_without_values_is_read_as_nothing_and_others_are_read():
    one, outcomes = company(15, effect=0.08)
    unknown = Outcome("dwell", "amount", np.full(len(one.treated), np.nan), role="primary")
    told = read(one, [unknown, *outcomes])
    assert math.isnan(told.effects[0].adjusted.value)
    assert told.effects[1].adjusted.low > 0
    assert told.segments == {}


def test_lots_of_households_are_counted_by_household():
    """Households of eight whose lots are right are no mismatch, though people are far from half."""
    rng, stopped = np.random.default_rng(16), 0
    for _ in range(100):
        arms, size = rng.integers(0, 2, 500), rng.integers(1, 16, 500)
        home = np.repeat(np.arange(500), size)
        one = trial(np.repeat(arms, size), unit=home)
        stopped += read(one, [Outcome("x", "count", rng.normal(size=len(home)))]).mismatch.p_value < 0.01
    assert stopped <= 5


def test_arms_are_counted_together_where_false_discoveries_are():
    ones = [read(*company(seed, effect=effect)) for seed, effect in ((17, 0.0), (18, 0.1))]
    together = discovered(ones)
    p = [effect.p_value for one in ones for effect in one.effects]
    found = [effect.false_discovery for one in together for effect in one.effects]
    assert found == pytest.approx(adjusted_p_values(p))
    assert found != pytest.approx([effect.false_discovery for one in ones for effect in one.effects])


def test_a_few_people_are_not_adjusted_for_many_covariates():
    rng = np.random.default_rng(19)
    treated, x = np.tile([0, 1], 30), rng.normal(size=(60, 8))
    one = Trial(treated, np.full(60, 0.5), x, np.full(60, "all"))
    told = read(one, [Outcome("x", "count", rng.normal(size=60))]).effects[0]
    assert told.adjusted == told.plain


def test_two_arms_of_three_tell_the_mean_effect_of_all_who_were_drawn():
    """The effect grows with what was known before, and so do the shares: of two arms alone the people are not all."""
    rng, found = np.random.default_rng(20), []
    for _ in range(40):
        x = rng.random(6000)
        shares = np.column_stack([0.1 + 0.6 * x, 0.2 + 0 * x, 0.7 - 0.6 * x])  # treated, held out, another arm
        arm = (rng.random(6000)[:, None] > shares.cumsum(axis=1)).sum(axis=1)
        here = arm < 2
        treated, own = (arm == 0)[here].astype(int), shares[np.arange(6000), arm][here]
        y = (4 * x * (arm == 0) + rng.normal(size=6000))[here]
        chance = np.where(treated == 1, own, 1 - own)
        one = Trial(treated, chance, x[here], np.full(here.sum(), "all"), sizes=mismatch([1, 1, 1], [1, 1, 1]))
        found.append(read(one, [Outcome("x", "count", y)]).effects[0].adjusted)
    assert np.mean([told.value for told in found]) == pytest.approx(2.0, abs=0.05)
    assert np.mean([told.low < 2.0 < told.high for told in found]) > 0.85

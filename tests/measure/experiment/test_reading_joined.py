"""Trials added up: what the sum is, and that a person in several of them is one draw."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.experiment.difference import Comparison, difference
from daogou.measure.experiment.reading_joined import Part, joined, total


def part(y, treated, person, x=None):
    compared = Comparison(treated, x)
    return Part(compared.effect(y).value, int(treated.sum()), person, compared.influence(y))


def half(one: Estimate) -> float:
    return (one.high - one.low) / 2


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_totals_add_up(seed, trials):
    rng = np.random.default_rng(seed)
    parts = []
    for _ in range(trials):
        n = int(rng.integers(30, 90))
        parts.append(part(rng.normal(size=n), np.tile([0, 1], n)[:n], rng.integers(0, 200, n), rng.normal(size=n)))
    own = sum(one.effect * one.treated for one in parts)
    assert total(parts).value == pytest.approx(own)
    assert joined(parts).value * sum(one.treated for one in parts) == pytest.approx(own)


def test_of_one_trial_it_is_that_trials_own_interval():
    rng = np.random.default_rng(1)
    y, treated, x = rng.normal(size=4000), rng.integers(0, 2, 4000), rng.normal(size=(4000, 2))
    alone, one = difference(y, treated, x), joined([part(y, treated, np.arange(4000), x)])
    assert one.value == alone.value
    assert half(one) == pytest.approx(half(alone), rel=0.002)  # normal here, Student's t there


def test_trials_of_different_people_are_independent():
    rng = np.random.default_rng(2)
    parts = []
    for k in range(2):
        y, treated = rng.normal(size=2000), rng.integers(0, 2, 2000)
        parts.append(part(y, treated, np.arange(2000) + 5000 * k))
    both = half(total(parts))
    assert both == pytest.approx(np.hypot(*(half(total([one])) for one in parts)))


@pytest.mark.parametrize("same_lots", [True, False])
def test_it_covers_the_sum_where_people_take_part_twice(same_lots):
    """Each has a taste that shows in both trials: with the same lots in both, errors go together."""
    rng, hits, widths = np.random.default_rng(3), 0, []
    for _ in range(400):
        taste, first = rng.normal(size=600), rng.integers(0, 2, 600)
        second = first if same_lots else rng.integers(0, 2, 600)
        parts = [
            part(taste + 0.3 * rng.normal(size=600) + effect * lots, lots, np.arange(600))
            for effect, lots in ((0.5, first), (0.2, second))
        ]
        told = total(parts)
        truth = 0.5 * first.sum() + 0.2 * second.sum()
        hits += told.low <= truth <= told.high
        widths.append(half(told) / np.hypot(*(half(total([one])) for one in parts)))
    assert 0.92 < hits / 400 < 0.98
    assert np.mean(widths) == pytest.approx(np.sqrt(2) if same_lots else 1.0, rel=0.05)


def test_arms_of_one_campaign_share_their_holdout():
    rng, hits = np.random.default_rng(4), 0
    for _ in range(400):
        y, arm = rng.normal(size=900), rng.integers(0, 3, 900)
        parts = []
        for one in (1, 2):
            mine = np.flatnonzero((arm == one) | (arm == 0))
            parts.append(part(y[mine], (arm[mine] == one).astype(int), mine))
        told = total(parts)
        hits += told.low <= 0 <= told.high
    assert 0.92 < hits / 400 < 0.98


def test_money_needs_200_buyers_an_arm_all_trials_together():
    people, moved = np.arange(100), np.tile([0.1, -0.1], 50)
    few, enough = (Part(1.0, 50, people, moved, 0.0, buyers) for buyers in (99, 100))
    assert np.isnan(total([few, enough]).low)
    told = total([enough, enough])
    assert told.low < told.value < told.high


def test_what_an_interval_has_beyond_its_people_is_kept():
    people, moved = np.arange(100), np.tile([0.1, -0.1], 50)
    assert half(joined([Part(1.0, 50, people, moved, 3.0)])) == pytest.approx(Z95 * 2.0)

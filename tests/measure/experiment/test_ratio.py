"""Differences of ratios and of shares."""

import math

import numpy as np
import pytest

from daogou.measure.experiment.difference import difference
from daogou.measure.experiment.ratio import lift, ratio_difference


def test_a_ratio_to_one_a_person_is_the_difference_of_means():
    rng = np.random.default_rng(1)
    y, treated = rng.normal(size=500), rng.integers(0, 2, 500)
    ratio, mean = ratio_difference(y, np.ones(500), treated), difference(y, treated)
    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((mean.value, mean.low, mean.high))


def test_visits_of_one_person_count_together():
    rng = np.random.default_rng(2)
    hits = by_visit = 0
    for _ in range(300):
        visits = rng.integers(1, 12, 400)
        person = np.repeat(np.arange(400), visits)
        treated = np.repeat(rng.integers(0, 2, 400), visits)
        chance = np.repeat(rng.beta(1, 4, 400), visits)
        clicks = (rng.random(len(person)) < chance).astype(float)
        told = ratio_difference(clicks, np.ones(len(person)), treated, unit=person)
        hits += told.low <= 0 <= told.high
        told = ratio_difference(clicks, np.ones(len(person)), treated)
        by_visit += told.low <= 0 <= told.high
    assert hits / 300 > 0.92
    assert by_visit / 300 < 0.85


def test_a_lift_is_covered():
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(400):
        treated = rng.integers(0, 2, 1000)
        told = lift(rng.exponential(1 + 0.2 * treated), treated)
        hits += told.low <= 0.2 <= told.high
    assert 0.92 < hits / 400 < 0.98


def test_a_lift_over_next_to_nothing_has_no_interval():
    y = np.zeros(200)
    y[0] = y[1] = 1.0
    assert math.isnan(lift(y, np.tile([0, 1], 100)).low)


def test_a_denominator_of_nothing_is_no_ratio():
    treated = np.tile([0, 1], 50)
    assert math.isnan(ratio_difference(np.ones(100), treated.astype(float), treated).value)

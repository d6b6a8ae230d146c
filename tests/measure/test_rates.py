"""Shares of people."""

import numpy as np
import pytest

from daogou.base.statistics import cluster_weights
from daogou.measure.rates import overlap, ratio_interval, redemption_rate


def test_people_who_repeat_do_not_narrow_the_interval() -> None:
    chance = np.random.default_rng(0)
    redeemed = chance.random(400) < 0.2
    weights = cluster_weights(400, 2000, 1)
    once = redemption_rate(redeemed, np.arange(400), weights)
    ten_times = redemption_rate(np.repeat(redeemed, 10), np.repeat(np.arange(400), 10), weights)
    assert ten_times.value == pytest.approx(once.value)
    assert ten_times.high - ten_times.low == pytest.approx(once.high - once.low, rel=0.1)


def test_nobody_reached_has_no_rate() -> None:
    assert np.isnan(redemption_rate(np.array([], dtype=bool), np.array([], dtype=int), np.ones((1, 0))).value)


def test_intervals_hold_the_truth_nineteen_times_in_twenty() -> None:
    chance = np.random.default_rng(5)
    weights = cluster_weights(200, 400, 2)
    customer = np.repeat(np.arange(200), 3)
    held = 0
    for _ in range(300):
        habit = chance.beta(1, 4, 200)  # people differ, and each is seen three times
        redeemed = chance.random(600) < habit[customer]
        low, high = ratio_interval(redeemed, np.ones(600), customer, weights)
        held += low <= 0.2 <= high
    assert held / 300 == pytest.approx(0.95, abs=0.04)


def test_more_people_than_columns_are_drawn_in_groups() -> None:
    chance = np.random.default_rng(3)
    redeemed, customer = chance.random(20_000) < 0.3, np.arange(20_000)
    low, high = ratio_interval(redeemed, np.ones(20_000), customer, cluster_weights(1000, 1000, 4))
    expected = 2 * 1.96 * np.sqrt(0.3 * 0.7 / 20_000)
    assert high - low == pytest.approx(expected, rel=0.15)


def test_campaigns_that_touch_on_one_day_overlap() -> None:
    customer, weights = np.array([0, 0]), np.ones((1, 1))
    assert overlap(customer, np.array([1, 10]), np.array([10, 20]), weights).value == 1
    assert overlap(customer, np.array([1, 11]), np.array([10, 20]), weights).value == 0


def test_one_campaign_each_overlaps_with_nothing() -> None:
    found = overlap(np.array([0, 1]), np.array([1, 1]), np.array([9, 9]), np.ones((1, 2)))
    assert np.isnan(found.value)
    assert found.n == 0

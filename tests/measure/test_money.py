"""The break-even lift."""

import numpy as np
import pytest

from daogou.base.statistics import cluster_weights
from daogou.measure.money import break_even, contribution


def test_at_break_even_the_gain_covers_the_cost() -> None:
    sales, coupon, contact = np.array([80.0, 40.0, 0.0]), np.array([5.0, 5.0, 0.0]), np.full(3, 2.0)
    share = break_even(contact + coupon, contribution(sales, coupon, 0.25), np.arange(3), np.ones((200, 3))).value
    # An incremental purchase brings its margin before the coupon; every coupon and every contact is paid for.
    gained = share * 0.25 * (sales + coupon).sum()
    assert gained == pytest.approx((contact + coupon).sum())


def test_redemptions_that_brought_nothing_have_no_break_even() -> None:
    found = break_even(np.ones(3), np.zeros(3), np.arange(3), np.ones((200, 3)))
    assert np.isnan([found.value, found.low, found.high]).all()


def test_few_redeemers_make_a_wide_interval() -> None:
    chance = np.random.default_rng(0)
    widths = []
    for people in (100, 10_000):
        brought = np.where(chance.random(people) < 0.1, chance.gamma(2, 10, people), 0)
        found = break_even(np.full(people, 0.5), brought, np.arange(people), cluster_weights(people, 300, 0))
        assert found.low < found.value < found.high
        widths.append((found.high - found.low) / found.value)
    assert widths[0] > 4 * widths[1]

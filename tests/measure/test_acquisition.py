"""New customers: cost, payback, and worth against cost."""

import math

import numpy as np
import pytest
from scipy import stats

from daogou.base.estimate import Estimate
from daogou.measure.acquisition import (
    cac,
    cpa,
    curve_error,
    lifetime_value,
    ltv_to_cac,
    mean_cumulative,
    new_share,
    payback,
    payback_days,
)


def test_cost_of_a_new_customer_has_the_poisson_interval_of_scipy():
    found = cac(1000.0, 25)
    low, high = stats.chi2.ppf(0.025, 50) / 2, stats.chi2.ppf(0.975, 52) / 2
    assert (found.value, found.low, found.high) == (40.0, pytest.approx(1000 / high), pytest.approx(1000 / low))
    assert 1 - stats.poisson.cdf(24, low) == pytest.approx(0.025)
    assert stats.poisson.cdf(25, high) == pytest.approx(0.025)


def test_nobody_nothing_and_nonsense():
    assert math.isnan(cac(100.0, 0).value)
    assert cpa(0.0, 5).value == 0.0
    for cost, count in ((-1.0, 5), (math.nan, 5), (1.0, -2)):
        with pytest.raises(ValueError, match="give what was spent and how many came"):
            cpa(cost, count)


def test_first_orders_among_orders_are_clustered_by_customer():
    first, orders = np.array([1, 0] * 50), np.array([1, 9] * 50)
    found = new_share(first, orders, np.arange(100))
    assert found.value == 0.1
    independent = math.sqrt(0.1 * 0.9 / 500) * 2 * 1.96
    assert found.high - found.low > 1.3 * independent


def test_the_curve_finds_the_true_mean_whatever_the_ages():
    """Contribution of 0.5 a day on the mean; most are known for few days only."""
    chance = np.random.default_rng(8)
    age = chance.integers(1, 101, 20_000)
    observed = np.array([(age > day).sum() for day in range(100)])
    brought = np.array([chance.gamma(0.5, 1.0, n).sum() for n in observed])
    curve = mean_cumulative(brought, observed)
    naive = brought.sum() / len(age)
    assert curve[79] == pytest.approx(40, rel=0.02)
    assert naive < 27
    assert payback_days(curve, 20.25) in (39, 40, 41)


def test_the_curve_ends_where_few_are_known():
    assert mean_cumulative(np.array([60.0, 60.0, 60.0]), np.array([60, 30, 29])).tolist() == [1.0, 3.0]
    with pytest.raises(ValueError, match="give one each"):
        mean_cumulative(np.zeros(2), np.zeros(3))


def test_a_refund_takes_payback_back():
    assert payback_days(np.array([5.0, 1.0, 4.0, 6.0]), 4.0) == 2
    assert payback_days(np.array([5.0, 1.0]), 4.0) is None
    assert payback_days(np.zeros(0), 4.0) is None
    assert payback_days(np.array([5.0]), 0.0) == 0


def test_payback_covers_the_true_day():
    """2 a day on the mean, of customers who differ much; the cost of 80 is known: day 40, 95 times in 100."""
    chance, held, times = np.random.default_rng(10), 0, 300
    for _ in range(times):
        own = chance.gamma(1.0, 2.0, 400)  # each customer's contribution a day
        part = np.arange(400) % 20
        brought = np.stack([chance.poisson(own[part == g].sum(), 80) for g in range(20)]).astype(float)
        observed = np.full((20, 80), 20)
        curve = mean_cumulative(brought.sum(axis=0), observed.sum(axis=0))
        found = payback(curve, curve_error(brought, observed), Estimate(80.0, 80.0, 80.0, 400))
        held += found.low <= 40 and not found.high < 39
    assert 0.92 <= held / times <= 0.99


def test_payback_that_may_not_be_within_the_days_has_no_upper_end():
    few = payback(np.arange(50.0), np.full(50, 10.0), Estimate(45.0, 40.0, 50.0, 30))
    assert (few.value, few.low < 45, math.isnan(few.high)) == (45, True, True)
    assert math.isnan(payback(np.arange(5.0), np.ones(5), Estimate(45.0, 40.0, 50.0, 30)).value)


def test_worth_against_cost_covers_the_truth():
    """Both the mean worth and the number who came are of chance: the interval of their ratio holds 95 % of the time."""
    chance, held, times = np.random.default_rng(9), 0, 600
    for _ in range(times):
        n = chance.poisson(300)
        worth = chance.gamma(0.5, 200.0, n)  # mean 100
        ltv = lifetime_value(worth.mean(), worth.std(ddof=1), n, 0.0, 0.0)
        found = ltv_to_cac(ltv, cac(300 * 40.0, n))
        held += found.low <= 2.5 <= found.high
    assert 0.92 <= held / times <= 0.98


def test_what_is_only_expected_widens_the_interval():
    sure, unsure = (lifetime_value(100.0, 50.0, 10_000, 80.0, error) for error in (0.0, 0.2))
    assert unsure.high - unsure.low > 10 * (sure.high - sure.low)
    assert math.isnan(lifetime_value(100.0, math.nan, 1, 80.0, 0.1).low)


def test_no_cost_no_ratio():
    assert math.isnan(ltv_to_cac(Estimate(10.0, 8.0, 12.0, 5), cac(0.0, 5)).value)
    assert math.isnan(ltv_to_cac(Estimate(10.0, 8.0, 12.0, 5), cac(10.0, 0)).value)
    losing = ltv_to_cac(Estimate(-10.0, -12.0, -8.0, 50), cac(100.0, 50))
    assert losing.value == -5
    assert math.isnan(losing.low)

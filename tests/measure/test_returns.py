"""Ratios: their formulas, their basis, their intervals, and what has none."""

import math

import numpy as np
import pytest

from daogou.base.estimate import Estimate
from daogou.measure.returns import BASES, basis_of, credited_gain, gain_to_cost, returned, roas, roi


def test_the_four_ratios_are_those_of_the_words():
    gain, cost = [130.0, 130.0], [50.0, 50.0]
    assert roas(gain, cost).value == pytest.approx(2.6)
    assert roi(gain, cost, basis="incremental_roas").value == pytest.approx(2.6)
    assert roi(gain, cost, basis="profit_roi").value == pytest.approx(1.6)
    assert roi(gain, cost, basis="incremental_roi").value == pytest.approx(1.6)
    assert gain_to_cost(sum(gain), sum(cost)) == "2.6 : 1"


def test_roi_is_never_bare():
    with pytest.raises(TypeError, match="basis"):
        roi([1.0], [1.0])
    with pytest.raises(ValueError, match=f"no ratio has the basis 'gross'; there are {', '.join(BASES)}"):
        roi([1.0], [1.0], basis="gross")
    for basis in BASES:
        assert roi([1.0], [1.0], basis=basis).unit.partition(",")[0]
    assert basis_of("profit") == "profit_roi"


def test_where_nothing_was_spent_there_is_no_ratio_and_no_gain_loses_all():
    assert math.isnan(roas([10.0], [0.0]).value)
    assert math.isnan(returned(Estimate(10.0, 5.0, 15.0, 3), 0.0, basis="incremental_roi").value)
    assert (roas([0.0], [5.0]).value, roi([0.0], [5.0], basis="profit").value) == (0.0, -1.0)
    assert gain_to_cost(10.0, 0.0) == "–"
    assert math.isnan(roas([], []).value)


@pytest.mark.parametrize(
    ("gain", "cost", "message"),
    [
        ([1.0, 2.0], [1.0], "gain has the shape"),
        ([math.nan], [1.0], "no number"),
        ([1.0], [-1.0], "below 0"),
    ],
)
def test_bad_rows_are_refused(gain, cost, message):
    with pytest.raises(ValueError, match=message):
        roas(gain, cost)
    with pytest.raises(ValueError, match="the cost is -1"):
        returned(Estimate(1.0, 1.0, 1.0, 1), -1.0, basis="roas")
    with pytest.raises(ValueError, match="customer has 1 rows and gain has 2; give one a row"):
        roas([1.0, 2.0], [1.0, 1.0], customer=[1])


def test_a_ratio_with_an_interval_shifts_and_scales_it():
    found = returned(Estimate(300.0, 100.0, 500.0, 40), 200.0, basis="incremental_roi")
    assert (found.value, found.low, found.high) == (0.5, -0.5, 1.5)


def test_intervals_by_customer_cover_the_truth_and_by_row_do_not():
    """Customers come in five rows that are alike: 95 % by customer, far fewer where rows are taken as independent."""
    chance, by_customer, by_row, times = np.random.default_rng(6), 0, 0, 400
    who = np.repeat(np.arange(200), 5)
    for _ in range(times):
        gain = np.repeat(chance.gamma(0.5, 8.0, 200), 5)  # mean 4
        cost = np.full(1000, 2.0)
        one, other = roas(gain, cost, customer=who), roas(gain, cost)
        by_customer += one.low <= 2.0 <= one.high
        by_row += other.low <= 2.0 <= other.high
    assert 0.92 <= by_customer / times <= 0.98
    assert by_row / times < 0.75


def test_few_customers_have_no_interval():
    found = roas(np.ones(9), np.ones(9))
    assert found.value == 1.0
    assert math.isnan(found.low)


def test_credited_money_covers_what_chance_in_buyers_makes_of_it():
    """Totals over a Poisson number of buyers, each with gamma money: the stated interval holds 95 % of the time."""
    chance, held, times, mean = np.random.default_rng(7), 0, 600, 200 * 50.0
    for _ in range(times):
        buyers = chance.poisson(200)
        money = chance.gamma(1.0, 50.0, buyers)
        found = credited_gain(money.sum(), 2.0 * buyers, 2.0, money.std(ddof=1) / money.mean())
        held += found.low <= mean <= found.high
    assert 0.92 <= held / times <= 0.98
    assert math.isnan(credited_gain(100.0, 9.0, 1.0, 1.0).low)

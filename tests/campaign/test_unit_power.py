"""What a test would have shown: equal to what the same analysis says of new days, and to what theory says."""

import itertools
import math
from datetime import date, timedelta

import numpy as np
import pytest
from scipy import stats

from daogou.campaign.switchback import blocks
from daogou.campaign.unit_power import UnitPower, pairs_needed, unit_power
from daogou.measure.experiment.paired import shown_from


def windows(pairs, many=60, noise=3.0, seed=0):
    chance = np.random.default_rng(seed)
    return 100 + noise * chance.normal(size=(many, pairs, 2)), 100 + noise * chance.normal(size=(many, pairs, 2))


@pytest.mark.parametrize("pairs", [8, 12, 20])
def test_the_visible_lift_is_near_that_of_a_paired_t_test(pairs):
    found = unit_power(*windows(pairs), shown_from)
    error = 2 * 3.0 / math.sqrt(pairs) / 100
    theory = (stats.t.ppf(0.975, pairs - 1) + stats.t.ppf(0.8, pairs - 1)) * error
    assert found.visible_lift == pytest.approx(theory, rel=0.1)
    assert (found.pairs, found.windows) == (pairs, 60)
    assert 0.02 < found.false_alarms < 0.08


def test_before_takes_off_what_regions_differ_by():
    chance = np.random.default_rng(1)
    size = chance.lognormal(5, 1, (30, 10, 1)) * np.exp(0.2 * chance.normal(size=(30, 10, 2)))
    during, before = (size * (1 + 0.02 * chance.normal(size=size.shape)) for _ in range(2))
    with_before = unit_power(during, before, shown_from).visible_lift
    assert 3 * with_before < unit_power(during, np.zeros_like(before), shown_from).visible_lift


def test_units_that_sell_nothing_show_nothing():
    nothing = np.zeros((5, 8, 2))
    assert math.isnan(unit_power(nothing, nothing, shown_from).visible_lift)
    assert pairs_needed(UnitPower(8, 5, math.nan, 0.0), 0.5) is None


def test_four_times_as_many_pairs_for_half_the_lift():
    few, many = (unit_power(*windows(pairs, 12), shown_from) for pairs in (10, 40))
    assert pairs_needed(few, few.visible_lift / 2) == 40
    assert many.visible_lift == pytest.approx(few.visible_lift / 2, rel=0.15)


@pytest.mark.parametrize("shape", [(0, 8, 2), (4, 8, 3), (4, 8)])
def test_windows_that_do_not_fit_are_refused(shape):
    with pytest.raises(ValueError, match="windows, pairs, 2"):
        unit_power(np.ones(shape), np.ones(shape), shown_from)


def test_blocks_follow_each_other_without_a_gap():
    made = blocks(date(2025, 2, 24), 7)
    assert [one.pair for one in made] == [k // 2 for k in range(14)]
    assert all(b.first == a.last + timedelta(days=1) for a, b in itertools.pairwise(made))
    assert {(one.last - one.first).days for one in made} == {6}

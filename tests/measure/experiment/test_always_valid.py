"""Intervals for guard rails, and how long a test still takes."""

import math

import numpy as np
import pytest

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.experiment.always_valid import always_valid, days_left


def test_it_covers_at_all_looks_at_once_where_the_plain_interval_does_not():
    rng = np.random.default_rng(1)
    missed = missed_plain = 0
    for _ in range(400):
        means = rng.normal(size=4000).cumsum()[99::50] / np.arange(100, 4001, 50)
        rows = np.arange(100, 4001, 50)
        half = Z95 / np.sqrt(rows)
        told = [
            always_valid(Estimate(m, m - h, m + h, int(n)), 4000) for m, h, n in zip(means, half, rows, strict=True)
        ]
        missed += any(not one.low <= 0 <= one.high for one in told)
        missed_plain += bool((np.abs(means) > half).any())
    assert missed / 400 <= 0.05
    assert missed_plain / 400 > 0.2


def test_it_is_narrowest_for_its_rows_where_it_was_planned_to_be():
    plain = Estimate(0.0, -1.0, 1.0, 1000)
    widths = {planned: always_valid(plain, planned).high for planned in (50, 300, 1000, 5000, 50_000)}
    assert min(widths, key=widths.__getitem__) == 1000


def test_no_rows_no_interval():
    assert math.isnan(always_valid(Estimate(0.0, math.nan, math.nan, 0), 100).low)


def test_days_left_follow_from_the_plan_and_never_from_what_is_seen():
    error = 1.0
    small, large = (Estimate(v, v - Z95 * error, v + Z95 * error, 500) for v in (0.1, 9.0))
    assert days_left(small, 2.0, 10) == days_left(large, 2.0, 10) == 10
    assert days_left(large, 10.0, 10) == 0
    assert days_left(Estimate(1.0, math.nan, math.nan, 5), 2.0, 10) is None


@pytest.mark.parametrize(("effect", "days"), [(0.0, 3), (1.0, 0)])
def test_bad_input_is_refused(effect, days):
    with pytest.raises(ValueError, match="days_left needs"):
        days_left(Estimate(0.0, -1.0, 1.0, 9), effect, days)
    with pytest.raises(ValueError, match="planned must be"):
        always_valid(Estimate(0.0, -1.0, 1.0, 9), 0)


def test_people_who_always_bring_much_make_days_tell_little():
    plain = Estimate(0.0, -Z95, Z95, 500)
    left = [days_left(plain, 2.0, 10, growth) for growth in (1.0, 1.5, 1.9, 2.0)]
    assert left[:3] == sorted(left[:3])
    assert left[3] is None
    assert days_left(plain, 10.0, 10, 2.0) == 0
    assert days_left(plain, 1e-9, 10, 1.9) is None

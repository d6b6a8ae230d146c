"""Whole regions that were reached, and the others."""

import numpy as np
import pytest

from daogou.measure.experiment.observed_regions import difference_in_differences, placebo_in_regions, whole_regions


def panel(rng, regions=40, periods=7, trend=0.0):
    """Regions that differ in level, walk, and of which half have ``trend`` more in each period."""
    treated = np.tile([0, 1], regions // 2)
    level = rng.normal(100, 30, (regions, 1)) + rng.normal(0, 2, (regions, periods)).cumsum(axis=1)
    return level + trend * treated[:, None] * np.arange(periods), treated


def test_the_placebo_is_quiet_where_regions_change_alike_and_finds_a_trend():
    rng = np.random.default_rng(1)
    quiet = [placebo_in_regions(*panel(rng)).excludes_zero for _ in range(400)]
    assert 0.02 < np.mean(quiet) < 0.08
    loud = [placebo_in_regions(*panel(rng, trend=1.5)).excludes_zero for _ in range(100)]
    assert np.mean(loud) > 0.8


def test_errors_are_clustered_as_statsmodels_clusters_them():
    """Two averaged periods a region: ordinary least squares with errors by region says the same."""
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(2)
    seen, treated = panel(rng)
    before, after = seen[:, :-1], seen[:, -1:]
    y = np.concatenate([before.mean(axis=1), after.mean(axis=1)])
    late, hit = np.repeat([0, 1], len(seen)), np.tile(treated, 2)
    fitted = sm.OLS(y, sm.add_constant(np.column_stack([hit, late, hit * late]))).fit(
        cov_type="cluster", cov_kwds={"groups": np.tile(np.arange(len(seen)), 2)}
    )
    found = difference_in_differences(before, after, treated)
    assert found.value == pytest.approx(fitted.params[3])
    # statsmodels takes the normal's quantile and another small-sample factor
    assert (found.high - found.low) / (2 * 2.02) == pytest.approx(fitted.bse[3], rel=0.03)


def test_a_campaign_by_people_is_none_by_regions():
    rng = np.random.default_rng(3)
    region = rng.integers(0, 20, 4000)
    by_region = (region < 10) & (rng.random(4000) < 0.97)
    assert whole_regions(region, by_region).tolist() == [True] * 10 + [False] * 10
    assert whole_regions(region, rng.random(4000) < 0.5) is None
    assert whole_regions(region, np.ones(4000, dtype=bool)) is None
    unknown = np.where(rng.random(4000) < 0.1, -1, region)
    assert whole_regions(unknown, by_region) is None


def test_one_period_has_no_placebo():
    with pytest.raises(ValueError, match="two periods"):
        placebo_in_regions(np.ones((20, 1)), np.tile([0, 1], 10))

import math

import numpy as np
import pytest

from daogou.base.statistics import cluster_weights, percentile_interval, wilson


def test_wilson_equals_the_published_example():
    """Newcombe (1998), Statistics in Medicine 17:857, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    for (r, n), (low, high) in {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }.items():
        assert wilson(r, n) == pytest.approx((low, high), abs=5e-5)


def test_no_trials_have_no_interval():
    assert all(math.isnan(end) for end in wilson(0, 0))


def test_weights_are_the_same_every_time_and_average_one():
    weights = cluster_weights(500, 400, seed=1)
    assert weights.shape == (400, 500)
    assert weights.dtype == np.float32
    assert np.array_equal(weights, cluster_weights(500, 400, seed=1))
    assert weights.mean() == pytest.approx(1, abs=0.01)


def test_an_interval_needs_values():
    assert percentile_interval(np.arange(1001.0)) == pytest.approx((25, 975))
    assert all(math.isnan(end) for end in percentile_interval(np.array([1.0, np.nan, np.nan])))

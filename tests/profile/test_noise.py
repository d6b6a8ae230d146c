"""Data without kinds keep what they are told to keep, and lose what makes kinds."""

import numpy as np
import pytest

from daogou.profile.groups import better_than_noise, chosen, curve
from daogou.profile.noise import Blocks, continuum, one_mode, shuffled

KS = range(2, 11)


def numbers(n):
    """``n`` attributes that are numbers."""
    return Blocks(tuple(slice(place, place + 1) for place in range(n)), frozenset(), frozenset(range(n)))


def cloud(seed, rows=400, columns=4):
    """One cloud: whoever has much of one number has much of the others."""
    random = np.random.default_rng(seed)
    return 0.8 * random.normal(size=(rows, 1)) + 0.6 * random.normal(size=(rows, columns))


def is_clear(points):
    seen = curve(points, numbers(points.shape[1]), KS, seed=1)
    return better_than_noise(seen, chosen(seen))


@pytest.mark.parametrize("seed", range(3))
def test_one_cloud_of_numbers_that_go_together_is_called_noise(seed):
    """Orders and net sales always go together: cutting them in half finds no kinds of customers."""
    assert not is_clear(cloud(seed))


def test_islands_of_numbers_that_go_together_are_more_than_noise():
    random = np.random.default_rng(1)
    along = np.repeat([[0.0], [5.0], [10.0]], 130, axis=0)  # one behind the other, along the same diagonal as the cloud
    assert is_clear(along + 0.5 * random.normal(size=(390, 1)) + random.normal(size=(390, 3)))


def test_a_continuum_keeps_correlations_and_a_shuffle_does_not():
    points, random = cloud(1, rows=5000), np.random.default_rng(2)
    assert np.corrcoef(continuum(points, numbers(4), random).T)[0, 1] == pytest.approx(
        np.corrcoef(points.T)[0, 1], abs=0.04
    )
    assert np.corrcoef(shuffled(points, numbers(4), random).T)[0, 1] == pytest.approx(0, abs=0.05)


def test_steps_and_levels_keep_their_values():
    random = np.random.default_rng(3)
    orders = np.where(random.random(600) < 0.7, 1.0, random.integers(2, 9, 600))
    level = np.where(random.random(600) < 0.3, 1.0, -1.0)
    points = np.column_stack([orders, orders * 20 + random.normal(size=600), level])
    blocks = Blocks((slice(0, 1), slice(1, 2), slice(2, 3)), frozenset(), frozenset({0, 1}))
    made = continuum(points, blocks, random)
    np.testing.assert_array_equal(np.sort(made[:, 0]), np.sort(orders))
    np.testing.assert_array_equal(np.sort(made[:, 2]), np.sort(level))


def test_two_peaks_become_one_with_the_same_mean_and_deviation():
    random = np.random.default_rng(4)
    values = np.concatenate([random.normal(-4, 1, 500), random.normal(4, 1, 500)])
    made = one_mode(values, random)
    assert (made.mean(), made.std()) == (pytest.approx(values.mean()), pytest.approx(values.std()))
    assert (np.abs(values) < 1).mean() < 0.01
    assert (np.abs(made) < 1).mean() > 0.1, "the valley between the peaks is filled"
    assert (one_mode(np.ones(5), random) == 1).all()


def test_a_cloud_stays_about_what_it_was():
    random = np.random.default_rng(5)
    values = np.clip(random.gumbel(size=2000), -1.5, 4.6)  # as numbers are placed: the outer 1 % at the 1 % points
    made = one_mode(values, random)
    for share in (0.25, 0.5, 0.75, 0.95):
        assert np.quantile(made, share) == pytest.approx(np.quantile(values, share), abs=0.2)

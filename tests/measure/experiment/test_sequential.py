"""Looks while an experiment runs."""

import math

import numpy as np
import pytest

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.experiment.sequential import boundaries, next_boundary, spent, stopped

# Two-sided 5 %, spent as O'Brien and Fleming's, evenly spaced: the table of Lan and DeMets (1983), and Reboussin et al.
# (2000), Programs for computing group sequential boundaries.
PUBLISHED = {2: [2.96, 1.97], 3: [3.71, 2.51, 1.99], 4: [4.33, 2.96, 2.36, 2.01], 5: [4.88, 3.36, 2.68, 2.29, 2.03]}


@pytest.mark.parametrize("looks", PUBLISHED)
def test_boundaries_are_the_published_ones(looks):
    found = boundaries([(k + 1) / looks for k in range(looks)])
    np.testing.assert_allclose(found, PUBLISHED[looks], atol=0.006)


def test_one_look_is_the_plain_test():
    assert boundaries([1.0])[0] == pytest.approx(Z95)


def test_the_error_is_spent_and_no_more():
    rng = np.random.default_rng(1)
    fractions = np.array([0.15, 0.3, 0.62, 0.7, 1.0])
    walk = (rng.normal(size=(200_000, 5)) * np.sqrt(np.diff(fractions, prepend=0))).cumsum(axis=1)
    crossed = np.abs(walk / np.sqrt(fractions)) >= boundaries(fractions.tolist())
    for k, fraction in enumerate(fractions):
        assert crossed[:, : k + 1].any(axis=1).mean() == pytest.approx(spent(fraction), abs=0.0015)


@pytest.mark.parametrize("drift", [0.0, 2.8])
def test_what_is_told_after_stopping_is_not_too_large_and_covers(drift):
    rng = np.random.default_rng(2)
    fractions = np.array([0.25, 0.5, 0.75, 1.0])
    bounds = boundaries(fractions.tolist())
    values, plain, hits = [], [], 0
    for _ in range(300):
        z = rng.normal(drift / 4, 0.5, 4).cumsum() / np.sqrt(fractions)
        k = next((k for k in range(4) if abs(z[k]) >= bounds[k]), 3)
        error = 1 / math.sqrt(fractions[k])
        seen = Estimate(z[k] * error, (z[k] - Z95) * error, (z[k] + Z95) * error, 1)
        told = stopped(seen, fractions[: k + 1].tolist(), bounds[: k + 1].tolist())
        values.append(told.value)
        plain.append(seen.value)
        hits += told.low <= drift <= told.high
    assert hits / 300 > 0.92
    assert np.median(values) == pytest.approx(drift, abs=0.2)
    if drift:
        assert np.mean(values) < np.mean(plain)


@pytest.mark.parametrize("fractions", [[], [0.5, 0.5], [0.0, 1.0], [0.5, 1.2]])
def test_looks_that_do_not_rise_are_refused(fractions):
    with pytest.raises(ValueError, match="rising shares"):
        boundaries(fractions)


def test_looks_need_as_many_bounds():
    with pytest.raises(ValueError, match="2 looks need as many bounds, not 1"):
        stopped(Estimate(1.0, 0.0, 2.0, 9), [0.5, 1.0], [2.9])


def test_the_next_boundary_is_that_of_all_at_once():
    fractions = [0.15, 0.3, 0.62, 0.7, 1.0]
    found = []
    for fraction in fractions:
        found.append(next_boundary(fractions[: len(found)], found, fraction, spent(fraction)))
    np.testing.assert_allclose(found, boundaries(fractions), atol=1e-8)


def test_what_earlier_looks_used_is_what_their_own_bounds_used():
    """A look that decided too easily has spent what later ones would have had."""
    strict, easy = (next_boundary([0.5], [bound], 1.0, 0.05) for bound in (2.96, 2.1))
    assert easy > strict
    assert next_boundary([0.5], [1.0], 1.0, 0.05) == 8.0


def test_many_close_looks_are_still_exact():
    rng = np.random.default_rng(5)
    fractions = np.arange(1, 121) / 120
    walk = (rng.normal(size=(60_000, 120)) / math.sqrt(120)).cumsum(axis=1)
    crossed = (np.abs(walk / np.sqrt(fractions)) >= boundaries(fractions.tolist())).any(axis=1).mean()
    assert crossed == pytest.approx(0.05, abs=0.003)


def test_after_stopping_the_interval_leaves_out_nothing_just_where_the_look_decided():
    fractions, alpha = [0.5, 1.0], 0.02
    bounds = boundaries(fractions, alpha).tolist()
    for z in (bounds[1] - 0.01, bounds[1] + 0.01):
        told = stopped(Estimate(z, z - Z95, z + Z95, 9), fractions, bounds, alpha)
        assert told.excludes_zero == (z > bounds[1])


def test_the_next_look_needs_as_many_bounds():
    with pytest.raises(ValueError, match="1 looks need as many bounds, not 0"):
        next_boundary([0.5], [], 1.0, 0.05)

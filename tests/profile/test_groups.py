import numpy as np
import pytest

from daogou.base.estimate import Estimate
from daogou.profile import groups
from daogou.profile.groups import Blocks, Clarity, assigned, better_than_noise, centres, chosen, curve, filled

KS = range(2, 11)


def columns(n):
    """``n`` attributes of one column each."""
    return Blocks(tuple(slice(place, place + 1) for place in range(n)))


def islands(k, n=60, seed=1):
    """``k`` clear islands of ``n`` points each, on a circle."""
    random = np.random.default_rng(seed)
    angles = 2 * np.pi * np.arange(k) / k + 0.3
    middles = 10 * np.column_stack([np.cos(angles), np.sin(angles)])
    return np.repeat(middles, n, axis=0) + random.normal(size=(k * n, 2))


def found(points, k):
    return assigned(points, centres(points, columns(points.shape[1]), k, seed=1))


@pytest.mark.parametrize("k", [2, 3, 5, 8])
def test_finds_the_islands_that_are_there(k):
    seen = curve(islands(k), columns(2), KS, seed=1)
    assert [clarity.k for clarity in seen] == list(KS)
    assert chosen(seen) == k
    assert better_than_noise(seen, k)
    of = found(islands(k), k).reshape(k, -1)
    assert all(len(set(island)) == 1 for island in of)
    assert len(set(of[:, 0])) == k


def test_what_is_missing_makes_no_group_of_its_own():
    points = islands(3)
    random = np.random.default_rng(2)
    gaps = random.random(len(points)) < 0.3
    holed = points.copy()
    holed[np.flatnonzero(gaps), random.integers(0, 2, gaps.sum())] = np.nan
    middles = centres(holed, columns(2), 3, seed=1)
    expected = points.reshape(3, -1, 2).mean(axis=1)
    for centre in expected:
        assert np.linalg.norm(middles - centre, axis=1).min() < 1.5
    whole = assigned(holed, middles)[~gaps]
    truth = np.repeat(np.arange(3), 60)[~gaps]
    assert all(len(set(whole[truth == island])) == 1 for island in range(3))


def test_a_gap_is_filled_with_a_whole_attribute_of_one_row():
    points = np.array([[1.0, 0.0, 7.0], [0.0, 1.0, 8.0], [np.nan, np.nan, 9.0]])
    made = filled(points, Blocks((slice(0, 2), slice(2, 3))), np.random.default_rng(0))
    assert made[2, :2].tolist() in ([1.0, 0.0], [0.0, 1.0])
    assert made[2, 2] == 9.0


def test_the_nearest_centre_is_told_by_what_is_known():
    middles = np.array([[0.0, 0.0], [10.0, 1.0]])
    assert assigned(np.array([[np.nan, 0.9], [1.0, 50.0], [np.nan, np.nan]]), middles).tolist() == [1, 1, 0]
    assert assigned(np.array([[1.0, np.nan]]), middles).tolist() == [0]


def test_noise_is_called_noise():
    noise = np.random.default_rng(3).normal(size=(300, 5))
    seen = curve(noise, columns(5), KS, seed=1)
    assert not better_than_noise(seen, chosen(seen))


@pytest.mark.parametrize("seed", range(5))
def test_mixed_noise_is_called_noise(seed):
    """Levels that have nothing to do with each other make tight groups of combinations, and these are noise."""
    random = np.random.default_rng(seed)
    level = np.eye(3)[random.integers(0, 3, 400)] - 1 / 3
    other = np.eye(2)[random.integers(0, 2, 400)] - 1 / 2
    several = (random.random((400, 5)) < 0.3) - 0.3
    blocks = Blocks((slice(0, 3), slice(3, 5), slice(5, 10)), frozenset({2}))
    seen = curve(np.hstack([level, other, several]), blocks, KS, seed=1)
    assert not better_than_noise(seen, chosen(seen))


def test_interests_that_go_together_are_more_than_noise():
    """Within one attribute, too: a shuffle deals the texts of a cell anew."""
    random = np.random.default_rng(4)
    kind = random.integers(0, 2, 400)
    held = random.random((400, 6)) < np.where(kind[:, None] == np.arange(6) // 3, 0.9, 0.02)
    points = held - held.mean(axis=0)
    assert better_than_noise(curve(points, Blocks((slice(0, 6),), frozenset({0})), [2], seed=1), 2)
    assert not better_than_noise(curve(points, Blocks((slice(0, 6),)), [2], seed=1), 2)


def test_an_earlier_number_of_groups_stays_where_it_is_as_clear():
    def clarity(k, value):
        return Clarity(k, Estimate(value, value - 0.02, value + 0.02, 100), 0.1)

    seen = (clarity(2, 0.50), clarity(3, 0.495), clarity(4, 0.492), clarity(5, 0.3))
    assert chosen(seen) == 4
    assert chosen(seen, before=3) == 3
    assert chosen(seen, before=5) == 4


def test_an_earlier_grouping_stays_where_it_is_as_good():
    square = np.repeat(np.array([[0.0, 0.0], [0.0, 10.0], [10.0, 0.0], [10.0, 10.0]]), 20, axis=0)
    for start in (np.array([[0.0, 5.0], [10.0, 5.0]]), np.array([[5.0, 0.0], [5.0, 10.0]])):
        made = centres(square, columns(2), 2, seed=1, start=start)
        np.testing.assert_allclose(made, start)
    bad = np.array([[0.0, 0.0], [100.0, 100.0]])
    assert np.ptp(centres(islands(2), columns(2), 2, seed=1, start=bad), axis=0).max() > 10


def test_a_sample_with_one_row_a_group_has_no_silhouette(monkeypatch):
    monkeypatch.setattr(groups, "_SILHOUETTE_SAMPLE", 5)
    seen = curve(np.random.default_rng(5).normal(size=(60, 2)), columns(2), [59], seed=1)
    assert seen[0].silhouette.value == 0
    assert not better_than_noise(seen, 59)


def test_twice_is_the_same():
    values = islands(4)
    assert (centres(values, columns(2), 4, 1) == centres(values, columns(2), 4, 1)).all()
    assert curve(values, columns(2), KS, 1) == curve(values, columns(2), KS, 1)


def test_silhouette_has_an_interval_around_it():
    for clarity in curve(islands(3), columns(2), KS, 1):
        seen = clarity.silhouette
        assert seen.low < seen.value < seen.high
        assert seen.n == 180

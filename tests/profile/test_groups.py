import numpy as np
import pytest

from daogou.profile.groups import FEWEST, groups
from daogou.profile.settings import SegmentSettings

SETTINGS = SegmentSettings()


def islands(k, n=60, seed=1):
    """``k`` clear islands of ``n`` points each, on a circle."""
    random = np.random.default_rng(seed)
    angles = 2 * np.pi * np.arange(k) / k + 0.3
    centres = 10 * np.column_stack([np.cos(angles), np.sin(angles)])
    return np.repeat(centres, n, axis=0) + random.normal(size=(k * n, 2))


@pytest.mark.parametrize("k", [2, 3, 5, 8])
def test_finds_the_islands_that_are_there(k):
    found = groups(islands(k), SETTINGS)
    assert found.k == k
    assert found.better_than_noise
    assert [clarity.k for clarity in found.curve] == list(range(2, 11))
    of = found.of.reshape(k, -1)
    assert all(len(set(island)) == 1 for island in of)
    assert len(set(of[:, 0])) == k


def test_noise_is_called_noise():
    noise = np.random.default_rng(3).normal(size=(300, 5))
    assert not groups(noise, SETTINGS).better_than_noise


def test_the_users_own_k_is_obeyed():
    found = groups(islands(3), SegmentSettings(k=5))
    assert found.k == 5
    assert set(found.of) == set(range(5))
    assert [clarity.k for clarity in found.curve] == [5]


def test_a_sample_with_one_customer_a_group_has_no_silhouette(monkeypatch):
    monkeypatch.setattr("daogou.profile.groups._SILHOUETTE_SAMPLE", 5)
    found = groups(np.random.default_rng(5).normal(size=(60, 2)), SegmentSettings(k=59))
    assert found.k == 59
    assert found.curve[0].silhouette.value == 0
    assert not found.better_than_noise


def test_twice_is_the_same():
    values = islands(4)
    one, two = groups(values, SETTINGS), groups(values, SETTINGS)
    assert (one.of == two.of).all()
    assert one.curve == two.curve


def test_silhouette_has_an_interval_around_it():
    for clarity in groups(islands(3), SETTINGS).curve:
        seen = clarity.silhouette
        assert seen.low < seen.value < seen.high
        assert seen.n == 180


@pytest.mark.parametrize(
    "values",
    [
        np.empty((0, 2)),
        np.ones((1, 2)),
        islands(3, n=9)[: FEWEST - 1],
        np.ones((100, 2)),
        np.full((100, 2), np.nan),
        np.empty((100, 0)),
        np.repeat([[0.0], [1.0]], 50, axis=0),
    ],
    ids=["nobody", "one", "few", "equal", "unknown", "no numbers", "two points"],
)
def test_too_few_or_too_equal_customers_have_no_groups(values):
    assert groups(values, SETTINGS) is None
    assert groups(values, SegmentSettings(k=40)) is None

"""Pairs of regions: as near as any, the same every time, whoever is unlike all others left out."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.campaign.audience import is_audience
from daogou.campaign.regions import matched, standardized


def distance(series, pairs):
    own = standardized(series)
    return sum(np.linalg.norm(own[a] - own[b]) for a, b in pairs)


def every_matching(regions):
    if not regions:
        yield []
        return
    first, rest = regions[0], regions[1:]
    for k, other in enumerate(rest):
        for pairs in every_matching(rest[:k] + rest[k + 1 :]):
            yield [(first, other), *pairs]


@given(st.integers(0, 10_000), st.sampled_from([2, 4, 6, 8]))
def test_no_other_pairs_are_nearer(seed, regions):
    series = np.random.default_rng(seed).lognormal(0, 1, (regions, 5))
    best = min(distance(series, pairs) for pairs in every_matching(list(range(regions))))
    assert distance(series, matched(series)) == pytest.approx(best)


@given(st.integers(0, 10_000), st.sampled_from([3, 5, 7]))
def test_of_an_odd_number_leaving_another_out_is_no_better(seed, regions):
    series = np.random.default_rng(seed).lognormal(0, 1, (regions, 4))
    pairs = matched(series)
    own = standardized(series)
    others = [
        sum(np.linalg.norm(own[a] - own[b]) for a, b in way)
        for out in range(regions)
        for way in every_matching([k for k in range(regions) if k != out])
    ]
    assert distance(series, pairs) == pytest.approx(min(others))
    assert len(pairs) == regions // 2


@pytest.mark.parametrize("regions", [60, 301])
def test_many_regions_are_each_in_one_pair_and_no_exchange_helps(regions):
    series = np.random.default_rng(1).lognormal(0, 1, (regions, 8))
    pairs = matched(series)
    assert len(np.unique(pairs)) == 2 * len(pairs) == regions - regions % 2
    own = standardized(series)

    def far(a, b):
        return np.linalg.norm(own[a] - own[b])

    for (a, b), (c, d) in itertools.islice(itertools.combinations(pairs.tolist(), 2), 2000):
        assert far(a, b) + far(c, d) <= min(far(a, c) + far(b, d), far(a, d) + far(b, c)) + 1e-9


def test_a_scale_of_one_period_does_not_rule():
    """Without standardizing, the dear period alone would choose."""
    series = np.array([[1.0, 1000.0], [1.1, 1900.0], [9.0, 1010.0], [9.2, 1890.0], [1.05, 1450.0], [9.1, 1450.0]])
    assert matched(series * [1, 1e6]).tolist() == matched(series).tolist()


def test_equal_regions_are_pairs_as_well():
    assert matched(np.ones((4, 3))).shape == (2, 2)


@pytest.mark.parametrize("series", [np.ones((1, 3)), np.ones((4, 0)), np.array([[1.0], [np.nan]]), np.ones(4)])
def test_what_cannot_be_matched_is_refused(series):
    with pytest.raises(ValueError, match="matching needs numbers"):
        matched(series)


@pytest.mark.parametrize("name", ["search", "Paid Search", "social_ads", "Affiliate", "内容种草", "直播", "Display"])
def test_audiences(name):
    assert is_audience(name)


@pytest.mark.parametrize("name", ["email", "sms", "push", "direct mail", "短信", "catalogue", "researcher", ""])
def test_channels_that_know_their_people(name):
    assert not is_audience(name)


def test_the_companys_own_affiliates_are_audiences():
    assert is_audience("Bonus club ", ["bonus club"])
    assert not is_audience("Bonus club")

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.recommend import shortlist as module
from daogou.recommend.ranking import best
from daogou.recommend.shortlist import Votes, scored, shortlist


def votes(seed, customers=12, items=30, own=3.0, one_weight=False, trend=True):
    chance = np.random.default_rng(seed)
    took = chance.random((customers, items)) < 0.5 * 0.03 ** (items > 99)
    near = chance.random((items, items)) < 0.15
    starts, lists = (np.concatenate([[0], np.cumsum(each.sum(axis=1))]) for each in (took, near))
    taken = np.nonzero(took)[1].astype(np.int32)
    weights = np.ones(1) if one_weight else np.round(chance.random(len(taken)), 1)  # some of them 0
    sims = (chance.integers(1, 4, near.sum()) / 4).astype(np.float32)  # ties
    listed = np.nonzero(near)[1].astype(np.uint32)
    return Votes(starts, taken, weights, lists, listed, sims, chance.random(items) if trend else np.zeros(0), own)


@pytest.mark.parametrize("items", [30, 900])  # many votes for each item, and few
@pytest.mark.parametrize("repeat", [False, True, "only"])
@pytest.mark.parametrize("choices", [{}, {"one_weight": True}, {"trend": False}, {"own": 0.0}])
@pytest.mark.parametrize("n", [1, 4, 40])
def test_it_is_scoring_and_then_ranking_bit_for_bit(items, repeat, choices, n):
    made = votes(3, items=items, **choices)
    customers = np.array([0, 5, -1, 11, 5], np.int32)
    allowed = np.random.default_rng(1).random(items) < 0.8
    scores = np.full((5, items), np.nan)
    scored(made, customers, scores)
    expected = best(scores, customers, made.starts, made.items, allowed, repeat, n)
    codes, values = shortlist(made, customers, (made.starts, made.items), allowed, repeat, n)
    assert np.array_equal(codes, expected[0])
    assert np.array_equal(values, expected[1], equal_nan=True)


@given(st.integers(0, 10**6), st.integers(1, 30))
def test_any_votes_are_ranked_alike(seed, n):
    made = votes(seed, customers=4, items=9 if seed % 2 else 200)
    customers, allowed = np.arange(4, dtype=np.int32), np.ones(len(made.list_starts) - 1, bool)
    scores = np.full((4, len(allowed)), np.nan)
    scored(made, customers, scores)
    expected = best(scores, customers, made.starts, made.items, allowed, False, n)
    found = shortlist(made, customers, (made.starts, made.items), allowed, False, n)
    assert np.array_equal(found[0], expected[0])
    assert module.shortlist(made, customers, (made.starts, made.items), allowed, False, 0)[0].shape == (4, 0)


def test_votes_of_nothing_leave_the_working_arrays_in_their_bounds():
    """Votes of similarity 0, as weights that halved for 20 years are, once ran over the end of what was touched."""
    customers, items = 3, 40
    starts = np.array([0, 2, 2, 4])
    taken = np.array([0, 1, 2, 3], np.int32)
    lists = np.concatenate([[0], np.cumsum(np.where(np.arange(items) < 4, 39, 0))])
    listed = np.tile(np.arange(1, 40, dtype=np.uint32), 4)
    sims = np.where(np.arange(len(listed)) % 39 < 30, 0.0, 1e-200)
    sims[:39] = 0.0  # item 9 has a vote of nothing first and one of something later
    trend = np.where(np.arange(items) % 2, 1.0, 0.0)  # and some lose all that they have
    for own in (0.0, 3.0):
        made = Votes(starts, taken, np.array([0.5, 1e-240, 1.0, 0.5]), lists, listed, sims, trend, own)
        asked, allowed = np.arange(customers, dtype=np.int32), np.ones(items, bool)
        for repeat in (False, True, "only"):
            scores = np.full((customers, items), np.nan)
            scored(made, asked, scores)
            expected = best(scores, asked, starts, taken, allowed, repeat, 50)
            found = shortlist(made, asked, (starts, taken), allowed, repeat, 50)
            assert np.array_equal(found[0], expected[0])
            assert np.array_equal(found[1], expected[1], equal_nan=True)

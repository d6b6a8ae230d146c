"""Who is left out."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from daogou.base.assignment import draw
from daogou.campaign.holdout import REST, hold_out, strata, whole_shares

shares = st.floats(0.01, 0.99)


@given(sizes=st.lists(st.integers(1, 500), min_size=1, max_size=20), share=shares)
def test_totals_are_exact_and_no_stratum_is_off_by_a_person(sizes: list[int], share: float) -> None:
    taken = whole_shares(sizes, share)
    assert taken.sum() == np.floor(sum(sizes) * share + 0.5 + 1e-9)
    assert np.all(np.abs(taken - np.array(sizes) * share) < 1)
    assert np.all((taken >= 0) & (taken <= sizes))


@given(groups=st.lists(st.sampled_from("abc"), min_size=1, max_size=60), share=shares, seed=st.integers(0, 9))
def test_the_lowest_lots_of_each_stratum_are_left_out(groups: list[str], share: float, seed: int) -> None:
    stratum, lots = np.array(groups), np.random.default_rng(seed).random(len(groups))
    drawn = hold_out(stratum, lots, share)
    for name in set(groups):
        mine = stratum == name
        held = drawn.held_out[mine]
        highest_held = lots[mine][held].max(initial=-1)
        assert np.all(lots[mine][~held] > highest_held)
        assert np.allclose(drawn.propensity[mine][held], held.mean())
        assert np.allclose(drawn.propensity[mine][~held], 1 - held.mean())


def test_the_logged_propensity_is_how_often_people_are_held_out() -> None:
    stratum = np.array(["a"] * 6 + ["b"] * 3)
    units = [str(k) for k in range(9)]
    held = np.zeros(9)
    for campaign in range(2000):
        lots = np.array([draw("salt", str(campaign), unit) for unit in units])
        held += hold_out(stratum, lots, 1 / 3).held_out
    assert np.allclose(held / 2000, 1 / 3, atol=0.04)  # four standard errors


def test_equal_values_are_never_parted() -> None:
    value = np.array([0.0] * 50 + [1.0] * 30 + [2.0] * 20)
    found = strata(value, np.full(100, 5))
    assert all(len(set(found[value == v])) == 1 for v in (0, 1, 2))


def test_small_strata_are_drawn_together() -> None:
    found = strata(np.arange(30.0), np.array([1] * 21 + [200] * 9))
    assert set(found) == {"low/recent", "middle/recent", REST}


def test_nobody_is_no_stratum() -> None:
    assert len(strata(np.array([]), np.array([]))) == 0
    assert len(hold_out(np.array([], dtype=str), np.array([]), 0.5).held_out) == 0

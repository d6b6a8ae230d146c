"""Sharing amounts among redemptions."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from daogou.measure.sharing import Links, coupon_amounts

pairs = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 5)), min_size=1)


@given(pairs=pairs, cents=st.lists(st.integers(0, 999), min_size=6, max_size=6))
def test_what_is_shared_is_what_was_there(pairs: set[tuple[int, int]], cents: list[int]) -> None:
    redemption, thing = np.array(sorted(pairs)).T
    amount = np.array(cents) / 100
    shared = Links(redemption, thing, 8, 6).share(amount)
    assert np.isclose(shared.sum(), amount[np.unique(thing)].sum())


@given(pairs=pairs, is_line=st.lists(st.booleans(), min_size=6, max_size=6))
def test_coupon_value_is_given_once_or_left(pairs: set[tuple[int, int]], is_line: list[bool]) -> None:
    # Order k carries 3.00, of it 1.00 on line k where there is one; a line is covered by its order's first redemption.
    redemption, order = np.array(sorted(pairs)).T
    used = np.unique(order)
    order = np.searchsorted(used, order)
    lined = np.flatnonzero(np.array(is_line)[used])
    first = np.array([redemption[order == k].min() for k in lined], dtype=int)
    orders = Links(redemption, order, 8, len(used))
    lines = Links(first, np.arange(len(lined)), 8, len(lined))
    given_, left = coupon_amounts(orders, np.full(len(used), 3.0), lines, np.ones(len(lined)), lined)
    assert np.isclose(given_.sum() + left, 3.0 * len(used))
    assert np.all(given_[np.setdiff1d(np.arange(8), redemption)] == 0)


def test_a_covered_line_belongs_to_its_coupon_and_the_rest_to_the_others() -> None:
    orders = Links(np.array([0, 1, 2]), np.array([0, 0, 0]), 3, 1)
    lines = Links(np.array([0]), np.array([0]), 3, 1)
    amounts, left = coupon_amounts(orders, np.array([5.0]), lines, np.array([1.0]), np.array([0]))
    assert amounts.tolist() == [1.0, 2.0, 2.0]
    assert left == 0


def test_where_every_redemption_has_its_line_the_rest_is_of_other_coupons() -> None:
    one = Links(np.array([0]), np.array([0]), 1, 1)
    amounts, left = coupon_amounts(one, np.array([5.0]), one, np.array([1.0]), np.array([0]))
    assert (amounts.tolist(), left) == ([1.0], 4.0)

"""The ladder of money adds up, whole and by group, to the last digit."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.measure.money_ladder import FROM_SETTINGS, LINES, SUMS, ladder, ladders, shown, total

CENTS = st.decimals(-10_000_000, 10_000_000, allow_nan=False, places=4)
ORDERS = st.lists(
    st.tuples(st.sampled_from("abc"), st.fixed_dictionaries(dict.fromkeys(LINES, CENTS))), min_size=1, max_size=12
)


def columns(orders):
    return {name: [one[name] for _, one in orders] for name in LINES}


@given(ORDERS)
def test_every_step_is_the_sum_of_all_deductions_above_it(orders):
    found = ladder(**columns(orders))
    running, steps = found["ordered"], []
    for rung in found.rungs:
        if rung.is_sum:
            assert rung.amount == running
            steps.append(rung.name)
        else:
            running += rung.amount
    assert tuple(steps) == SUMS
    assert [rung.place for rung in found.rungs] == list(range(1, len(found.rungs) + 1))


@given(ORDERS)
def test_groups_add_up_to_the_whole(orders):
    whole = ladder(**columns(orders))
    by_group = ladders([group for group, _ in orders], **columns(orders))
    assert list(by_group) == sorted({group for group, _ in orders})
    for rung in whole.rungs:
        assert sum(one[rung.name] for one in by_group.values()) == rung.amount
    assert sum(by_group.values(), ladder([])).rungs == whole.rungs


@given(ORDERS, st.integers(0, 3))
def test_what_is_shown_adds_up_too_and_lies_within_a_unit(orders, digits):
    found = ladder(**columns(orders))
    running = None
    for rung, amount in zip(found.rungs, shown(found.rungs, digits), strict=True):
        assert amount == round(amount, digits)
        assert abs(amount - rung.amount) <= Decimal(1).scaleb(-digits) * (
            Decimal("0.5") if rung.is_sum else Decimal("1.5")
        )
        if rung.is_sum:
            assert running in (None, amount)
            running = amount
        else:
            running = (running or 0) + amount
    assert shown(found.rungs, 4) == [rung.amount for rung in found.rungs]


def test_the_ladder_of_a_controller():
    """Ten orders worked out by hand, in one."""
    found = ladder(
        [Decimal("1000.00")], not_paid=[Decimal("100.00")], shop_discount=[Decimal("50.00")],
        shop_coupon=[Decimal("30.00")], maker_coupon=[Decimal("12.00")], maker_paid_back=[Decimal("12.00")],
        refund_returned=[Decimal("70.00")], cost_of_goods=[Decimal("400.00")], goods_back=[Decimal("35.00")],
        shipping=[Decimal("20.00")], commission=[Decimal("15.50")], payment_fee=[Decimal("4.85")],
    )  # fmt: skip
    assert [str(found[step]) for step in SUMS] == ["1000.00", "808.00", "750.00", "385.00", "344.65"]
    assert found["shop_coupon"] == Decimal("-30.00")
    assert {rung.name for rung in found.rungs if rung.assumed} == {*FROM_SETTINGS, "contribution"}


def test_whole_numbers_are_cents_where_a_step_says_so_and_never_overflow():
    assert total(np.array([9_000_000_000_000_000_000, 9_000_000_000_000_000_000])) == 18 * 10**18
    assert total(np.array([-3, 2]), "0.01") == Decimal("-0.01")
    assert ladder(np.array([1999, 1]), step="0.01")["gmv"] == Decimal("20.00")
    assert total([]) == 0


def test_floats_are_refused_with_what_to_do():
    with pytest.raises(ValueError, match="shop_coupon holds floats or texts; give Decimals"):
        ladder([Decimal(1)], shop_coupon=[0.1])


def test_unknown_lines_and_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match="the ladder has no line 'discount'; there are ordered, not_paid"):
        ladder([1], discount=[1])
    with pytest.raises(ValueError, match="shipping has 2 rows and ordered has 1; give one an order"):
        ladder([1], shipping=[1, 2])
    with pytest.raises(ValueError, match="ordered has 1 rows and group has 2; give one an order"):
        ladders(["a", "b"], [1])

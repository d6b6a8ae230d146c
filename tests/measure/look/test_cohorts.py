"""Cohorts against what the shop of the conftest gives by hand; no cell that is not over is told as a rate."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daogou.base.statistics import wilson
from daogou.measure.look.cohorts import Question, cohorts, members, overall
from daogou.store.warehouse import Warehouse

AS_OF = date(2024, 5, 1)
JAN, FEB, MAR, APR = (date(2024, month, 1) for month in (1, 2, 3, 4))
MONTHS = Question("month", 30)


def people(warehouse, *asked, as_of=AS_OF, question=MONTHS):
    rows = members(warehouse, as_of, question, *asked).order_by("customer_id")
    return warehouse.to_arrow(rows)["customer_id"].to_pylist()


def test_cohorts_by_hand(shop):
    found = cohorts(shop, AS_OF, MONTHS, fewest=2)
    # customer 2's second order is on the same day, customer 1 needs 36 days, customer 3 exactly 30; no guest is in one
    assert [(one.first, one.size, one.again, one.complete) for one in found] == [
        (JAN, 3, 1, True),
        (FEB, 1, 1, True),
        (MAR, 1, 0, True),  # 31 March + 30 days = 30 April, the day before as_of
        (APR, 1, 1, False),
    ]
    assert [[cell.people for cell in one.cells] for one in found] == [[3, 1, 1, 1], [1, 1, 0], [1, 0], [1]]
    assert (found[0].repurchase.low, found[0].repurchase.high) == wilson(1, 3)
    assert found[0].repurchase.value == found[0].cells[1].rate.value == pytest.approx(1 / 3)
    # within 30 days: customer 1 100, customer 2 50, customer 3 20 + 20; the refund falls later
    assert found[0].spend.value == pytest.approx(190 / 3)
    assert found[0].spend.high - found[0].spend.value == pytest.approx(1.959964 * 32.1455 / 3**0.5, rel=1e-5)
    assert found[1].spend.value == 120
    assert found[1].repurchase.low != found[1].repurchase.low  # one customer: no interval
    assert [one.at_edge for one in found] == [True, False, False, False]
    assert overall(found) == (2, 1)


def test_what_is_not_over_is_no_rate(shop):
    last = cohorts(shop, date(2024, 4, 15), MONTHS, fewest=1)
    assert [(one.complete, one.cells[-1].complete) for one in last] == [
        (True, False),
        (True, False),
        (False, False),
        (False, False),
    ]
    assert all(one.cells[-1].rate.value != one.cells[-1].rate.value for one in last)
    assert last[2].repurchase.value != last[2].repurchase.value
    assert last[3].again == 0  # the order of 20 April is not known yet


def test_the_people_of_each_cell(shop):
    assert people(shop, JAN) == [1, 2, 3]
    assert people(shop, JAN, None, True) == [3]
    assert people(shop, JAN, None, False) == [1, 2]
    assert people(shop, JAN, 1, True) == [1]
    assert people(shop, JAN, 1, False) == [2, 3]
    assert people(shop, FEB, 2, True) == []


def test_weeks_and_quarters(shop):
    quarters = cohorts(shop, AS_OF, Question("quarter", 30), fewest=1)
    assert [(one.first, one.size, one.again) for one in quarters] == [(JAN, 5, 2), (APR, 1, 1)]
    assert [cell.people for cell in quarters[0].cells] == [5, 1]
    assert not quarters[0].cells[1].complete
    weeks = cohorts(shop, AS_OF, Question("week", 30), fewest=1)
    assert [one.first for one in weeks][:2] == [date(2024, 1, 8), date(2024, 1, 15)]
    assert sum(one.size for one in weeks) == 6


def test_nothing_gives_no_cohort(nothing):
    assert cohorts(nothing, AS_OF, MONTHS, fewest=1) == []
    assert overall([]) == (0, 0)


@given(
    st.lists(st.tuples(st.integers(1, 5), st.dates(date(2024, 1, 1), date(2024, 4, 30))), min_size=1, max_size=20),
    st.integers(1, 60),
    st.sampled_from(["week", "month", "quarter"]),
)
@settings(max_examples=10)
def test_every_cell_is_part_of_its_cohort_and_every_customer_of_one(fill, bought, days, by):
    asked = Question(by, days)
    with Warehouse(":memory:") as warehouse:
        fill(warehouse, [(customer, day, 12, {"tea": 5}) for customer, day in bought])
        found = cohorts(warehouse, AS_OF, asked, fewest=1)
        assert sum(one.size for one in found) == len({customer for customer, _day in bought})
        for one in found:
            assert one.again <= one.size == one.cells[0].people
            first = one.cells[0].rate  # by definition, so there is no doubt
            assert not one.cells[0].complete or (first.value, first.low, first.high) == (1, 1, 1)
            assert all(cell.people <= one.size for cell in one.cells)
            for cell in one.cells:
                assert len(people(warehouse, one.first, cell.k, True, question=asked)) == cell.people
            assert len(people(warehouse, one.first, None, True, question=asked)) == one.again
            assert len(people(warehouse, one.first, None, False, question=asked)) == one.size - one.again

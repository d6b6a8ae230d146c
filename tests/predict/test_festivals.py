from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.base import calendar
from daogou.predict.festivals import Occurrence, crossed, felt, occurrences, settled
from daogou.predict.moments import Moments

FIRST = date(2024, 1, 1)


def _day(n):
    return FIRST + timedelta(n)


def _feast(start, around=5, name="feast"):
    return Occurrence(name, frozenset([_day(start)]), frozenset(_day(start + n) for n in range(-around, 2)))


def _sales(days, lift, around, noise=0.05, seed=1):
    chance = np.random.default_rng(seed)
    weekend = {5: 1.6, 6: 0.4}
    return {
        _day(n): 100
        * weekend.get(_day(n).weekday(), 1.0)
        * (lift if _day(n) in around else 1)
        * chance.normal(1, noise)
        for n in range(days)
    }


def test_days_of_one_festival_and_year_belong_together():
    known = occurrences(calendar.festivals("CN", 2024, 2025))
    spring = [one for one in known if one.name == "spring_festival"]
    assert [min(one.days) for one in spring] == [date(2024, 2, 10), date(2025, 1, 29)]
    assert [(len(one.days), len(one.around)) for one in spring] == [(7, 29), (7, 29)]


@pytest.mark.parametrize(("lift", "is_felt"), [(2.0, True), (1.4, True), (0.3, True), (1.1, False), (1.0, False)])
def test_a_festival_is_felt_where_it_moves_a_days_sales_by_a_quarter(lift, is_felt):
    feast = _feast(100)
    assert felt(_sales(200, lift, feast.around), [feast]) == (("feast",) if is_felt else ())


def test_weekends_and_noise_are_no_festival():
    for start in range(60, 130):  # a short one may hold nothing but a week's best days
        feast = _feast(start, around=1)
        assert felt(_sales(200, 1.0, (), noise=0.1), [feast]) == ()
    noisy = _feast(100, around=1)
    assert felt(_sales(200, 1.5, noisy.around, noise=0.9), [noisy]) == ()


def test_growth_at_the_end_of_the_data_is_no_festival():
    rising = {_day(n): 100.0 * (3 if n >= 190 else 1) for n in range(200)}
    assert felt(rising, [_feast(195)]) == ()
    assert felt({}, [_feast(10)]) == ()


def test_a_window_holds_a_festival_with_its_day_or_half_of_those_around():
    feast = _feast(100, around=10)  # days 90 to 101
    assert crossed(_day(73), 28, [feast]) == {"feast"}  # the day itself is the last
    assert crossed(_day(66), 28, [feast]) == frozenset()  # four of twelve days
    assert crossed(_day(68), 28, [feast]) == {"feast"}  # six
    assert crossed(_day(101), 28, [feast]) == frozenset()


PLAN = Moments(tuple(map(_day, (0, 28, 56))), (_day(84), _day(112)), tuple(map(_day, (0, 28, 56, 84, 112))))


def test_without_festivals_everything_stays():
    found = settled(PLAN, 28, _day(140), [])
    assert (found.moments, found.left_out, found.held, found.now) == (PLAN, (), frozenset(), frozenset())


def test_a_window_with_a_festival_that_nothing_is_compared_with_is_left_out():
    found = settled(PLAN, 28, _day(140), [_feast(100)])
    assert found.moments.test == (_day(112),)
    assert found.moments.known == tuple(map(_day, (0, 28, 56, 112)))
    assert (found.left_out, set(found.held), found.nothing_else) == ((_day(84),), {"feast"}, False)
    trained = settled(PLAN, 28, _day(140), [_feast(40)])
    assert trained.moments.train == (_day(0), _day(56))
    assert trained.left_out == (_day(28),)


def test_the_same_festival_a_year_before_is_compared_with():
    found = settled(PLAN, 28, _day(140), [_feast(40), _feast(100)])
    assert found.moments.test == PLAN.test
    assert found.moments.train == PLAN.train
    assert found.left_out == ()


def test_the_window_to_come_keeps_its_festival_in_training():
    found = settled(PLAN, 28, _day(140), [_feast(40), _feast(150)])
    assert found.moments.train == PLAN.train
    assert found.now == frozenset()
    unmet = settled(PLAN, 28, _day(140), [_feast(150)])
    assert unmet.now == {"feast"}


def test_where_nothing_else_is_left_they_stay_and_that_is_said():
    found = settled(PLAN, 28, _day(140), [_feast(100), _feast(120, name="fair")])
    assert found.moments == PLAN
    assert found.nothing_else
    assert found.held == {"feast", "fair"}


@given(starts=st.lists(st.integers(-20, 180), max_size=4), around=st.integers(0, 30))
def test_what_stays_is_part_of_the_plan_and_never_empty(starts, around):
    found = settled(PLAN, 28, _day(140), [_feast(start, around) for start in starts])
    kept = found.moments
    assert set(kept.train) <= set(PLAN.train)
    assert set(kept.test) <= set(PLAN.test)
    assert kept.train
    assert kept.test
    assert not set(found.left_out) & {*kept.train, *kept.test, *kept.known}

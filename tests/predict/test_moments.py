from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from daogou.predict.moments import longest_days, moments, needed_days
from daogou.predict.settings import PredictSettings

FIRST = date(2017, 1, 1)
NOW = date(2018, 1, 1)  # day 365


def _days(chosen):
    return [(day - FIRST).days for day in chosen]


def test_moments_of_a_year_for_purchases():
    found = moments(FIRST, NOW, 28, PredictSettings())
    assert _days(found.train) == [168, 196, 224, 252, 280]
    assert _days(found.test) == [308, 336]
    assert _days(found.known) == [168, 196, 224, 252, 280, 308, 336]


def test_moments_of_a_year_for_inactivity():
    found = moments(FIRST, NOW, 56, PredictSettings())
    assert _days(found.train) == [168, 196, 224, 252]
    assert _days(found.test) == [308]
    assert _days(found.known) == [168, 196, 224, 252, 280, 308]


def test_a_long_history_learns_from_its_latest_moments():
    found = moments(date(2008, 1, 1), NOW, 28, PredictSettings(train_moments=3))
    assert (len(found.train), len(found.known)) == (3, 3)
    assert (found.test[0] - found.train[-1]).days == 28


@given(
    age=st.integers(0, 1_000),
    days=st.integers(1, 120),
    step=st.integers(1, 60),
    history=st.integers(60, 300),
    test=st.integers(1, 120),
)
def test_no_outcome_is_learned_twice_or_before_it_is_known(age, days, step, history, test):
    settings = PredictSettings(spacing_days=step, history_days=history, test_days=test)
    as_of = FIRST + timedelta(age)
    found = moments(FIRST, as_of, days, settings)
    horizon = timedelta(days)
    assert all(day + horizon <= as_of for day in found.known + found.test)
    assert all(day >= FIRST + timedelta(history) for day in found.known + found.train)
    if found.train and found.test:
        assert found.train[-1] + horizon <= found.test[0]
    assert bool(found.train) == bool(found.test) == (age >= needed_days(days, settings))


def test_given_moments_are_tested_on_the_latest_and_learned_from_those_before():
    cuts = [date(2017, month, 1) for month in (6, 7, 8, 9, 10, 11, 12)]
    found = moments(FIRST, NOW, 28, PredictSettings(), cuts=cuts)
    assert found.test == (date(2017, 11, 1), date(2017, 12, 1))
    assert found.train == tuple(cuts[:5])
    assert found.known == tuple(cuts)
    assert found.calibrate == (date(2017, 10, 1),)
    assert found.before == tuple(cuts[:4])
    late = moments(FIRST, NOW, 28, PredictSettings(), cuts=[*cuts, date(2018, 6, 1)])
    assert late == found


def test_one_given_moment_is_not_enough_to_learn_and_test():
    found = moments(FIRST, NOW, 28, PredictSettings(), cuts=[date(2017, 6, 1)])
    assert (found.train, found.test) == ((), ())
    two = moments(FIRST, NOW, 28, PredictSettings(), cuts=[date(2017, 6, 1), date(2017, 9, 1)])
    assert (two.train, two.test) == ((date(2017, 6, 1),), (date(2017, 9, 1),))


@given(cuts=st.sets(st.integers(-20, 400), min_size=1, max_size=9), days=st.integers(1, 90))
def test_no_outcome_of_given_moments_is_learned_twice(cuts, days):
    given_days = [FIRST + timedelta(day) for day in sorted(cuts)]
    found = moments(FIRST, NOW, days, PredictSettings(), cuts=given_days)
    assert bool(found.train) == bool(found.test)
    assert all(day + timedelta(days) <= NOW for day in found.test + found.train)
    if found.test:
        assert found.train[-1] + timedelta(days) <= found.test[0]
        assert not set(found.train) & set(found.test)


def test_training_calibration_and_test_follow_each_other():
    found = moments(FIRST, NOW, 28, PredictSettings())
    assert _days(found.before) == [168, 196, 224, 252]
    assert _days(found.calibrate) == [280]
    inactive = moments(FIRST, NOW, 56, PredictSettings())
    assert _days(inactive.before) == [168, 196]
    assert _days(inactive.calibrate) == [252]


@given(days=st.integers(1, 120), step=st.integers(1, 60), age=st.integers(200, 1_500))
def test_a_model_that_is_calibrated_saw_nothing_of_its_calibration(days, step, age):
    found = moments(FIRST, FIRST + timedelta(age), days, PredictSettings(spacing_days=step))
    assert bool(found.before) == bool(found.calibrate)
    assert {*found.before, *found.calibrate} <= set(found.train)
    if found.before:
        assert found.before[-1] + timedelta(days) <= found.calibrate[0]
        assert found.calibrate[-1] + timedelta(days) <= found.test[0]


@given(age=st.integers(0, 900), step=st.integers(1, 60))
def test_the_longest_horizon_that_there_is_enough_data_for(age, step):
    settings = PredictSettings()
    found = longest_days(age, settings, step)
    plan = moments(FIRST, FIRST + timedelta(age), max(found, 1), settings, step)
    assert bool(plan.test) == bool(found)
    beyond = moments(FIRST, FIRST + timedelta(age), found + 1, settings, step)
    assert not beyond.test

"""Rates of messages and advertisements: their intervals, and what is no plain case."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from daogou.measure import (
    by_group,
    click_to_open_rate,
    counted_conversions,
    ctr,
    cvr,
    first_rows,
    messages_per_person,
    programs,
    rate,
    unsubscribe_rate,
    visitor_cvr,
)


@pytest.mark.parametrize(("clicks", "impressions"), [(10, 100), (0, 40), (40, 40), (1, 1), (3, 100_000)])
def test_independent_trials_have_the_interval_of_statsmodels(clicks, impressions):
    found = ctr([clicks], [impressions])
    low, high = proportion_confint(clicks, impressions, method="wilson")
    assert (found.value, found.n) == (clicks / impressions, impressions)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)
    assert found.unit == "clicks per impression, independent trials"


def test_people_who_are_one_trial_each_are_independent():
    bought = np.repeat([1, 0], [12, 88])
    found = visitor_cvr(bought, np.ones(100), customer=np.arange(100))
    assert (found.low, found.high) == pytest.approx(proportion_confint(12, 100, method="wilson"))
    assert found.unit == "buyers per visitor, independent trials"


def test_repeated_customers_do_not_narrow_the_interval():
    clicked, customer = np.repeat([1, 0], [30, 70]), np.arange(100)
    once = ctr(clicked, np.ones(100), customer)
    often = ctr(np.repeat(clicked, 50), np.ones(5000), np.repeat(customer, 50))
    assert often.high - often.low == pytest.approx(once.high - once.low, rel=0.05)
    alone = ctr([1500], [5000])
    assert often.high - often.low > 5 * (alone.high - alone.low)
    assert often.unit == "clicks per impression, clustered by customer"


def test_without_customers_days_are_the_clusters_and_are_said():
    chance = np.random.default_rng(5)
    shown = chance.integers(800, 1200, 60)
    clicks = chance.binomial(shown, np.where(np.arange(60) % 7 < 2, 0.06, 0.02))
    found = ctr(clicks, shown, day=np.arange(60))
    alone = ctr([clicks.sum()], [shown.sum()])
    assert found.value == alone.value
    assert found.high - found.low > 2 * (alone.high - alone.low)
    assert found.unit.endswith("clustered by day")


@pytest.mark.parametrize(("rare", "alike"), [(0.3, 4), (0.02, 19)])
def test_intervals_cover_the_truth_when_people_differ(rare, alike):
    """2,000 worlds of 150 people with rates of their own and one to thirty impressions each."""
    chance = np.random.default_rng(11)
    held = 0
    for _world in range(2000):
        shown = chance.integers(1, 31, 150)
        own = chance.beta(rare * alike, (1 - rare) * alike, 150)
        found = ctr(chance.binomial(shown, own), shown, customer=np.arange(150))
        held += found.low <= rare <= found.high
    assert 0.935 < held / 2000 < 0.98


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 12)), min_size=1, max_size=60))
def test_rows_may_be_cut_as_one_likes_and_the_interval_holds_the_value(told):
    below = np.array([shown + 1 for _c, shown, _who in told])
    above = np.minimum([clicks for clicks, _s, _who in told], below)
    who = np.array([customer for *_rest, customer in told])
    found = rate(above, below, who)
    people = np.unique(who)
    added = rate([above[who == p].sum() for p in people], [below[who == p].sum() for p in people], people)
    assert added.value == pytest.approx(found.value)
    if not math.isnan(found.low):
        assert (added.low, added.high) == pytest.approx((found.low, found.high))
        assert -1e-12 <= found.low <= found.value + 1e-12
        assert found.value <= found.high + 1e-12


def test_by_group_is_the_same_function_called_by_group():
    chance = np.random.default_rng(2)
    clicks, shown = chance.integers(0, 2, 400), np.ones(400)
    customer, channel = chance.integers(0, 90, 400), np.array(["email", "sms"])[chance.integers(0, 2, 400)]
    found = by_group(ctr, clicks, shown, customer, group=channel)
    assert list(found) == ["email", "sms"]
    for name, estimate in found.items():
        mine = channel == name
        assert estimate == ctr(clicks[mine], shown[mine], customer[mine])
    assert by_group(ctr, np.zeros(0), np.zeros(0), group=np.zeros(0)) == {}


def test_nothing_below_has_no_rate():
    for found in (ctr([0], [0]), ctr([], []), cvr([3], [0]), ctr([0, 0], [0, 0], customer=[1, 2])):
        assert (math.isnan(found.value), math.isnan(found.low), found.n) == (True, True, 0)


def test_more_clicks_than_impressions_are_told_and_not_cut():
    alone = ctr([12], [10])
    assert (alone.value, math.isnan(alone.low)) == (1.2, True)  # no trials could do that
    people = ctr(np.full(40, 3), np.tile([2, 1], 20), customer=np.arange(40))
    assert people.value == 2.0
    assert people.low < 2 < people.high


def test_few_clusters_have_no_interval():
    found = ctr([1, 2, 3], [10, 10, 10], customer=[1, 2, 3])
    assert (found.value, math.isnan(found.low)) == (0.2, True)


def test_nobody_clicked_is_as_sure_as_there_are_people():
    found = ctr(np.zeros(200), np.ones(200), customer=np.repeat(np.arange(20), 10))
    assert (found.value, found.low) == (0, pytest.approx(0, abs=1e-12))
    assert found.high == pytest.approx(proportion_confint(0, 20, method="wilson")[1])


def test_unique_clicks_are_those_of_first_rows():
    customer, campaign = [1, 1, 1, 2], ["a", "a", "b", "a"]
    first = first_rows(customer, campaign)
    assert first.tolist() == [True, False, True, True]
    clicks = np.ones(4)
    assert click_to_open_rate([clicks.sum()], [4]).value == 1
    assert click_to_open_rate([clicks[first].sum()], [4]).value == 0.75


def test_an_order_is_converted_once_and_in_time():
    found, counts = counted_conversions(["a", "b", "a", "c", "d", "d"], [3, 31, 1, np.nan, np.nan, 30])
    assert found.tolist() == [False, False, True, False, False, True]
    assert counts == {"doubled": 2, "late": 1, "without_click": 1}


def test_programs_are_found_by_rules_that_are_counted():
    found, counts = programs(
        declared=[True, None, False, False, False],
        user_agent=[
            "Mozilla/5.0 (iPhone)",
            "Mozilla/5.0 (compatible; bingbot/2.0)",
            None,
            "Mozilla/5.0 Cubot X",
            "curl/8",
        ],
        seconds=[9.0, np.nan, 1.9, 2.0, -4.0],
    )
    assert found.tolist() == [True, True, True, False, True]
    assert counts == {"declared": 1, "named": 2, "fast": 1}


def test_messages_a_week_are_a_mean_with_an_interval():
    found = messages_per_person([1, 2, 3] * 10, np.ones(30), customer=np.arange(30))
    assert (found.value, found.unit) == (2.0, "messages per person, clustered by customer")
    assert found.low < 2 < found.high
    assert unsubscribe_rate([2], [400]).value == 0.005


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ctr([1, 2], [3]), "give one row each"),
        (lambda: ctr([-1], [3]), "negative or no number"),
        (lambda: ctr([1], [math.nan]), "negative or no number"),
        (lambda: ctr([1, 1], [3, 3], customer=[1]), "customer has 1 rows"),
        (lambda: ctr([1, 1], [3, 3], day=[1, 2, 3]), "day has 3 rows"),
        (lambda: counted_conversions(["a"], [1, 2]), "give one a conversion"),
        (lambda: programs(), "give one a touch"),
        (lambda: programs(declared=[True], seconds=[1.0, 2.0]), "give one a touch"),
    ],
)
def test_bad_input_is_told(call, said):
    with pytest.raises(ValueError, match=".") as refused:
        call()
    assert said in str(refused.value)

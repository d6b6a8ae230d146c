"""Attempts at ordered steps: published examples, ties by hand, and a plain search as the judge."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daogou.measure.look.attempts import Step, furthest

EPOCH = date(1970, 1, 1)


def step(*events, event="viewed"):
    """Events as (customer, datetime), or (customer, date) where only the day is known."""
    days, moments = [], []
    for _customer, when in events:
        sure = isinstance(when, datetime)
        days.append(((when.date() if sure else when) - EPOCH).days)
        moments.append((when - datetime(1970, 1, 1)) // timedelta(microseconds=1) if sure else Step.UNSURE)
    customers = np.array([customer for customer, _when in events], dtype=np.int64)
    return Step(customers, np.array(days, dtype=np.int64), np.array(moments, dtype=np.int64), event)


def at(hour, minute=0, day=1):
    return datetime(2024, 5, day, hour, minute)


def depths(steps, within):
    found = furthest(steps, within)
    return dict(zip(found.customers.tolist(), found.depth.tolist(), strict=True))


def test_the_most_recent_entry_before_the_next_step_counts():
    # Mixpanel: of A -> A^ -> A^^ -> B it is A^^ -> B that is recorded
    found = furthest([step((1, at(13)), (1, at(13, 30)), (1, at(13, 40))), step((1, at(13, 45)))], 1)
    assert found.depth.tolist() == [2]
    assert (found.moments[0, 1] - found.moments[0, 0]) // 60_000_000 == 5


def test_an_entry_whose_window_ends_leaves_room_for_a_later_one():
    # Mixpanel: A -> A^ -> the window of A ends -> B converts by A^
    found = furthest([step((1, at(9, day=1)), (1, at(9, day=3))), step((1, at(9, day=5)))], 2)
    assert found.depth.tolist() == [2]
    assert found.days[0, 1] - found.days[0, 0] == 2


def test_steps_out_of_order_or_skipped_do_not_count():
    a, b, c = step((1, at(10)), (2, at(10))), step((1, at(9)), (2, at(11))), step((1, at(12)), (2, at(10, 30)))
    assert depths([a, b, c], 30) == {1: 1, 2: 2}


def test_the_same_moment_is_not_after():
    assert depths([step((1, at(10))), step((1, at(10)))], 1) == {1: 1}
    assert depths([step((1, at(10))), step((1, at(10, 1)))], 0) == {1: 2}


def test_a_step_does_not_complete_itself():
    bought = step((1, at(10)), (2, at(10)), (2, at(12)))
    assert depths([bought, bought], 5) == {1: 1, 2: 2}


def test_the_window_counts_local_days_from_the_first_step():
    a, b, c = step((1, at(23))), step((1, at(1, day=3))), step((1, at(9, day=4)))
    assert depths([a, b], 2) == {1: 2}
    assert depths([a, b], 1) == {1: 1}
    assert depths([a, b, c], 2) == {1: 2}  # the third comes three days after the first


def test_where_only_the_day_is_known_the_same_day_will_do():
    day = date(2024, 5, 1)
    used, bought = step((1, day), event="redeemed"), step((1, at(10)), event="bought")
    assert depths([bought, used], 0) == depths([used, bought], 0) == {1: 2}
    # but not to be followed by its own kind, nor backwards in time past what is known
    assert depths([used, used], 3) == {1: 1}
    later = step((1, day), (1, day + timedelta(days=1)), event="redeemed")
    assert depths([used, later], 3) == {1: 2}
    earlier = step((1, at(9)), event="viewed")
    assert depths([bought, used, earlier], 3) == {1: 2}


def test_a_day_begins_where_its_time_zone_says():
    # 1 May in Shanghai begins at 16:00 UTC of 30 April, in Honolulu it ends at 10:00 UTC of 2 May
    first = Step(np.array([1]), np.array([19_844]), np.array([(19_843 * 24 + 17) * 3_600_000_000]), "viewed")
    last = Step(np.array([1]), np.array([19_844]), np.array([(19_845 * 24 + 9) * 3_600_000_000]), "bought")
    assert depths([first, last], 0) == {1: 2}


def test_nobody_and_steps_that_nobody_took():
    assert furthest([step(), step()], 3).customers.tolist() == []
    assert depths([step((1, at(9))), step()], 3) == {1: 1}
    assert depths([step(), step((1, at(9)))], 3) == {}


def _plain(steps, within):
    """Every person's greatest depth, by trying every chain."""
    best = {}

    def go(customer, number, begun, state, last_day, last_unsure):
        best[customer] = max(best.get(customer, 0), number)
        if number == len(steps):
            return
        follows = [row for row in rows[number] if row[0] == customer and row[1] - begun <= within]
        for _customer, day, moment in follows:
            if moment is None:
                same = steps[number].event == steps[number - 1].event and last_unsure
                if day > last_day or (day == last_day and not same):
                    go(customer, number + 1, begun, state, day, True)
            elif day > last_day or (day == last_day and (state is None or moment > state)):
                go(customer, number + 1, begun, moment, day, False)

    rows = [
        [
            (c, d, None if m == Step.UNSURE else m)
            for c, d, m in zip(one.customers.tolist(), one.days.tolist(), one.moments.tolist(), strict=True)
        ]
        for one in steps
    ]
    for customer, day, moment in rows[0]:
        go(customer, 1, day, moment, day, moment is None)
    return best


_MOMENTS = st.builds(lambda day, hour: at(hour, day=day), st.integers(1, 6), st.integers(0, 23))
_DAYS = st.builds(lambda day: date(2024, 5, day), st.integers(1, 6))


@given(
    st.lists(st.lists(st.tuples(st.integers(1, 3), _MOMENTS), max_size=6), min_size=2, max_size=4),
    st.lists(st.lists(st.tuples(st.integers(1, 3), _DAYS), max_size=3), min_size=4, max_size=4),
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.integers(0, 6),
)
@settings(max_examples=200)
def test_a_plain_search_finds_the_same_depths(timed, dated, unsure, within):
    steps = [
        step(*(dated[n] if unsure[n] else events), event="redeemed" if unsure[n] else "viewed")
        for n, events in enumerate(timed)
    ]
    assert depths(steps, within) == _plain(steps, within)


@pytest.mark.parametrize("n", [50_000])
def test_many_events_take_no_time_that_grows_with_pairs(n):
    chance = np.random.default_rng(3)
    steps = []
    for _number in range(3):
        days = chance.integers(19_800, 20_100, n)
        moments = days * 86_400_000_000 + chance.integers(0, 86_400_000_000, n)
        steps.append(Step(chance.integers(0, 50, n), days, moments, "viewed"))
    found = furthest(steps, 400)
    assert found.depth.tolist() == [3] * 50

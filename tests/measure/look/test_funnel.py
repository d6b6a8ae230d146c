"""Funnels over facts, against the shop of the conftest; each step holds no more people than the one before."""

from datetime import date, datetime

import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.base.rule import Comparison, Did, Named
from daogou.base.statistics import wilson
from daogou.measure.look.funnel import Question, attempts, by_group, check, members, stages
from daogou.store.tables import EVENTS
from daogou.testing.rows import rows

AS_OF = date(2024, 5, 1)


def bought(category):
    return Did("bought", where=(Named("category", (Comparison("is", category),)),))


def look(shop, *steps, days=30, first=None, until=None, fewest=2):
    found = attempts(shop, AS_OF, "", Question(steps, days, first, until))
    return found, stages(found, len(steps), days, AS_OF, fewest)


def test_tea_then_coffee_by_hand(shop):
    found, made = look(shop, bought("TEA"), bought("COFFEE"))
    # 1: 10 Jan to 15 Feb is 36 days; 2: an hour later; 3: never; 4: 28 Feb to 10 Mar; 6: ten days; 5 never had tea
    assert [stage.people for stage in made] == [5, 3]
    assert members(found, 2, False).tolist() == [2, 4, 6]
    assert members(found, 1, True).tolist() == [1, 3]
    assert (made[0].dropped, made[1].dropped) == (2, 0)
    # of 1 and 3 the latest tea was on 1 April and 1 March: only one window reaches 1 May, but the attempt that counts
    # is the first one, of 10 and of 31 January
    assert made[0].still_open == 0
    assert (made[1].of_before.low, made[1].of_before.high) == wilson(3, 5)
    # an hour, eleven days and ten days
    assert made[1].median_days.value == 10
    assert made[0].median_days.n == 0


def test_people_enter_on_the_days_asked_for_and_may_still_go_on(shop):
    found, made = look(shop, bought("TEA"), bought("COFFEE"), days=30, first=date(2024, 4, 1), until=date(2024, 5, 1))
    assert [stage.people for stage in made] == [2, 1]
    assert members(found, 1, True).tolist() == [1]
    assert made[0].still_open == 1  # 1 April and 30 days: the day of 1 May is not over
    assert look(shop, bought("TEA"), bought("COFFEE"), days=29, first=date(2024, 4, 1))[1][0].still_open == 0


def test_same_day_events_in_the_order_of_their_time_by_segment(shop):
    seen = [
        (1, "view", 9),
        (1, "cart", 10),
        (2, "cart", 9),
        (2, "view", 10),
        (3, "view", 9),
        (9, "view", 8),
        (9, "cart", 9),
    ]
    events = [
        {"event_id": f"e{n}", "customer_id": who, "kind": kind, "local_day": date(2024, 4, 1)}
        | {"occurred_at": datetime(2024, 4, 1, hour)}
        for n, (who, kind, hour) in enumerate(seen)
    ]
    shop.append(EVENTS, rows(EVENTS, *events))
    steps = (Did("viewed"), Did("put_in_cart"), Did("bought"))
    found, made = look(shop, *steps)
    # customer 1 buys at noon of that day; customer 2's cart comes before the view; the guest is left out
    assert [stage.people for stage in made] == [3, 1, 1]
    assert made[2].median_days.value == pytest.approx(2 / 24)
    groups = {"one": pa.array([1, 5]), "rest": pa.array([2, 3, 4, 6]), "none": pa.array([77])}
    by = by_group(found, groups, 3, 30, AS_OF, 2)
    assert {name: [stage.people for stage in group] for name, group in by.items()} == {
        "one": [1, 1, 1],
        "rest": [2, 0, 0],
        "none": [0, 0, 0],
    }


def test_only_what_was_before_as_of_is_seen(shop):
    found = attempts(shop, date(2024, 3, 1), "", Question((bought("TEA"), bought("COFFEE")), 60))
    assert members(found, 2, False).tolist() == [1, 2]


def test_every_step_of_a_nest_holds_fewer_people(shop):
    steps = [bought("TEA"), Did("bought"), bought("TEA"), Did("bought")]
    people = [stage.people for stage in look(shop, *steps, days=120)[1]]
    assert people == sorted(people, reverse=True)
    # 1, 2, 3, 4 and 6 order again after tea; of them only 1 has tea after that, and then nothing more
    assert people == [5, 5, 1, 0]


def test_nothing_and_wrong_questions(nothing):
    _found, made = look(nothing, bought("TEA"), bought("COFFEE"))
    assert [stage.people for stage in made] == [0, 0]
    assert made[1].of_before.value != made[1].of_before.value
    wrong = [
        ((Did("bought"),), 3, "a funnel has 2 to 12 steps, not 1"),
        ((Did("bought"), Did("bought", done=False)), 3, "a step is something that was done"),
        ((Did("bought"), Did("bought")), -1, "the window of a funnel is -1 days"),
    ]
    for steps, days, said in wrong:
        with pytest.raises(DaogouError, match=said):
            check(Question(steps, days))

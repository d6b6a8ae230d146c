from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daogou.base.words import LANGUAGES, language
from daogou.profile.lifecycle import NOT_YET, STATES, label, lifecycle
from daogou.profile.lifecycle_settings import LifecycleSettings

FIRST = date(2024, 1, 1)
FIXED = LifecycleSettings(new_days=10, second_days=40, fewest_second_orders=1000, pooled_gaps=1, least_due_days=1)


def day(n):
    return FIRST + timedelta(days=n)


def states(shop, *cuts, settings=FIXED):
    rows = shop.warehouse.to_arrow(lifecycle(shop.warehouse, [day(n) for n in cuts], settings)).to_pylist()
    return {((row["as_of"] - FIRST).days, row["customer_id"]): row for row in rows}


def state(shop, cut, settings=FIXED):
    return {customer: row["state"] for (_day, customer), row in states(shop, cut, settings=settings).items()}


def bought(shop, customer, *on):
    for n in on:
        shop.order(customer, day(n))


def test_one_order_goes_from_new_through_its_window_to_lost(shop):
    bought(shop, 1, 0)
    found = {cut: row["state"] for (cut, _c), row in states(shop, 1, 10, 11, 40, 41, 80, 81, 160, 161).items()}
    assert found == {
        1: "new",
        10: "new",
        11: "second",
        40: "second",
        41: "overdue",
        80: "overdue",
        81: "lapsed",
        160: "lapsed",
        161: "lost",
    }


def test_a_rhythm_of_ones_own_decides_drawn_towards_everyones(shop):
    bought(shop, 1, 0, 10, 20, 30)  # three gaps of 10, and one pooled gap of 40: due within (3 x 10 + 40) / 4
    found = states(shop, 31, 47, 48, 65, 66, 100, 101)
    assert found[31, 1]["due_days"] == 17.5
    assert {cut: row["state"] for (cut, _c), row in found.items()} == {
        31: "active",
        47: "active",
        48: "overdue",
        65: "overdue",
        66: "lapsed",
        100: "lapsed",
        101: "lost",
    }


def test_who_comes_back_from_a_lapse_is_won_back_until_the_next_order_in_rhythm(shop):
    bought(shop, 1, 0, 10, 20, 30, 130, 140)
    found = states(shop, 131, 147, 148, 141)
    assert found[131, 1]["state"] == "won_back"
    assert found[131, 1]["due_days"] == 17.5  # the silence of 100 days is no rhythm
    assert found[141, 1]["state"] == "active"


def test_a_short_silence_is_no_lapse(shop):
    bought(shop, 1, 0, 10, 20, 30, 60)  # 30 days, and it had lapsed only after 35
    assert state(shop, 61) == {1: "active"}


def test_a_return_may_fall_silent_again(shop):
    bought(shop, 1, 0, 10, 20, 30, 130)
    found = {cut: row["state"] for (cut, _c), row in states(shop, 147, 148, 166, 201).items()}
    assert found == {147: "won_back", 148: "overdue", 166: "lapsed", 201: "lost"}


def test_the_windows_are_learned_from_second_orders_where_enough_are_known(shop):
    for customer in range(1, 11):
        bought(shop, customer, 0, 10 * customer)  # second orders after 10, 20, ... 100 days
    bought(shop, 99, 200)
    learned = LifecycleSettings(fewest_second_orders=10)
    found = states(shop, 232, 233, 291, 292, settings=learned)
    assert {cut: row["state"] for (cut, c), row in found.items() if c == 99} == {
        232: "new",  # a quarter came within 32.5 days
        233: "second",
        291: "second",  # nine of ten within 91
        292: "overdue",
    }
    few = LifecycleSettings(fewest_second_orders=11)
    found = {cut: row["state"] for (cut, c), row in states(shop, 214, 215, 290, 291, settings=few).items() if c == 99}
    assert found == {214: "new", 215: "second", 290: "second", 291: "overdue"}  # 14 and 90 days


def test_the_shortest_window_holds_for_daily_buyers(shop):
    bought(shop, 1, *range(60))
    settings = LifecycleSettings(second_days=1, least_due_days=14)
    assert states(shop, 61, settings=settings)[61, 1]["due_days"] == 14


def test_guests_and_people_who_had_not_bought_have_no_state(shop):
    shop.customer(7, guest=True)
    bought(shop, 7, 0)
    bought(shop, 8, 5)
    shop.refund(9, day(0), 5)
    assert states(shop, 3) == {}
    assert state(shop, 6) == {8: "new"}


def test_an_empty_shop_has_no_states(shop):
    assert states(shop, 1, 2) == {}


def test_net_sales_are_of_a_year_less_refunds(shop):
    shop.order(1, day(0), 100)
    shop.order(1, day(300), 50)
    shop.refund(1, day(310), 20)
    found = states(shop, 366, 365)
    assert found[366, 1]["net_sales"] == 30
    assert found[365, 1]["net_sales"] == 130


ORDERS = st.lists(st.lists(st.integers(0, 200), min_size=1, max_size=8), min_size=1, max_size=6)
KNOBS = st.builds(
    LifecycleSettings,
    new_days=st.sampled_from([0, 7]),
    second_days=st.sampled_from([0, 30]),
    fewest_second_orders=st.sampled_from([1, 3]),
    pooled_gaps=st.integers(1, 4),
    least_due_days=st.integers(1, 20),
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=ORDERS, cut=st.integers(1, 260), knobs=KNOBS)
def test_everyone_who_bought_is_in_exactly_one_state_and_the_future_changes_none(make_shop, people, cut, knobs):
    shop = make_shop()
    for customer, on in enumerate(people):
        bought(shop, customer, *(n for n in on if n < cut))
    before = states(shop, cut, settings=knobs)
    assert sorted(customer for _cut, customer in before) == [c for c, on in enumerate(people) if min(on) < cut]
    assert all(row["state"] in STATES for row in before.values())
    for row in before.values():
        once = len({n for n in people[row["customer_id"]] if n < cut}) == 1
        assert row["state"] not in (("active", "won_back") if once else ("new", "second"))
    for customer, on in enumerate(people):
        bought(shop, customer, *(n for n in on if n >= cut), cut, cut + 3)
    assert states(shop, cut, settings=knobs) == before


def test_several_cuts_are_as_each_alone(shop):
    bought(shop, 1, 0, 10, 20, 90)
    bought(shop, 2, 3, 50)
    together = states(shop, 30, 60, 95)
    assert together == states(shop, 30) | states(shop, 60) | states(shop, 95)


def test_every_state_has_a_name_in_each_language():
    for code in LANGUAGES:
        with language(code):
            assert len({label(key) for key in (NOT_YET, *STATES)}) == len(STATES) + 1
    with language("zh"):
        assert ("沉默" in label("lapsed"), "流失" in label("lost")) == (True, True)


@pytest.mark.parametrize(
    ("knobs", "error"),
    [
        ({"new_days": -1}, "new_days must be 0 or more"),
        ({"pooled_gaps": 0}, "pooled_gaps must be 1 or more"),
        ({"new_days": 30, "second_days": 20}, "second_days must be 0, or more than new_days"),
        ({"lapsed_ratio": 4.0}, "lapsed_ratio must be above 1 and below lost_ratio"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(knobs, error):
    with pytest.raises(ValueError, match=error):
        LifecycleSettings(**knobs)
    with language("zh"), pytest.raises(ValueError, match="必须|不能"):
        LifecycleSettings(**knobs)

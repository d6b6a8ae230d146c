from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.base.errors import DaogouError
from daogou.predict.settings import PredictSettings
from daogou.predict.target import Target, moments, needed_days, targets

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


def _stock(shop):
    """100 customers: tea to 60, china to 30, salt to 3, bread to 90; guests buy china."""
    for item, category in (("green", "tea"), ("cup", "china"), ("salt", "salt"), ("bread", "bread"), ("loose", None)):
        shop.item(item, category)
    for customer in range(100):
        bought = [
            item for item, buyers in (("green", 60), ("cup", 30), ("salt", 3), ("bread", 90)) if customer < buyers
        ]
        shop.order(customer, 0, "loose", *bought)
    for guest in range(1_000, 1_200):
        shop.guest(guest)
        shop.order(guest, 0, "cup")
    return shop.tell()


def test_categories_that_are_neither_rare_nor_universal(shop):
    found = targets(_stock(shop), shop.day(1), PredictSettings())
    assert [target.name for target in found] == ["tea", "china", "inactive"]
    assert found[0] == Target("tea", "tea", 28)
    assert found[-1] == Target("inactive", "", 56, absence=True)
    assert [target.recency for target in found] == ["own_recency", "own_recency", "any_recency"]


def test_categories_of_the_settings_in_their_order(shop):
    found = targets(_stock(shop), shop.day(1), PredictSettings(categories=("salt", "tea"), purchase_days=14))
    assert [(target.name, target.days) for target in found] == [("salt", 14), ("tea", 14), ("inactive", 56)]


def test_a_company_without_categories_predicts_any_purchase(shop):
    shop.item("thing", None)
    shop.order(1, 0, "thing")
    found = targets(shop.tell(), shop.day(1), PredictSettings())
    assert [(target.name, target.category, target.absence) for target in found] == [
        ("anything", "", False),
        ("inactive", "", True),
    ]


def test_an_unknown_category_is_told_with_the_nearest(shop):
    with pytest.raises(DaogouError, match=r"\[predict\] categories: .*'teas'. Did you mean 'tea'\?"):
        targets(_stock(shop), shop.day(1), PredictSettings(categories=("teas",)))


def test_categories_in_the_settings_of_a_company_without_any(shop):
    with pytest.raises(DaogouError, match="Map the items' category"):
        targets(shop.warehouse, shop.day(1), PredictSettings(categories=("tea",)))


def test_an_unknown_attribute_is_told_with_the_nearest(shop):
    shop.customer(1, age="35-44")
    with pytest.raises(DaogouError, match=r"no customer has the attribute 'ages'\. Did you mean 'age'"):
        targets(shop.warehouse, shop.day(1), PredictSettings(attributes=("ages",)))
    assert targets(shop.warehouse, shop.day(1), PredictSettings(attributes=("age",)))


@pytest.mark.parametrize(
    "wrong",
    [{"purchase_days": 0}, {"history_days": 7}, {"fewest_customers": 3}, {"resamples": 10}, {"train_moments": 0}],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        PredictSettings(**wrong)

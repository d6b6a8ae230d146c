"""Labels look only at [moment, moment + days), features only before the moment: for each kind of target."""

from datetime import timedelta

import numpy as np
import pytest

from daogou.base.errors import DaogouError
from daogou.flows.predict_rows import Company, Sources
from daogou.predict.moments import Moments
from daogou.predict.settings import PredictSettings, with_targets
from daogou.predict.target import built_in
from daogou.predict.target_declared import declared
from daogou.store.tables import CUSTOMERS, EVENTS, REFUNDS
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

CUT, END = 120, 260
TARGETS = {
    "soon": {"within": 20},
    "green": {"where": {"item": "green", "amount": {"at_least": 8}}, "within": 20},
    "herbs": {"where": {"category": "herbs"}, "within": 20},
    "views": {"event": "viewed", "where": {"category": "tea"}, "within": 20},
    "quiet": {"kind": "absence", "where": {"category": "tea"}, "within": 20},
    "second": {"kind": "second_purchase", "within": 40},
    "silent": {"kind": "churn", "within": 60},
    "ended": {"kind": "churn", "attribute": "status", "left": "gone", "within": 20},
    "money": {"kind": "spend", "within": 20},
    "tea money": {"kind": "spend", "where": {"category": "tea"}, "within": 20},
    "chosen": {
        "within": 20,
        "population": {
            "any": [
                {"did": "bought", "where": {"category": "tea"}, "within": 60},
                {"attribute": "status", "is": "gone"},
            ]
        },
    },
}


def _settings(**targets):
    return PredictSettings(
        targets=with_targets({"targets": targets})["targets"], categories=("tea",), purchase_days=20, inactive_days=20
    )


def _plan(day):
    return Moments((day,), (day,), (day,))


def _facts(seed):
    """Orders, views, refunds, changes of items and of contracts, each with its day."""
    chance = np.random.default_rng(seed)
    day = lambda: int(chance.integers(0, END))  # noqa: E731
    orders = [(int(chance.integers(1, 40)), day(), ["green", "mate"][chance.integers(2)]) for _n in range(220)]
    orders += [(n, int(chance.integers(85, 118)), "green") for n in range(50, 60)]  # new ones
    views = [(int(chance.integers(1, 40)), day(), ["green", "mate"][chance.integers(2)]) for _n in range(60)]
    refunds = [(int(chance.integers(1, 40)), day(), ["green", None][chance.integers(2)]) for _n in range(40)]
    contracts = [(n, 0, "on") for n in range(1, 40)]
    contracts += [(n, 1 + day(), "gone") for n in range(1, 20)]
    items = [
        ("green", 0, "tea"),
        ("mate", 0, "tea"),
        ("mate", 60, "herbs"),
        ("mate", 130, "tea"),
        ("green", 150, "herbs"),
    ]
    return orders, views, refunds, contracts, items


def _tell(shop, facts, held):
    """Only the facts of days that ``held`` says."""
    orders, views, refunds, contracts, items = ([one for one in part if held(one[1])] for part in facts)
    for customer, day, item in orders:
        shop.order(customer, day, item, each=5 + day % 7)
    shop.tell()
    for item, day, category in items:
        shop.item(item, category, valid_from=day)
    told = [
        {"event_id": str(n), "customer_id": who, "kind": "view", "local_day": shop.day(day), "item_id": item}
        for n, (who, day, item) in enumerate(views)
    ]
    shop.warehouse.append(EVENTS, rows(EVENTS, *told))
    told = [
        {"refund_id": str(n), "customer_id": who, "local_day": shop.day(day), "item_id": item, "amount": 3}
        for n, (who, day, item) in enumerate(refunds)
    ]
    shop.warehouse.append(REFUNDS, rows(REFUNDS, *told))
    told = [
        {"customer_id": who, "valid_from": shop.day(day), "attributes": [("status", status)]}
        for who, day, status in contracts
    ]
    shop.warehouse.append(CUSTOMERS, rows(CUSTOMERS, *told))


def _told(open_shop, facts, held=lambda _day: True):
    """Target -> the rows at the cut."""
    with Warehouse(":memory:") as warehouse:
        shop = open_shop(warehouse)
        _tell(shop, facts, lambda _day: True)
        settings, as_of = _settings(**TARGETS), shop.day(END)
        wanted = [*declared(warehouse, as_of, settings), *built_in(warehouse, as_of, settings)]
    with Warehouse(":memory:") as warehouse:
        shop = open_shop(warehouse)
        _tell(shop, facts, held)
        sources = Sources(warehouse, as_of, {one: _plan(shop.day(CUT)) for one in wanted}, settings, Company())
        return {one: sources.rows(one).at([shop.day(CUT)]) for one in wanted}


@pytest.fixture(scope="module")
def whole(open_shop):
    facts = _facts(1)
    return facts, _told(open_shop, facts)


def test_nothing_that_comes_later_changes_a_feature_or_who_is_asked(whole, open_shop):
    facts, every = whole
    past = _told(open_shop, facts, lambda day: day < CUT)
    for target, told in every.items():
        assert told.customer.tolist() == past[target].customer.tolist(), target.name
        assert told.frame.equals(past[target].frame), target.name
        assert len(told.customer) > 3, target.name


def test_an_outcome_is_of_the_days_from_the_moment_to_the_horizon(whole, open_shop):
    facts, every = whole
    longest = {"silent": 60, "second": 40}
    within = _told(open_shop, facts, lambda day: day < CUT + 20)
    for target, told in every.items():
        if target.name not in longest:
            assert told.y.tolist() == within[target].y.tolist(), target.name
            assert 0 < (told.y > 0).mean() < 1, target.name
    nothing = _told(open_shop, facts, lambda day: not CUT <= day < CUT + 60)
    for target, told in nothing.items():
        assert (told.y == int(target.is_absence)).all(), target.name


def _one(shop, day, **told):
    settings = _settings(x=told)
    target = declared(shop.warehouse, shop.day(END), settings)[0]
    sources = Sources(shop.warehouse, shop.day(END), {target: _plan(shop.day(day))}, settings, Company())
    found = sources.rows(target).at([shop.day(day)])
    return dict(zip(found.customer.tolist(), found.y.tolist(), strict=True))


def test_a_second_purchase_is_one_within_so_many_days_of_the_first(shop):
    firsts = {1: 90, 2: 90, 3: 90, 4: 80, 5: 60, 6: 90}
    seconds = {1: 119, 2: 120, 3: 100, 4: 119}
    for customer, day in firsts.items():
        shop.order(customer, day, "green")
    for customer, day in seconds.items():
        shop.order(customer, day, "green")
    shop.order(6, 95, "green")  # has come twice already
    shop.item("green", "tea")
    shop.tell()
    found = _one(shop, 100, kind="second_purchase", within=30)
    assert found == {1: 1, 2: 0, 3: 1, 4: 0}  # 4's days ended on 110; 5's before the moment


def test_churn_by_silence_is_of_those_not_overdue_within_their_own_days(shop):
    for customer in range(20):
        for day in range(0, 95, 10):  # everyone comes every ten days
            shop.order(customer, day, "green")
    for customer in range(5):
        shop.order(customer, 109, "green")  # the last of their days
    shop.order(5, 110, "green")
    shop.order(30, 0, "green")
    shop.order(30, 10, "green")  # overdue for long
    shop.item("green", "tea")
    shop.tell()
    found = _one(shop, 100, kind="churn", within=60)
    assert set(found) == set(range(20))
    assert [found[customer] for customer in range(8)] == [0, 0, 0, 0, 0, 1, 1, 1]
    assert _one(shop, 100, kind="churn", within=9) == {}  # nobody is due within nine days


def test_churn_by_contract_is_of_those_who_have_not_left(shop):
    shop.item("green", "tea")
    changes = [
        (1, 0, "on"),
        (1, 110, "gone"),
        (2, 0, "on"),
        (2, 120, "gone"),
        (3, 0, "on"),
        (3, 90, "gone"),
        (4, 0, "on"),
    ]
    changes += [(5, 0, "on"), (5, 100, "gone")]  # known at the moment itself
    told = [
        {"customer_id": who, "valid_from": shop.day(day), "attributes": [("status", status)]}
        for who, day, status in changes
    ]
    shop.warehouse.append(CUSTOMERS, rows(CUSTOMERS, *told))
    for customer in range(1, 7):
        shop.order(customer, 10, "green")  # long ago: a contract asks for no orders
    shop.tell()
    assert _one(shop, 100, kind="churn", attribute="status", left="gone", within=20) == {1: 1, 2: 0, 4: 0}


def test_spend_is_net_of_refunds_and_what_was_spent_before_stands_beside_it(shop):
    shop.item("green", "tea")
    for customer, day, each in ((1, 90, 7), (1, 100, 10), (1, 119, 5), (1, 120, 99), (2, 95, 4)):
        shop.order(customer, day, "green", each=each)
    shop.tell()
    back = {"refund_id": "a", "customer_id": 1, "local_day": shop.day(110), "amount": 3}
    shop.warehouse.append(REFUNDS, rows(REFUNDS, back))
    settings = _settings(x={"kind": "spend", "within": 20})
    target = declared(shop.warehouse, shop.day(END), settings)[0]
    sources = Sources(shop.warehouse, shop.day(END), {target: _plan(shop.day(100))}, settings, Company())
    found = sources.rows(target).at([shop.day(100)])
    assert found.y.tolist() == [12.0, 0.0]
    assert found.frame["own_net_sales_20"].to_pylist() == [7.0, 4.0]


def test_a_population_is_asked_as_of_each_moment(shop):
    shop.item("green", "tea")
    shop.customer(1, city="Rome")
    shop.customer(2, city="Oslo")
    for customer, day in ((1, 50), (1, 55), (2, 50), (2, 150)):
        shop.order(customer, day, "green")
    shop.tell()
    twice = {"profile": "orders_90", "at_least": 2}
    assert set(_one(shop, 100, within=20, population=twice)) == {1}
    assert set(_one(shop, 160, within=20, population={"profile": "recency_days", "at_most": 20})) == {2}
    assert set(_one(shop, 100, within=20, population={"attribute": "city", "is": "Oslo"})) == {2}
    assert set(_one(shop, 100, within=20, population={"profile": "favourite_category", "is": "tea"})) == {1, 2}
    with pytest.raises(DaogouError, match=r"\[predict.targets.x\] population profile: there is no column"):
        _one(shop, 100, within=20, population={"profile": "oders", "at_least": 2})
    with pytest.raises(DaogouError, match="no customer has an attribute 'town'"):
        _one(shop, 100, within=20, population={"attribute": "town", "is": "Oslo"})


def test_outcomes_of_moments_that_lie_beside_the_targets_own_are_told_too(shop):
    shop.item("green", "tea")
    for customer, day in ((1, 90), (1, 119), (2, 90)):
        shop.order(customer, day, "green")
    shop.tell()
    settings = _settings(x={"kind": "second_purchase", "within": 40})
    target = declared(shop.warehouse, shop.day(END), settings)[0]
    sources = Sources(shop.warehouse, shop.day(END), {target: _plan(shop.day(100))}, settings, Company())
    asked = shop.warehouse.materialise("asked", rows_of(shop, [(1, 115), (2, 115)]))
    told = shop.warehouse.to_arrow(sources.outcomes(target, asked))
    assert told["outcome"].to_pylist() == [1, 0]


def rows_of(shop, told):
    import pyarrow as pa

    return pa.table(
        {
            "customer_id": pa.array([who for who, _day in told], pa.int64()),
            "as_of": pa.array([shop.day(0) + timedelta(day) for _who, day in told], pa.date32()),
        }
    )

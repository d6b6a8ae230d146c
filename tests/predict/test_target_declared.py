from datetime import timedelta

import pytest

from daogou.base.errors import DaogouError
from daogou.base.rule import Did
from daogou.predict.settings import PredictSettings, with_targets
from daogou.predict.target_declared import declared
from daogou.store.tables import CUSTOMERS, ITEMS
from daogou.testing.rows import rows


def _declared(shop, day=100, **targets):
    settings = PredictSettings(targets=with_targets({"targets": targets})["targets"])
    return declared(shop.warehouse, shop.day(day), settings)


@pytest.fixture
def stock(shop):
    for item, category, brand in (("green", "TEA", "Leaf"), ("cup", "CHINA", None)):
        told = {"item_id": item, "category": category, "brand": brand, "is_static": True}
        shop.warehouse.append(ITEMS, rows(ITEMS, told))
    shop.order(1, 0, "green")
    shop.tell()
    return shop


def test_what_was_declared_is_a_target(stock):
    plain, tea, second = _declared(
        stock,
        plain={"within": 7},
        tea={"where": {"category": "TEA"}, "spacing_days": 14},
        second={"kind": "second_purchase", "within": 60},
    )
    assert (plain.category, plain.days, plain.event) == ("", 7, Did("bought"))
    assert (tea.category, tea.days, tea.spacing_days) == ("tea", 28, 14)
    assert (second.kind, second.category, second.is_declared) == ("second_purchase", "", True)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"where": {"category": "TEAS"}}, r"where.category: no item has the category 'TEAS'. Did you mean 'TEA'"),
        ({"where": {"item": "gren"}}, r"where.item: there is no item 'gren'. Did you mean 'green'"),
        ({"where": {"brand": ["Leaf", "Leav"]}}, r"where.brand: no item has the brand 'Leav'. Did you mean 'Leaf'"),
        ({"cuts": ["2030-01-01"]}, r"cuts: all of its moments lie after the last order. Give moments before 2020"),
        ({"population": {"tag": "rfm:lost"}}, r"population tag: segments, tags and scores of past moments are not"),
        ({"population": {"not": {"score": "inactive", "above": 0.5}}}, "population not.score: segments, tags and"),
        ({"kind": "churn", "attribute": "status", "left": "gone"}, "attribute: no customer has the attribute 'status'"),
    ],
)
def test_what_the_company_does_not_know_is_told_with_the_nearest(stock, told, said):
    with pytest.raises(DaogouError, match=r"\[predict.targets.x\] " + said):
        _declared(stock, x=told)


def test_among_many_items_a_few_are_named(stock):
    many = [{"item_id": f"p{n:03}", "is_static": True} for n in range(40)]
    stock.warehouse.append(ITEMS, rows(ITEMS, *many))
    with pytest.raises(DaogouError, match=r"Known are, among 42: cup, green, p000, p001, p002\."):
        _declared(stock, x={"where": {"item": "zzzzzz"}})


def test_scores_of_a_category_mean_its_purchase(stock):
    assert _declared(stock, TEA={"where": {"category": "TEA"}, "within": 7})
    for other in ({"within": 7}, {"kind": "spend"}, {"where": {"category": "CHINA"}}):
        with pytest.raises(DaogouError, match="'TEA' is the name of a category. Choose another"):
            _declared(stock, TEA=other)


def _told(shop, *rows_):
    told = [
        {"customer_id": 1, "valid_from": shop.day(day), "is_static": static, "attributes": [("status", status)]}
        for day, static, status in rows_
    ]
    shop.warehouse.append(CUSTOMERS, rows(CUSTOMERS, *told))


def test_a_contract_needs_dates_and_its_value(stock):
    _told(stock, (0, True, "on"), (0, True, "gone"))
    churn = {"kind": "churn", "attribute": "status"}
    with pytest.raises(DaogouError, match=r"attribute: 'status' has no dates: .*Map 'valid_from'"):
        _declared(stock, x={**churn, "left": "gone"})
    _told(stock, (50, False, "gone"))
    assert _declared(stock, x={**churn, "left": "gone"})[0].kind == "contract"
    with pytest.raises(DaogouError, match=r"left: no customer's 'status' is 'gon'. Did you mean 'gone'"):
        _declared(stock, x={**churn, "left": "gon"})


def test_moments_that_lie_partly_in_the_future_are_kept(stock):
    cuts = [stock.day(50), stock.day(100) + timedelta(90)]
    assert _declared(stock, x={"cuts": cuts})[0].cuts == tuple(cuts)

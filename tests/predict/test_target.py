import pytest

from daogou.base.errors import DaogouError
from daogou.predict.settings import PredictSettings, TargetSettings
from daogou.predict.target import Target, built_in


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
    found = built_in(_stock(shop), shop.day(1), PredictSettings())
    assert [target.name for target in found] == ["tea", "china", "inactive"]
    assert found[0] == Target("tea", "tea", 28)
    assert found[-1] == Target("inactive", "", 56, "absence")
    assert [target.recency for target in found] == ["own_recency", "own_recency", "any_recency"]


def test_categories_of_the_settings_in_their_order(shop):
    found = built_in(_stock(shop), shop.day(1), PredictSettings(categories=("salt", "tea"), purchase_days=14))
    assert [(target.name, target.days) for target in found] == [("salt", 14), ("tea", 14), ("inactive", 56)]


def test_a_company_without_categories_predicts_any_purchase(shop):
    shop.item("thing", None)
    shop.order(1, 0, "thing")
    found = built_in(shop.tell(), shop.day(1), PredictSettings())
    assert [(target.name, target.category, target.is_absence) for target in found] == [
        ("anything", "", False),
        ("inactive", "", True),
    ]


def test_an_unknown_category_is_told_with_the_nearest(shop):
    with pytest.raises(DaogouError, match=r"\[predict\] categories: .*'teas'. Did you mean 'tea'\?"):
        built_in(_stock(shop), shop.day(1), PredictSettings(categories=("teas",)))


def test_categories_in_the_settings_of_a_company_without_any(shop):
    with pytest.raises(DaogouError, match="Map the items' category"):
        built_in(shop.warehouse, shop.day(1), PredictSettings(categories=("tea",)))


def test_an_unknown_attribute_is_told_with_the_nearest(shop):
    shop.customer(1, age="35-44")
    with pytest.raises(DaogouError, match=r"no customer has the attribute 'ages'\. Did you mean 'age'"):
        built_in(shop.warehouse, shop.day(1), PredictSettings(attributes=("ages",)))
    assert built_in(shop.warehouse, shop.day(1), PredictSettings(attributes=("age",)))


def test_own_targets_take_the_place_of_those_that_nobody_asked_for(shop):
    own = {"soon": TargetSettings(within=7)}
    assert built_in(_stock(shop), shop.day(1), PredictSettings(targets=own)) == []
    named = built_in(shop.warehouse, shop.day(1), PredictSettings(targets=own, categories=("tea",)))
    assert [target.name for target in named] == ["tea", "inactive"]


@pytest.mark.parametrize(
    ("target", "leaving"),
    [
        (Target("inactive", "", 56, "absence"), True),
        (Target("silent", "", 56, "churn"), True),
        (Target("ended", "", 56, "contract"), True),
        (Target("no tea", "target:no tea", 56, "absence"), False),
        (Target("tea", "tea", 28), False),
        (Target("money", "", 28, "spend"), False),
    ],
)
def test_leaving_is_leaving_the_company_not_a_category(target, leaving):
    assert target.is_leaving == leaving

"""Which offer to make."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from daogou.base.errors import DaogouError
from daogou.campaign.offer import choose, each_offer, likeliest, response
from daogou.store.tables import CATEGORY_SHARES, ITEMS, ORDER_LINES, ORDERS, SCORES
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

TODAY = date(2024, 3, 1)


@pytest.fixture
def shop() -> Iterator[Warehouse]:
    """Customers 1 to 3; customer 1 bought tea a week ago and cake two months ago."""
    with Warehouse(":memory:") as warehouse:
        warehouse.append(ITEMS, rows(ITEMS, *({"item_id": c, "category": c} for c in ("tea", "cake", "soap"))))
        recent, old = {"local_day": date(2024, 2, 23)}, {"local_day": date(2024, 1, 2)}
        orders = ({"order_id": "a", "customer_id": 1} | recent, {"order_id": "b", "customer_id": 1} | old)
        warehouse.append(ORDERS, rows(ORDERS, *orders))
        lines = (
            {"order_id": "a", "item_id": "tea", "quantity": 1},
            {"order_id": "b", "item_id": "cake", "quantity": 1},
        )
        warehouse.append(ORDER_LINES, rows(ORDER_LINES, *lines))
        yield warehouse


def score(warehouse: Warehouse, category: str, *probabilities: float) -> None:
    known = {"as_of": TODAY, "target": category}
    told = ({"customer_id": k + 1, "probability": p} | known for k, p in enumerate(probabilities))
    warehouse.append(SCORES, rows(SCORES, *told))


def test_the_offer_is_where_most_buyers_are_expected_among_people_who_do_not_buy_now(shop: Warehouse) -> None:
    score(shop, "tea", 0.9, 0.2, 0.2)  # customer 1 buys tea anyway
    score(shop, "cake", 0.3, 0.2, 0.2)  # and has not bought cake for long
    offer = choose(shop, TODAY, 28, None)
    assert (offer.category, offer.chosen_by, offer.action) == ("cake", "response", "coupon:cake")
    found = [(c.category, c.not_buying, round(c.expected, 9)) for c in offer.candidates]
    assert found == [("cake", 3, 0.7), ("tea", 2, 0.4)]
    assert offer.is_ranked


def test_targets_that_are_no_category_are_no_offer(shop: Warehouse) -> None:
    score(shop, "inactive", 0.9, 0.9, 0.9)
    score(shop, "tea", 0.1, 0.1, 0.1)
    assert [c.category for c in choose(shop, TODAY, 28, None).candidates] == ["tea"]


def test_ties_go_to_the_first_by_name(shop: Warehouse) -> None:
    score(shop, "soap", 0.1, 0.2, 0.3)
    score(shop, "cake", 0.3, 0.2, 0.1)
    assert choose(shop, TODAY, 28, None).category == "cake"


def test_without_scores_the_offer_is_what_people_stopped_buying(shop: Warehouse) -> None:
    told = ({"customer_id": 1, "category": c, "as_of": TODAY, "net_sales": 5.0} for c in ("tea", "cake"))
    shop.append(CATEGORY_SHARES, rows(CATEGORY_SHARES, *told))
    offer = choose(shop, TODAY, 28, None)
    assert (offer.category, offer.chosen_by) == ("cake", "lapsed")


def test_without_categories_the_offer_is_a_voucher_on_anything() -> None:
    with Warehouse(":memory:") as warehouse:
        offer = choose(warehouse, TODAY, 28, None)
    assert (offer.category, offer.chosen_by, offer.action) == (None, "nothing", "coupon:anything")
    assert not offer.is_ranked


def test_the_settings_have_the_last_word(shop: Warehouse) -> None:
    score(shop, "tea", 0.9, 0.2, 0.2)
    offer = choose(shop, TODAY, 28, "soap")
    assert (offer.category, offer.chosen_by) == ("soap", "settings")


def test_a_category_that_no_item_has_is_named_with_the_nearest(shop: Warehouse) -> None:
    with pytest.raises(DaogouError, match=r"unknown category 'taa'. Did you mean 'tea'\?"):
        choose(shop, TODAY, 28, "taa")


def test_response_is_empty_where_nobody_predicted(shop: Warehouse) -> None:
    score(shop, "tea", 0.9, 0.2)
    found = response(shop, TODAY, "tea", np.array([1, 2, 3]))
    assert found[:2].tolist() == [0.9, 0.2]
    assert np.isnan(found[2])
    assert np.isnan(response(shop, TODAY, None, np.array([1]))).all()


def test_each_gets_the_likeliest_of_several_that_they_do_not_buy_at_present(shop: Warehouse) -> None:
    score(shop, "tea", 0.9, 0.6, 0.2)  # customer 1 bought tea a week ago
    score(shop, "cake", 0.3, 0.5, 0.4)
    best, chance = likeliest(shop, TODAY, 28, ["tea", "cake"], np.array([1, 2, 3, 4]))
    assert best.tolist() == ["cake", "tea", "cake", "tea"]  # whom nobody predicted gets the first
    assert chance[:3].tolist() == [0.3, 0.6, 0.4]
    assert np.isnan(chance[3])
    best, _chance = likeliest(shop, TODAY, 28, ["tea"], np.array([1]))
    assert best.tolist() == ["tea"]  # all that there is
    with pytest.raises(DaogouError, match=r"unknown category 'taa'. Did you mean 'tea'"):
        likeliest(shop, TODAY, 28, ["taa", "cake"], np.array([1]))


def test_an_offer_of_several_categories_has_a_name_of_its_own() -> None:
    assert each_offer(["tea", "cake"]).action == "coupon:tea+cake"
    assert each_offer(["tea", "cake"]).is_ranked

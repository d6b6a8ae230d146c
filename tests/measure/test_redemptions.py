"""Which purchases belong to which redemption."""

from collections.abc import Iterator
from datetime import date

import pytest

from daogou.measure.redemptions import redemptions
from daogou.store.tables import COUPONS, OFFERS, ORDER_LINES, ORDERS
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

DAY = date(2024, 3, 5)
TODAY = date(2024, 3, 9)


@pytest.fixture
def shop() -> Iterator[Warehouse]:
    """Customer 1 had two orders on one day; tea carries a coupon of the shop, soap one of its maker."""
    with Warehouse(":memory:") as warehouse:
        orders = (
            {"order_id": "x", "net_sales": 40, "shop_coupon": 3},
            {"order_id": "y", "net_sales": 60, "maker_coupon": 2},
        )
        known = {"customer_id": 1, "local_day": DAY}
        warehouse.append(ORDERS, rows(ORDERS, *(order | known for order in orders)))
        lines = (
            {"line_id": "1", "order_id": "x", "item_id": "tea", "shop_coupon": 3},
            {"line_id": "2", "order_id": "y", "item_id": "soap", "maker_coupon": 2},
        )
        warehouse.append(ORDER_LINES, rows(ORDER_LINES, *lines))
        offers = ({"campaign_id": "c", "offer_id": o, "item_id": o} for o in ("tea", "soap"))
        warehouse.append(OFFERS, rows(OFFERS, *offers))
        yield warehouse


def use(warehouse: Warehouse, *coupons: dict[str, object]) -> None:
    common = {"customer_id": 1, "campaign_id": "c", "redeemed_day": DAY}
    warehouse.append(COUPONS, rows(COUPONS, *(common | coupon for coupon in coupons)))


def test_a_coupon_that_names_its_order_belongs_to_it_alone(shop: Warehouse) -> None:
    use(shop, {"coupon_id": "a", "order_id": "x", "offer_id": "tea"})
    found = redemptions(shop, TODAY)
    assert (found.net_sales.tolist(), found.shop.tolist(), found.maker.tolist()) == ([40.0], [3.0], [0.0])


def test_a_coupon_without_an_order_belongs_to_all_orders_of_that_day(shop: Warehouse) -> None:
    use(shop, {"coupon_id": "a", "offer_id": "tea"}, {"coupon_id": "b", "offer_id": "soap"})
    found = redemptions(shop, TODAY)
    assert found.net_sales.tolist() == [50.0, 50.0]
    assert (found.shop.tolist(), found.maker.tolist()) == ([3.0, 0.0], [0.0, 2.0])
    assert (found.on_covered, found.unexplained) == (5.0, 0.0)


def test_without_offers_the_value_of_the_orders_is_shared(shop: Warehouse) -> None:
    shop.replace(OFFERS, rows(OFFERS))
    use(shop, {"coupon_id": "a"}, {"coupon_id": "b"})
    found = redemptions(shop, TODAY)
    assert (found.shop.tolist(), found.maker.tolist(), found.on_covered) == ([1.5, 1.5], [1.0, 1.0], 0.0)


def test_a_redemption_without_any_order_is_counted_and_brings_nothing(shop: Warehouse) -> None:
    use(shop, {"coupon_id": "a", "redeemed_day": date(2024, 3, 1)}, {"coupon_id": "b", "redeemed_day": TODAY})
    found = redemptions(shop, TODAY)  # a coupon used today is not known yet
    assert (len(found), found.without_order, found.net_sales.tolist()) == (1, 1, [0.0])

"""Purchases of items that nobody described yet at the moment that is asked for."""

from daogou.profile.shares import category_shares, shares


def told(shop, rows, cut):
    found = shop.warehouse.to_arrow(rows(shop.warehouse, [cut])).to_pylist()
    return {row.get("category") or (row["kind"], row["value"]): row["share"] for row in found}


def test_a_purchase_counts_before_its_item_is_described(shop, days):
    """A description that comes later once took the item's earlier purchases out of shares and price bands."""
    shop.item("tea", "A", brand="Alm")
    shop.order(1, days(3), items={"tea": 30, "box": 70})
    before = told(shop, category_shares, days(40)), told(shop, shares, days(40))
    assert before == ({"A": 0.3}, {("brand", "Alm"): 1, ("price_band", "20-50"): 0.3, ("price_band", "50-100"): 0.7})
    shop.item("box", "B", days(50), brand="Hof")
    assert (told(shop, category_shares, days(40)), told(shop, shares, days(40))) == before
    assert told(shop, category_shares, days(50)) == {"A": 0.3, "B": 0.7}
    assert told(shop, shares, days(50))["brand", "Hof"] == 0.7

"""What a build says of everyone at once is what it says of a part of the customers after the other."""

import pyarrow as pa
import pytest

from daogou.profile import build, refresh
from daogou.profile.days import all_days
from daogou.profile.features import features
from daogou.profile.interests import interests
from daogou.profile.settings import ProfileSettings
from daogou.profile.shares import category_shares, shares
from daogou.store.rounding import rounded
from daogou.store.tables import CATEGORY_SHARES, CUSTOMER_DAYS, INTERESTS, PROFILES, SHARES

ALONE = {PROFILES: features, CATEGORY_SHARES: category_shares, SHARES: shares, INTERESTS: interests}


@pytest.fixture
def town(shop, days):
    """Seven customers, one a guest, who buy what changes its category, what nobody knows, and what they bring back."""
    shop.item("tea", "FOOD", brand="Alm")
    shop.item("tea", "DRINKS", days(30), brand="Hof")
    shop.item("bread", "FOOD", brand="Hof", title="bread; warm")
    shop.item("bag", None)
    for customer in range(7):
        shop.customer(customer, guest=customer == 4)
        for n in range(customer + 1):
            goods = {"tea": 3 + n, "bread": 2.5} if n % 3 else {"bag": 9, "nobody knows": 1}
            shop.order(customer, days(11 * n + customer), items=goods, hour=(7 * n) % 24, store="AB"[n % 2])
        shop.refund(customer, days(50), 2, item="tea")
    return shop


def test_parts_of_the_customers_say_what_all_say_at_once(town, days, monkeypatch):
    monkeypatch.setattr(build, "_AT_ONCE", 25)
    monkeypatch.setattr(refresh, "_DAYS_AT_ONCE", 15)
    warehouse, cuts = town.warehouse, [days(60), days(25), days(4)]
    warehouse.replace(CUSTOMER_DAYS, all_days(warehouse))
    made = refresh.built(warehouse, cuts, ProfileSettings(), "").by_table
    for table, alone in ALONE.items():
        expected = rounded(warehouse.to_arrow(alone(warehouse, cuts).order_by(*table.key)))
        assert expected.num_rows > len(cuts), table.name
        assert rounded(warehouse.to_arrow(made[table].order_by(*table.key))).equals(expected), table.name


@pytest.mark.parametrize("table", [CATEGORY_SHARES, SHARES, INTERESTS], ids=lambda table: table.name)
def test_several_cuts_in_one_pass_are_each_cut_by_itself(town, days, table):
    warehouse, cuts = town.warehouse, [days(60), days(25), days(4)]
    together = rounded(warehouse.to_arrow(ALONE[table](warehouse, cuts).order_by(*table.key)))
    single = [warehouse.to_arrow(ALONE[table](warehouse, [cut])) for cut in cuts]
    assert rounded(pa.concat_tables(single)).sort_by([(name, "ascending") for name in table.key]).equals(together)

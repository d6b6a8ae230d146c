import pytest

from daogou.base.errors import DaogouError
from daogou.base.rule_check import check
from daogou.base.rule_read import read
from daogou.profile.features import features
from daogou.profile.own import own_features
from daogou.profile.settings import ProfileSettings
from daogou.store.rounding import rounded
from daogou.store.rule import members, vocabulary
from daogou.store.tables import PROFILES

VISITS = ProfileSettings(features={"visits": {"did": "bought", "within": 30, "measure": "days"}})


def test_rules_know_a_companys_own_features(shop, days):
    for customer, bought in ((1, (0, 50, 55)), (2, (40,)), (3, (0,))):
        for day in bought:
            shop.order(customer, days(day))
    warehouse, cut = shop.warehouse, days(60)
    warehouse.append(PROFILES, rounded(warehouse.to_arrow(features(warehouse, [cut], VISITS))))
    rule = read({"profile": "visits", "at_least": 1}, "rule")
    check(rule, vocabulary(warehouse, rule, cut, []), "rule")
    assert sorted(warehouse.to_arrow(members(warehouse, rule, cut)).column(0).to_pylist()) == [1, 2]
    rule = read({"not": {"profile": "visits", "above": 0}}, "rule")
    assert warehouse.to_arrow(members(warehouse, rule, cut)).column(0).to_pylist() == [3]
    wrong = read({"profile": "visit", "at_least": 1}, "rule")
    with pytest.raises(DaogouError, match="there is no column of profiles 'visit'. Did you mean 'visits'"):
        check(wrong, vocabulary(warehouse, wrong, cut, []), "rule")


def test_a_name_of_the_catalogue_is_taken():
    taken = ProfileSettings(features={"orders": {"did": "bought", "measure": "count"}})
    with pytest.raises(DaogouError, match=r"\[profile.features.orders\]: there is a feature 'orders' already"):
        own_features(taken)

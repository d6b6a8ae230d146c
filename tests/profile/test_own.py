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


def test_a_festival_that_nobody_knows_is_no_feature_of_zeros(shop, days):
    shop.order(1, days(0))
    for told, said in (
        ({"on": "double_1"}, "on: .*'double_1'. Did you mean 'double_1"),
        ({"around": "x"}, "around: "),
    ):
        wrong = ProfileSettings(features={"feast": {"did": "bought", "measure": "count"} | told})
        with pytest.raises(DaogouError, match=rf"\[profile.features.feast\] {said}"):
            features(shop.warehouse, [days(60)], wrong)
    known = ProfileSettings(features={"feast": {"did": "bought", "measure": "count", "on": "thanksgiving_day"}})
    assert features(shop.warehouse, [days(60)], known, "US") is not None
    with pytest.raises(DaogouError, match="the calendar has no festival 'thanksgiving_day'"):
        features(shop.warehouse, [days(60)], known, "CN")

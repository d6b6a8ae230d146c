import pytest

from daogou.base.errors import DaogouError
from daogou.base.own_feature import OwnFeature, measured, read_feature
from daogou.base.rule import Comparison, Did, Named
from daogou.base.words import language


def test_a_feature_is_an_event_of_the_rules_and_a_measure():
    told = {"did": "bought", "where": {"category": "DELI"}, "within": 90, "measure": "distinct", "of": "store"}
    deli = (Named("category", (Comparison("is", "DELI"),)),)
    assert read_feature("delis", told, "here") == OwnFeature(
        "delis", Did("bought", where=deli, within=90), "distinct", "store"
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"did": "bought"}, "mine]: the measure is missing. Known are: count, days, distinct"),
        ({"did": "bought", "measure": 3}, "mine] measure: unknown measure '3'. Known are: count, days, distinct"),
        ({"measure": "count"}, "a feature measures one kind of event. Write did = 'bought'"),
        ({"did": "bought", "measure": "count", "withn": 3}, "unknown setting 'withn'. Did you mean 'within'?"),
        ({"did": "bought", "measure": "count", "unit": "d"}, "unknown setting 'unit'. Known are: did, where, within"),
        ({"did": "bought", "measure": "summ"}, "measure: unknown measure 'summ'. Did you mean 'sum'?"),
        ({"did": "bougt", "measure": "sum"}, "did: unknown event 'bougt'. Did you mean 'bought'?"),
        ({"did_not": "bought", "measure": "count"}, "a feature measures one kind of event"),
        ({"profile": "orders", "above": 3, "measure": "count"}, "a feature measures one kind of event"),
        ({"did": "bought", "count": {"above": 3}, "measure": "count"}, "a feature measures one kind of event"),
        ({"did": "redeemed", "measure": "sum"}, "'redeemed' has no amount to sum"),
        ({"did": "bought", "measure": "distinct", "of": "colour"}, "different values of 'colour' cannot be counted"),
        ({"did": "bought", "measure": "distinct"}, "'of' is missing: of what different values are counted. Known are:"),
        ({"did": "reached", "measure": "distinct", "of": "x"}, "Use 'count'."),
        ({"did": "bought", "measure": "days", "of": "store"}, "'of' is said with measure 'distinct' alone"),
        (
            {"did": "bought", "where": {"amount": {"above": 3}}, "measure": "distinct", "of": "store"},
            "different values cannot be counted over orders of an amount",
        ),
    ],
)
def test_mistakes_say_what_where_and_what_next(told, said):
    with pytest.raises(DaogouError) as caught:
        read_feature("mine", told, "daogou.toml [profile.features.mine]")
    assert str(caught.value).startswith("daogou.toml [profile.features.mine]")
    assert said in str(caught.value)


def test_what_is_missing_is_said_in_chinese_too():
    for told, said in (({"did": "bought"}, "缺少统计方式"), ({"did": "bought", "measure": "distinct"}, "缺少 'of'")):
        with language("zh"), pytest.raises(DaogouError, match=said):
            read_feature("mine", told, "here")


def test_a_name_is_one_that_rules_can_say():
    with pytest.raises(DaogouError, match="'My visits' is no name of a feature"):
        read_feature("My visits", {"did": "bought", "measure": "days"}, "here")
    with language("zh"), pytest.raises(DaogouError, match="不能用作特征名"):
        read_feature("1st", {"did": "bought", "measure": "days"}, "here")


def test_events_are_asked_for_with_what_the_measure_needs():
    asked = {m: measured(OwnFeature("x", Did("bought"), m)).measures for m in ("count", "mean", "days", "recency")}
    assert asked == {"count": (Named("count", ()),), "mean": (Named("sum", ()),), "days": (), "recency": ()}

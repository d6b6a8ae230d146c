import pytest

from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.profile.tag_settings import TagSettings, bands, read_tags

BAND = {"kind": "band", "profile": "net_sales_365", "edges": [100, 500]}


def test_tags_are_read_by_name_in_their_order():
    told = {"forbidden": ["学区"], "worth": BAND, "stage": {"kind": "lifecycle", "title": "阶段"}}
    made = read_tags(told)
    assert list(made.named) == ["worth", "stage"]
    assert made.forbidden == ("学区",)
    assert made.named["stage"].title == "阶段"
    assert read_tags({}).named == {}


@pytest.mark.parametrize(
    ("tag", "error"),
    [
        ({}, r"tags\.t\]: the setting 'kind' is missing"),
        ({"kind": "bnad"}, "'kind' is 'bnad': it is none of the values"),
        (BAND | {"egdes": [1]}, "unknown setting 'egdes'. Did you mean 'edges'"),
        ({"kind": "lifecycle", "edges": [1]}, "'edges' has no place in a tag of kind 'lifecycle'. Known are: title"),
        ({"kind": "rule"}, "the tag has no rules"),
        ({"kind": "rule", "rules": {"yes": {"did": "bougt"}}}, r"rules\.yes did: unknown event 'bougt'"),
        ({"kind": "number"}, "a tag of kind 'number' is taken from one thing"),
        ({"kind": "number", "profile": "orders", "event": "bought"}, "is taken from one thing"),
        ({"kind": "number", "event": "redeemed", "measure": "sum"}, "'redeemed' has no amount to sum"),
        (BAND | {"quantiles": 4}, "bands are cut by edges or by quantiles"),
        (BAND | {"edges": []}, "bands are cut by edges or by quantiles"),
        (BAND | {"edges": [5, 5]}, "edges must rise"),
        (BAND | {"edges": [1, float("inf")]}, r"tags\.t\]: edges must be finite numbers"),
        (BAND | {"edges": [float("nan")]}, "edges must be finite numbers"),
        (BAND | {"edges": [], "quantiles": 1_000}, "quantiles must be 100 or less"),
        (BAND | {"names": ["low", " ", "high"]}, "' ' cannot be a value"),
        (BAND | {"names": ["low", "x" * 61, "high"]}, "cannot be a value"),
        ({"kind": "rule", "rules": {"a\n": {"did": "bought"}}}, "'a\n' cannot be a value"),
        ({"kind": "list", "file": "a.csv", "value": ""}, "'' cannot be a value"),
        (BAND | {"names": ["low", "high"]}, "there are 3 bands and 2 different names"),
        ({"kind": "first", "event": "bougt", "what": "store"}, "unknown event 'bougt'. Did you mean 'bought'"),
        ({"kind": "last", "event": "bought", "what": "catgory"}, "'catgory' is nothing .*'category'"),
        ({"kind": "favourite", "event": "bought", "what": "day"}, "'day' is nothing that 'bought' has"),
        ({"kind": "favourite", "event": "redeemed", "what": "offer", "by": "sum"}, "'redeemed' has no amount to sum"),
        ({"kind": "favourite", "event": "bought", "what": "store", "least_share": 2}, "least_share must lie"),
        ({"kind": "first", "event": "bought", "what": "store", "where": {"shop": "A"}}, "no filter 'shop'"),
        ({"kind": "list"}, "the tag has no file"),
        ("gold", "'t' is a value, not a section"),
    ],
)  # fmt: skip
def test_each_mistake_says_what_where_and_what_next(tag, error):
    with pytest.raises(DaogouError, match=error):
        read_tags({"t": tag})


@pytest.mark.parametrize("name", ["rfm", "lifecycle", "a:b", " ", "x" * 61, "a\tb"])
def test_a_name_that_segments_have_or_that_no_rule_could_write_is_refused(name):
    with pytest.raises(DaogouError, match="cannot be the name of a tag"):
        read_tags({name: BAND})


@pytest.mark.parametrize(
    "told",
    [
        {"pregnant": BAND},
        {"t": BAND | {"title": "宗教信仰"}},
        {"t": BAND | {"names": ["low income", "b", "c"]}},
        {"t": {"kind": "rule", "rules": {"muslim": {"profile": "orders", "at_least": 1}}}},
        {"t": {"kind": "rule", "rules": {"yes": {"attribute": "religion", "known": True}}}},
        {"t": {"kind": "rule", "rules": {"yes": {"did": "bought", "where": {"category": "Pregnancy tests"}}}}},
        {"t": {"kind": "number", "event": "bought", "where": {"title": {"contains": "HIV"}}}},
        {"t": {"kind": "list", "file": "a.csv", "value": "gay"}},
        {"t": {"kind": "list", "file": "lists/pregnant_2024.csv"}},
        {"forbidden": ["gold"], "t": BAND | {"names": ["a", "b", "Gold"]}},
    ],
)
def test_nothing_sensitive_is_declared_whether_named_or_asked_for(told):
    with pytest.raises(DaogouError, match="may never be a tag"):
        read_tags(told)


def test_the_refusal_is_said_in_chinese_too():
    with language("zh"), pytest.raises(DaogouError, match="不得作为标签.*宗教信仰"):
        read_tags({"t": BAND | {"title": "清真"}})


def test_the_list_of_forbidden_words_is_a_list():
    with pytest.raises(DaogouError, match="'forbidden' must be a list of words"):
        read_tags({"forbidden": "学区"})


def test_bands_have_the_companys_names_or_say_their_edges():
    assert bands(TagSettings(kind="band", edges=[0.5], names=["a", "b"]), [0.5]) == ["a", "b"]
    assert bands(TagSettings(kind="band"), [0.5]) == ["<0.5", ">=0.5"]
    assert bands(TagSettings(kind="band", quantiles=3), [1, 2]) == ["1/3", "2/3", "3/3"]

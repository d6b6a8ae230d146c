import pytest

from daogou.base.errors import DaogouError
from daogou.base.rule_check import Vocabulary, check
from daogou.base.rule_read import read

KNOWN = Vocabulary(
    profile={"orders_28": "number", "favourite_store": "text", "has_attributes": "flag"},
    attributes=["age", "region"],
    targets=["DELI", "inactive"],
    tags=["rfm:lost", "kmeans:group_1", "worth:gold", "worth:silver"],
    festivals=["618", "double_11"],
)


@pytest.mark.parametrize(
    "told",
    [
        {"profile": "orders_28", "in": [1, 2.5], "above": 0, "known": True},
        {"profile": "favourite_store", "is_not": "7", "contains": "x"},
        {"profile": "has_attributes", "is": True},
        {"attribute": "age", "above": 18},
        {"any": [{"score": "DELI", "above": 0.5}, {"tag": "rfm:lost"}]},
        {"first": {"did": "bought", "on": "618"}, "then": {"did": "bought", "around": ["double_11"]}, "days": 3},
    ],
)
def test_what_exists_may_be_named(told):
    check(read(told, "here"), KNOWN, "here")


WRONG = [
    (
        {"profile": "orders_82", "is": 1},
        "profile: there is no column of profiles 'orders_82'. Did you mean 'orders_28'?",
    ),
    ({"profile": "orders_28", "is": "3"}, "here is: 'orders_28' is a number, and '3' is not. Texts stand in quotes"),
    ({"profile": "orders_28", "is": True}, "here is: 'orders_28' is a number, and True is not."),
    (
        {"profile": "orders_28", "contains": "3"},
        "here contains: 'orders_28' is a number, and 'contains' compares other",
    ),
    (
        {"profile": "favourite_store", "above": 3},
        "here above: 'favourite_store' is a text, and 'above' compares other things. Known",
    ),
    ({"profile": "favourite_store", "in": [3]}, "here in: 'favourite_store' is a text, and 3 is not."),
    ({"profile": "has_attributes", "is": 1}, "here is: 'has_attributes' is true or false, and 1 is not."),
    (
        {"all": [{"attribute": "agee", "is": "3"}]},
        "here all[1].attribute: no customer has an attribute 'agee'. Did you mean 'age'?",
    ),
    ({"score": "inactiv", "above": 0.5}, "here score: there are no scores of 'inactiv'. Did you mean 'inactive'?"),
    ({"not": {"tag": "rfm:lots"}}, "here not.tag: there is no segment 'rfm:lots'. Did you mean 'rfm:lost'?"),
    ({"tag": "worth:xyz"}, "here tag: there is no tag 'worth:xyz'. Known are: worth:gold, worth:silver."),
    ({"tag": "wort:gold"}, "here tag: there is no segment or tag 'wort:gold'. Did you mean 'worth:gold'?"),
    ({"did": "bought", "on": "681"}, "here on: the calendar has no festival '681'. Did you mean '618'?"),
    (
        {"first": {"did": "bought"}, "then": {"did": "bought", "around": "xmas"}, "days": 3},
        "here then.around: the calendar has no festival 'xmas'. Known are: 618, double_11.",
    ),
]


@pytest.mark.parametrize(("told", "said"), WRONG, ids=[said for _told, said in WRONG])
def test_what_does_not_exist_is_said_with_the_nearest_that_does(told, said):
    with pytest.raises(DaogouError) as error:
        check(read(told, "here"), KNOWN, "here")
    assert said in str(error.value)


def test_where_there_is_nothing_yet_it_says_so():
    with pytest.raises(DaogouError, match=r"there are no scores of 'inactive'\. There are none yet\."):
        check(read({"score": "inactive", "above": 0.5}, "here"), Vocabulary({}, [], [], [], []), "here")

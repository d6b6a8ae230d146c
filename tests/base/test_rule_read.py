"""What a rule may say is read and written again; all else is refused, with what, where and what next."""

import json

import pytest

from daogou.base.errors import DaogouError
from daogou.base.rule import DEEPEST, MOST_PARTS, AllOf, Comparison, Did, Field, Named, Not, Sequence, Tag, plain
from daogou.base.rule_read import read

BOUGHT = {"did": "bought"}


def test_every_kind_of_part_is_read():
    told = {
        "all": [
            {"attribute": "age", "above": 18, "at_most": 30},
            {"not": {"tag": "rfm:lost"}},
            {
                "did": "bought",
                "where": {"category": ["DELI"], "store": "7", "amount": {"above": 5}},
                "within": 90,
                "skip_last": 7,
                "around": "618",
                "count": {"at_least": 3},
            },
            {"first": {"did": "reached"}, "then": {"did": "redeemed"}, "days": 14},
        ]
    }
    assert read(told, "here") == AllOf(
        (
            Field("attribute", "age", (Comparison("above", 18), Comparison("at_most", 30))),
            Not(Tag("rfm:lost")),
            Did(
                "bought",
                where=(
                    Named("category", (Comparison("in", ("DELI",)),)),
                    Named("store", (Comparison("is", "7"),)),
                    Named("amount", (Comparison("above", 5),)),
                ),
                within=90,
                skip_last=7,
                around=("618",),
                measures=(Named("count", (Comparison("at_least", 3),)),),
            ),
            Sequence(Did("reached"), Did("redeemed"), 14),
        )
    )


def test_what_is_written_plainly_reads_as_the_same():
    rule = read(
        {"any": [BOUGHT, {"did_not": "refunded", "on": ["618", "qixi"]}, {"score": "x", "known": True}]}, "here"
    )
    assert read(plain(rule), "here") == rule
    assert json.loads(json.dumps(plain(rule))) == plain(rule)


def nested(depth):
    rule = BOUGHT
    for _n in range(depth):
        rule = {"not": rule}
    return rule


WRONG = [
    ([], "here: it must be a table of names and values, not []. Write { name = value } in TOML"),
    ({}, "here: the rule is empty. Known are: all, any, not, attribute,"),
    ({"tagg": "a:b"}, "here: unknown part of a rule 'tagg'. Did you mean 'tag'?"),
    ({"all": [BOUGHT], "any": [BOUGHT]}, "here: 'all' and 'any' stand in one part. Give each a part of its own"),
    ({"all": []}, "here all: the list is empty. Put at least one part into it."),
    ({"any": BOUGHT}, "here any: it must be a list of rules, not {'did': 'bought'}. Write it in [ ]."),
    ({"all": [BOUGHT], "within": 3}, "here: 'within' has no place beside 'all'. Known are: all."),
    ({"all": [BOUGHT, {"not": {"any": [{}]}}]}, "here all[2].not.any[1]: the rule is empty."),
    ({"tag": "rfm"}, "here tag: 'rfm' is no segment and no tag. Write method:segment or tag:value, such as 'rfm:"),
    ({"tag": 3}, "here tag: 3 is not a text. Texts stand in quotes, numbers do not."),
    ({"attribute": " "}, "here attribute: ' ' is not a text."),
    ({"attribute": "age"}, "here: nothing is compared. Known are: is, is_not, in,"),
    ({"attribute": "age", "abov": 18}, "here: unknown comparison 'abov'. Did you mean 'above'?"),
    ({"attribute": "age", "above": "18"}, "here above: '18' is not a number. Texts stand in quotes, numbers do not."),
    ({"attribute": "age", "above": True}, "here above: True is not a number."),
    ({"attribute": "age", "is": True}, "here is: True is not a text or a number."),
    (
        {"attribute": "age", "above": float("inf")},
        "here above: inf is no number to compare with. Write a finite number.",
    ),
    ({"attribute": "age", "in": ["\ud800"]}, r"here in: '\ud800' is no whole text. Write its characters, not their \u"),
    ({"did": "bought", "where": {"title": {"contains": "\ud800"}}}, "here where.title.contains: "),
    ({"attribute": "age", "above": 10**30}, "here above: the whole number is too large. Write it with fewer digits"),
    ({"attribute": "age", "in": [1, -(10**400)]}, "here in: the whole number is too large."),
    ({"did": "bought", "sum": {"is": 2**63}}, "here sum.is: the whole number is too large."),
    ({"attribute": "age", "known": 1}, "here known: 1 is not true or false."),
    ({"attribute": "age", "in": "18"}, "here in: it must be a list, not '18'. Write it in [ ]."),
    ({"attribute": "age", "in": []}, "here in: the list is empty. Put at least one value into it."),
    ({"attribute": "age", "in": [1, "2"]}, "here in: the list mixes kinds of values. Write texts alone"),
    ({"profile": "x", "in": [True]}, "here in: the list mixes kinds of values."),
    ({"attribute": "age", "in": ["x"] * 1_001}, "here in: the list has 1001 values, and at most 1000 are read."),
    ({"score": "inactive", "contains": "x"}, "here: unknown comparison 'contains'."),
    ({"did": "bougt"}, "here did: unknown event 'bougt'. Did you mean 'bought'?"),
    ({"did": "bought", "withn": 3}, "here: 'withn' has no place beside 'did'. Did you mean 'within'?"),
    ({"did": "bought", "within": -3}, "here within: -3 is no number of days. Write a whole number from 1 to 36,500;"),
    ({"did": "bought", "within": 0}, "here within: 0 is no number of days."),
    ({"did": "bought", "within": 2.5}, "here within: 2.5 is no number of days."),
    ({"did": "bought", "within": True}, "here within: True is no number of days."),
    ({"did": "bought", "skip_last": "7"}, "here skip_last: '7' is no number of days."),
    ({"did": "bought", "within": 7, "skip_last": 7}, "here skip_last: it leaves nothing of the 7 days of 'within'."),
    ({"did": "bought", "on": []}, "here on: the list is empty."),
    ({"did": "bought", "on": "618", "around": "618"}, "here: 'on' and 'around' stand in one part."),
    (
        {"did": "bought", "where": {"brnd": "A"}},
        "here where.brnd: 'bought' has no filter 'brnd'. Did you mean 'brand'?",
    ),
    ({"did": "bought", "where": {"item": 5}}, "here where.item.is: 5 is not a text."),
    ({"did": "bought", "where": {"amount": {"contains": "5"}}}, "here where.amount: unknown comparison 'contains'."),
    ({"did": "bought", "where": ["DELI"]}, "here where: it must be a table of names and values, not ['DELI']."),
    ({"did": "bought", "count": 3}, "here count: it must be a table of names and values, not 3."),
    ({"did": "bought", "count": {"in": [1]}}, "here count: unknown comparison 'in'."),
    ({"did": "redeemed", "sum": {"above": 1}}, "here sum: 'redeemed' has no amount to sum. Count it with 'count' or"),
    ({"did_not": "bought", "count": {"above": 1}}, "here count: what was not done cannot be counted. Write 'did' with"),
    ({"first": BOUGHT}, "here: 'first' stands alone. Add 'then', what followed, and 'days'"),
    ({"first": BOUGHT, "then": {"tag": "a:b"}, "days": 3}, "here then: it must be something that was done, without a"),
    ({"first": {"did_not": "bought"}, "then": BOUGHT, "days": 3}, "here first: it must be something that was done"),
    ({"first": BOUGHT, "then": BOUGHT, "days": -1}, "here days: -1 is no number of days."),
    (nested(DEEPEST + 1), "the rule is nested more than 12 deep. Put parts of one kind side by side."),
    ({"all": [BOUGHT] * MOST_PARTS}, "here: the rule has 501 parts, and at most 500 are read. Use 'in' with a list"),
]


@pytest.mark.parametrize(("told", "said"), WRONG, ids=[said for _told, said in WRONG])
def test_a_mistake_says_what_where_and_what_next(told, said):
    with pytest.raises(DaogouError) as error:
        read(told, "here")
    assert said in str(error.value)
    assert error.value.hint


def test_a_rule_may_be_as_deep_as_the_limit():
    assert read(nested(DEEPEST), "here")


def test_long_values_are_cut_in_errors():
    with pytest.raises(DaogouError, match=r"'x{36}\.\.\. is not a number"):
        read({"attribute": "age", "above": "x" * 500}, "here")


def test_items_have_rules_of_their_own():
    told = {"all": [{"item": "price", "at_most": 9}, {"not": {"item_attribute": "colour", "is": "red"}}]}
    rule = read(told, "here", about="items")
    assert rule == AllOf(
        (
            Field("item", "price", (Comparison("at_most", 9),)),
            Not(Field("item_attribute", "colour", (Comparison("is", "red"),))),
        )
    )
    assert read(plain(rule), "here", about="items") == rule


@pytest.mark.parametrize(
    ("told", "about", "problem"),
    [
        ({"item": "price", "at_most": 9}, "customers", "unknown part of a rule 'item'"),
        ({"item": "prise", "at_most": 9}, "items", "item: items have no column 'prise'. Did you mean 'price'"),
        ({"item": "price", "at_most": "9"}, "items", "at_most: '9' is not a number"),
        ({"item": "title", "above": 9}, "items", "unknown comparison 'above'"),
        ({"item": "available", "is": "yes"}, "items", "is: 'yes' is not true or false"),
        ({"attribute": "age", "above": 9}, "items", "unknown part of a rule 'attribute'"),
        ({"all": [{"tag": "rfm:lost"}]}, "attributes", "all.1.: unknown part of a rule 'tag'"),
    ],
)
def test_each_kind_of_rule_keeps_to_what_it_is_about(told, about, problem):
    with pytest.raises(DaogouError, match=problem):
        read(told, "here", about=about)

import re

import pytest

from daogou.base import words
from daogou.base.rule import EVENTS, MEASURE_OPERATORS, MEASURES, OPERATORS
from daogou.base.rule_read import read
from daogou.base.rule_words import say

BOUGHT = {"did": "bought"}
SAID = [
    (BOUGHT, "bought", "买过"),
    ({"did_not": "bought", "within": 28}, "did not buy in the last 28 days", "近 28 天内没买过"),
    (
        {
            "did": "bought",
            "where": {"category": ["DELI", "PASTRY"], "amount": {"above": 1500}},
            "within": 90,
            "skip_last": 7,
        },
        "bought (category is one of DELI, PASTRY, amount is above 1,500) from 90 to 7 days ago",
        "90 天前至 7 天前买过（品类为 DELI、PASTRY 之一、金额大于 1,500）",
    ),
    ({"did": "refunded", "skip_last": 30}, "got money back more than 30 days ago", "30 天以前退过款"),
    ({"did_not": "refunded"}, "got no money back", "没退过款"),
    ({"did": "redeemed", "on": "618"}, "used a coupon on 618", "在618当天用过优惠券"),
    ({"did_not": "redeemed"}, "used no coupon", "没用过优惠券"),
    (
        {"did": "reached", "around": ["qixi", "labor_day"]},
        "was reached by a campaign around Qixi or labor day",
        "在七夕或labor day前后被活动触达过",
    ),
    ({"did_not": "reached"}, "was reached by no campaign", "没被活动触达过"),
    (
        BOUGHT | {"within": 28, "count": {"at_least": 3}, "sum": {"below": 50}, "days": {"at_most": 9}},
        "bought in the last 28 days at least 3 times, for less than 50 in total, on at most 9 days",
        "近 28 天内买过，至少 3 次、合计少于 50、至多 9 天",
    ),
    (
        {"attribute": "age", "above": 18, "at_most": 30},
        "age is above 18 and age is at most 30",
        "age大于 18，且age不超过 30",
    ),
    ({"attribute": "age", "known": True}, "age is known", "age已知"),
    ({"attribute": "age", "known": False}, "age is not known", "age未知"),
    ({"attribute": "interests", "contains": "tea"}, "interests contains tea", "interests包含“tea”"),
    ({"attribute": "age", "not_in": ["1", "2"]}, "age is known and none of 1, 2", "age已知且不是 1、2"),
    ({"attribute": "age", "is_not": "1"}, "age is known and not 1", "age已知且不为 1"),
    ({"profile": "has_attributes", "is": True}, "has_attributes is true", "has_attributes为 是"),
    (
        {"profile": "orders", "at_least": 2, "below": 9},
        "orders is at least 2 and orders is below 9",
        "orders不低于 2，且orders小于 9",
    ),
    ({"score": "inactive", "at_least": 0.6}, "chance of 'inactive' is at least 0.6", "“inactive”的概率不低于 0.6"),
    ({"tag": "rfm:lost"}, "in segment rfm:lost", "属于分群“rfm:lost”"),
    ({"not": {"tag": "rfm:lost"}}, "not (in segment rfm:lost)", "不符合（属于分群“rfm:lost”）"),
    (
        {"all": [BOUGHT, {"any": [{"tag": "rfm:lost"}, {"did": "refunded"}]}]},
        "bought and (in segment rfm:lost or got money back)",
        "买过，且（属于分群“rfm:lost”或退过款）",
    ),
    (
        {"any": [BOUGHT, {"all": [{"tag": "rfm:lost"}, {"did": "refunded"}]}]},
        "bought or (in segment rfm:lost and got money back)",
        "买过或（属于分群“rfm:lost”，且退过款）",
    ),
    (
        {"first": {"did": "reached"}, "then": BOUGHT | {"where": {"item": "7"}}, "days": 14},
        "was reached by a campaign, then within 14 days bought (item is 7)",
        "被活动触达过，之后 14 天内又买过（商品为 7）",
    ),
]


@pytest.mark.parametrize(("told", "english", "chinese"), SAID, ids=[english for _told, english, _chinese in SAID])
def test_a_rule_is_said_in_both_languages(told, english, chinese):
    rule = read(told, "here")
    with words.language("en"):
        assert say(rule) == english
    with words.language("zh"):
        assert say(rule) == chinese


def every_part():
    """A rule of each operator, each event, each filter and each measure."""
    for kind, operators in OPERATORS.items():
        for operator in operators:
            plain = {"number": 3, "text": "x", "flag": True, "cell": 3}[kind]
            value = [plain] if operator in ("in", "not_in") else plain
            yield (
                {"attribute": "age", operator: {"known": True, "contains": "x"}.get(operator, value)}
                if (kind != "flag")
                else {"profile": "flag", operator: True}
            )
    for event, about in EVENTS.items():
        for name, kind in about.filters.items():
            yield {"did": event, "where": {name: 3 if kind == "number" else "x"}}
    for measure in MEASURES:
        for operator in MEASURE_OPERATORS:
            yield {"did": "bought", measure: {operator: 3}}


@pytest.mark.parametrize("told", list(every_part()), ids=str)
def test_no_english_is_left_in_chinese_words(told):
    with words.language("zh"):
        said = say(read(told, "here"), lambda _kind, _name: "某项")
    assert not re.search("[A-Za-z]{2}", said), said


def test_names_come_from_whoever_knows_them():
    rule = read({"all": [{"tag": "rfm:lost"}, {"profile": "orders", "is": 1}]}, "here")
    assert say(rule, lambda kind, name: f"<{kind} {name}>") == "in segment <tag rfm:lost> and <profile orders> is 1"

import pytest

from daogou.base.rule import Tag
from daogou.base.rule_read import read
from daogou.flows.audience_leaving import asked_targets, standing

LIKELY, UNLIKELY = {"score": "inactive", "above": 0.6}, {"score": "inactive", "below": 0.2}
RISK, WORTH = {"score": "inactive:value_at_risk", "at_least": 9}, {"profile": "net_sales_365", "above": 100}
NORTH, SPENT = {"attribute": "region", "is": "north"}, {"did": "bought", "sum": {"at_least": 50}}
BEHIND = {"rules:leaving": LIKELY, "rules:dear": {"all": [LIKELY, RISK]}, "risk:yes": {"tag": "rules:leaving"}}


def _expand(tag: Tag):
    return read(BEHIND[tag.tag], "x") if tag.tag in BEHIND else None


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (LIKELY, "leaving"),
        ({"score": "inactive", "known": True}, "leaving"),
        (UNLIKELY, "other"),
        ({"not": UNLIKELY}, "leaving"),
        ({"not": LIKELY}, "other"),
        ({"not": {"any": [UNLIKELY, {"not": RISK}]}}, "value"),
        ({"not": {"all": [UNLIKELY, NORTH]}}, "leaving"),
        (RISK, "value"),
        ({"all": [LIKELY, RISK]}, "value"),
        ({"all": [LIKELY, WORTH]}, "value"),
        ({"all": [LIKELY, SPENT]}, "value"),
        ({"all": [LIKELY, {"tag": "rfm:champions"}]}, "value"),
        ({"all": [LIKELY, NORTH]}, "mixed"),
        ({"all": [LIKELY, {"tag": "kmeans:group_1"}]}, "mixed"),
        ({"all": [LIKELY, LIKELY]}, "leaving"),
        ({"any": [LIKELY, RISK]}, "leaving"),
        ({"any": [{"all": [LIKELY, NORTH]}, RISK]}, "mixed"),
        ({"any": [NORTH, RISK]}, "other"),
        ({"tag": "rules:leaving"}, "leaving"),
        ({"tag": "risk:yes"}, "leaving"),
        ({"tag": "rules:dear"}, "value"),
        ({"score": "DELI", "above": 0.9}, "other"),
        ({"score": "p_alive", "below": 0.3}, "leaving"),
        ({"score": "p_alive", "above": 0.3}, "other"),
        ({"all": [{"score": "p_alive", "below": 0.3}, {"score": "value_at_risk", "above": 9}]}, "value"),
    ],
)
def test_what_a_rule_chooses_by(told, found):
    assert standing(read(told, "x"), ["inactive"], _expand) == found


def test_targets_are_found_behind_segments_and_tags():
    asked = {"any": [{"tag": "risk:yes"}, {"score": "silent:value_at_risk", "above": 1}, {"score": "DELI", "above": 1}]}
    assert asked_targets(read(asked, "x"), ["inactive", "silent"], _expand) == ["inactive", "silent"]

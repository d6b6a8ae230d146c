import pytest

from daogou.base.errors import DaogouError
from daogou.profile.rules import saved_rules
from daogou.profile.settings import SegmentSettings
from daogou.profile.tag_settings import TagSettings
from daogou.profile.tags_order import asks_groups, asks_scores, in_order, rules_needed, texts_through


def tag(*asked):
    return TagSettings(kind="rule", rules={"yes": {"any": [{"tag": one} for one in asked]}})


STAGE = TagSettings(kind="lifecycle")


def test_what_a_tag_asks_for_stands_before_it():
    found = in_order({"c": tag("b:yes"), "b": tag("a:new", "rfm:lost"), "a": STAGE})
    assert list(found) == ["a", "b", "c"]
    assert found == {"a": set(), "b": {"a"}, "c": {"a", "b"}}


def test_a_circle_is_refused_with_its_members():
    with pytest.raises(DaogouError, match=r"\[tags\.\w\]: these tags wait for each other: "):
        in_order({"a": tag("b:yes"), "b": tag("a:yes")})
    with pytest.raises(DaogouError, match="these tags wait for each other: a, a"):
        in_order({"a": tag("a:yes")})


def test_segments_by_rule_are_needed_through_other_tags_too():
    tags = {"a": tag("rules:vip"), "b": tag("a:yes"), "c": STAGE}
    assert rules_needed(tags) == {"a": {"vip"}, "b": {"vip"}, "c": set()}


def test_what_is_asked_through_segments_and_own_features_is_told_with_its_place():
    rules = {
        "a": {"any": [{"tag": "rules:b"}, {"attribute": "age", "above": 18}]},
        "b": {"profile": "tea", "above": 0},
        "other": {"tag": "rules:nobody"},
    }
    features = {"tea": {"did": "bought", "where": {"category": "TEA"}}, "unused": {"did": "viewed"}}
    tags = {"t": tag("rules:a"), "u": tag("t:yes"), "n": TagSettings(kind="number", profile="tea")}
    told = set(texts_through(tags, rules, features))
    here = {where.partition(", ")[2] for where, _text in told if where.startswith("daogou.toml [tags.u]")}
    assert here == {f"daogou.toml [{name}]" for name in ("segment.rules.a", "segment.rules.b", "profile.features.tea")}
    assert ("daogou.toml [tags.n], daogou.toml [profile.features.tea]", "TEA") in told
    assert not any("unused" in where or "other" in where for where, _text in told)


def test_rules_and_tags_are_put_in_one_order():
    told = {"last": {"tag": "b:yes"}, "vip": {"did": "bought"}}
    through = rules_needed({"a": tag("rules:vip"), "b": tag("a:yes")})
    assert list(saved_rules(SegmentSettings(rules=told), through)) == ["vip", "last"]


def test_a_circle_through_a_tag_is_refused():
    told = {"vip": {"tag": "a:yes"}}
    with pytest.raises(DaogouError, match="these rules wait for each other: vip, vip"):
        saved_rules(SegmentSettings(rules=told), rules_needed({"a": tag("rules:vip")}))


def test_what_a_tag_depends_on_is_known():
    scored = TagSettings(kind="rule", rules={"yes": {"score": "inactive", "above": 0.5}})
    assert [asks_scores("t", one) for one in (scored, tag("a:b"), STAGE)] == [True, False, False]
    assert [asks_groups("t", one) for one in (scored, tag("a:b"), STAGE)] == [False, True, False]

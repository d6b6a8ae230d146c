from datetime import date

import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.base.rule_read import read
from daogou.base.words import language
from daogou.profile.rules import asks_scores, name_of, named, saved_rules, summaries, tags
from daogou.profile.settings import SegmentSettings
from daogou.store.tables import CATEGORY_SHARES, PROFILES
from daogou.testing.rows import rows

AS_OF = date(2024, 3, 1)


def needs(name):
    return {"any": [{"tag": f"rules:{name}"}, {"tag": "rfm:lost"}]}


def test_a_rule_stands_after_those_that_it_speaks_of():
    settings = SegmentSettings(rules={"c": needs("b"), "a": {"did": "bought"}, "b": needs("a"), "d": needs("gone")})
    order = list(saved_rules(settings))
    assert order.index("a") < order.index("b") < order.index("c")
    assert sorted(order) == ["a", "b", "c", "d"]


def test_a_circle_is_named():
    settings = SegmentSettings(rules={"a": needs("b"), "b": needs("a")})
    with pytest.raises(DaogouError, match=r"daogou.toml \[segment.rules.[ab]\]: these rules wait for each other: "):
        saved_rules(settings)
    with pytest.raises(DaogouError, match="wait for each other: a, a"):
        saved_rules(SegmentSettings(rules={"a": needs("a")}))


def test_settings_refuse_what_is_no_rule():
    with pytest.raises(DaogouError, match=r"daogou.toml \[segment.rules.vip\] did: unknown event 'buy'"):
        SegmentSettings(rules={"vip": {"did": "buy"}})


def test_what_a_rule_speaks_of():
    rule = read({"all": [{"tag": "rules:x:y"}, {"not": {"score": "inactive", "above": 0.5}}]}, "here")
    assert named(rule) == {"x:y"}
    assert asks_scores(rule)
    assert not asks_scores(read({"tag": "rules:score"}, "here"))


def test_segments_that_are_empty_just_now_may_be_named():
    known = tags(SegmentSettings(k=3), [("rules", "vip"), ("rfm", "lost")])
    assert {"rfm:cant_lose", "rfm_zh:general_keep", "kmeans:group_3", "rules:vip"} <= set(known)
    assert "kmeans:group_4" not in known
    assert len(known) == len(set(known)) == 11 + 8 + 7 + 3 + 1


def test_a_summary_is_of_the_people_of_the_rule():
    known = [{"customer_id": n, "as_of": AS_OF, "orders": n, "net_sales_365": 10.0 * n} for n in (3, 1, 2)]
    people = {"two": pa.array([1, 3]), "nobody": pa.array([], pa.int64())}
    made = summaries(people, rows(PROFILES, *known), rows(CATEGORY_SHARES), SegmentSettings(), AS_OF).to_pylist()
    assert [(row["method"], row["segment"], row["size"], row["net_sales"]) for row in made] == [
        ("rules", "two", 2, 40.0),
        ("rules", "nobody", 0, 0.0),
    ]
    assert made[1]["features"] == "[]"


def test_names_are_the_readers():
    assert name_of("tag", "rfm:lost") == "Lost"
    assert name_of("tag", "rules:my own") == "my own"
    assert name_of("profile", "orders_28") == "orders in 28 days"
    assert name_of("attribute", "orders_28") == "orders_28"
    with language("zh"):
        assert name_of("attribute", "member_level") == "会员等级"
        assert name_of("profile", "favourite_store") == "常去的门店"

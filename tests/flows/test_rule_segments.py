from datetime import date

import pytest

from daogou.base.clock import system_clock
from daogou.base.errors import DaogouError
from daogou.flows.profile import profile
from daogou.flows.segment import segment
from daogou.flows.workspace import Workspace
from daogou.store.tables import CALENDAR, SCORES, SEGMENT_SUMMARIES, SEGMENTS
from daogou.testing.rows import rows

AS_OF = date(2024, 3, 1)
RULES = """
[segment.rules.wine]
did = "bought"
where = { category = "DRINKS" }
[segment.rules."known, and of wine"]
all = [{ tag = "rules:wine" }, { attribute = "age", is = "35-44" }]
[segment.rules.nobody]
did = "refunded"
"""


def quietly(_done, _text):
    pass


def with_rules(workspace, text):
    with (workspace.path / "daogou.toml").open("a", encoding="utf-8") as file:
        file.write(text)
    return Workspace(workspace.path)


def segmented(workspace):
    profile(workspace, system_clock, quietly)
    return segment(workspace, system_clock, quietly)


def found(workspace, table, **match):
    with workspace.warehouse() as warehouse:
        rows = warehouse.to_arrow(warehouse.table(table)).to_pylist()
    return [row for row in rows if all(row[name] == value for name, value in match.items())]


def test_a_customer_is_in_as_many_rule_segments_as_hold(shop_workspace):
    workspace = with_rules(shop_workspace, RULES)
    report = segmented(workspace)
    people = {}
    for row in found(workspace, SEGMENTS, method="rules"):
        people.setdefault(row["segment"], set()).add(row["customer_id"])
    assert people == {"wine": set(range(1, 40, 2)), "known, and of wine": {1, 3, 5, 7, 9}}
    sizes = {row["segment"]: row["size"] for row in found(workspace, SEGMENT_SUMMARIES, method="rules")}
    assert sizes == {"wine": 20, "known, and of wine": 5, "nobody": 0}
    keys = [tuple(row[name] for name in SEGMENTS.key) for row in found(workspace, SEGMENTS)]
    assert len(keys) == len(set(keys)) == 4 * 40 + 25
    assert "known, and of wine: 5 (12 % of customers)" in report.lines
    told = {entry["name"]: entry for entry in report.summary["segments"] if entry["method"] == "rules"}
    assert (told["wine"]["label_zh"], told["wine"]["size"]) == ("wine", 20)


def test_twice_is_the_same_and_a_rule_that_is_gone_goes(shop_workspace):
    workspace = with_rules(shop_workspace, RULES)
    segmented(workspace)
    before = [found(workspace, table) for table in (SEGMENTS, SEGMENT_SUMMARIES, CALENDAR)]
    segment(workspace, system_clock, quietly)
    assert [found(workspace, table) for table in (SEGMENTS, SEGMENT_SUMMARIES, CALENDAR)] == before
    text = (workspace.path / "daogou.toml").read_text().replace(RULES, "")
    (workspace.path / "daogou.toml").write_text(text)
    segment(Workspace(workspace.path), system_clock, quietly)
    assert found(workspace, SEGMENTS, method="rules") == found(workspace, SEGMENT_SUMMARIES, method="rules") == []


def test_a_rule_of_scores_waits_for_them_and_so_does_one_that_speaks_of_it(shop_workspace):
    rules = '[segment.rules.going]\nscore = "inactive"\nabove = 0.5\n[segment.rules.too]\ntag = "rules:going"\n'
    workspace = with_rules(shop_workspace, rules)
    report = segmented(workspace)
    assert report.lines[-1] == (
        "These rules ask for scores, and there are none yet: going, too. Run 'daogou predict', then this again."
    )
    assert found(workspace, SEGMENT_SUMMARIES, method="rules") == []
    with workspace.warehouse() as warehouse:
        known = {"customer_id": 4, "as_of": AS_OF, "target": "inactive", "probability": 0.9}
        warehouse.append(SCORES, rows(SCORES, known))
    segment(workspace, system_clock, quietly)
    assert [(row["customer_id"], row["segment"]) for row in found(workspace, SEGMENTS, method="rules")] == [
        (4, "going"),
        (4, "too"),
    ]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            'attribute = "agee"\nis = "1"',
            r"\[segment.rules.x\] attribute: no customer has an attribute 'agee'. Did you",
        ),
        ('tag = "rules:y"', r"\[segment.rules.x\] tag: there is no segment 'rules:y'"),
        (
            'tag = "rules:zebra"\n[segment.rules.zebras]\ndid = "bought"',
            r"there is no segment 'rules:zebra'. Did you mean 'rules:zebras'",
        ),
        (
            'profile = "orders_82"\nabove = 1',
            r"\[segment.rules.x\] profile: there is no column of profiles 'orders_82'",
        ),
    ],
)
def test_a_rule_of_what_does_not_exist_is_said_and_nothing_is_written(shop_workspace, rule, said):
    segmented(shop_workspace)
    before = found(shop_workspace, SEGMENTS)
    workspace = with_rules(shop_workspace, f"[segment.rules.x]\n{rule}\n")
    with pytest.raises(DaogouError, match=said):
        segment(workspace, system_clock, quietly)
    assert found(workspace, SEGMENTS) == before


def test_the_calendar_is_of_the_companys_country(shop_workspace):
    segmented(shop_workspace)
    german = found(shop_workspace, CALENDAR)
    assert {row["market"] for row in german} == {"DE"}
    assert {row["day"].year for row in german} == {2024, 2025}
    assert {"german_unity_day", "618"} <= {row["name"] for row in german}
    workspace = with_rules(shop_workspace, '[segment]\nmarket = "US"\n')
    segmented(workspace)
    american = found(workspace, CALENDAR)
    assert {row["market"] for row in american} == {"US"}
    assert "thanksgiving_day" in {row["name"] for row in american}


def test_a_company_of_guests_has_rules_that_hold_for_nobody(guest_workspace):
    report = segmented(with_rules(guest_workspace, '[segment.rules.all]\ndid_not = "refunded"\n'))
    assert report.lines[0] == "There are no customers to put into segments."

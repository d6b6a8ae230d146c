from datetime import date, timedelta
from pathlib import Path

import pytest

from daogou.base.clock import system_clock
from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.flows.audience import size
from daogou.flows.profile import profile
from daogou.flows.segment import segment
from daogou.flows.selection import selection
from daogou.flows.tag_read import history_of, list_tags, show_tag, tag_history, tags_of
from daogou.flows.workspace import Workspace
from daogou.store.tables import ITEMS, ORDER_LINES, ORDERS, SCORES, TAG_RUNS, TAGS
from daogou.testing.rows import rows
from daogou.trust.identity import resolve

AS_OF = date(2024, 3, 1)
WINE, MILK = set(range(1, 40, 2)), set(range(0, 40, 2))
DRINK = """
[tags.drink]
kind = "favourite"
title = "Favourite drink"
event = "bought"
what = "category"
"""
CIRCLE = """
[tags.t]
kind = "rule"
rules = { a = { tag = "u:x" } }
[tags.u]
kind = "rule"
rules = { x = { tag = "t:a" } }
"""
THROUGH = """
[segment.rules.them]
did = "bought"
where = { category = "Pregnancy tests" }
[tags.t]
kind = "rule"
rules = { yes = { tag = "rules:them" } }
"""
OF_OWN = """
[profile.features.dairy]
did = "bought"
where = { category = "DAIRY" }
measure = "sum"
[tags.milky]
kind = "rule"
rules = { yes = { profile = "dairy", above = 0 } }
[tags.spends]
kind = "band"
profile = "dairy"
edges = [1]
names = ["no", "some"]
"""
TAGGED = (
    DRINK
    + """
[tags.often]
kind = "rule"
rules = { yes = { did = "bought", within = 28, count = { at_least = 5 } } }
[tags.core]
kind = "rule"
rules = { yes = { all = [{ tag = "often:yes" }, { tag = "rules:known" }] } }
[segment.rules.known]
attribute = "age"
known = true
[segment.rules.milk]
tag = "drink:DAIRY"
[segment.rules."both ways"]
all = [{ tag = "core:yes" }, { tag = "rules:milk" }]
"""
)


def quietly(_done, _text):
    pass


def with_settings(workspace, text, instead_of=""):
    path = workspace.path / "daogou.toml"
    told = path.read_text(encoding="utf-8")
    path.write_text(told.replace(instead_of, text) if instead_of else told + text, encoding="utf-8")
    return Workspace(workspace.path)


def segmented(workspace):
    profile(workspace, system_clock, quietly)
    return segment(workspace, system_clock, quietly)


def held(workspace, as_of=AS_OF):
    """Customers by (tag, value) of what is open."""
    with workspace.warehouse() as warehouse:
        found = warehouse.to_arrow(warehouse.table(TAGS)).to_pylist()
    people = {}
    for row in found:
        if row["until_day"] is None:
            people.setdefault((row["tag"], row["value"]), set()).add(row["customer_id"])
    return people


def everything(workspace):
    with workspace.warehouse() as warehouse:
        return [warehouse.to_arrow(warehouse.table(t).order_by(*t.key)).to_pylist() for t in (TAGS, TAG_RUNS)]


def order(workspace, customer, day, item="milk", money=5):
    name, amounts = f"{customer}-{day}", {"list_value": money, "net_sales": money, "paid": money}
    told = {"order_id": name, "customer_id": customer, "local_day": day, "local_hour": 9, "lines": 1}
    with workspace.warehouse() as warehouse:
        warehouse.append(ORDERS, rows(ORDERS, told | amounts))
        line = {"line_id": name, "order_id": name, "item_id": item, "quantity": 1}
        warehouse.append(ORDER_LINES, rows(ORDER_LINES, line | amounts))


def test_tags_and_segments_that_ask_for_each_other_come_in_their_order(shop_workspace):
    workspace = with_settings(shop_workspace, TAGGED)
    report = segmented(workspace)
    people = held(workspace)
    assert people["drink", "DAIRY"] == MILK
    assert people["drink", "DRINKS"] == WINE
    assert people["often", "yes"] == MILK
    assert people["core", "yes"] == {0, 2, 4, 6, 8}
    sizes = {s["name"]: s["size"] for s in report.summary["segments"] if s["method"] == "rules"}
    assert sizes == {"known": 10, "milk": 20, "both ways": 5}
    told = {tag["tag"]: tag["customers"] for tag in report.summary["tags"]["tags"]}
    assert told == {"drink": 40, "often": 20, "core": 5}
    assert "Tags: 3, computed anew: 3; values that began: 65, that ended: 0." in report.lines
    before = everything(workspace)
    again = segment(Workspace(workspace.path), system_clock, quietly)
    assert everything(workspace) == before
    assert again.summary["tags"]["computed"] == ["core"]  # it asks for groups; the others saw nothing new


def test_only_what_changed_is_written_the_next_day_and_the_past_stays_known(shop_workspace):
    workspace = with_settings(shop_workspace, DRINK)
    segmented(workspace)
    next_day = AS_OF + timedelta(days=1)
    for n in range(10):
        order(workspace, 1, AS_OF - timedelta(days=n))
    report = segmented(workspace)
    assert (report.summary["tags"]["opened"], report.summary["tags"]["closed"]) == (1, 1)
    with workspace.warehouse() as warehouse:
        assert [(one.value, one.since) for one in tags_of(warehouse, 1, next_day)] == [("DAIRY", next_day)]
        assert [(one.value, one.since) for one in tags_of(warehouse, 1, AS_OF)] == [("DRINKS", AS_OF)]
        assert [(one.value, one.until) for one in history_of(warehouse, 1)] == [("DRINKS", next_day), ("DAIRY", None)]
        assert tags_of(warehouse, 3, next_day)[0].since == AS_OF


def test_the_companys_own_features_make_tags(shop_workspace):
    workspace = with_settings(shop_workspace, OF_OWN)
    segmented(workspace)
    assert held(workspace) == {("milky", "yes"): MILK, ("spends", "some"): MILK, ("spends", "no"): WINE}
    with workspace.warehouse() as warehouse:
        assert [one.reason for one in tags_of(warehouse, 0, AS_OF)] == ["dairy 60", "dairy: 60; band some is from 1"]


def test_a_feature_that_changed_changes_its_tags_once_profiles_are_made_again(shop_workspace):
    workspace = with_settings(shop_workspace, OF_OWN)
    segmented(workspace)
    workspace = with_settings(workspace, "where = { category = 'DRINKS' }", 'where = { category = "DAIRY" }')
    segment(workspace, system_clock, quietly)  # profiles still say what they said
    assert held(workspace)["milky", "yes"] == MILK
    segmented(workspace)
    assert held(workspace) == {("milky", "yes"): WINE, ("spends", "some"): WINE, ("spends", "no"): MILK}


def test_a_changed_definition_alone_is_computed_anew(shop_workspace):
    workspace = with_settings(shop_workspace, DRINK + "\n[tags.stage]\nkind = 'lifecycle'\n")
    segmented(workspace)
    workspace = with_settings(workspace, 'what = "store"', instead_of='what = "category"')
    report = segment(workspace, system_clock, quietly)
    assert report.summary["tags"]["computed"] == ["drink"]
    assert {tag for tag, _value in held(workspace)} == {"stage"}  # no order names a store
    with workspace.warehouse() as warehouse:
        assert [one.tag for one in history_of(warehouse, 1)] == ["stage"]  # it never held a whole day


def test_a_tag_that_is_gone_from_the_settings_ends(shop_workspace):
    workspace = with_settings(shop_workspace, DRINK)
    segmented(workspace)
    order(workspace, 1, AS_OF)
    workspace = with_settings(workspace, "", instead_of=DRINK)
    segmented(workspace)
    assert held(workspace) == {}
    with workspace.warehouse() as warehouse:
        assert {one.until for one in history_of(warehouse, 1)} == {AS_OF + timedelta(days=1)}
        assert warehouse.count(TAG_RUNS) == 0


def test_history_is_never_written_backwards(shop_workspace):
    workspace = with_settings(shop_workspace, DRINK)
    segmented(workspace)
    before = everything(workspace)
    with workspace.warehouse() as warehouse:
        late = warehouse.table(ORDERS)
        late = warehouse.to_arrow(late.filter(late.local_day >= date(2024, 2, 20)).select("order_id"))
        warehouse.delete_matching(ORDERS, warehouse.materialise("late", late))
    report = segmented(workspace)
    assert everything(workspace) == before
    told = "Tags are known up to 2024-03-01, which is after 2024-02-20: they were left as they are."
    assert told in report.lines


def test_a_list_is_known_by_the_companys_ids_at_the_edge_alone(shop_workspace):
    workspace = with_settings(shop_workspace, '\n[tags.vip]\nkind = "list"\nfile = "vip.csv"\nvalue_column = "level"\n')
    with workspace.ledger() as ledger, ledger.transaction() as connection:
        resolve(connection, workspace.keys, "customer", ["m1", "m2", "m3"], lambda _done: None)
    (workspace.path / "vip.csv").write_text("customer_id,level\nm1,gold\nm3,Gay bar\nnobody,gold\n", encoding="utf-8")
    report = segmented(workspace)
    assert held(workspace) == {("vip", "gold"): {1}}
    assert "vip: withheld from 1 customers, because their value may never be a tag." in report.lines
    assert "vip: ids in its list that no customer has: 1." in report.lines
    (workspace.path / "vip.csv").write_text("customer_id,level\nm2,gold\n", encoding="utf-8")
    again = segment(workspace, system_clock, quietly)
    assert again.summary["tags"]["computed"] == ["vip"]
    assert held(workspace) == {("vip", "gold"): {2}}
    (workspace.path / "vip.csv").unlink()
    for make in (lambda path: None, Path.mkdir):
        make(workspace.path / "vip.csv")
        with pytest.raises(DaogouError, match=r"\[tags\.vip\].*(there is no file|the list cannot be read)"):
            segment(workspace, system_clock, quietly)
    assert tag_history(workspace, "m2").lines == ["vip: gold since 2024-03-01: stands in the list vip.csv"]


def test_a_value_from_data_that_may_never_be_a_tag_is_withheld_and_counted(shop_workspace):
    workspace = with_settings(shop_workspace, DRINK)
    with workspace.warehouse() as warehouse:
        warehouse.replace(ITEMS, rows(ITEMS, {"item_id": "wine", "is_static": True, "category": "Kosher wine"},
                                      {"item_id": "milk", "is_static": True, "category": "DAIRY"}))  # fmt: skip
    report = segmented(workspace)
    assert held(workspace) == {("drink", "DAIRY"): MILK}
    assert "Favourite drink: withheld from 20 customers, because their value may never be a tag." in report.lines
    assert report.summary["tags"]["tags"][0]["withheld"] == 20


def test_tags_that_ask_for_scores_wait_and_so_does_what_needs_them(shop_workspace):
    text = """
[tags.leaving]
kind = "rule"
rules = { yes = { score = "inactive", at_least = 0.5 } }
[tags.both]
kind = "rule"
rules = { yes = { tag = "leaving:yes" } }
[segment.rules.them]
tag = "both:yes"
"""
    workspace = with_settings(shop_workspace, text)
    report = segmented(workspace)
    assert report.summary["tags"]["waiting"] == ["leaving", "both"]
    assert any("These tags ask for scores, and there are none yet: leaving, both." in line for line in report.lines)
    score = {"customer_id": 1, "as_of": AS_OF, "target": "inactive", "probability": 0.9, "model": "x"}
    with workspace.warehouse() as warehouse:
        warehouse.append(SCORES, rows(SCORES, score))
    report = segment(workspace, system_clock, quietly)
    assert held(workspace) == {("leaving", "yes"): {1}, ("both", "yes"): {1}}
    assert {s["name"]: s["size"] for s in report.summary["segments"] if s["method"] == "rules"} == {"them": 1}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[tags.t]\nkind = 'number'\nprofile = 'net_sale_365'\n", r"\[tags\.t\] profile: there is no number"),
        ("[tags.t]\nkind = 'number'\nprofile = 'favourite_store'\n", "no number of profiles 'favourite_store'"),
        (CIRCLE, "these tags wait for each other"),
        (THROUGH, r"\[tags\.t\], .*\[segment\.rules\.them\]: 'Pregnancy tests' may never be a tag"),
        (OF_OWN.replace("DAIRY", "Pregnancy tests"), r"\[profile\.features\.dairy\]: 'Pregnancy tests' may never"),
    ],
)  # fmt: skip
def test_a_tag_that_cannot_be_is_refused_before_anything_is_computed(shop_workspace, text, error):
    with pytest.raises(DaogouError, match=error):
        segment(with_settings(shop_workspace, text), system_clock, quietly)


def test_a_rule_that_names_what_does_not_exist_is_refused_and_nothing_is_kept(shop_workspace):
    text = "[tags.t]\nkind = 'rule'\nrules = { a = { tag = 'rfm:nobody' } }\n"
    workspace = with_settings(shop_workspace, DRINK + text)
    with pytest.raises(DaogouError, match=r"\[tags\.t\] rules\.a tag: there is no segment 'rfm:nobody'"):
        segmented(workspace)
    assert everything(workspace) == [[], []]


def test_tags_are_listed_shown_and_asked_for_by_unsaved_rules(shop_workspace):
    workspace = with_settings(shop_workspace, DRINK + "\n[tags.stage]\nkind = 'lifecycle'\n")
    assert (
        list_tags(workspace).lines[0] == "drink · Favourite drink (favourite): not computed yet; run 'daogou segment'."
    )
    segmented(workspace)
    assert list_tags(workspace).lines == [
        "drink · Favourite drink (favourite): 40 customers",
        "stage (lifecycle): 40 customers",
    ]
    shown = show_tag(workspace, "drink")
    assert shown.lines == ["Favourite drink (favourite): 40 of 40 customers have it.", "  DAIRY: 20", "  DRINKS: 20"]
    with language("zh"):
        assert any("顾客" in line for line in show_tag(workspace, "stage").lines[1:])
    with pytest.raises(DaogouError, match="there is no tag 'drnk'. Did you mean 'drink'"):
        show_tag(workspace, "drnk")
    with pytest.raises(DaogouError, match="there is no customer 'x'"):
        tag_history(workspace, "x")
    assert size(workspace, "drink:DAIRY").summary["size"] == 20
    told = size(workspace, 'all = [{ tag = "drink:DAIRY" }, { attribute = "age", known = true }]')
    assert told.summary["size"] == 5
    assert told.summary["words_en"] == "tagged drink: DAIRY and age is known"
    assert told.summary["words_zh"] == "带标签“drink：DAIRY”，且age已知"
    assert selection("drink:DAIRY").name == "tagged drink: DAIRY"
    with pytest.raises(DaogouError, match="there is no tag 'drink:DIARY'. Did you mean 'drink:DAIRY'"):
        size(workspace, "drink:DIARY")


def test_without_tags_there_is_nothing_to_list(shop_workspace):
    with pytest.raises(DaogouError, match=r"there are no tags. Declare some in \[tags.NAME\]"):
        list_tags(shop_workspace)

import csv
import json
import stat

import pytest

from daogou.base.clock import system_clock
from daogou.base.errors import DaogouError
from daogou.base.rule import Did, Tag
from daogou.base.words import language
from daogou.flows.audience import export, list_segments, overlaps, show_segment, size
from daogou.flows.ingest import ingest
from daogou.flows.plan import plan
from daogou.flows.profile import profile
from daogou.flows.segment import segment
from daogou.flows.selection import selection
from daogou.flows.workspace import Workspace
from daogou.testing.shop import write_shop

RULES = """
[segment.rules."=tea"]
did = "bought"
where = { category = "TEA" }
[segment.rules.dear]
profile = "net_sales"
above = 1000
"""


def quietly(_done, _text):
    pass


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder, customers=40)
    members = folder / "sales.csv"
    # an id that a spreadsheet would run
    members.write_text(members.read_text().replace("m7-", "x7-").replace(",m7,", ",=m7,"))
    with (folder / "daogou.toml").open("a", encoding="utf-8") as file:
        file.write(RULES)
    made = Workspace(folder)
    for stage in (ingest, profile, segment):
        stage(made, system_clock, quietly)
    return made


def test_what_is_typed_is_a_segment_a_rule_or_a_file(tmp_path):
    file = tmp_path / "a rule.toml"
    file.write_text('did = "bought"')
    assert selection("rfm:lost").rule == Tag("rfm:lost")
    assert selection('{"tag": "rfm:a=b.json"}').rule == Tag("rfm:a=b.json")
    assert selection('tag = "rfm:x.json"').rule == Tag("rfm:x.json")
    assert selection(str(file)).rule == selection(' {"did": "bought"}').rule == Did("bought")
    for wrong, said in (
        ("lost", "method:segment"),
        ("none.toml", "cannot be read"),
        ("x = 1", "unknown part"),
        ("{", "JSON"),
    ):
        with pytest.raises(DaogouError, match=said):
            selection(wrong)


def test_the_list_has_every_segment_with_its_size(workspace):
    report = list_segments(workspace)
    assert report.summary["customers"] == 40
    of = {(row["method"], row["name"]): row for row in report.summary["segments"]}
    assert {method for method, _name in of} == {"kmeans", "lifecycle", "rfm", "rfm_zh", "rules"}
    for method in ("rfm", "rfm_zh", "kmeans"):
        assert sum(row["size"] for row in of.values() if row["method"] == method) == 40
    assert of["rules", "dear"]["share"] == of["rules", "dear"]["size"] / 40
    assert any(line.startswith("rules:dear · dear: ") for line in report.lines)
    with language("zh"):
        assert any("位顾客（占" in line for line in list_segments(workspace).lines)


def test_a_segment_is_shown_with_its_rule(workspace):
    report = show_segment(workspace, "rules:dear")
    assert report.summary["segment"]["rule"] == {"profile": "net_sales", "above": 1000}
    assert report.summary["segment"]["words_zh"] == "净额大于 1,000"
    assert report.lines[-1] == "Rule: net sales is above 1,000"
    assert "rule" not in show_segment(workspace, "rfm:loyal").summary["segment"]
    with pytest.raises(DaogouError, match=r"rule tag: there is no segment 'rules:deer'. Did you mean 'rules:dear'"):
        show_segment(workspace, "rules:deer")
    with pytest.raises(DaogouError, match="was not found as a segment.*'daogou segment size' counts any rule"):
        show_segment(workspace, 'did = "bought"')


def test_an_unsaved_rule_is_counted_at_once(workspace):
    report = size(workspace, '{"did": "bought", "where": {"category": "TEA"}}')
    saved = size(workspace, "rules:=tea")
    assert report.summary["size"] == saved.summary["size"] > 0
    assert report.summary["rule"] == {"did": "bought", "where": {"category": "TEA"}}
    assert report.summary["words_en"] == "bought (category is TEA)"
    assert report.summary["words_zh"] == "买过（品类为 TEA）"
    n = report.summary["size"]
    assert report.lines == [f"bought (category is TEA): {n} of 40 customers ({100 * n / 40:.0f} %)"]
    assert size(workspace, 'did = "bought"').summary["size"] == 40
    assert size(workspace, "rfm:new").summary["size"] == 0  # empty just now, and still a segment
    with pytest.raises(DaogouError, match=r"rule profile: there is no column of profiles 'net_sale'. Did you mean"):
        size(workspace, 'profile = "net_sale"\nabove = 1')
    with pytest.raises(DaogouError, match=r"rule score: there are no scores of 'inactive'. There are none yet."):
        size(workspace, 'score = "inactive"\nabove = 0.5')


def test_an_overlap_is_what_two_share(workspace):
    everyone, nobody = 'did = "bought"', 'did_not = "bought"'
    report = overlaps(workspace, ["rules:dear", everyone, nobody])
    dear = size(workspace, "rules:dear").summary["size"]
    assert [row["size"] for row in report.summary["sizes"]] == [dear, 40, 0]
    assert [(row["selections"], row["size"]) for row in report.summary["both"]] == [
        (["rules:dear", everyone], dear),
        (["rules:dear", nobody], 0),
        ([everyone, nobody], 0),
    ]
    assert report.lines[3].startswith(f"Both in segment dear and bought: {dear}, which is 100 % of the first")
    for wrong in (["rules:dear"], ["rules:dear", "rules:dear"]):
        with pytest.raises(DaogouError, match="an overlap is of two or more different selections"):
            overlaps(workspace, wrong)


def read(file):
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def test_an_export_holds_the_companys_ids_and_its_purpose_and_no_formula(workspace, tmp_path):
    file = tmp_path / "list.csv"
    report = export(workspace, 'did = "bought"', " winter letter ", file)
    people = read(file)
    assert {row["customer_id"] for row in people} == {"'=m7", *(f"m{n}" for n in range(40) if n != 7)}
    assert {row["purpose"] for row in people} == {"winter letter"}
    assert {row["as_of"] for row in people} == {report.summary["as_of"]}
    assert (report.summary["exported"], report.summary["left_out"]) == (40, 0)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]
    tea = tmp_path / "tea.csv"
    export(workspace, "rules:=tea", "=1+1", tea)
    assert {(row["segment"], row["purpose"]) for row in read(tea)} == {("rules:=tea", "'=1+1")}


def test_only_who_may_be_exported_is(workspace, tmp_path):
    report = export(workspace, 'did = "bought"', "letter", tmp_path / "a.csv", exportable={1, 2})
    assert len(read(tmp_path / "a.csv")) == report.summary["exported"] == 2
    assert report.summary["left_out"] == 38
    assert report.lines[-1] == "Left out, because they may not be exported: 38."
    assert export(workspace, 'did = "bought"', "letter", tmp_path / "b.csv", exportable=set()).summary["exported"] == 0


def test_the_global_holdout_is_on_no_list_for_contact(tmp_path):
    write_shop(tmp_path, customers=40)
    with (tmp_path / "daogou.toml").open("a", encoding="utf-8") as file:
        file.write("\n[plan]\nglobal_holdout = 0.3\n")
    made = Workspace(tmp_path)
    for stage in (ingest, profile, segment, plan):
        stage(made, system_clock, quietly)
    everyone = export(made, 'did = "bought"', "analysis", tmp_path / "all.csv", with_holdout=True)
    listed = export(made, 'did = "bought"', "letter", tmp_path / "some.csv")
    assert 0 < listed.summary["held_out"] < 40
    assert listed.summary["exported"] + listed.summary["held_out"] == everyone.summary["exported"] == 40
    assert listed.summary["left_out"] == 0
    assert "(the global holdout)" in listed.lines[1]
    out = {row["customer_id"] for row in read(tmp_path / "all.csv")} - {
        row["customer_id"] for row in read(tmp_path / "some.csv")
    }
    assert len(out) == listed.summary["held_out"]


def test_an_export_without_a_purpose_or_a_place_is_refused(workspace, tmp_path):
    with pytest.raises(DaogouError, match="an export needs its purpose"):
        export(workspace, "rules:dear", "  ", tmp_path / "a.csv")
    with pytest.raises(DaogouError, match="the file cannot be written: No such file or directory"):
        export(workspace, "rules:dear", "letter", tmp_path / "no" / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_before_the_stages_ran_it_says_which_to_run(shop_workspace):
    with pytest.raises(DaogouError, match=r"there are no profiles at 2024-03-01. Run 'daogou profile' first"):
        size(shop_workspace, 'did = "bought"')
    profile(shop_workspace, system_clock, quietly)
    assert json.loads(json.dumps(size(shop_workspace, 'did = "bought"').summary))["size"] == 40
    with pytest.raises(DaogouError, match=r"there are no segments at 2024-03-01. Run 'daogou segment' first"):
        list_segments(shop_workspace)
    with pytest.raises(DaogouError, match=r"there is no segment 'rfm:lost'. There are none yet"):
        size(shop_workspace, "rfm:lost")

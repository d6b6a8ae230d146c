"""``daogou look`` as a person types it: every word, and wrong usage."""

import json
import sys

import pytest

from daogou.cli.main import main
from daogou.testing.shop import write_shop


@pytest.fixture
def daogou(capfd, monkeypatch):
    def run(*words):
        """Exit code, standard output and standard error of one command."""
        monkeypatch.setattr(sys, "argv", ["daogou", *map(str, words)])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code
        out, err = capfd.readouterr()
        return code, out, err

    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder, customers=20)
    return folder


def test_every_look_and_the_people_behind_a_figure(daogou, folder):
    for stage in ("ingest", "profile"):
        assert daogou(stage, "--workspace", folder)[0] == 0

    def look(*words):
        code, out, err = daogou("look", *words, "--workspace", folder, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)

    cohorts = look("cohorts", "--by", "quarter", "--days", "30", "--cohort", "2025-02", "--period", "1", "--dropped")
    first = cohorts["cohorts"][0]
    assert first["cohort"] == "2025-Q1"
    assert cohorts["audience"]["size"] == first["size"] - first["periods"][1]["people"]
    assert look("cohorts")["days"] == 90
    spread = look("distribution", "order_value", "--bins", "0,50,100", "--bin", "1")
    assert [one["low"] for one in spread["bins"]] == [0, 50, 100]
    top = look("concentration", "--of", "customers", "--from", "2025-03-01", "--to", "2025-03-31", "--top", "10")
    assert (top["from"], top["to"]) == ("2025-03-01", "2025-03-31")
    walked = look("paths", "--steps", "2", "--path", "TEA", "--path", "TEA")
    assert walked["audience"]["size"] == sum(
        row["people"] for row in walked["links"] if (row["from"], row["to"]) == ("TEA", "TEA")
    )
    funnel = look("funnel", "bought category=TEA", "bought category=COFFEE", "--days", "60", "--step", "1", "--dropped")
    assert funnel["audience"]["size"] == funnel["steps"][0]["dropped"]
    assert look("change", "--who", "kept")["measures"]["orders"]["now"] > 0
    code, out, _err = daogou("look", "--workspace", folder, "funnel", "bought", "bought")
    assert code == 0
    assert out.startswith("1. bought: 20 customers\n2. bought: 20 customers, 100 % (of 20 only) of step 1, after ")
    code, out, _err = daogou(
        "look", "paths", "--path", "TEA", "--save", "tea", "--purpose", "letter", "--workspace", folder
    )
    assert code == 0
    assert '[tags.tea]\nkind = "list"\nfile = "audiences/tea.csv"' in out
    assert b",letter\r\n" in (folder / "audiences" / "tea.csv").read_bytes()


def test_a_wrong_step_is_1_and_one_sentence_with_a_hint(daogou, folder):
    code, out, err = daogou("look", "funnel", "veiwed", "bought", "--workspace", folder)
    assert (code, out) == (1, "")
    assert err == "step 'veiwed' did: unknown event 'veiwed'. Did you mean 'viewed'?\n"


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("funnel",),
        ("cohorts", "--by", "day"),
        ("cohorts", "--save", "x"),
        ("cohorts", "--cohort", "2025-01", "--returned", "--dropped"),
        ("cohorts", "--cohort", "spring"),
        ("distribution", "orders", "--bins", "a,b"),
        ("funnel", "bought", "bought", "--dropped"),
        ("paths", "--save", "x"),
        ("concentration", "--save", "x"),
        ("change", "--save", "x"),
        ("change", "--from", "yesterday"),
    ],
)
def test_wrong_usage_is_2(daogou, folder, words):
    code, out, err = daogou("look", *words, "--workspace", folder)
    assert (code, out) == (2, "")
    assert "Usage" in err

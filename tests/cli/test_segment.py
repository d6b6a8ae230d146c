"""``daogou segment`` as a person types it: the stage without a word after it, and each of its words."""

import json
import sys

import pytest

from daogou.base import words
from daogou.cli.main import main
from daogou.testing.shop import write_shop


@pytest.fixture(autouse=True)
def _english():
    """Whatever language the command before spoke."""
    with words.language("en"):
        yield


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
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder, customers=40)
    return folder


def test_the_stage_and_then_every_word(daogou, shop, tmp_path, monkeypatch):
    for stage in ("ingest", "profile"):
        assert daogou(stage, "--workspace", shop)[0] == 0
    code, out, err = daogou("segment", "--workspace", shop, "--json")
    said = json.loads(out)
    assert code == 0
    assert {"segments", "k", "k_curve", "tags", "better_than_noise", "seconds", "peak_mb", "tables"} == set(said)
    assert "Champions" in err

    code, out, err = daogou("segment", "list", "--workspace", shop, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["segments"]
    # the folder may be named before the word, too, and is the one that the user is in where it is not
    assert daogou("segment", "--workspace", shop, "--json", "list")[1] == out
    monkeypatch.chdir(shop)
    assert daogou("segment", "list", "--json")[1] == out

    (tmp_path / "rule.toml").write_text('did = "bought"\nwithin = 60\n')
    code, out, err = daogou("segment", "size", tmp_path / "rule.toml")
    assert (code, err) == (0, "")
    assert out.startswith("bought in the last 60 days: ")
    code, out, err = daogou("segment", "show", "rfm:champions")
    assert code == 0
    assert out.startswith("Champions: ")
    code, out, err = daogou("segment", "overlap", "rfm:champions", tmp_path / "rule.toml", "--json")
    assert json.loads(out)["both"][0]["selections"] == ["rfm:champions", str(tmp_path / "rule.toml")]
    code, out, err = daogou(
        "segment", "export", "rfm:champions", "--purpose", "letter", "--output", tmp_path / "people.csv"
    )
    assert (code, err) == (0, "")
    assert (tmp_path / "people.csv").read_bytes().startswith(b"\xef\xbb\xbfcustomer_id,segment,as_of,purpose\r\n")


def test_only_those_who_may_be_are_exported(daogou, shop, tmp_path, monkeypatch):
    monkeypatch.chdir(shop)
    for stage in ("ingest", "profile"):
        assert daogou(stage)[0] == 0
    (tmp_path / "may.csv").write_text("customer_id\nm1\nnobody\n", encoding="utf-8")
    everyone = ("segment", "export", 'did = "bought"', "--purpose", "letter", "--output", tmp_path / "people.csv")
    code, out, _err = daogou(*everyone, "--allowed", tmp_path / "may.csv", "--json")
    assert (code, json.loads(out)["exported"], json.loads(out)["left_out"] > 0) == (0, 1, True)
    written = (tmp_path / "people.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in written] == ["customer_id", "m1"]
    code, out, err = daogou(*everyone, "--allowed", tmp_path / "none.csv")
    assert (code, err) == (
        1,
        f"{tmp_path / 'none.csv'}: there is no such file. Give the path of a CSV or Parquet file.\n",
    )
    (tmp_path / "wide.csv").write_text("a,b\nm1,m2\n", encoding="utf-8")
    assert "none is called customer_id" in daogou(*everyone, "--allowed", tmp_path / "wide.csv")[2]


def test_a_wrong_rule_is_1_and_one_sentence_with_a_hint(daogou, shop):
    code, out, err = daogou("segment", "size", 'did = "buoght"', "--workspace", shop)
    assert (code, out, err) == (1, "", "rule did: unknown event 'buoght'. Did you mean 'bought'?\n")


@pytest.mark.parametrize(
    "words",
    [
        ("segment", "nonsense"),
        ("segment", "size"),
        ("segment", "export", "rfm:lost", "--output", "a.csv"),
        ("segment", "export", "rfm:lost", "--purpose", "letter"),
        ("segment", "list", "--nonsense"),
    ],
)
def test_wrong_usage_is_2(daogou, words):
    code, out, err = daogou(*words)
    assert (code, out) == (2, "")
    assert "Usage" in err


@pytest.fixture
def customers(tmp_path):
    path = tmp_path / "customers.csv"
    kinds = [(24, "student", "music;games"), (45, "teacher", "books"), (62, "retired", "opera|garden")]
    rows = [kinds[n % 3] for n in range(60)]
    lines = [f"c{n},{age + n % 5},{('F', 'M')[n % 2]},{job},{likes}" for n, (age, job, likes) in enumerate(rows)]
    lines += ["c60,18,F,student,music", "c61,,M,teacher,books"]
    path.write_text("customer_id,age,gender,occupation,interests\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_customers_of_a_table_in_groups(daogou, customers, tmp_path):
    words = ("--columns", "age,gender,occupation,interests", "--drop-missing", "--keep", "age > 18", "--k", 5)
    code, out, err = daogou("segment", "--table", customers, *words, "--out", tmp_path / "groups.csv")
    assert (code, err) == (0, "")
    assert "Dropped, because a value is missing: 1 (gaps by column: age 1)" in out
    assert "of them exactly at the boundary (age = 18): 1" in out
    assert len((tmp_path / "groups.csv").read_text("utf-8-sig").splitlines()) == 61
    code, out, err = daogou("segment", "--table", customers, *words, "--json")
    assert (code, err, json.loads(out)["k"]) == (0, "", 5)
    code, out, err = daogou("segment", "--table", customers, "--columns", "aeg")
    assert (code, out, err) == (1, "", f"{customers}: there is no column 'aeg'. Did you mean 'age'?\n")
    for alone in (("--k", 3), ("--columns", "age"), ("--keep", "age > 3"), ("--out", "a.csv"), ("--drop-missing",)):
        code, out, err = daogou("segment", *alone)
        assert (code, out) == (2, "")
    assert daogou("segment", "--table", customers, "--columns", "age", "--k", 0)[0] == 1


def test_the_most_alike_or_why_there_are_none(daogou, shop, tmp_path):
    for stage in ("ingest", "profile", "segment"):
        daogou(stage, "--workspace", shop)
    (tmp_path / "seeds.csv").write_text("customer_id\nm1\nm2\n", encoding="utf-8")
    code, out, err = daogou("segment", "alike", tmp_path / "seeds.csv", "--size", 5, "--workspace", shop)
    assert (code, out) == (1, "")
    assert "2 customers are too few to learn from. Name 50 or more who have a profile." in err
    assert daogou("segment", "alike", "rfm:lost", "--workspace", shop)[0] == 2, "how many is not said"

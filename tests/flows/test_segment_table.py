"""The user's own example: customers in a file, rows with gaps dropped, age > 18 kept, five groups."""

import csv
import random
import stat

import pandas as pd
import pytest

from daogou.base.errors import DaogouError
from daogou.flows.segment_table import segment_table
from daogou.profile import KMeans

KINDS = [
    (24, "student", "music;games"),
    (38, "engineer", "travel|tech"),
    (47, "teacher", "books"),
    (61, "retired", "opera"),
]
COLUMNS = ["age", "gender", "occupation", "interests"]


@pytest.fixture
def customers(tmp_path):
    """400 made-up customers; every twentieth is 18, and every thirtieth has a gap."""
    chance = random.Random(5)
    rows = []
    for n in range(400):
        age, occupation, likes = chance.choice(KINDS)
        age = 18 if n % 20 == 0 else max(19, round(chance.gauss(age, 3)))
        rows.append([f"{n:05}", age, chance.choice(["Male", "Female"]), occupation, "" if n % 30 == 7 else likes])
    path = tmp_path / "customers.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["customer_id", *COLUMNS], *rows])
    return path


def test_the_example_with_what_each_step_drops(customers, tmp_path):
    out = tmp_path / "groups.csv"
    told = segment_table(customers, COLUMNS, 5, True, ["age > 18"], out)
    said = told.summary
    assert (said["rows"], said["missing"]["dropped"], said["missing"]["only_in_other_columns"]) == (400, 14, 0)
    assert said["keep"] == [{"condition": "age > 18", "dropped": 20, "not_known": 0, "at_boundary": 20}]
    assert (said["grouped"], said["k"], said["k_chosen"]) == (366, 5, False)
    assert said["columns"] == dict(zip(COLUMNS, ["number", "category", "category", "several"], strict=True))
    assert sum(group["size"] for group in said["groups"]) == 366
    assert len({group["label_en"] for group in said["groups"]}) == 5
    assert all(group["label_zh"] and group["apart_zh"] for group in said["groups"])
    assert said["better_than_noise"]
    assert "'age > 18' leaves them out, 'age >= 18' would keep them" in "\n".join(told.lines)

    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 366
    assert rows[0]["customer_id"].startswith("000"), "cells stay as they were"
    sizes = pd.Series([row["group"] for row in rows]).value_counts().to_dict()
    assert sizes == {group["name"]: group["size"] for group in said["groups"]}
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_the_same_as_in_python(customers):
    data = pd.read_csv(customers).dropna()
    data = data[data["age"] > 18]
    model = KMeans(k=5).fit(data[COLUMNS])
    said = segment_table(customers, COLUMNS, 5, True, ["age > 18"]).summary
    assert sorted(pd.Series(model.labels_).value_counts()) == sorted(group["size"] for group in said["groups"])
    assert {group["label_en"] for group in said["groups"]} == set(model.names.values())


def test_a_number_that_is_not_given_is_chosen_with_its_curve(customers):
    said = segment_table(customers, ["age", "occupation"])
    assert said.summary["k_chosen"]
    assert [one["k"] for one in said.summary["curve"]] == list(range(2, 11))
    assert sum("silhouette" in line and "k = " in line for line in said.lines) == 9


@pytest.mark.parametrize(("encoding", "divider"), [("gb18030", ";"), ("utf-8-sig", "\t"), ("utf-16", ",")])
def test_chinese_files_as_spreadsheets_write_them(customers, tmp_path, encoding, divider):
    with customers.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[0] = ["编号", "年龄", "性别", "职业", "兴趣"]
    path = tmp_path / "顾客.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=divider).writerows([*row[:4], row[4].replace(";", "、")] for row in rows)
    said = segment_table(path, ["年龄", "性别", "职业", "兴趣"], 5, True, ["年龄＞18"]).summary
    assert (said["grouped"], said["columns"]["兴趣"]) == (366, "several")


@pytest.mark.parametrize(
    ("divider", "written", "over"),
    [
        (",", lambda value: f"{value:,.2f}", "1,500"),
        (";", lambda value: f"{value:,.2f}".translate(str.maketrans(",.", ".,")), "1.500,00"),
        ("\t", lambda value: f"¥{value:,.2f}", "¥1,500"),
    ],
)
def test_amounts_as_spreadsheets_write_them_are_numbers(tmp_path, divider, written, over):
    """They differ in every row, and were taken for what names customers."""
    chance = random.Random(6)
    amounts = [chance.gauss(*chance.choice([(600, 60), (2500, 250)])) for _row in range(200)]
    path, out = tmp_path / "excel.csv", tmp_path / "out.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=divider).writerows(
            [["spend", "plan"], *([written(a), "ab"[a > 1500]] for a in amounts)]
        )
    told = segment_table(path, k=2, out=out).summary
    assert told["columns"]["spend"] == "number"
    assert sorted(one["size"] for one in told["groups"]) == sorted(
        [sum(a > 1500 for a in amounts), sum(a <= 1500 for a in amounts)]
    )
    assert "spend 2," in told["groups"][0]["apart_en"] + told["groups"][1]["apart_en"]
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["spend"] == written(amounts[0]), "cells stay as they were"
    with pytest.raises(DaogouError, match="needed: 30"):
        segment_table(path, keeps=[f"spend > {over}", "spend < 2,000" if divider == "," else "spend < 2000"])


def test_dates_are_said_as_dates(tmp_path):
    path = tmp_path / "joined.csv"
    rows = ["joined,plan"] + [f"20{(19, 23)[n % 2]}-0{1 + n % 9}-1{n % 10},{'ab'[n % 2]}" for n in range(200)]
    path.write_text("\n".join(rows), encoding="utf-8")
    said = segment_table(path, k=2).summary["groups"]
    assert {one["label_en"] for one in said} == {"Plan: a, earlier joined", "Plan: b, later joined"}
    assert {one["label_zh"] for one in said} == {"Plan为a、joined较早", "Plan为b、joined较晚"}
    assert any("joined 2019-05-" in one["apart_en"] for one in said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"columns": ["aeg"]}, "there is no column 'aeg'. Did you mean 'age'"),
        ({"columns": COLUMNS, "k": 1}, "1 groups divide nobody"),
        ({"columns": COLUMNS, "k": -2}, "-2 groups divide nobody"),
        ({"columns": ["gender"], "k": 5}, "5 groups are asked for, and there are 2 different rows"),
        ({"columns": ["customer_id", "age"], "k": 5}, "the column 'customer_id' differs in every row"),
        ({"columns": [], "k": 5}, "the column 'customer_id' differs in every row"),
        ({"columns": COLUMNS, "keeps": ["age > 200"]}, "no rows are left of 400"),
        ({"columns": COLUMNS, "k": 3, "keeps": ["age = 18", "occupation = x"]}, "no rows are left"),
        ({"columns": ["age"], "keeps": ["age = 18"], "k": 2}, "nothing in these columns differs from row to row: age"),
    ],
)
def test_bad_input_is_told(customers, arguments, said):
    with pytest.raises(DaogouError) as told:
        segment_table(customers, **arguments)
    assert said in str(told.value)
    assert told.value.hint


def test_three_rows_and_one_column(customers, tmp_path):
    small = tmp_path / "small.csv"
    small.write_text("age,plan\n20,a\n30,b\n60,a\n", encoding="utf-8")
    told = segment_table(small, k=2)
    assert sorted(group["size"] for group in told.summary["groups"]) == [1, 2]
    assert "Caution: of 3 rows nothing can be said with confidence; 30 are the least." in told.lines
    with pytest.raises(DaogouError, match="too few rows to choose the number of groups"):
        segment_table(small)
    assert any(
        line.startswith("Caution: there is one column only.") for line in segment_table(customers, ["age"], 3).lines
    )


def test_a_file_that_cannot_be_written_is_told(customers, tmp_path):
    with pytest.raises(DaogouError, match="the file cannot be written"):
        segment_table(customers, COLUMNS, 5, out=tmp_path / "nowhere" / "groups.csv")


def test_cells_are_no_formulas_and_numbers_stay(tmp_path):
    path, out = tmp_path / "a.csv", tmp_path / "out.csv"
    path.write_text("note,change\n=1+1,-5\nplain,7\n", encoding="utf-8")
    segment_table(path, ["change"], 2, out=out)
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert [row[:2] for row in rows] == [["note", "change"], ["'=1+1", "-5"], ["plain", "7"]]

"""One table from the command line, without a workspace."""

import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pytest

from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.cli.main import main
from daogou.flows.predict_table import predict_table
from daogou.testing.predictor import example


@pytest.fixture
def churn(tmp_path):
    frame, y = example(400)
    label = ["" if row < 10 else "Yes" if one else "No" for row, one in enumerate(y)]
    path = tmp_path / "churn.csv"
    csv.write_csv(frame.append_column("Churn", pa.array(label)), path)
    return path


def typed(capfd, monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["daogou", "predict", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capfd.readouterr()
    return ended.value.code, out, err


def test_the_command_prints_the_evaluation(churn, capfd, monkeypatch):
    code, out, err = typed(capfd, monkeypatch, "--table", churn, "--label", "Churn")
    assert (code, err) == (0, "")
    told = out.splitlines()
    assert told[0].startswith("rows: 390; 'Churn' happened in ")
    assert told[1] == "rows without a label, left out: 10"
    assert told[2].startswith("tested by stratified folds")
    assert sum(line.startswith("* ") for line in told) == 1
    assert told[-1].startswith("use l")
    assert "of the 100 we flag, about" in told[-1]


def test_the_command_prints_one_json_object(churn, capfd, monkeypatch):
    code, out, err = typed(capfd, monkeypatch, "--table", churn, "--label", "Churn", "--json")
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert said["rows"] == 390
    assert said["models"]["logistic"]["auc"]["low"] < said["models"]["logistic"]["auc"]["value"]
    assert said["champion"] in said["models"]
    assert said["findings"] == []


@pytest.mark.parametrize("words", [["--label", "Churn"], ["--table", "churn.csv"]])
def test_a_table_and_its_label_go_together(words, capfd, monkeypatch):
    code, _out, err = typed(capfd, monkeypatch, *words)
    assert code == 2
    assert "--table and --label go together" in err


def test_a_leak_is_told_and_left_out(churn):
    frame = csv.read_csv(churn)
    left = pa.array([one == "Yes" for one in frame["Churn"].to_pylist()])
    csv.write_csv(frame.append_column("reason", left), churn)
    told = predict_table(churn, "Churn")
    assert told.summary["left_out"] == ["reason"]
    assert "leak audit: 'reason' is the outcome itself in other words (AUC alone: 1.00)" in told.lines
    with language("zh"):
        assert "所有模型都未使用：reason" in predict_table(churn, "Churn").lines


def test_another_word_for_what_happened(churn):
    text = churn.read_text().replace("Yes", "left").replace("No", "stayed")
    churn.write_text(text)
    with pytest.raises(DaogouError, match="'Churn' is no outcome of two kinds; it holds left, stayed"):
        predict_table(churn, "Churn")
    yes = predict_table(churn, "Churn", event="left").summary
    assert yes["events"] + predict_table(churn, "Churn", event="stayed").summary["events"] == yes["rows"]
    with pytest.raises(DaogouError, match="no outcome of two kinds"):
        predict_table(churn, "Churn", event="gone")


def test_time_and_customers_are_columns(churn):
    frame = csv.read_csv(churn)
    frame = frame.append_column("month", pa.array(np.arange(400) % 12)).append_column("who", pa.array(np.arange(400)))
    csv.write_csv(frame, churn)
    said = predict_table(churn, "Churn", when="month", groups="who")
    assert said.summary["protocol"] == "blocks"
    assert said.lines[2].startswith("tested forward in time")
    with pytest.raises(DaogouError, match="there is no column 'mont'. Did you mean 'month'"):
        predict_table(churn, "Churn", when="mont")


@pytest.mark.parametrize("kept", ["Yes", "No", None])
def test_one_outcome_alone_is_none(churn, kept):
    lines = churn.read_text().splitlines()
    churn.write_text("\n".join([lines[0], *(line for line in lines[11:] if kept and f'"{kept}"' in line)]) + "\n")
    with pytest.raises(DaogouError, match="is no outcome of two kinds"):
        predict_table(churn, "Churn")


@pytest.mark.parametrize(
    "cells",
    [[""] * 400, ["inf", "-inf"] * 200, ["7"] * 400, [f"c{n}" for n in range(400)]],
    ids=["missing", "infinite", "constant", "a level a row"],
)
def test_a_column_that_says_nothing_is_no_obstacle(churn, cells):
    frame = csv.read_csv(churn)
    csv.write_csv(frame.append_column("nothing", pa.array(cells)), churn)
    found = predict_table(churn, "Churn").summary
    assert found["models"][found["champion"]]["auc"]["low"] > 0.7


def test_a_label_alone_is_told(churn):
    csv.write_csv(csv.read_csv(churn).select(["Churn"]), churn)
    with pytest.raises(DaogouError, match="no column is left to learn from"):
        predict_table(churn, "Churn")


def test_a_label_that_is_not_there_is_told_with_the_nearest(churn):
    with pytest.raises(DaogouError, match="there is no column 'churn'. Did you mean 'Churn'"):
        predict_table(churn, "churn")


def test_three_rows_are_too_few(churn):
    lines = churn.read_text().splitlines()
    rows = [next(line for line in lines[11:] if f'"{one}"' in line) for one in ("Yes", "No")]
    churn.write_text("\n".join([lines[0], *rows, rows[0]]) + "\n")
    with pytest.raises(DaogouError, match="rows in which it happened: 2, needed: 30"):
        predict_table(churn, "Churn")

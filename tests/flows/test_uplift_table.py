"""``daogou evaluate uplift --table``: advice on any file that holds a trial."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from daogou.base import words
from daogou.base.errors import DaogouError
from daogou.cli.main import app
from daogou.flows.uplift_table import Question, uplift_table

ROWS = 3_000


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Members of level "gold" visit twice as often when they get a mail; the others stay away."""
    chance = np.random.default_rng(1)
    path = tmp_path_factory.mktemp("uplift") / "mail.csv"
    gold = chance.random(ROWS) < 0.5
    mailed = chance.random(ROWS) < 0.5
    visit = chance.random(ROWS) < 0.3 + mailed * np.where(gold, 0.3, -0.2)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["level", "age", "home", "got", "visit", "visits", "chance"])
        for n in range(ROWS):
            arm = "mail" if mailed[n] else "nothing"
            level = "gold" if gold[n] else "plain"
            writer.writerow([level, 20 + n % 50, n // 2, arm if n % 100 else "", int(visit[n]), int(visit[n]) * 3, 0.5])
    return path


def asked(**more: Any) -> Question:
    return Question(**{"treated": "got", "outcome": "visit", "control": "nothing", "cost": "0.05", **more})


def test_those_whom_it_brings_are_advised_and_the_rest_is_told(file: Path) -> None:
    with words.language("en"):
        told = uplift_table(file, asked())
    assert told.summary["action"] == "target"
    assert told.summary["arms"] == ["mail"]
    assert told.summary["share"] == pytest.approx(0.5, abs=0.06)
    assert told.summary["left_out"] == ["visits"]
    assert told.summary["qini"][0]["low"] > 0.2
    text = "\n".join(told.lines)
    assert "left out, as they look like the outcome itself: visits" in text
    assert "left out: 30" in text
    json.dumps(told.summary, allow_nan=False)


def test_households_and_lots_can_be_named(file: Path) -> None:
    homes = asked(units="home", propensity="chance", shared=("group_buying",), leave_out=("visits",))
    found = uplift_table(file, homes)
    assert len(found.summary["warnings"]) == 2  # spill-over, and households in which some got the mail


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (asked(treated="gott"), "gott"),
        (asked(outcome="vist"), "vist"),
        (asked(control="nobody"), "no row holds 'nobody'"),
        (asked(control=""), "control"),
        (asked(outcome="level"), "outcome must hold numbers"),
        (asked(outcome="chance"), "outcome is the same"),
        (asked(propensity="visit"), "propensity must lie"),
        (asked(cost="-1"), "cost is missing or below 0"),
        (asked(cost="prize"), "prize"),
        (asked(cost="level"), "could not convert"),
        (asked(shared=("group_buying",)), "Group buying"),
        (asked(leave_out=("level", "age", "home", "visits", "chance")), "no column is left"),
    ],
)
def test_a_question_that_has_no_answer_is_refused_in_one_sentence(file: Path, question: Question, says: str) -> None:
    with words.language("en"), pytest.raises(DaogouError, match=says):
        uplift_table(file, question)


def test_the_command_prints_words_or_json(file: Path) -> None:
    run = CliRunner()
    columns = ["--treated", "got", "--outcome", "visit", "--control", "nothing"]
    same = ["evaluate", "uplift", "--table", str(file), *columns]
    said = run.invoke(app, [*same, "--cost", "0.05", "--leave-out", "visits"])
    assert said.exit_code == 0
    assert "Send to" in said.output or "发给" in said.output
    told = run.invoke(app, [*same, "--json"])
    assert json.loads(told.output)["action"] in ("target", "all")


def test_a_column_may_hold_the_cost(file: Path) -> None:
    dear = uplift_table(file, asked(cost="age"))  # no visit is worth 20
    assert dear.summary["action"] == "nobody"


def test_a_workspace_takes_no_option_of_a_table(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["evaluate", "uplift", "--workspace", str(tmp_path), "--cost", "1"]).exit_code == 2


def test_the_command_needs_both_columns(file: Path) -> None:
    assert CliRunner().invoke(app, ["evaluate", "uplift", "--table", str(file), "--treated", "got"]).exit_code == 2

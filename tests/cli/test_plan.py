"""The command plan with a channel: its options, its words and its file."""

import json

import pytest
from tests.flows.test_plan_units import company, sales
from typer.testing import CliRunner

from daogou.cli.main import app


@pytest.mark.parametrize("option", [["--by", "week"], ["--days", "84"], ["--wash-out", "2"], ["--out", "x.csv"]])
def test_options_of_a_channel_need_the_channel(option):
    told = CliRunner().invoke(app, ["plan", *option])
    assert told.exit_code == 2
    assert "--channel" in told.output


def test_a_channel_is_planned_as_json_with_its_file(tmp_path):
    workspace = company(tmp_path, sales())
    file = tmp_path / "switched.csv"
    call = ["plan", "--workspace", str(tmp_path), "--channel", "search", "--by", "week", "--days", "112"]
    told = CliRunner().invoke(app, [*call, "--wash-out", "2", "--out", str(file), "--json"])
    assert told.exit_code == 0
    plan = json.loads(told.stdout)["plan"]
    assert (plan["pairs"], plan["wash_out"], plan["state"]) == (8, 2, "draft")
    assert len(file.read_text(encoding="utf-8").splitlines()) == 17
    with workspace.ledger() as ledger:
        assert [one.name for one in ledger.campaigns()] == [plan["name"]]

"""Workspaces that earlier versions wrote: this version opens each, brings it up and goes on."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from daogou.flows.run import STAGES, run
from daogou.flows.workspace import Workspace
from daogou.store.tables import ORDERS
from daogou.trust.identity import reveal

KEPT = sorted(Path(__file__).parent.glob("*.zip"))


@pytest.mark.parametrize("archive", KEPT, ids=lambda path: path.name)
def test_a_kept_workspace_opens_and_runs(archive, tmp_path, monkeypatch):
    shutil.unpack_archive(archive, tmp_path)
    monkeypatch.setenv("DAOGOU_KEYS", str(tmp_path / "keys"))
    workspace = Workspace(tmp_path / "shop")
    with workspace.warehouse() as warehouse:
        before = warehouse.count(ORDERS)
    with workspace.ledger() as ledger, ledger.transaction() as connection:
        assert reveal(connection, workspace.keys, [1]) == {1: "m1"}

    def clock():
        return datetime(2026, 2, 1, tzinfo=UTC)

    said = run(workspace, STAGES, clock, lambda _done, _text: None, lambda _name, _report: None)
    assert {counts["stored"] for counts in said["ingest"].values()} == {0}
    assert said["tables"]["orders"] == before > 0

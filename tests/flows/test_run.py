"""The whole loop on a small company: all stages, twice, and killed in the middle of each."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from daogou.flows.run import STAGES, run
from daogou.flows.workspace import Workspace
from daogou.store import release
from daogou.store.ledger import METADATA
from daogou.store.tables import TABLES
from daogou.testing.shop import write_shop

CHANGING = {"ingested_at"}  # when it happened, not what


def clock():
    return datetime(2026, 1, 2, tzinfo=UTC)


def run_stages(folder, *names):
    return run(Workspace(folder), names, clock, lambda _done, _text: None, lambda _name, _report: None)


def contents(folder):
    """Everything that a workspace says: rows of every table and of the ledger, the release, the page."""
    workspace = Workspace(folder)
    with workspace.warehouse() as warehouse:
        found = {
            name: warehouse.to_arrow(warehouse.table(table).order_by(*table.key)).drop_columns(
                [c for c in table.names if c in CHANGING or c == "payload"]
            )
            for name, table in TABLES.items()
        }
    with workspace.ledger() as ledger, ledger.transaction() as connection:
        for table in METADATA.sorted_tables:
            found[f"ledger {table.name}"] = connection.execute(sa.select(table)).all()
    found["release"] = release.current(workspace.releases)
    found["report"] = workspace.report.read_bytes() if workspace.report.exists() else None
    return found


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A company whose loop has run once, with what it said."""
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder)
    said = run_stages(folder, *STAGES)
    return folder, said


@pytest.fixture
def company(finished, tmp_path):
    """A copy of it to change."""
    return shutil.copytree(finished[0], tmp_path / "shop")


def test_the_object_has_what_is_promised(finished):
    folder, said = finished
    json.dumps(said, allow_nan=False)
    assert said["tables"]["orders"] > 1000
    assert set(said["tables"]) == set(TABLES)
    assert {tuple(counts) for counts in said["ingest"].values()} == {("received", "stored", "quarantined", "duplicate")}
    assert {"name", "size"} <= set(said["segments"][0])
    for metrics in said["recommend"].values():
        assert all({"value", "low", "high"} <= set(metric) for metric in metrics.values())
    for models in said["predict"].values():
        for metrics in models.values():
            assert all({"value", "low", "high"} <= set(metric) for metric in metrics.values())
    assert len(said["measure"]) == said["tables"]["past_campaigns"] == 2
    assert said["measure_pooled"]
    assert said["plan"]["state"] == "draft"
    assert set(said["seconds"]) == set(said["peak_mb"]) == set(STAGES)
    assert all(mb > 50 for mb in said["peak_mb"].values())
    assert said["report"] == str(folder / "report.html")
    assert said["release"] == release.current(folder / "releases")


def test_twice_gives_equal_rows(company):
    before = contents(company)
    said = run_stages(company, *STAGES)
    after = contents(company)
    assert {name for name in before if before[name] != after[name]} <= {"release", "report"}
    assert said["release"] != before["release"]
    assert all(counts["stored"] == 0 for counts in said["ingest"].values())


def test_no_release_and_no_ledger_holds_a_customers_own_id(company):
    own = re.compile(r"\bm\d+\b")
    for path in (company / "releases").rglob("*.parquet"):
        assert not own.search(str(pq.read_table(path).to_pylist())), path.name
    with (company / "sales.csv").open() as file:
        members = {line.split(",")[1] for line in file}
    shown = set(own.findall((company / "report.html").read_text(encoding="utf-8")))
    assert shown & members
    assert (company / "report.html").stat().st_mode & 0o777 == 0o600
    workspace = Workspace(company)
    with workspace.ledger() as ledger, ledger.transaction() as connection:
        held = connection.execute(sa.select(METADATA.tables["identities"])).all()
    # Two letters of an id turn up in that many random bytes by chance; a whole value that reads as text does not.
    assert not any(bytes(value).isascii() for row in held for value in (row.sealed, row.lookup))


KILL = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from daogou.flows import run as flow
from daogou.flows.workspace import Workspace
from daogou.store import models, release
from daogou.store.warehouse import Warehouse

def killing(function):
    def then_die(*arguments, **named):
        function(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    return then_die

where, stage, folder = sys.argv[1:]
places = {"write": (Warehouse, "_append"), "artefact": (models, "put"), "switch": (release, "_link_unchanged")}
owner, name = places[where]
setattr(owner, name, killing(getattr(owner, name)))
clock = lambda: datetime(2026, 1, 3, tzinfo=UTC)
flow.run(Workspace(Path(folder)), [stage], clock, lambda d, t: None, lambda n, r: None)
"""
MIDDLE = dict.fromkeys(STAGES, "write") | {"plan": "artefact", "report": "switch"}


@pytest.mark.parametrize("stage", STAGES)
def test_killed_in_the_middle_the_workspace_is_as_before(stage, company):
    if stage == "ingest":
        with (company / "sales.csv").open("a") as file:
            file.write("z-1,z,p001,2025-12-30 10:00:00,1,5,0\n")
    if stage == "plan":
        with (company / "daogou.toml").open("a") as file:
            file.write("\n[plan]\nholdout = 0.4\n")
    before = contents(company)
    done = subprocess.run([sys.executable, "-c", KILL, MIDDLE[stage], stage, str(company)], env=os.environ, check=False)
    assert done.returncode == -signal.SIGKILL
    assert contents(company) == before
    run_stages(company, stage)  # and the stage runs again
    assert not [path for path in (company / "releases").iterdir() if path.name.startswith(".building")]

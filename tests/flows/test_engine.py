"""Which stages compute by the engine of the settings; that engines agree is tested in tests/store/test_spark.py."""

from contextlib import contextmanager
from datetime import datetime

import pytest

from daogou.base.errors import DaogouError
from daogou.flows.profile import profile
from daogou.flows.segment import segment
from daogou.flows.workspace import Workspace
from daogou.store.tables import PROFILES, SEGMENTS

RULE = '[segment.rules.often]\nprofile = "orders"\nat_least = 5\n'


class Recorder:
    """DuckDB as an engine that is not the warehouse, and notes which tables it was asked for."""

    def __init__(self, warehouse):
        self._warehouse = warehouse
        self.asked = []

    def table(self, table):
        self.asked.append(table.name)
        return self._warehouse.table(table)

    def to_arrow(self, expression):
        return self._warehouse.to_arrow(expression)

    def scalar(self, expression):
        return self._warehouse.scalar(expression)

    def materialise(self, name, rows):
        return self._warehouse.materialise(name, rows)


def run(stage, workspace):
    return stage(workspace, lambda: datetime(2024, 3, 1), lambda _done, _text: None)


def set_up(workspace, text):
    with (workspace.path / "daogou.toml").open("a", encoding="utf-8") as file:
        file.write(text)
    return Workspace(workspace.path)


def test_with_duckdb_the_warehouse_computes_itself(shop_workspace):
    with shop_workspace.warehouse() as warehouse, shop_workspace.engine(warehouse) as engine:
        assert engine is warehouse


def test_the_engine_computes_profiles_rfm_and_rules(shop_workspace, monkeypatch):
    workspace = set_up(shop_workspace, RULE)
    recorders = []

    @contextmanager
    def engine(_workspace, warehouse):
        recorders.append(Recorder(warehouse))
        yield recorders[-1]

    monkeypatch.setattr(Workspace, "engine", engine)
    run(profile, workspace)
    run(segment, workspace)
    of_profile, of_segment = (set(recorder.asked) for recorder in recorders)
    assert {"orders", "refunds", "order_lines", "items", "customers"} <= of_profile
    assert {"profiles", "orders"} <= of_segment
    with workspace.warehouse() as warehouse:
        assert warehouse.count(PROFILES) == 40
        methods = warehouse.to_arrow(warehouse.table(SEGMENTS))["method"].to_pylist()
    assert {"rfm", "rules"} <= set(methods)


def test_spark_without_java_is_said_and_nothing_changes(shop_workspace, monkeypatch, tmp_path):
    workspace = set_up(shop_workspace, '[warehouse]\nengine = "spark"\n')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(DaogouError, match="Java"):
        run(profile, workspace)
    with workspace.warehouse() as warehouse:
        assert warehouse.count(PROFILES) == 0

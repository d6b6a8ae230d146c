import psutil
import pytest

from daogou.store.memory import engine_mb, machine_mb
from daogou.store.settings import WarehouseSettings


def test_the_machine_has_no_more_than_its_memory():
    assert 0 < machine_mb() <= psutil.virtual_memory().total / 1_000_000


def test_a_container_is_as_large_as_its_limit(tmp_path, monkeypatch):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr("daogou.store.memory._LIMITS", (str(limit), str(tmp_path / "missing")))
    limit.write_text("max\n")
    whole = machine_mb()
    limit.write_text("512000000\n")
    assert machine_mb() == 512 < whole


def test_what_the_settings_say_counts():
    assert engine_mb(WarehouseSettings(memory=30_000), 8_000) == 30_000


def test_a_warehouse_needs_some_memory():
    with pytest.raises(ValueError, match="at least 256"):
        WarehouseSettings(memory=64)

"""Facts as Parquet: versions by what is in them, unchanged files linked, a pointer that flips."""

from datetime import date

import pyarrow.parquet as pq
import pytest

from daogou.store.facts import KEPT, current, parquet, write_facts
from daogou.store.tables import CUSTOMERS, ITEMS, ORDERS, QUARANTINE
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows


@pytest.fixture
def warehouse():
    with Warehouse(":memory:") as opened:
        opened.append(ITEMS, rows(ITEMS, {"item_id": "tea", "attributes": [("size", "1 l")]}, {"item_id": "茶"}))
        opened.append(ORDERS, rows(ORDERS, {"order_id": "1", "local_day": date(2024, 1, 1), "net_sales": 9.99}))
        yield opened


def test_a_version_holds_every_fact_as_it_is_stored(warehouse, tmp_path):
    version = write_facts(warehouse, tmp_path / "facts")
    assert version == current(tmp_path / "facts")
    for table in KEPT:
        found = pq.read_table(parquet(version, table))
        wanted = warehouse.to_arrow(warehouse.table(table))
        assert found.cast(wanted.schema).to_pylist() == wanted.to_pylist()
    assert not parquet(version, QUARANTINE).exists()  # refused rows are nobody's business


def test_the_same_rows_are_the_same_version(warehouse, tmp_path):
    version = write_facts(warehouse, tmp_path)
    written = parquet(version, ORDERS).stat()
    stored = warehouse.to_arrow(warehouse.table(ITEMS))
    warehouse.replace(ITEMS, stored.take([1, 0]))  # in another order
    assert write_facts(warehouse, tmp_path) == version
    assert parquet(version, ORDERS).stat() == written


def test_only_what_changed_is_written_again(warehouse, tmp_path):
    first = write_facts(warehouse, tmp_path)
    kept = {table.name: parquet(first, table).stat().st_ino for table in KEPT}
    warehouse.append(CUSTOMERS, rows(CUSTOMERS, {"customer_id": 1}))
    second = write_facts(warehouse, tmp_path)
    changed = [table.name for table in KEPT if parquet(second, table).stat().st_ino != kept[table.name]]
    assert changed == ["customers"]
    assert pq.read_table(parquet(second, CUSTOMERS)).num_rows == 1


def test_no_earlier_version_stays(warehouse, tmp_path):
    """Who was erased from the warehouse is in no file."""
    write_facts(warehouse, tmp_path)
    warehouse.replace(ITEMS, rows(ITEMS))
    second = write_facts(warehouse, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([second.name, "current"])


def test_killed_while_writing_the_version_before_counts(warehouse, tmp_path, monkeypatch):
    first = write_facts(warehouse, tmp_path)
    warehouse.append(ORDERS, rows(ORDERS, {"order_id": "2"}))
    with monkeypatch.context() as patch:
        patch.setattr(Warehouse, "write_parquet", lambda *_all: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_facts(warehouse, tmp_path)
    assert current(tmp_path) == first
    assert pq.read_table(parquet(first, ORDERS)).num_rows == 1
    assert pq.read_table(parquet(write_facts(warehouse, tmp_path), ORDERS)).num_rows == 2


def test_a_version_that_is_damaged_is_written_again(warehouse, tmp_path):
    first = write_facts(warehouse, tmp_path)
    parquet(first, ITEMS).unlink()
    warehouse.append(ORDERS, rows(ORDERS, {"order_id": "2"}))
    assert pq.read_table(parquet(write_facts(warehouse, tmp_path), ITEMS)).num_rows == 2

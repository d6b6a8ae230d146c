from datetime import datetime

import ibis
import pyarrow as pa

from daogou.store.warehouse import Warehouse
from daogou.store.zones import parse_time, to_local, to_utc


def test_zones_are_applied_in_both_directions_across_summer_time():
    with Warehouse(":memory:") as warehouse:
        rows = ibis.memtable(pa.table({"t": [datetime(2025, 3, 9, 6, 30), datetime(2025, 3, 9, 7, 30)]}))
        local = to_local(rows.t.cast("timestamp(6)"), "America/New_York")
        found = warehouse.to_arrow(rows.select(local=local, back=to_utc(local, "America/New_York"))).to_pylist()
    assert found == [
        {"local": datetime(2025, 3, 9, 1, 30), "back": datetime(2025, 3, 9, 6, 30)},
        {"local": datetime(2025, 3, 9, 3, 30), "back": datetime(2025, 3, 9, 7, 30)},
    ]


def test_a_time_in_another_form_is_empty():
    with Warehouse(":memory:") as warehouse:
        rows = ibis.memtable(pa.table({"t": ["31/12/2025 08:05", "2025-12-31"]}))
        found = warehouse.to_arrow(rows.select(t=parse_time(rows.t, "%d/%m/%Y %H:%M")))["t"].to_pylist()
    assert found == [datetime(2025, 12, 31, 8, 5), None]

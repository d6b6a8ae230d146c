"""How long the count of an unsaved rule takes: read, checked, compiled and counted, on made-up customers.

Each rule is counted several times in a warehouse file that is made for it; printed are the first time, when nothing is
in memory, the middle one, and what of it was the check of names. The promise is half a second at a million profiles.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
from ibis.formats.pyarrow import PyArrowSchema

from daogou.base.rule_check import check
from daogou.base.rule_text import from_json
from daogou.store.rule import members, vocabulary
from daogou.store.tables import ITEMS, ORDER_LINES, ORDERS, PROFILES, SCORES, SEGMENTS, Table
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

AS_OF = date(2024, 12, 1)
ITEMS_N, LINES_AN_ORDER, _AT_ONCE = 5000, 2, 1_000_000
RULES = {
    "two columns of profiles": """{"all": [{"profile": "recency_days", "at_most": 60},
        {"profile": "net_sales_365", "above": 300}]}""",
    "attributes, one a list": """{"all": [{"attribute": "age", "above": 30}, {"attribute": "likes", "is": "tea"}]}""",
    "segment, score, column": """{"all": [{"tag": "rfm:lost"}, {"score": "inactive", "above": 0.5},
        {"profile": "orders_365", "at_least": 2}]}""",
    "bought twice in 28 days": """{"did": "bought", "within": 28, "count": {"at_least": 2}}""",
    "spent much, ever": """{"did": "bought", "sum": {"above": 500}}""",
    "a category in 90 days": """{"did": "bought", "where": {"category": "C3"}, "within": 90}""",
    "around 618, any year": """{"did": "bought", "around": "618"}""",
    "one shop, then any": """{"first": {"did": "bought", "where": {"store": "s1"}}, "then": {"did": "bought"},
        "days": 30}""",
    "any, then any": """{"first": {"did": "bought"}, "then": {"did": "bought"}, "days": 30}""",
    "any of a year, then any": """{"first": {"did": "bought", "within": 365}, "then": {"did": "bought"}, "days": 30}""",
    "a category, then another": """{"first": {"did": "bought", "where": {"category": "C3"}},
        "then": {"did": "bought", "where": {"category": "C4"}}, "days": 30}""",
    "on three days, ever": """{"did": "bought", "days": {"at_least": 3}}""",
    "never a category": """{"not": {"did": "bought", "where": {"category": "C3"}}}""",
    "eight conditions": """{"all": [{"profile": "recency_days", "at_most": 90}, {"attribute": "gender", "is": "f"},
        {"any": [{"tag": "rfm:loyal"}, {"did": "bought", "within": 90, "count": {"at_least": 2}}]},
        {"not": {"did": "bought", "where": {"category": ["C1", "C2"]}, "within": 28}},
        {"score": "inactive", "below": 0.8}, {"profile": "discount_share", "known": true}]}""",
}


def _filled(table: Table, n: int, told: Mapping[str, Any]) -> pa.Table:
    """``n`` rows; columns that are not told are empty, and where they may not be, what stands for nothing."""
    columns, nothing = [], rows(table, {})
    schema = PyArrowSchema.from_ibis(table.schema())
    for column, field in zip(table.columns, schema, strict=True):
        if column.name in told:
            columns.append(pa.array(told[column.name]).cast(field.type))
        elif column.nullable:
            columns.append(pa.nulls(n, field.type))
        else:
            columns.append(pa.repeat(nothing.column(column.name)[0], n))
    return pa.Table.from_arrays(columns, schema=schema)


def _cells(chance: np.random.Generator, n: int) -> pa.Array:
    """Attributes of two in three people: age, gender, and what they like, some more than one thing."""
    known = np.flatnonzero(chance.random(n) < 2 / 3)
    likes = np.array(["tea; coffee", "wine", "sport、tea", "books"])
    values = np.stack(
        [
            chance.integers(18, 80, len(known)).astype(str).astype(object),
            chance.choice(["f", "m"], len(known)).astype(object),
            chance.choice(likes, len(known)).astype(object),
        ],
        axis=1,
    )
    counts = np.zeros(n + 1, np.int32)
    counts[known + 1] = 3
    keys = pa.array(["age", "gender", "likes"] * len(known))
    return pa.MapArray.from_arrays(pa.array(np.cumsum(counts, dtype=np.int32)), keys, pa.array(values.ravel()))


def _fill(warehouse: Warehouse, people: int, orders: int) -> None:
    """Made-up facts and profiles: they need not agree with each other to take the time that real ones take."""
    chance = np.random.default_rng(7)
    ids = np.arange(people)
    numbers = {
        column.name: chance.integers(0, 400, people)
        for column in PROFILES.columns
        if column.type.startswith(("int", "float"))
    }
    attributes = _cells(chance, people)
    about = {"customer_id": ids, "as_of": [AS_OF] * people, "attributes": attributes}
    about |= {"has_attributes": np.diff(attributes.offsets.to_numpy()) > 0}
    warehouse.append(PROFILES, _filled(PROFILES, people, numbers | about))
    segments = {"customer_id": ids, "as_of": [AS_OF] * people, "method": ["rfm"] * people}
    segments |= {"segment": chance.choice(["lost", "loyal", "new"], people)}
    warehouse.append(SEGMENTS, _filled(SEGMENTS, people, segments))
    scores = {"customer_id": ids, "as_of": [AS_OF] * people, "target": ["inactive"] * people}
    warehouse.append(SCORES, _filled(SCORES, people, scores | {"probability": chance.random(people)}))
    items = {"item_id": np.char.add("p", np.arange(ITEMS_N).astype(str)), "is_static": [True] * ITEMS_N}
    items |= {"category": np.char.add("C", (np.arange(ITEMS_N) % 20).astype(str))}
    warehouse.append(ITEMS, _filled(ITEMS, ITEMS_N, items))
    for first in range(0, orders, _AT_ONCE):
        n = min(_AT_ONCE, orders - first)
        names = np.char.add("o", np.arange(first, first + n).astype(str))
        sold = {"order_id": names, "customer_id": chance.integers(0, people, n)}
        sold |= {
            "local_day": np.datetime64(AS_OF) - chance.integers(1, 720, n),
            "net_sales": chance.integers(1, 400, n) / 2,
        }
        sold |= {"store_id": np.char.add("s", chance.integers(0, 50, n).astype(str))}
        warehouse.append(ORDERS, _filled(ORDERS, n, sold))
        for line in range(LINES_AN_ORDER):
            held = {"order_id": names, "quantity": np.ones(n), "net_sales": chance.integers(1, 200, n) / 2}
            held |= {"item_id": np.char.add("p", chance.integers(0, ITEMS_N, n).astype(str))}
            held |= {"line_id": np.char.add(names, f"-{line}")}
            warehouse.append(ORDER_LINES, _filled(ORDER_LINES, n, held))


def _count(warehouse: Warehouse, text: str) -> tuple[int, float, float]:
    """How many people the rule holds, the seconds that it took, and those of its check."""
    start = time.perf_counter()
    rule = from_json(text, "rule")
    check(rule, vocabulary(warehouse, rule, AS_OF, ["rfm:lost", "rfm:loyal"], "CN"), "rule")
    checked = time.perf_counter()
    n = int(warehouse.scalar(members(warehouse, rule, AS_OF, "CN").count()))
    return n, time.perf_counter() - start, checked - start


def main() -> None:
    """Fill a warehouse and count every rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=4_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "warehouse.duckdb"
        with Warehouse(path) as warehouse:
            _fill(warehouse, options.people, options.orders)
        print(f"{options.people:,} profiles, {options.orders:,} orders, {options.orders * LINES_AN_ORDER:,} lines")
        print(f"{'rule':26}{'people':>10}{'first s':>9}{'median s':>10}{'check s':>9}{'load':>7}")
        for name, text in RULES.items():
            with Warehouse(path) as warehouse:
                runs = [_count(warehouse, text) for _run in range(options.repeats)]
            middle, checked = median(run[1] for run in runs), median(run[2] for run in runs)
            load = os.getloadavg()[0]
            print(f"{name:26}{runs[0][0]:>10,}{runs[0][1]:>9.2f}{middle:>10.2f}{checked:>9.2f}{load:>7.1f}", flush=True)


if __name__ == "__main__":
    main()

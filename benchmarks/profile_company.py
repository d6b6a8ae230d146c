"""A company of any size in a warehouse file: the example company's rows many times over, as other people's.

Each customer of the example company becomes six, with a sixth of the orders each (so that a million customers make a
hundred million lines), and each copy six more; orders move by up to three days either way. Written by DuckDB straight
into the tables of the contract: ingest is measured elsewhere.
"""

import tempfile
from pathlib import Path

import duckdb

from daogou.base.clock import system_clock
from daogou.demo import make_demo
from daogou.flows.run import stage
from daogou.flows.workspace import Workspace
from daogou.store.warehouse import Warehouse

PARTS = 6  # customers that one becomes
SPREAD = 7  # days over which an order may move


def example(folder: Path) -> Path:
    """The example company's warehouse, ingested once into ``folder``."""
    path = folder / "example" / "warehouse.duckdb"
    if not path.exists():
        make_demo(path.parent, "en")
        stage("ingest")(Workspace(path.parent), system_clock, lambda _done, _text: None)
    return path


def write_company(source: Path, target: Path, lines: int, memory: int) -> None:
    """Write a company with about ``lines`` order lines to ``target``, unless it is there."""
    if target.exists():
        return
    with Warehouse(target):
        pass
    with tempfile.TemporaryDirectory(dir=target.parent) as spill:
        connection = duckdb.connect(str(target), config={"memory_limit": f"{memory}MB", "temp_directory": spill})
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(f"ATTACH '{source}' AS example (READ_ONLY)")
        have = connection.execute("SELECT count(*) FROM example.order_lines").fetchone()[0]
        for first in range(0, -(-lines * PARTS // have), PARTS):
            _copy(connection, first // PARTS, min(PARTS, -(-lines * PARTS // have) - first))
        connection.execute("INSERT INTO items BY NAME SELECT * FROM example.items")
        connection.close()


def _copy(connection: duckdb.DuckDBPyConnection, copy: int, parts: int) -> None:
    """One more copy of the example company, of its first ``parts`` sixths."""
    known = connection.execute("SELECT max(customer_id) + 1 FROM example.customers").fetchone()[0]
    part, moved = f"hash(order_id) % {PARTS}", f"(hash(order_id, {copy}) % {SPREAD})::INT - {SPREAD // 2}"
    connection.execute(f"""
        INSERT INTO orders BY NAME SELECT * REPLACE (
            order_id || '-{copy}' AS order_id,
            customer_id + ({copy * PARTS} + {part}) * {known} AS customer_id,
            local_day + ({moved}) AS local_day, occurred_at + to_days({moved}) AS occurred_at
        ) FROM example.orders WHERE {part} < {parts}""")
    connection.execute(f"""
        INSERT INTO order_lines BY NAME SELECT * REPLACE (
            order_id || '-{copy}' AS order_id, line_id[:16] || '-{copy}' AS line_id
        ) FROM example.order_lines WHERE {part} < {parts}""")
    for number in range(parts):
        connection.execute(f"""
            INSERT INTO customers BY NAME SELECT * REPLACE (
                customer_id + {(copy * PARTS + number) * known} AS customer_id
            ) FROM example.customers""")


def add_rows(target: Path, share: float, known: int = 1) -> None:
    """New orders on the day after the last one: of random customers, as many as ``share`` of the lines.

    They are noted as ingest notes what it stores.
    """
    connection = duckdb.connect(str(target))
    last = connection.execute("SELECT max(local_day) FROM orders").fetchone()[0]
    chosen = f"hash(order_id, 'new{known}') % 1000000 < {round(share * 1_000_000)}"
    connection.execute(f"CREATE TEMP TABLE chosen AS SELECT order_id FROM orders WHERE {chosen}")
    connection.execute(f"""
        CREATE TEMP TABLE new_orders AS SELECT * REPLACE (
            order_id || '+{known}' AS order_id, DATE '{last}' + 1 AS local_day
        ) FROM orders SEMI JOIN chosen USING (order_id)""")
    connection.execute(f"""
        CREATE TEMP TABLE new_lines AS SELECT * REPLACE (
            order_id || '+{known}' AS order_id, line_id || '+{known}' AS line_id
        ) FROM order_lines SEMI JOIN chosen USING (order_id)""")
    connection.execute("INSERT INTO orders BY NAME FROM new_orders")
    connection.execute("INSERT INTO order_lines BY NAME FROM new_lines")
    connection.execute("INSERT INTO touched_days SELECT DISTINCT customer_id, local_day FROM new_orders")
    connection.execute("""
        INSERT INTO new_purchases BY NAME SELECT customer_id, local_day, item_id,
            new_lines.net_sales, new_lines.list_value, quantity FROM new_lines JOIN new_orders USING (order_id)""")
    connection.close()

"""Workspaces of three small companies."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from daogou.flows.workspace import Workspace
from daogou.store.tables import CUSTOMERS, ITEMS, ORDER_LINES, ORDERS, Table
from daogou.store.warehouse import Warehouse
from daogou.testing.days import Shop
from daogou.testing.rows import rows

FIRST, LAST = date(2024, 1, 1), date(2024, 2, 29)
Facts = Mapping[Table, list[dict[str, Any]]]


def open_workspace(folder: Path, facts: Facts) -> Workspace:
    (folder / "daogou.toml").write_text('[company]\ntimezone = "Europe/Berlin"\ncurrency = "EUR"\n', encoding="utf-8")
    workspace = Workspace(folder)
    with workspace.warehouse() as warehouse:
        for table, told in facts.items():
            warehouse.append(table, rows(table, *told))
    return workspace


@pytest.fixture
def shop_workspace(tmp_path: Path) -> Workspace:
    """Forty customers, ten with a known age: half buy wine in few dear orders, half milk in many cheap ones."""
    orders, lines = [], []
    for customer in range(40):
        wine = customer % 2
        for n, day in enumerate(range((LAST - FIRST).days - customer % 5, -1, -20 if wine else -4)):
            order, money = f"{customer}-{n}", 50 + customer if wine else 4 + customer % 3
            amounts = {"list_value": money, "net_sales": money, "paid": money}
            when = {"local_day": FIRST + timedelta(days=day), "local_hour": 9 + wine}
            orders.append({"order_id": order, "customer_id": customer, "lines": 1} | when | amounts)
            item = "wine" if wine else "milk"
            lines.append({"line_id": order, "order_id": order, "item_id": item, "quantity": 1} | amounts)
    customers = [
        {"customer_id": k, "is_static": True, "attributes": [("age", "35-44")] if k < 10 else []} for k in range(40)
    ]
    items = [
        {"item_id": item, "is_static": True, "category": category}
        for item, category in (("milk", "DAIRY"), ("wine", "DRINKS"))
    ]
    return open_workspace(tmp_path, {CUSTOMERS: customers, ITEMS: items, ORDERS: orders, ORDER_LINES: lines})


@pytest.fixture
def bare_workspace(tmp_path: Path) -> Workspace:
    """One customer with one order: no lines, no items."""
    order = {"order_id": "1", "customer_id": 7, "local_day": FIRST, "net_sales": 10, "list_value": 10, "lines": 1}
    return open_workspace(tmp_path, {CUSTOMERS: [{"customer_id": 7, "is_static": True}], ORDERS: [order]})


@pytest.fixture
def guest_workspace(tmp_path: Path) -> Workspace:
    """One order that names no customer."""
    order = {"order_id": "1", "customer_id": 7, "local_day": FIRST, "net_sales": 10, "list_value": 10, "lines": 1}
    guest = {"customer_id": 7, "is_static": True, "is_guest": True}
    return open_workspace(tmp_path, {CUSTOMERS: [guest], ORDERS: [order]})


@pytest.fixture(scope="session")
def open_shop() -> type[Shop]:
    """For tests that make many."""
    return Shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Warehouse(":memory:") as warehouse:
        yield Shop(warehouse)

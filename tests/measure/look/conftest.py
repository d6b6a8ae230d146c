"""A shop of six customers and a guest, small enough to count by hand.

| customer | orders (day: net sales, category) |
| --- | --- |
| 1 | 10 Jan: 100 TEA; 15 Feb: 50 COFFEE; 1 Apr: 30 TEA; gave back 10 on 20 Feb |
| 2 | 20 Jan 09:00: 40 TEA; 20 Jan 10:00: 10 COFFEE |
| 3 | 31 Jan: 20 TEA; 1 Mar, which is 30 days later: 20 TEA |
| 4 | 5 Feb: 60, half COFFEE, half TEA; 28 Feb: 60 TEA; 10 Mar: 60 COFFEE |
| 5 | 15 Mar: 80 of an item without a category |
| 6 | 10 Apr: 25 TEA; 20 Apr: 25 COFFEE |
| 9, a guest | 1 Feb: 500 TEA |
"""

from datetime import date, datetime

import pytest

from daogou.store.tables import CUSTOMERS, ITEMS, ORDER_LINES, ORDERS, REFUNDS
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

BOUGHT = [
    (1, date(2024, 1, 10), 12, {"tea": 100}),
    (1, date(2024, 2, 15), 12, {"coffee": 50}),
    (1, date(2024, 4, 1), 12, {"tea": 30}),
    (2, date(2024, 1, 20), 9, {"tea": 40}),
    (2, date(2024, 1, 20), 10, {"coffee": 10}),
    (3, date(2024, 1, 31), 12, {"tea": 20}),
    (3, date(2024, 3, 1), 12, {"tea": 20}),
    (4, date(2024, 2, 5), 12, {"coffee": 30, "tea": 30}),
    (4, date(2024, 2, 28), 12, {"tea": 60}),
    (4, date(2024, 3, 10), 12, {"coffee": 60}),
    (5, date(2024, 3, 15), 12, {"thing": 80}),
    (6, date(2024, 4, 10), 12, {"tea": 25}),
    (6, date(2024, 4, 20), 12, {"coffee": 25}),
    (9, date(2024, 2, 1), 12, {"tea": 500}),
]


def _fill(warehouse, bought):
    """The facts of a shop where that was ``bought``: customer, local day, hour and what each item brought."""
    orders, lines = [], []
    for number, (customer, day, hour, items) in enumerate(bought):
        at = datetime(day.year, day.month, day.day, hour)
        total = sum(items.values())
        money = {"net_sales": total, "paid": total, "list_value": total}
        orders.append(
            {"order_id": f"o{number:02}", "customer_id": customer, "occurred_at": at, "local_day": day, "lines": 1}
            | money
        )
        lines += [
            {"line_id": f"{number}-{item}", "order_id": f"o{number:02}", "item_id": item, "quantity": 1, "net_sales": m}
            for item, m in items.items()
        ]
    people = [{"customer_id": k, "is_static": True, "is_guest": k == 9} for k in {row[0] for row in bought}]
    items = [
        {"item_id": item, "is_static": True, "category": category, "title": item.title()}
        for item, category in (("tea", "TEA"), ("coffee", "COFFEE"), ("thing", None))
    ]
    refund = {"refund_id": "r", "customer_id": 1, "local_day": date(2024, 2, 20), "amount": 10}
    for table, told in (
        (CUSTOMERS, people),
        (ITEMS, items),
        (ORDERS, orders),
        (ORDER_LINES, lines),
        (REFUNDS, [refund]),
    ):
        warehouse.append(table, rows(table, *told))
    return warehouse


@pytest.fixture
def shop():
    with Warehouse(":memory:") as warehouse:
        yield _fill(warehouse, BOUGHT)


@pytest.fixture
def nothing():
    with Warehouse(":memory:") as warehouse:
        yield warehouse


@pytest.fixture(scope="session")
def fill():
    """The function that fills a warehouse with orders of the same items."""
    return _fill

"""A shop in memory whose days count from the first of January 2020."""

from datetime import date, timedelta
from typing import Any

from daogou.store.tables import CUSTOMERS, ITEMS, ORDER_LINES, ORDERS
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

FIRST = date(2020, 1, 1)


class Shop:
    """A warehouse that is told orders in a line."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Nothing is told yet."""
        self.warehouse = warehouse
        self._told = 0
        self._orders: list[dict[str, Any]] = []
        self._lines: list[dict[str, Any]] = []

    def day(self, number: int) -> date:
        """The day of this number; the first is 0."""
        return FIRST + timedelta(number)

    def item(self, item: str, category: str | None, valid_from: int | None = None) -> None:
        """An item; static without a day."""
        known = {"is_static": True} if valid_from is None else {"valid_from": self.day(valid_from)}
        self.warehouse.append(ITEMS, rows(ITEMS, {"item_id": item, "category": category, **known}))

    def customer(self, customer: int, **attributes: str) -> None:
        """What is known of a customer, at all times."""
        row = {"customer_id": customer, "is_static": True, "attributes": list(attributes.items())}
        self.warehouse.append(CUSTOMERS, rows(CUSTOMERS, row))

    def guest(self, customer: int) -> None:
        """A customer who is none."""
        self.warehouse.append(CUSTOMERS, rows(CUSTOMERS, {"customer_id": customer, "is_guest": True}))

    def order(self, customer: int, day: int, *items: str, each: float = 10, quantity: float = 1) -> None:
        """An order of one of each item, told when :meth:`tell` is called."""
        self._told += 1
        order = f"order {self._told}"
        amount = each * len(items)
        self._orders.append(
            {
                "order_id": order,
                "customer_id": customer,
                "local_day": self.day(day),
                "net_sales": amount,
                "lines": len(items),
            }
        )
        self._lines += [{"order_id": order, "item_id": item, "quantity": quantity, "net_sales": each} for item in items]

    def tell(self) -> Warehouse:
        """Store the orders."""
        self.warehouse.append(ORDERS, rows(ORDERS, *self._orders))
        self.warehouse.append(ORDER_LINES, rows(ORDER_LINES, *self._lines))
        self._orders, self._lines = [], []
        return self.warehouse

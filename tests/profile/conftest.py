"""A shop in memory, told in a few lines."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from daogou.store.tables import CALENDAR, COUPONS, CUSTOMERS, EVENTS, ITEMS, ORDER_LINES, ORDERS, REFUNDS, Table
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows


class Shop:
    """Facts that a test tells, in an empty warehouse; money is in whole or decimal units as numbers."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._told: dict[Table, list[dict[str, Any]]] = {}
        self._count = 0

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse with everything that was told so far."""
        for table, told in self._told.items():
            self._warehouse.append(table, rows(table, *told))
        self._told.clear()
        return self._warehouse

    def customer(self, customer: int, day: date | None = None, *, guest: bool = False, **attributes: str) -> None:
        known = {"valid_from": day or date(1970, 1, 1), "is_static": day is None, "is_guest": guest}
        self._add(CUSTOMERS, customer_id=customer, attributes=list(attributes.items()), **known)

    def item(self, item: str, category: str | None, day: date | None = None, **more: Any) -> None:
        known = {"valid_from": day or date(1970, 1, 1), "is_static": day is None}
        self._add(ITEMS, item_id=item, category=category, **known, **more)

    def order(
        self,
        customer: int,
        day: date,
        money: float = 10,
        *,
        items: dict[str, float] | None = None,
        hour: int = 12,
        store: str | None = None,
        lines: int = 1,
        discount: float = 0,
        coupon: float = 0,
    ) -> str:
        """An order; ``items`` are its lines, item to net sales, and then make its money and number of lines."""
        order, when = self._name("order"), datetime.combine(day, time(hour))
        money, lines = (sum(items.values()), len(items)) if items else (money, lines)
        amounts = {"shop_discount": discount, "shop_coupon": coupon, "paid": money, "net_sales": money}
        amounts["list_value"] = money + discount + coupon
        common = {"order_id": order, "customer_id": customer, "occurred_at": when, "local_day": day, "local_hour": hour}
        self._add(ORDERS, **common, **amounts, lines=lines, store_id=store)
        for item, value in (items or {}).items():
            self.line(order, item, value)
        return order

    def line(self, order: str, item: str, money: float, quantity: float = 1) -> None:
        amounts = {"list_value": money, "paid": money, "net_sales": money}
        self._add(ORDER_LINES, line_id=self._name("line"), order_id=order, item_id=item, quantity=quantity, **amounts)

    def refund(self, customer: int, day: date, amount: float, item: str | None = None) -> None:
        when = datetime.combine(day, time(12))
        known = {"customer_id": customer, "occurred_at": when, "local_day": day, "item_id": item, "amount": amount}
        self._add(REFUNDS, refund_id=self._name("refund"), **known)

    def coupon(self, customer: int, issued: date | None = None, redeemed: date | None = None) -> None:
        noon = {day: datetime.combine(day, time(12)) for day in (issued, redeemed) if day}
        used = {"redeemed_at": noon[redeemed], "redeemed_day": redeemed} if redeemed else {}
        given = {"issued_at": noon[issued]} if issued else {}
        self._add(COUPONS, coupon_id=self._name("coupon"), customer_id=customer, **used, **given)

    def event(
        self, customer: int, day: date, kind: str = "view", session: str | None = None, item: str | None = None
    ) -> None:
        known = {"customer_id": customer, "local_day": day, "kind": kind, "session_id": session, "item_id": item}
        self._add(EVENTS, event_id=self._name("event"), **known)

    def festival(self, day: date, lead: int, tail: int) -> None:
        self._add(CALENDAR, day=day, name=self._name("festival"), kind="shopping", lead_days=lead, tail_days=tail)

    def person(self, customer: int, day: date | None = None, **known: Any) -> None:
        """All that a company may know of a customer, from a day on or always."""
        when = {"valid_from": day or date(1970, 1, 1), "is_static": day is None}
        self._add(CUSTOMERS, customer_id=customer, **when, **known)

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._count:04d}"

    def _add(self, table: Table, **row: Any) -> None:
        self._told.setdefault(table, []).append(row)


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Warehouse(":memory:") as warehouse:
        yield Shop(warehouse)


@pytest.fixture(scope="module")
def module_shop() -> Iterator[Shop]:
    """One shop for all tests of a module, which only read it."""
    with Warehouse(":memory:") as warehouse:
        yield Shop(warehouse)


@pytest.fixture
def make_shop() -> Iterator[Callable[[], Shop]]:
    """For properties that need a fresh shop for each example."""
    opened: list[Warehouse] = []

    def make() -> Shop:
        opened.append(Warehouse(":memory:"))
        return Shop(opened[-1])

    yield make
    for warehouse in opened:
        warehouse.close()


@pytest.fixture
def days() -> Callable[[int], date]:
    """Day n after 2024-01-01, a Monday."""
    return lambda n: date(2024, 1, 1) + timedelta(days=n)

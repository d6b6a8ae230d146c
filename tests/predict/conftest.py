"""A shop in memory for each test."""

from collections.abc import Iterator

import pytest

from daogou.store.warehouse import Warehouse
from daogou.testing.days import Shop


@pytest.fixture(scope="session")
def open_shop() -> type[Shop]:
    """For tests that make many."""
    return Shop


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Warehouse(":memory:") as warehouse:
        yield Shop(warehouse)

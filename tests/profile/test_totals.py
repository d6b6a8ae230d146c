"""Sums of one moment, and what is added to them to have those of a later one."""

from datetime import date, timedelta

import numpy as np
import pytest

from daogou.profile.history import cut_table
from daogou.profile.refresh import day_totals
from daogou.profile.totals import AGES, counted, passed, totals
from daogou.store.tables import CUSTOMER_DAYS, PROFILES, TOTALS
from daogou.store.warehouse import Warehouse
from daogou.testing.rows import rows

FIRST = date(2023, 1, 1)
ZERO = {column.name: 0 for column in CUSTOMER_DAYS.columns}


@pytest.fixture
def many_days():
    """Days of all kinds of 80 customers within two years."""
    random = np.random.default_rng(3)
    told = {}
    for _day in range(3_000):
        kind = str(random.choice(["order", "order", "refund", "coupon", "event"]))
        key = (int(random.integers(80)), FIRST + timedelta(days=int(random.integers(730))), kind)
        counts = {
            "order": ("orders", "lines", "net_sales", "list_value", "discount", "festival_orders"),
            "refund": ("refunds", "refund_count"),
            "coupon": ("coupons_held", "coupons_used", "held_coupons_used"),
            "event": ("events", "views", "session_events", "sessions"),
        }[kind]
        numbers = {name: int(random.integers(1, 9)) for name in counts}
        told[key] = ZERO | numbers | dict(zip(CUSTOMER_DAYS.key, key, strict=True))
    with Warehouse(":memory:") as warehouse:
        warehouse.append(CUSTOMER_DAYS, rows(CUSTOMER_DAYS, *told.values()))
        yield warehouse


def sums(warehouse, *cuts):
    found = warehouse.to_arrow(day_totals(warehouse, warehouse.table(CUSTOMER_DAYS), cuts)).to_pylist()
    return {(row["customer_id"], row["as_of"]): row for row in found}


@pytest.mark.parametrize("days", [1, 2, 7, 40, 400])
def test_sums_of_a_later_moment_are_those_of_an_earlier_one_and_what_windows_lose_and_gain(many_days, days):
    before = FIRST + timedelta(days=735)  # after all days, so that nothing but time passes
    as_of = before + timedelta(days=days)
    known = sums(many_days, before, as_of)
    changes = many_days.to_arrow(passed(many_days.table(CUSTOMER_DAYS), before, as_of)).to_pylist()
    moved = {customer: dict(row) for (customer, day), row in known.items() if day == before}
    for row in moved.values():
        row["as_of"] = as_of
        row |= {name: row[name] + days for name in AGES if row[name] is not None}
    for change in changes:
        for name, value in change.items():
            moved[change["customer_id"]][name] += value if name != "customer_id" else 0
    assert len(changes) > 10
    assert moved == {customer: row for (customer, day), row in known.items() if day == as_of}


def test_nothing_is_added_where_no_time_passes(many_days):
    day = FIRST + timedelta(days=600)
    assert many_days.to_arrow(passed(many_days.table(CUSTOMER_DAYS), day, day)).num_rows == 0


def test_totals_are_the_columns_of_their_table_with_0_for_nothing(many_days):
    at = cut_table([FIRST + timedelta(days=735)])
    made = totals(many_days.table(CUSTOMER_DAYS), at)
    assert set(made.columns) == set(TOTALS.names)
    kinds = TOTALS.schema()
    assert {name: kind.copy(nullable=True) for name, kind in made.schema().items()} == {
        n: kinds[n] for n in made.columns
    }
    empty = {column.name for column in TOTALS.columns if column.nullable}
    found = many_days.to_arrow(made)
    assert not [name for name in found.column_names if name not in empty and found.column(name).null_count]
    assert not [name for name, kind in counted(made).schema().items() if kind.is_decimal()]


def test_what_grows_by_a_day_a_day_stands_in_profiles_too():
    assert set(AGES) <= set(PROFILES.names)

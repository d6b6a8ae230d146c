from datetime import date, timedelta

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daogou.profile.tags_history import holding, latest_day, refresh
from daogou.store.tables import TAGS
from daogou.store.warehouse import Warehouse

DAY = date(2024, 1, 1)
SCHEMA = pa.schema([("customer_id", pa.int64()), ("tag", pa.string()), ("value", pa.string()), ("reason", pa.string())])


@pytest.fixture(scope="module")
def warehouse():
    with Warehouse(":memory:") as opened:
        yield opened


@pytest.fixture(autouse=True)
def _empty(warehouse):
    warehouse.replace(TAGS, TAGS.schema().to_pyarrow().empty_table())


def told(values, tag="t", reason="{}"):
    rows = [{"customer_id": c, "tag": tag, "value": v, "reason": reason} for c, v in values.items()]
    return ibis.memtable(pa.Table.from_pylist(rows, schema=SCHEMA))


def rows(warehouse):
    found = warehouse.to_arrow(warehouse.table(TAGS).order_by(*TAGS.key)).to_pylist()
    return [(r["customer_id"], r["value"], (r["from_day"] - DAY).days, r["until_day"] and (r["until_day"] - DAY).days)
            for r in found]  # fmt: skip


def day(n):
    return DAY + timedelta(days=n)


def test_what_changed_ends_and_begins_and_the_rest_stays(warehouse):
    first = refresh(warehouse, told({1: "low", 2: "low", 3: "low"}), ["t"], day(0))
    assert (first.opened, first.closed) == (3, 0)
    second = refresh(warehouse, told({1: "low", 2: "high", 4: "low"}, reason="new"), ["t"], day(5))
    assert (second.opened, second.closed) == (2, 2)
    assert rows(warehouse) == [
        (1, "low", 0, None),
        (2, "low", 0, 5),
        (2, "high", 5, None),
        (3, "low", 0, 5),
        (4, "low", 5, None),
    ]
    why = {r["customer_id"]: r["reason"] for r in warehouse.to_arrow(holding(warehouse, day(5))).to_pylist()}
    assert why == {1: "{}", 2: "new", 4: "new"}  # the reason is that of the day on which it began
    assert latest_day(warehouse) == day(5)


def test_asked_again_for_the_same_day_nothing_is_written(warehouse):
    refresh(warehouse, told({1: "a", 2: "a"}), ["t"], day(0))
    refresh(warehouse, told({1: "b"}), ["t"], day(1))
    before = rows(warehouse)
    refresh(warehouse, told({1: "b"}), ["t"], day(1))
    assert rows(warehouse) == before


def test_another_definition_on_the_same_day_is_as_if_it_had_been_the_first(warehouse):
    refresh(warehouse, told({1: "a", 2: "a"}), ["t"], day(0))
    refresh(warehouse, told({1: "b"}), ["t"], day(1))
    refresh(warehouse, told({1: "a", 2: "c"}), ["t"], day(1))
    assert rows(warehouse) == [(1, "a", 0, None), (2, "a", 0, 1), (2, "c", 1, None)]


def test_other_tags_are_left_alone(warehouse):
    refresh(warehouse, told({1: "a"}, tag="other"), ["other"], day(0))
    refresh(warehouse, told({1: "x"}), ["t"], day(1))
    refresh(warehouse, told({}), ["t"], day(2))
    assert rows(warehouse) == [(1, "a", 0, None), (1, "x", 1, 2)]


def test_no_names_are_no_work(warehouse):
    assert refresh(warehouse, told({}), [], day(0)) == refresh(warehouse, told({}), ["t"], day(0))
    assert latest_day(warehouse) is None


DAYS = st.lists(st.dictionaries(st.integers(1, 4), st.sampled_from("ab"), max_size=4), min_size=1, max_size=4)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DAYS, st.booleans())
def test_the_history_tells_of_every_day_what_was_true_then(warehouse, days, twice):
    warehouse.replace(TAGS, TAGS.schema().to_pyarrow().empty_table())
    for n, values in enumerate(days):
        for _again in range(2 if twice else 1):
            refresh(warehouse, told(values), ["t"], day(n))
    for n, values in enumerate(days):
        held = warehouse.to_arrow(holding(warehouse, day(n))).to_pylist()
        assert {row["customer_id"]: row["value"] for row in held} == values
        assert len(held) == len(values)
    keys = [(customer, start) for customer, _value, start, _end in rows(warehouse)]
    assert len(keys) == len(set(keys))
    assert all(end is None or start < end for _c, _v, start, end in rows(warehouse))

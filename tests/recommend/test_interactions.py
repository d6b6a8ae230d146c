from datetime import date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.recommend import Interactions

TABLE = pa.table({"customer_id": ["y", "x", "y", "y"], "item_id": [7, 5, 5, 7], "v": [1, 2, 3, 4], "day": [9, 3, 1, 2]})


def test_events_stand_in_the_order_of_customer_item_and_time():
    data = Interactions.from_frame(TABLE, value="v", when="day")
    assert data.customer_ids.to_pylist() == ["x", "y"]
    assert data.item_ids.to_pylist() == [5, 7]
    assert data.customers.tolist() == [0, 1, 1, 1]
    assert data.items.tolist() == [0, 0, 1, 1]
    assert data.values.tolist() == [2, 3, 4, 1]
    assert data.when.tolist() == [3, 1, 2, 9]
    assert len(data) == 4


@pytest.mark.parametrize(
    "frame",
    [
        TABLE.to_pandas(),
        TABLE.to_pandas().astype({"customer_id": "category", "item_id": "int32", "v": "float32"}),
        pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)]),
    ],
    ids=["pandas", "pandas types", "Arrow in pieces"],
)
def test_frames_of_any_kind_do(frame):
    data, plain = Interactions.from_frame(frame, value="v", when="day"), Interactions.from_frame(TABLE, when="day")
    assert data.customer_ids.to_pylist() == ["x", "y"]
    assert data.item_ids.to_pylist() == [5, 7]
    assert np.array_equal(data.items, plain.items)
    assert np.array_equal(data.when, plain.when)


def test_names_of_columns_may_differ():
    data = Interactions.from_frame(TABLE.rename_columns(["who", "what", "v", "day"]), customer="who", item="what")
    assert data.values is None
    assert data.when is None
    assert data.items.tolist() == [0, 0, 1, 1]


def test_categories_that_no_row_has_are_no_ids():
    ids = pd.Categorical(["b", "c"], categories=["a", "c", "b"])
    data = Interactions.from_frame(pd.DataFrame({"customer_id": ids, "item_id": [1, 2]}))
    assert data.customer_ids.to_pylist() == ["b", "c"]
    assert data.customers.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("moments", "days"),
    [
        ([date(1970, 1, 2), date(1970, 1, 11)], [1, 10]),
        ([datetime(1970, 1, 2, 12), datetime(1970, 1, 11)], [1.5, 10]),
        ([1.5, 10.0], [1.5, 10]),
    ],
    ids=["dates", "timestamps", "numbers"],
)
def test_times_are_days_since_1970(moments, days):
    table = pa.table({"customer_id": [1, 1], "item_id": [1, 1], "at": moments})
    assert Interactions.from_frame(table, when="at").when.tolist() == days


def test_times_with_a_zone_are_days_of_utc():
    at = pa.array([datetime(1970, 1, 2, 12)], pa.timestamp("ns", "Asia/Shanghai"))
    table = pa.table({"customer_id": [1], "item_id": [1], "at": at})
    assert Interactions.from_frame(table, when="at").when.tolist() == [1.5]


def test_pairs_are_counted_once_and_weigh_all_their_events():
    data = Interactions.from_frame(TABLE, value="v", when="day")
    starts, items, first = data.pairs()
    assert starts.tolist() == [0, 1, 3]
    assert items.tolist() == [0, 0, 1]
    assert first.tolist() == [0, 1, 2]
    assert data.weights(None, first).tolist() == [2, 3, 5]
    assert data.weights(1.0, first).tolist() == [2 / 2**6, 3 / 2**8, 1 + 4 / 2**7]
    assert Interactions.from_frame(TABLE).weights(1.0, first).tolist() == [1, 1, 2]


def test_popularity_counts_customers_at_their_last_time():
    assert Interactions.from_frame(TABLE, when="day").popularity(1.0).tolist() == [1 / 2**6 + 1 / 2**8, 1]


def test_a_part_keeps_the_codes():
    data = Interactions.from_frame(TABLE, value="v", when="day")
    part = data.where(data.when > 2)
    assert part.item_ids.to_pylist() == [5, 7]
    assert (part.customers.tolist(), part.items.tolist()) == ([0, 1], [0, 1])
    assert (part.values.tolist(), part.when.tolist()) == ([2, 1], [3, 9])
    assert part.pairs()[0].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("change", "names", "said"),
    [
        ({}, {"when": "on"}, "no column 'on'. The columns are: customer_id, item_id, v, day"),
        ({"item_id": [7, None, 5, 7]}, {}, "'item_id' is empty in 1 rows"),
        ({"v": [1.0, None, 2.0, 3.0]}, {"value": "v"}, "'v' is empty in 1 rows"),
        ({"v": [1.0, float("nan"), 2.0, 3.0]}, {"value": "v"}, "'v' holds what is not a number"),
        ({"v": ["a", "b", "c", "d"]}, {"value": "v"}, "'v' holds what is not a number"),
        ({"day": ["today"] * 4}, {"when": "day"}, "'day' holds what is not a number"),
    ],
)
def test_what_cannot_be_read_is_said(change, names, said):
    columns = {name: change.get(name, TABLE[name]) for name in TABLE.column_names}
    with pytest.raises(DaogouError, match=said):
        Interactions.from_frame(pa.table(columns), **names)


@pytest.mark.parametrize("when", [None, "day"])
@pytest.mark.parametrize("value", [None, "v"])
def test_events_of_two_frames_are_those_of_one(value, when):
    parts = [Interactions.from_frame(TABLE.slice(*piece), value=value, when=when) for piece in ((0, 1), (1, 3), (4, 0))]
    both = parts[0].and_then(parts[1]).and_then(parts[2])
    whole = Interactions.from_frame(TABLE, value=value, when=when)
    assert both.item_ids.equals(whole.item_ids)
    for name in ("customers", "items", "values", "when", "rows"):
        assert np.array_equal(getattr(both, name), getattr(whole, name)), name


def test_events_that_differ_in_kind_are_not_put_together():
    plain = Interactions.from_frame(TABLE)
    with pytest.raises(DaogouError, match="only some of the interactions have value"):
        plain.and_then(Interactions.from_frame(TABLE, value="v"))
    with pytest.raises(DaogouError, match="customers: an id is not of the type string"):
        plain.and_then(Interactions.from_frame(TABLE, customer="item_id"))

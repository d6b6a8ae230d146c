import pyarrow as pa

from daogou.recommend.attributes import aligned, described, newer


def test_the_last_row_of_an_id_counts():
    table = described(pa.table({"item_id": [1, 2, 1], "kind": ["a", "b", "c"]}), "item_id")
    assert table.to_pylist() == [{"item_id": 2, "kind": "b"}, {"item_id": 1, "kind": "c"}]


def test_new_rows_take_the_place_of_old_ones_and_may_have_other_columns():
    old, new = pa.table({"item_id": [1, 2], "kind": ["a", "b"]}), pa.table({"item_id": [2, 3], "price": [1.0, 2.0]})
    assert newer(old, new, "item_id").to_pylist() == [
        {"item_id": 1, "kind": "a", "price": None},
        {"item_id": 2, "kind": None, "price": 1.0},
        {"item_id": 3, "kind": None, "price": 2.0},
    ]
    assert newer(None, new, "item_id") is new
    assert newer(old, None, "item_id") is old


def test_rows_come_in_the_order_of_ids_and_empty_for_others():
    table = pa.table({"item_id": ["b", "a"], "kind": [1, 2]})
    assert aligned(table, "item_id", pa.array(["a", "x", "b"])).to_pylist() == [
        {"kind": 2},
        {"kind": None},
        {"kind": 1},
    ]
    assert aligned(None, "item_id", pa.array(["a"])) is None

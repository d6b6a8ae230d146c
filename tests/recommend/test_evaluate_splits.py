import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from daogou.recommend import Interactions
from daogou.recommend.evaluate_splits import by_time, folds, leave_last_out
from daogou.testing.recommender import example


def rows(interactions):
    when = interactions.when if interactions.when is not None else np.zeros(len(interactions))
    columns = (interactions.customer_ids.take(interactions.customers), interactions.item_ids.take(interactions.items))
    return list(zip(*(column.to_pylist() for column in columns), when.tolist(), strict=True))


def test_everyone_is_cut_at_the_same_moment():
    split = by_time(example(), 100, until=150)
    assert {day < 100 for *_ids, day in rows(split.before)} == {True}
    assert {100 <= day < 150 for *_ids, day in rows(split.after)} == {True}
    everything = rows(by_time(example(), 100).before) + rows(by_time(example(), 100).after)
    assert sorted(everything) == sorted(rows(example()))


def test_the_last_event_of_each_customer_is_left_out():
    table = pa.table({"customer_id": [1, 1, 1, 2, 3, 3], "item_id": list("abcbab"), "day": [5, 9, 9, 1, 2, 0]})
    split = leave_last_out(Interactions.from_frame(table, when="day"))
    assert rows(split.after) == [(1, "c", 9), (2, "b", 1), (3, "a", 2)]  # of b and c on one day, the higher id
    assert rows(split.before) == [(1, "a", 5), (1, "b", 9), (3, "b", 0)]
    timeless = leave_last_out(Interactions.from_frame(table.drop_columns("day")))
    assert [row[:2] for row in rows(timeless.after)] == [(1, "c"), (2, "b"), (3, "b")]
    assert len(leave_last_out(Interactions.from_frame(table.slice(0, 0), when="day")).after) == 0


@given(st.integers(2, 9), st.integers(0, 99))
def test_each_event_is_foreseen_once(k, seed):
    data = example()
    places = []
    for split, foreseen in folds(data, k, seed):
        assert len(split.before) + len(split.after) == len(data)
        assert np.array_equal(split.after.items, data.items[foreseen])
        assert abs(len(foreseen) - len(data) / k) < 1
        places += foreseen.tolist()
    assert sorted(places) == list(range(len(data)))

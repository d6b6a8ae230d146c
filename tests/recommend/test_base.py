import numpy as np
import pyarrow as pa
import pytest

from daogou.recommend import ItemKNN, Picks, Popular
from daogou.recommend import base as recommender
from daogou.testing.recommender import example, same

IDS = pa.array(list("abcde"))


def picks(codes, scores):
    return Picks(pa.array(range(len(codes))), IDS, np.array(codes, np.int32), np.array(scores, float))


def test_picks_name_their_items():
    found = picks([[2, 0], [1, -1]], [[5, 4], [3, np.nan]])
    assert found.items.tolist() == [["c", "a"], ["b", None]]
    assert found.counts.tolist() == [2, 1]


def test_missing_places_are_filled_without_repeating():
    first = picks([[2, 0, -1], [1, 3, 4], [-1, -1, -1]], [[5, 4, np.nan], [3, 2, 1], [np.nan] * 3])
    more = picks([[0, 2, 1, 4], [0, 1, 2, 3], [3, -1, -1, -1]], [[9, 8, 7, 6], [9, 8, 7, 6], [9, *[np.nan] * 3]])
    filled, by_more = first.then(more)
    assert filled.items.tolist() == [["c", "a", "b"], ["b", "d", "e"], ["d", None, None]]
    assert filled.scores[0].tolist() == [5, 4, 7]
    assert np.isnan(filled.scores[2, 1:]).all()
    assert by_more.tolist() == [[False, False, True], [False] * 3, [True, False, False]]


def test_blocks_of_customers_change_nothing(monkeypatch):
    model, data = ItemKNN().fit(example()), example()
    whole = model.recommend(data.customer_ids, 9)
    monkeypatch.setattr(recommender, "_BLOCK", 3 * len(data.item_ids))
    assert same(model.recommend(data.customer_ids, 9), whole)


@pytest.mark.parametrize("kind", [pa.int32(), pa.large_string()])
def test_ids_keep_their_type_through_a_file(kind):
    ids = pa.array([3, 1, 2]).cast(kind)
    model = Popular().fit(recommender.Interactions.from_frame(pa.table({"customer_id": ids, "item_id": ids})))
    again = Popular.from_bytes(model.to_bytes())
    assert again.item_ids_.equals(model.item_ids_)
    assert again.recommend(ids, 3).items.tolist() == model.recommend(ids.to_pylist(), 3).items.tolist()

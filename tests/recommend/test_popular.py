import numpy as np
import pyarrow as pa
import pytest

from daogou.recommend import Interactions, Popular
from daogou.testing.recommender import RecommenderContract


class TestPopular(RecommenderContract):
    make = Popular
    personal = False


class TestPopularOfAllTimes(RecommenderContract):
    make = staticmethod(lambda: Popular(half_life=None))
    personal = False


def events(*rows):
    customers, items, days = zip(*rows, strict=True)
    return Interactions.from_frame(pa.table({"customer_id": customers, "item_id": items, "day": days}), when="day")


def test_each_customer_counts_once_at_the_last_time():
    data = events((1, "a", 0), (1, "a", 4), (1, "a", 10), (2, "a", 0), (2, "b", 10), (3, "b", 5))
    model = Popular(half_life=5.0).fit(data)
    assert model.popularity_.tolist() == pytest.approx([1 + 0.25, 1 + 0.5])
    assert model.recommend([9], 2).items.tolist() == [["b", "a"]]


def test_without_a_half_life_all_count_alike():
    assert Popular(half_life=None).fit(events((1, "a", 0), (2, "a", 9), (1, "b", 9))).popularity_.tolist() == [2, 1]


def test_items_that_nobody_took_are_not_offered():
    data = events((1, "a", 0), (2, "b", 10))
    model = Popular().fit(data.where(np.array([True, False])))
    assert model.recommend([3], 2).items.tolist() == [["a", None]]

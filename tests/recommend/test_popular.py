import numpy as np
import pyarrow as pa
import pytest

from daogou.recommend import Interactions, Popular
from daogou.testing.recommender import RecommenderContract


class TestPopular(RecommenderContract):
    make = Popular
    compares = False
    personal = False


class TestPopularOfAllTimes(RecommenderContract):
    make = staticmethod(lambda: Popular(half_life=None))
    compares = False
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


def by_segment(prior):
    data = events((1, "a", 9), (2, "a", 9), (3, "a", 9), (4, "b", 9), (5, "b", 9))
    customers = pa.table({"customer_id": [1, 2, 3, 4, 5, 6], "segment": ["x", "x", "x", "y", "y", "y"]})
    return Popular(segment="segment", prior=prior).fit(data, customers=customers)


def test_a_segment_has_its_own_list_and_strangers_that_of_all():
    model = by_segment(prior=1.0)
    assert model.recommend([6, 9], 2).items.tolist() == [["b", "a"], ["a", "b"]]
    assert model.recommend([6], 2).scores[0].tolist() == pytest.approx([2 + 2 / 5, 0 + 3 / 5])
    assert sum(reason.contribution for reason in model.explain(6, "b")) == pytest.approx(2.4)


def test_without_a_prior_what_nobody_of_the_segment_took_is_not_offered():
    assert by_segment(prior=0.0).recommend([6], 2).items.tolist() == [["b", None]]


def test_a_segment_that_is_no_column_is_that_of_all():
    data = events((1, "a", 0), (2, "a", 0), (3, "b", 0))
    assert Popular(segment="segment").fit(data).recommend([9], 2).items.tolist() == [["a", "b"]]

import numpy as np
import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.recommend import Interactions, SequentialKNN
from daogou.testing.recommender import RecommenderContract, example


class TestSequentialKNN(RecommenderContract):
    make = SequentialKNN


class TestSequentialKNNWithAllItsParts(RecommenderContract):
    make = staticmethod(lambda: SequentialKNN(k=25, window=2, decay=0.5, shrinkage=3.0))


def events(*rows):
    customers, items, days = zip(*rows, strict=True)
    return Interactions.from_frame(pa.table({"customer_id": customers, "item_id": items, "day": days}), when="day")


def test_similarity_has_a_direction():
    data = events(
        *[(c, i, day) for c in range(3) for i, day in (("camera", 1), ("case", 2))], (8, "camera", 5), (9, "case", 5)
    )
    model = SequentialKNN().fit(data)
    assert model.recommend([8, 9], 2).items.tolist() == [["case", None], [None, None]]


def dense(data, window, decay, shrinkage):
    """The docstring's formula, event by event, without the cut to k."""
    width = len(data.item_ids)
    a, weights = np.zeros((width, width)), np.zeros((len(data.customer_ids), width))
    for customer in range(len(data.customer_ids)):
        mine = data.customers == customer
        items, (days, steps) = data.items[mine], np.unique(data.when[mine], return_inverse=True)
        for e, j in enumerate(items):
            back = len(days) - 1 - steps[e]
            weights[customer, j] += decay**back if back < window else 0
            for f, i in enumerate(items):
                d = steps[f] - steps[e]
                if 0 <= d <= window and not (d == 0 and i == j):
                    a[j, i] += decay ** max(d - 1, 0)
    n = np.bincount(data.items, minlength=width)
    return weights @ (a / (np.sqrt(np.outer(n, n)) + shrinkage))


def test_scores_are_the_formula():
    data = example()
    model = SequentialKNN(k=80, window=3, decay=0.7, shrinkage=2.0).fit(data)
    expected = dense(data, 3, 0.7, 2.0)
    picks = model.recommend(data.customer_ids, 80, repeat=True)
    for row, codes in enumerate(picks.codes):
        codes = codes[codes >= 0]
        assert picks.scores[row, : len(codes)] == pytest.approx(expected[row, codes], rel=1e-6)
        assert len(codes) == (expected[row] > 0).sum()


def test_wrong_choices_are_refused():
    for wrong in ({"k": 0}, {"window": 0}, {"decay": 0.0}, {"decay": 1.1}):
        with pytest.raises(DaogouError, match="SequentialKNN"):
            SequentialKNN(**wrong).fit(example())

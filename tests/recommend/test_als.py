import numpy as np
import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.recommend import ALS, Interactions, als
from daogou.testing.recommender import RecommenderContract, checkerboard, example


class TestALS(RecommenderContract):
    make = staticmethod(lambda: ALS(factors=8, iterations=5))
    sure = exact_update = False


class TestALSWithAllItsParts(RecommenderContract):
    make = staticmethod(lambda: ALS(factors=5, regularization=1.0, alpha=2.0, iterations=3, half_life=30.0))
    sure = exact_update = False


def test_a_customer_is_the_least_squares_of_the_paper():
    data = example()
    model = ALS(factors=6, iterations=4, alpha=3.0, regularization=0.2).fit(data)
    starts, taken, first = data.pairs()
    times = np.add.reduceat(np.ones(len(data)), first)
    Y = model.item_factors_
    for customer in (0, 17, 59):
        mine = slice(starts[customer], starts[customer + 1])
        C, p = np.ones(len(Y)), np.zeros(len(Y))
        C[taken[mine]] += 3.0 * np.log2(1 + times[mine])
        p[taken[mine]] = 1
        x = np.linalg.solve(Y.T @ (C[:, None] * Y) + 0.2 * np.eye(6), Y.T @ (C * p))
        assert model.customer_factors_[customer] == pytest.approx(x, abs=1e-9)


def test_any_number_of_threads_learns_the_same(monkeypatch):
    monkeypatch.setattr(als, "_FEW", 0)
    learnt = set()
    for threads in (1, 2, 3):
        monkeypatch.setattr(als, "threads", lambda threads=threads: threads)
        learnt.add(ALS(factors=8, iterations=3).fit(example()).to_bytes())
    assert len(learnt) == 1


def test_an_update_keeps_what_items_were_and_places_new_ones_beside_those_of_the_same_customers():
    model = ALS(factors=4, iterations=10).fit(checkerboard())
    before = model.item_factors_.copy()
    evens = pa.table({"customer_id": list(range(0, 40, 2)), "item_id": [100] * 20})
    model.update(Interactions.from_frame(evens))
    assert np.array_equal(model.item_factors_[:50], before)
    assert all(item % 2 == 0 for item in model.similar([100], 10).items[0])


def test_what_nobody_took_has_no_opinion():
    data = checkerboard()
    model = ALS(factors=4).fit(data, items=pa.table({"item_id": [500]}))
    assert 500 not in model.recommend([0], 60, repeat=True).items[0]


@pytest.mark.parametrize("wrong", [{"factors": 0}, {"iterations": 0}, {"alpha": 0.0}, {"regularization": 0.0}])
def test_wrong_choices_are_refused(wrong):
    with pytest.raises(DaogouError, match="too low"):
        ALS(**wrong).fit(checkerboard())

import numpy as np
import psutil
import pytest
from scipy import sparse

from daogou.base.errors import DaogouError
from daogou.recommend import EASE
from daogou.recommend.factors import _coefficients
from daogou.testing.recommender import RecommenderContract, example


class TestEASE(RecommenderContract):
    make = EASE


class TestEASEWithHalfLife(RecommenderContract):
    make = staticmethod(lambda: EASE(regularization=3.0, half_life=40.0))


def test_each_item_is_regressed_on_all_others():
    X = np.random.default_rng(1).random((40, 9)) * (np.random.default_rng(2).random((40, 9)) < 0.4)
    found = _coefficients(sparse.csr_array(X.astype(np.float32)), 2.0)
    for item in range(9):
        others = np.delete(np.arange(9), item)
        A = X[:, others]
        ridge = np.linalg.solve(A.T @ A + 2 * np.eye(8), A.T @ X[:, item])
        assert found[others, item] == pytest.approx(ridge, abs=1e-4)
    assert (np.diag(found) == 0).all()


def test_more_items_than_memory_holds_are_refused_with_a_way_out(monkeypatch):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 10_000})())
    with pytest.raises(DaogouError, match="80 items need 0.0 GB of memory.*Use ItemKNN"):
        EASE().fit(example())


def test_wrong_choices_are_refused():
    with pytest.raises(DaogouError, match="regularization is 0"):
        EASE(regularization=0).fit(example())

import numpy as np
import pytest
from scipy import sparse

from daogou.recommend.evaluate_metrics import (
    coverage,
    diversity,
    gini,
    hit,
    ndcg,
    novelty,
    recall,
    reciprocal_rank,
)

HITS = np.array([[1, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]], bool)
SOUGHT = np.array([2, 1, 5])


def test_ndcg_by_hand():
    second = (1 + 1 / np.log2(4)) / (1 + 1 / np.log2(3))  # places 1 and 3 of two that are sought
    assert ndcg(HITS, SOUGHT, 4) == pytest.approx([second, 1 / np.log2(5), 0])
    assert ndcg(HITS, SOUGHT, 2) == pytest.approx([1 / (1 + 1 / np.log2(3)), 0, 0])
    assert ndcg(np.ones((1, 3), bool), np.array([9]), 3) == pytest.approx([1])
    assert ndcg(HITS, SOUGHT, 10) == pytest.approx([second, 1 / np.log2(5), 0])  # fewer places than k: no hit beyond


def test_recall_by_hand():
    assert recall(HITS, SOUGHT, 4).tolist() == [1, 1, 0]
    assert recall(HITS, np.array([4, 1, 5]), 2).tolist() == [0.25, 0, 0]


def test_first_hits_by_hand():
    assert reciprocal_rank(HITS, SOUGHT, 4).tolist() == [1, 0.25, 0]
    assert reciprocal_rank(HITS, SOUGHT, 3).tolist() == [1, 0, 0]
    assert hit(HITS, SOUGHT, 3).tolist() == [1, 0, 0]
    assert hit(HITS, SOUGHT, 4).tolist() == [1, 1, 0]


def test_lists_without_places():
    nothing = np.zeros((2, 0), bool)
    for metric in (recall, reciprocal_rank, hit):
        assert metric(nothing, np.array([1, 2]), 10).tolist() == [0, 0]


def test_novelty_by_hand():
    found = novelty(np.array([[0, 1], [2, -1], [-1, -1]]), np.array([3, 0, 1]), 3)
    assert found == pytest.approx([(0 + 2) / 2, 1, np.nan], nan_ok=True)


def test_diversity_by_hand():
    took = sparse.csr_array(np.array([[1, 1, 0, 0], [1, 0, 0, 0], [0, 1, 1, 0]], np.float32))
    found = diversity(np.array([[0, 1, 2], [0, 2, -1], [0, 3, -1], [2, -1, -1], [3, 3, -1]]), took)
    pairs = [1 / 2, 0, 1 / np.sqrt(2)]  # 0-1, 0-2, 1-2
    assert found == pytest.approx([1 - np.mean(pairs), 1, 1, np.nan, 1], nan_ok=True)


def test_coverage_and_gini_by_hand():
    offered = np.array([[3, 1, 0], [0, 0, 0], [2, 2, 2]])
    assert coverage(offered, 4).tolist() == [0.5, 0, 0.75]
    # 0, 0, 1, 3 of four items: (1 * 1 + 3 * 3) / (4 * 4); without lists nothing is uneven
    assert gini(offered.astype(float), 4) == pytest.approx([10 / 16, np.nan, 6 / 24], nan_ok=True)

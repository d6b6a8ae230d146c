import numpy as np
import pytest

from daogou.recommend import counting, ranking


def csr(took):
    return np.concatenate([[0], np.cumsum(took.sum(axis=1))]).astype(np.int64), np.nonzero(took)[1].astype(np.int32)


def brute(took, k, shrinkage, min_support):
    n, shared = took.sum(axis=0), took.T.astype(int) @ took
    found = []
    for i in range(len(n)):
        sim = (shared[i] / (np.sqrt(n[i]) * np.sqrt(n) + shrinkage + (n * n[i] == 0))).astype(np.float32)
        near = [j for j in np.lexsort((np.arange(len(n)), -n, -sim)) if j != i and shared[i, j] >= min_support][:k]
        found.append((near, sim[near].tolist()))
    return found


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize(("k", "shrinkage", "min_support"), [(3, 0.0, 1), (12, 10.0, 1), (100, 0.0, 3)])
def test_neighbours_are_those_of_a_full_count_for_any_number_of_threads(
    threads, k, shrinkage, min_support, monkeypatch
):
    monkeypatch.setattr(ranking, "threads", lambda: threads)
    monkeypatch.setattr(counting, "threads", lambda: threads)
    chance = np.random.default_rng(5)
    took = chance.random((70, 90)) < chance.power(0.3, 90) * 0.6
    starts, codes, sims = counting.neighbours(
        *csr(took), took.shape[1], k=k, shrinkage=shrinkage, min_support=min_support
    )
    for item, (near, similarity) in enumerate(brute(took, k, shrinkage, min_support)):
        assert codes[starts[item] : starts[item + 1]].tolist() == near
        assert sims[starts[item] : starts[item + 1]].tolist() == similarity


def test_nobody_took_anything():
    starts, codes, sims = counting.neighbours(
        np.zeros(4, np.int64), np.zeros(0, np.int32), 5, k=3, shrinkage=0.0, min_support=1
    )
    assert starts.tolist() == [0] * 6
    assert len(codes) == len(sims) == 0

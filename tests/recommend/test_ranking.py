import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.recommend.ranking import best, in_threads

SCORES = st.one_of(st.just(float("nan")), st.sampled_from([0.0, 1.0, 2.0]), st.floats(-5, 5, width=16))


def expected(scores, mine, allowed, repeat, n):
    able = [
        i
        for i in range(len(scores))
        if not np.isnan(scores[i]) and allowed[i] and (repeat is True or (i in mine) == (repeat == "only"))
    ]
    return sorted(able, key=lambda i: (-scores[i], i))[:n]


@given(st.data(), st.integers(1, 12), st.integers(0, 14), st.sampled_from([False, True, "only"]))
def test_the_best_are_those_of_a_full_sort(data, items, n, repeat):
    scores = np.array([data.draw(st.lists(SCORES, min_size=items, max_size=items))])
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=items, max_size=items)))
    mine = sorted(data.draw(st.sets(st.integers(0, items - 1))))
    known = data.draw(st.booleans())
    right = expected(scores[0].tolist(), mine if known else [], allowed, repeat, n)
    starts, taken = np.array([0, len(mine)]), np.array(mine, np.int32)
    values = scores[0].copy()
    codes, best_scores = best(scores, np.array([0 if known else -1], np.int32), starts, taken, allowed, repeat, n)
    assert codes.tolist() == [right + [-1] * (n - len(right))]
    assert best_scores[0, : len(right)].tolist() == values[right].tolist()
    assert np.isnan(best_scores[0, len(right) :]).all()


def test_work_is_done_in_order_and_a_failure_is_heard():
    assert in_threads(lambda n: n * n, range(20)) == [n * n for n in range(20)]
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda n: 1 // n, [1, 0])

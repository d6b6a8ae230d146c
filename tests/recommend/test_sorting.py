import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from daogou.recommend.sorting import BUCKETS, rising


@given(st.lists(st.one_of(st.floats(-1.0000001, 0), st.sampled_from([-1.0, -0.5, -0.9999999, -1e-9])), max_size=60))
def test_they_rise(values):
    near, counts = np.array([*values, 7.0]), np.zeros(BUCKETS + 1, np.int64)
    order = np.empty(len(near), np.int64)
    rising(near, len(values), np.empty(len(near), np.int32), counts, order)
    assert near[order[: len(values)]].tolist() == sorted(values)
    assert sorted(order[: len(values)]) == list(range(len(values)))
    assert not counts.any()

import math

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from daogou.store.rounding import rounded, significant


@given(st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: x == 0 or 1e-9 < abs(x) < 1e20))
def test_twelve_digits_are_kept_and_again_changes_nothing(value):
    (once,) = significant(np.array([value]))
    assert math.isclose(once, value, rel_tol=5e-12, abs_tol=0)
    assert significant(np.array([once]))[0] == once


@given(st.floats(1e-6, 1e12))
def test_sums_in_another_order_are_written_alike(value):
    assert significant(np.array([value]))[0] == significant(np.array([value * (1 + 2e-16)]))[0] or _on_the_edge(value)


def _on_the_edge(value):
    """Halfway between two numbers of twelve digits any small change decides."""
    digits = 11 - math.floor(math.log10(value))
    return abs(value * 10.0**digits % 1 - 0.5) < 1e-2


def test_only_floats_change_and_empty_stays_empty():
    rows = pa.table({"money": [0.1 + 0.2, None, math.inf], "name": ["a", None, "c"], "n": [1, 2, 3]})
    assert rounded(rows).to_pydict() == {"money": [0.3, None, math.inf], "name": ["a", None, "c"], "n": [1, 2, 3]}
    assert rounded(rows.slice(0, 0)).num_rows == 0

from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from daogou.predict.columns import Columns


def test_texts_seen_rarely_count_as_any_other():
    frame = pa.table({"city": ["x"] * 10 + ["y"] * 9})
    columns = Columns.learn(frame)
    assert columns.levels == (("x",),)
    assert columns.codes_of(frame)[:, 0].tolist() == [0] * 10 + [1] * 9


def test_pandas_categories_and_missing_texts():
    frame = pd.DataFrame({"plan": pd.Categorical(["b", "a", None]), "note": ["q", None, float("nan")]})
    columns = Columns.learn(frame, rare=1)
    assert columns.levels == (("a", "b"), ("q",))
    assert columns.codes_of(frame).tolist() == [[1, 0], [0, -1], [-1, -1]]


def test_numbers_of_every_kind():
    frame = pa.table({"n": pa.array([1, None]), "x": [float("inf"), 0.5], "b": [True, None]})
    numbers = Columns.learn(frame).numbers_of(frame)
    assert np.array_equal(numbers, [[1, np.nan, 1], [np.nan, 0.5, np.nan]], equal_nan=True)


def test_a_column_of_days_is_refused_by_name():
    with pytest.raises(ValueError, match="column 'born' holds Date"):
        Columns.learn(pa.table({"born": [date(2000, 1, 1)]}))

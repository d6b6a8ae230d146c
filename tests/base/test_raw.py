import numpy as np
import pandas as pd
import pytest

from daogou.base.raw import distinct, framed


def test_rows_of_values_have_columns_by_their_place():
    assert framed([[1, "a"], [2, None]]).columns == ["column 1", "column 2"]
    assert framed(np.array([[1.5, 2.0]])).to_dict(as_series=False) == {"column 1": [1.5], "column 2": [2.0]}


def test_values_of_several_kinds_are_texts():
    assert framed([[1], ["a"], [float("nan")]])["column 1"].to_list() == ["1", "a", None]


def test_no_rows_keep_the_columns():
    assert framed([], ["age"]).columns == ["age"]


def test_distinct_reads_columns_of_objects_of_several_kinds():
    column = framed(pd.DataFrame({"x": pd.Series([1.0, "a", None, "a"], dtype=object)}))["x"]
    seen, place = distinct(column)
    assert [seen[at] for at in place] == ["1", "a", "", "a"]


def test_a_frame_that_is_none_is_refused():
    with pytest.raises(TypeError):
        framed(3)

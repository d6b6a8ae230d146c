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


def test_numbers_of_nineteen_digits_and_without_end_are_numbers():
    frame = pa.table({"id": pa.array([2**62, None]), "x": [1e308, -1e308]})
    numbers = Columns.learn(frame).numbers_of(frame)
    assert np.array_equal(numbers, [[2.0**62, 1e100], [np.nan, -1e100]], equal_nan=True)


def test_a_column_of_lists_is_refused_by_name():
    with pytest.raises(ValueError, match="column 'tags' holds List"):
        Columns.learn(pa.table({"tags": [["a"]]}))


def test_days_are_counted_and_their_month_and_weekday_told():
    frame = pa.table({"born": [date(1970, 1, 2), None], "seen": ["2024-02-29", "2024/03/01 12:00"]})
    columns = Columns.learn(frame)
    assert columns.titles == ["born", "born (month)", "born (weekday)", "seen", "seen (month)", "seen (weekday)"]
    assert columns.numbers_of(frame)[0].tolist() == [1, 1, 4, 19782, 2, 3]
    assert np.array_equal(columns.numbers_of(frame)[1], [np.nan, np.nan, np.nan, 19783.5, 3, 4], equal_nan=True)


def test_numbers_written_as_texts_are_numbers_and_blanks_are_missing():
    columns = Columns.learn(pa.table({"total": ["10.5", " ", "7"]}))
    assert columns.numbers == ("total",)
    found = columns.numbers_of(pa.table({"total": ["10.5", " ", "a lot"]}))
    assert np.array_equal(found, [[10.5], [np.nan], [np.nan]], equal_nan=True)


def test_texts_that_hardly_repeat_are_told_by_their_words():
    frame = pa.table({"note": [f"{n}: {'late delivery' if n % 2 else '很慢'}" for n in range(40)]})
    columns = Columns.learn(frame)
    assert columns.titles == ["note: delivery", "note: late", "note: 很慢"]
    assert columns.numbers_of([["never late"], ["很慢"], [None]])[:2].tolist() == [[0, 1, 0], [0, 0, 1]]


def test_a_number_in_the_place_of_a_text_is_that_text():
    columns = Columns.learn(pa.table({"zone": ["a", "7"]}), rare=1)
    assert columns.codes_of(pa.table({"zone": [7.0, 8.0]})).tolist() == [[0], [2]]


def test_a_hundred_thousand_levels_are_read_quickly_and_say_nothing():
    frame = pa.table({"id": [f"C{n:06d}" for n in range(100_000)]})
    columns = Columns.learn(frame)
    assert columns.levels == ((),)
    assert not columns.codes_of(frame).any()

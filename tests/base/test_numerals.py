import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.base.numerals import numerals

NONE = np.nan


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1,234.50", "12,345,678", "7"], [1234.5, 12345678, 7]),
        (["1.234,50", "12.345.678,00", "7,00", "1.234"], [1234.5, 12345678, 7, 1234]),
        (["12,50", "8,99", "-3,10"], [12.5, 8.99, -3.1]),
        (["1 234", "1\u00a0234\u00a0567", "12"], [1234, 1234567, 12]),
        (["1 234,5", "7,25"], [1234.5, 7.25]),
        (["¥1,234", "￥99.5", "$ 5", "€7", "3元", "-$4", "USD 12"], [1234, 99.5, 5, 7, 3, -4, 12]),
        (["12.5%", "7 %", "３％"], [12.5, 7, 3]),
        (["(1,234)", "5"], [-1234, 5]),
        (["", "many", "1,234"], [NONE, NONE, 1234]),
        (["1.5", "2e3"], [1.5, 2000]),
    ],
)
def test_as_spreadsheets_write_them(texts, numbers):
    np.testing.assert_array_equal(numerals(texts), numbers)


@pytest.mark.parametrize(
    "texts",
    [
        ["101,202", "303"],  # codes
        ["1,2", "2,3", "3"],  # a list
        ["tea, 5", "5,1"],
        ["2024-01-02", "2024-02-03"],
        ["1,234.5", "1.234,5"],  # which is which?
        ["12,50", "8,9"],
    ],
)
def test_what_may_be_something_else_is_no_number(texts):
    held = [text for text in texts if "," in text or "-" in text]
    assert np.isnan(numerals(texts)[: len(held)]).all()


@given(st.lists(st.floats(-1e9, 1e9).map(lambda value: round(value, 2)), min_size=1, max_size=20))
def test_what_is_written_with_groups_comes_back(values):
    np.testing.assert_array_equal(numerals([f"{value:,.2f}" for value in values]), values)
    swapped = str.maketrans(",.", ".,")
    np.testing.assert_array_equal(numerals([f"{value:,.2f}".translate(swapped) for value in values]), values)


@given(st.lists(st.text(max_size=8), max_size=10))
def test_any_texts_can_be_asked(texts):
    assert numerals(texts).shape == (len(texts),)

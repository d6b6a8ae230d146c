"""Numbers and days as people of each language write them."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.base import words
from daogou.report import figures


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (9_999, "$9,999", "US$9,999"),
        (12_345, "$12.3K", "US$1.23万"),
        (310_000, "$310K", "US$31万"),
        (999_999, "$1M", "US$100万"),
        (1_200_000, "$1.2M", "US$120万"),
        (99_999_999, "$100M", "US$1亿"),
        (345_678_901, "$346M", "US$3.46亿"),
        (-52_100, "-$52.1K", "-US$5.21万"),
        (28.0, "$28.00", "US$28.00"),
        (0, "$0", "US$0"),
    ],
)
def test_money_has_three_digits_that_matter_in_the_steps_of_the_language(value, en, zh):
    for code, said in (("en", en), ("zh", zh)):
        with words.language(code):
            assert figures.money(value, "USD") == said


def test_currencies_without_decimals_get_none():
    assert figures.money(28.4, "JPY") == "¥28"


@pytest.mark.parametrize("write", [figures.count, figures.exact, figures.share, figures.decimal])
@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_what_is_not_known_is_a_dash(write, value):
    assert write(value) == "–"


@given(st.floats(1, 1e12))
def test_a_compact_number_is_within_half_a_per_cent_of_the_number(value):
    steps = {"K": 1e3, "M": 1e6, "B": 1e9, "万": 1e4, "亿": 1e8}
    for code in words.LANGUAGES:
        with words.language(code):
            text = figures.count(value).replace(",", "")
        read = float(text[:-1]) * steps[text[-1]] if text[-1] in steps else float(text)
        assert read == pytest.approx(value, rel=0.0051, abs=0.5)


def test_days_are_written_as_the_language_has_it():
    with words.language("zh"):
        assert figures.day(date(2018, 1, 8)) == "2018年1月8日"
    assert figures.day(None) == "–"


def test_an_interval_is_said_in_words():
    with words.language("zh"):
        assert figures.between("20%", "30%") == "20% 到 30% 之间"

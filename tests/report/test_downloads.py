"""The lists as files."""

import base64
import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.report.downloads import as_csv, as_link

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_spreadsheet_sees_the_byte_order_mark_and_opens_chinese():
    data = as_csv(["顾客"], [["牛奶"]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert read(data) == [["顾客"], ["牛奶"]]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_text_becomes_a_formula(start):
    assert read(as_csv(["a"], [[start + "1+1"]]))[1][0].startswith("'" + start)


@pytest.mark.parametrize("text", ["+8613800000000", "-5", "-0.25"])
def test_an_id_that_is_a_number_with_its_sign_stays_as_it_is(text):
    assert read(as_csv(["customer_id"], [[text]]))[1] == [text]


@pytest.mark.parametrize("text", ["+1\n", "-1-1", "+1E5+1", "+", "-٣", "＋1", "-1 "])
def test_what_only_begins_like_a_number_may_be_a_formula(text):
    assert read(as_csv(["customer_id"], [[text]]))[1] == ["'" + text]


def test_numbers_stay_numbers_and_days_are_iso():
    assert read(as_csv(["a", "b", "c", "d", "e"], [[-1.5, 7, date(2018, 1, 1), None, 3.0]]))[1] == [
        "-1.50",
        "7",
        "2018-01-01",
        "",
        "3",
    ]


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
def test_every_text_comes_back_but_for_the_mark_before_a_formula(rows):
    back = read(as_csv(["a", "b"], rows))[1:]
    assert [[cell.removeprefix("'") for cell in row] for row in back] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]


def test_a_link_carries_the_file():
    head, _comma, body = as_link(b"\xef\xbb\xbfa\r\n").partition(",")
    assert head == "data:text/csv;charset=utf-8;base64"
    assert base64.b64decode(body) == b"\xef\xbb\xbfa\r\n"

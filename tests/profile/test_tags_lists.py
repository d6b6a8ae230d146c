from pathlib import Path

import pytest

from daogou.base.errors import DaogouError
from daogou.profile.tag_settings import TagSettings
from daogou.profile.tags_lists import read_list


def read(folder: Path, text: str | bytes, **settings: str) -> dict[str, str]:
    path = folder / "list.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_list(path, TagSettings(kind="list", file="list.csv", **settings), "here")


def test_a_list_of_ids_gives_all_the_same_value(tmp_path):
    assert read(tmp_path, "customer_id\nA1\n B2 \n\nA1\n") == {"A1": "yes", "B2": "yes"}
    assert read(tmp_path, '会员号,备注\n王一,"a,b"\n'.encode("utf-8-sig"), column="会员号", value="vip") == {
        "王一": "vip"
    }


def test_a_column_gives_each_their_value_and_empty_ones_none(tmp_path):
    text = "customer_id;level\nA1;gold\nB2;\nC3; silver \nA1;black\n"
    assert read(tmp_path, text, value_column="level") == {"A1": "black", "C3": "silver"}


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_a_list_may_come_from_a_spreadsheet_in_any_of_its_encodings(tmp_path, encoding):
    for mark in ("", "\ufeff"):
        text = f"{mark}会员号,等级\r\n王一,钻石\r\n".encode(encoding.removesuffix("-sig" if mark else ""))
        assert read(tmp_path, text, column="会员号", value_column="等级") == {"王一": "钻石"}


def test_an_empty_list_is_nobody(tmp_path):
    assert read(tmp_path, "customer_id\n") == {}


def test_a_torn_row_is_no_customer(tmp_path):
    assert read(tmp_path, "level,customer_id\ngold\ngold,A1,more\n") == {"A1": "yes"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("customerid\nA\n", "the list has no column 'customer_id'. Did you mean 'customerid'"),
        ("", "the list has no column 'customer_id'"),
        ("customer_id\n\xe9\n".encode("latin-1"), "the list cannot be read"),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path, text, error):
    with pytest.raises(DaogouError, match=error):
        read(tmp_path, text)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(DaogouError, match="there is no file .*nowhere.csv. Put it beside daogou.toml"):
        read_list(tmp_path / "nowhere.csv", TagSettings(kind="list", file="nowhere.csv"), "here")

import gzip
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from daogou.base.errors import DaogouError
from daogou.store.table_file import read_table


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_with_its_kinds_and_gaps(tmp_path, separator):
    path = tmp_path / "churn.csv"
    rows = [["age", "plan", "since"], ["30", "Basic", "2024-01-02"], ["", "NA", ""], ["?", "Premium", "2024-02-01"]]
    path.write_text("\n".join(separator.join(row) for row in rows), encoding="utf-8")
    assert read_table(path).to_pydict() == {
        "age": [30, None, None],
        "plan": ["Basic", None, "Premium"],
        "since": [date(2024, 1, 2), None, date(2024, 2, 1)],
    }


def test_compressed_csv_and_parquet(tmp_path):
    packed = tmp_path / "churn.csv.gz"
    packed.write_bytes(gzip.compress(b"age;churn\n30;1\n"))
    assert read_table(packed).to_pydict() == {"age": [30], "churn": [1]}
    pq.write_table(pa.table({"age": [30]}), tmp_path / "churn.parquet")
    assert read_table(tmp_path / "churn.parquet").to_pydict() == {"age": [30]}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "cannot be read"),
        (b"a,b\n1,2,3\n", "cannot be read"),
        ("年龄\n30\n".encode("gb18030") + b"\xff", "cannot be read"),
        (b"a,a\n1,2\n", "the header names 'a' twice"),
    ],
)
def test_a_file_that_is_no_table_is_told(tmp_path, content, problem):
    path = tmp_path / "churn.csv"
    path.write_bytes(content)
    with pytest.raises(DaogouError, match=problem):
        read_table(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DaogouError, match="there is no such file"):
        read_table(tmp_path / "churn.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_in_the_encodings_that_spreadsheets_write(tmp_path, encoding):
    path = tmp_path / "顾客.csv"
    path.write_bytes("年龄|兴趣\n30|音乐；体育\n".encode(encoding))
    assert read_table(path).to_pydict() == {"年龄": [30], "兴趣": ["音乐；体育"]}


def test_texts_stay_as_they_are(tmp_path):
    path = tmp_path / "members.csv"
    path.write_text("id, age\n007,30\n008,NA\n", encoding="utf-8")
    assert read_table(path, texts=True).to_pydict() == {"id": ["007", "008"], "age": ["30", None]}

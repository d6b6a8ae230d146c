import gzip
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from daogou.base.errors import DaogouError
from daogou.predict.table import read_table, take_label


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


def test_a_label_that_is_not_there_gets_the_nearest_name():
    with pytest.raises(DaogouError, match="there is no column 'Chrun'. Did you mean 'Churn'"):
        take_label(pa.table({"Churn": [1]}), "Chrun", "churn.csv")

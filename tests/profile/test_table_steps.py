import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.profile.table_sentences import about_steps
from daogou.profile.table_steps import steps

TABLE = pa.table(
    {
        "age": ["18", "30", None, "40", "18", "17"],
        "plan": ["a", " ", "b", "a", "b", "a"],
        "mail": ["x", "x", None, None, "x", "x"],
    }
)


def test_each_step_says_what_it_dropped():
    found = steps(TABLE, ["age", "plan"], True, ["age > 17"])
    # rows 1 to 3 have gaps, the fourth only in its mail; the other three are 18, 18 and 17
    assert (found.rows, found.missing.dropped, found.missing.elsewhere) == (6, 3, 1)
    assert found.missing.by_column == {"mail": 2, "age": 1, "plan": 1}


def test_the_boundary_is_said():
    found = steps(TABLE, ["age"], False, ["age > 17", "age < 40"])
    assert found.dropped == [2, 1]
    assert found.table.column("age").to_pylist() == ["18", "30", "18"]
    assert about_steps(found) == [
        "Rows: 6",
        "Dropped, because 'age > 17' does not hold: 2",
        "  of them not known, so that it cannot hold: 1",
        "  of them exactly at the boundary (age = 17): 1; 'age > 17' leaves them out, 'age >= 17' would keep them",
        "Dropped, because 'age < 40' does not hold: 1",
        "  of them exactly at the boundary (age = 40): 1; 'age < 40' leaves them out, 'age <= 40' would keep them",
        "Rows that are grouped: 3",
    ]
    with language("zh"):
        assert "恰好等于边界值（age = 17）：1 行" in about_steps(found)[3]


def test_nothing_left_is_told_with_what_was_asked():
    with pytest.raises(DaogouError, match=r"age > 18; no missing values: no rows are left of 6\. Keep more"):
        steps(TABLE, ["age"], True, ["age > 18"])


def test_an_empty_table_is_told():
    with pytest.raises(DaogouError, match="no rows are left of 0"):
        steps(TABLE.slice(0, 0), ["age"], False, [])

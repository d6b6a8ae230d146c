import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.profile.table_keep import conditions, keep

TABLE = pa.table(
    {
        "age": ["18", "30", None, "not told", "18.0", "17"],
        "city": ["Berlin", "New York", "", "berlin", "Rome", "Rome"],
        "likes": ["tea;go", "tea", None, "go", "chess|tea", ""],
        "年龄": ["18", "30", None, "40", "5", "17"],
    }
)


def kept(text):
    (one,) = conditions(text, TABLE.column_names)
    found = keep(TABLE, one)
    return found.rows.astype(int).tolist(), found.unknown, found.boundary


@pytest.mark.parametrize(
    ("text", "rows", "unknown", "boundary"),
    [
        ("age > 18", [0, 1, 0, 0, 0, 0], 2, 2),
        ("age>=18", [1, 1, 0, 0, 1, 0], 2, None),
        ("age < 18", [0, 0, 0, 0, 0, 1], 2, 2),
        ("age <= 18", [1, 0, 0, 0, 1, 1], 2, None),
        ("age = 18", [1, 0, 0, 0, 1, 0], 1, None),
        ("age != 18", [0, 1, 0, 1, 0, 1], 1, None),
        ("city = 'New York'", [0, 1, 0, 0, 0, 0], 1, None),
        ("city is not Rome", [1, 1, 0, 1, 0, 0], 1, None),
        ("likes is tea", [1, 1, 0, 0, 1, 0], 2, None),
        ("年龄＞18", [0, 1, 0, 1, 0, 0], 1, 1),
        ("`age` ≥ 18", [1, 1, 0, 0, 1, 0], 2, None),
    ],
)
def test_rows_that_a_condition_keeps(text, rows, unknown, boundary):
    assert kept(text) == (rows, unknown, boundary)


def test_several_conditions_in_one_text():
    found = conditions("age > 18 and city is New York", TABLE.column_names)
    assert [(one.column, one.operator, one.value) for one in found] == [
        ("age", "above", "18"),
        ("city", "is", "New York"),
    ]


def test_the_inclusive_condition_is_offered():
    (one,) = conditions("age > 18", ["age"])
    assert keep(TABLE, one).inclusive == "age >= 18"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is no condition"),
        ("age", "'age' is no condition"),
        ("age >", "'age >' is no condition"),
        ("> 18", "'> 18' is no condition"),
        ("18 < age < 60", "is no condition"),
        ("age > 18 or age < 5", "is no condition"),
        ("__import__('os').system('true')", "is no condition"),
        ("aeg > 18", "there is no column 'aeg'. Did you mean 'age'"),
        ("age > old", "'old' is no number to compare with"),
        ("age > nan", "'nan' is no number to compare with"),
        ("city > 3", "the column 'city' holds no numbers"),
    ],
)
def test_what_is_no_condition_is_told(text, said):
    with pytest.raises(DaogouError) as told:
        kept(text)
    assert said in str(told.value)

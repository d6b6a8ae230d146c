import numpy as np
import pyarrow as pa
import pytest

from daogou.recommend.content_terms import terms_of, words_of


def likeness(table, text=("title",), bins=2):
    vectors = terms_of(table, text, bins).astype(float)
    return (vectors @ vectors.T).toarray()


def test_words_are_those_of_both_languages():
    assert {"nike", "跑", "步", "跑步", "鞋"} <= set(words_of("Nike跑步鞋!"))
    assert words_of("ＡＢ") == words_of("ab")
    assert words_of("a 7") == ["a", "7"]
    assert words_of(" - ") == []


def test_inflected_words_are_alike_and_others_are_not():
    alike = likeness(pa.table({"title": ["running shoe", "running shoes", "green tea", "绿茶", "茶叶"]}))
    assert alike[0, 1] > 0.5 > alike[0, 2]
    assert alike[0, 2] == pytest.approx(0)
    assert 0 < alike[3, 4] < 1


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["a", "a", "b", None]),
        pa.array(["a", "a", "b", None]).dictionary_encode(),
        pa.array([True, True, False, None]),
        pa.array([1, 1, 9, None]),
        pa.array([1.5, 1.5, 9.5, float("nan")]),
        pa.array([["a", "c"], ["c", "a"], ["b"], None]),
        pa.array([[("k", "a")], [("k", "a")], [("k", "b")], None], pa.map_(pa.string(), pa.string())),
    ],
)
def test_attributes_of_any_type_are_equal_or_not(column):
    assert likeness(pa.table({"x": column})) == pytest.approx(np.diag([1.0, 1, 1, 0]) + np.eye(4)[[1, 0, 2, 3]] *
        np.array([[1.0], [1], [0], [0]]), abs=1e-6)  # fmt: skip


def test_what_cannot_be_compared_says_nothing():
    assert terms_of(pa.table({"x": pa.array([None, None], pa.null())}), (), 2).shape == (2, 0)

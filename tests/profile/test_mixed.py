import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.profile.mixed import MOST_LEVELS, Space


def test_every_attribute_has_a_variance_of_one_however_many_levels():
    random = np.random.default_rng(0)
    frame = pa.table(
        {
            "age": random.integers(18, 80, 3000),
            "gender": random.choice(["F", "M"], 3000),
            "city": [f"city {n}" for n in random.integers(0, 60, 3000)],
            "likes": [";".join(random.choice(list("abcdefgh"), 3, replace=False)) for _row in range(3000)],
        }
    )
    space = Space.learn(frame)
    assert space.kinds == ("number", "category", "category", "several")
    points = space.place(frame)
    for block in space.blocks:
        assert points[:, block].var(axis=0).sum() == pytest.approx(1)
        assert points[:, block].mean(axis=0) == pytest.approx(0, abs=1e-9)


def test_logarithms_and_clipping_tame_the_tail():
    random = np.random.default_rng(0)
    frame = pa.table({"money": random.lognormal(3, 2, 500), "share": random.uniform(size=500)})
    points = Space.learn(frame).place(frame)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(points.std(axis=0), 1)
    assert np.abs(points).max() < 4


def test_cells_of_several_texts_are_split_and_gaps_stay_gaps():
    frame = pa.table({"likes": ["music;sport|travel", "music", None, " sport ", ""]})
    space = Space.learn(frame)
    assert space.titles == ("is:likes=music", "is:likes=sport", "is:likes=travel")
    nothing = [np.nan] * 3
    np.testing.assert_array_equal(space.seen(frame), [[1, 1, 1], [1, 0, 0], nothing, [0, 1, 0], nothing])
    assert np.isnan(space.place(frame)[2]).all()


def test_commas_divide_parts_that_recur_and_no_others():
    cities = pa.table({"a": ["Paris, France", "Lyon, France", "Rome, Italy", "Oslo, Norway"]})
    likes = pa.table({"a": ["tea, go", "tea", "go", "go,tea"]})
    assert (Space.learn(cities).kinds, Space.learn(likes).kinds) == (("category",), ("several",))


def test_kinds_of_columns():
    frame = pd.DataFrame(
        {
            "numbers as text": ["1", "2", "3.5"],
            "codes": [0, 1, 0],
            "flags": [True, False, None],
            "days": pd.to_datetime(["2024-01-01", "2024-02-01", None]),
            "days as text": ["2024-01-01", "2024-02-01", "2024-02-03"],
            "equal": ["a", "a", "a"],
            "nothing": [None, None, None],
            "huge": [1.0, np.inf, 2.0],
        }
    )
    space = Space.learn(frame)
    assert dict(zip(space.names, space.kinds, strict=True)) == {
        "numbers as text": "number",
        "codes": "category",
        "flags": "category",
        "days": "number",
        "days as text": "number",
        "huge": "number",
    }
    assert space.constant == ("equal", "nothing")
    assert np.isnan(space.place(frame)[:, space.titles.index("huge")]).tolist() == [False, True, False]


def test_rare_levels_are_in_none():
    cells = [f"a{n:03}" for n in range(MOST_LEVELS + 20)] * 2 + ["a005"]
    space = Space.learn(pa.table({"city": cells}))
    assert len(space.titles) == MOST_LEVELS
    assert space.seen(pa.table({"city": ["a005", "a119", "never seen"]})).sum(axis=1).tolist() == [1, 0, 0]


def test_what_was_learned_comes_back_and_places_later_rows():
    frame = pa.table({"age": [20, 30, 40], "likes": ["tea;go", "go", "tea"]})
    space = Space.learn(frame)
    again = Space.restore(space.state())
    assert again == space
    later = pa.table({"likes": ["chess"], "age": ["50"]})
    np.testing.assert_array_equal(again.place(later), space.place(later))
    with pytest.raises(ValueError, match="columns are absent that the groups were made from: likes"):
        space.place(later.drop_columns(["likes"]))


@given(st.lists(st.one_of(st.none(), st.text(max_size=6)), max_size=30))
def test_any_texts_can_be_placed(cells):
    frame = pa.table({"a": pa.array(cells, pa.string())})
    space = Space.learn(frame)
    assert space.place(frame).shape == (len(cells), len(space.titles))


def test_pandas_and_arrow_give_the_same_points():
    frame = pa.table({"age": [20, None, 40, 50], "plan": ["a", "b", None, "a"]})
    np.testing.assert_array_equal(
        Space.learn(frame.to_pandas()).place(frame.to_pandas()), Space.learn(frame).place(frame)
    )

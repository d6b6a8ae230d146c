"""Ratings are foreseen as the formulas say and as Surprise foresees them."""

import gzip
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import csv

from daogou.base.errors import DaogouError
from daogou.recommend import Interactions, ItemKNN, UserKNN, ratings
from daogou.recommend.likeness import (
    COSINE_FLOATS,
    COSINE_WORD,
    COSINE_WORDS,
    MSD_FLOATS,
    MSD_WORD,
    PEARSON_FLOATS,
    PEARSON_WORDS,
    coded,
)
from daogou.testing.recommender import rated_table

ANSWERS = np.load(Path(__file__).parent / "surprise_answers.npz")  # by benchmarks/surprise_answers.py
CASES = json.loads(str(ANSWERS["cases"]))


def read(customers, items, values):
    table = pa.table({"customer_id": customers, "item_id": items, "stars": np.asarray(values, float)})
    return Interactions.from_frame(table, value="stars")


def model_of(user_based, **choices):
    return (UserKNN if user_based else ItemKNN)(**choices)


@pytest.mark.parametrize("case", range(len(CASES)))
@pytest.mark.parametrize("kind", ["grid", "floats"])
def test_every_pair_is_as_surprise_says(kind, case):
    rows = (ANSWERS[f"{kind}_{name}"] for name in ("customer", "item", "stars"))
    model = model_of(**CASES[case]).fit(read(*rows))
    assert (model._rated.rated.form >= COSINE_FLOATS) == (kind == "floats")
    found = model.rate(ANSWERS["customers"], ANSWERS["items"])
    assert found == pytest.approx(ANSWERS[f"{kind}_{case}"], abs=1e-9)


# Sums of Surprise 1.1.5's answers to the same split: plain, and weighed by place, so that no two may be exchanged.
@pytest.mark.parametrize(
    ("user_based", "rmse", "total", "weighed"),
    [
        (True, 0.9961203080056422, 72094.83376186645, 719172051.7918545),
        (False, 1.0106930442996467, 70053.6478416695, 701160451.2383744),
    ],
)
def test_movielens_is_foreseen_as_surprise_foresees_it(data_folder, user_based, rmse, total, weighed):
    with gzip.open(data_folder / "movielens-latest-small" / "ratings.csv.gz") as file:
        table = csv.read_csv(file)
    told = np.random.default_rng(0).permutation(len(table)) % 5
    train, test = table.filter(pa.array(told > 0)), table.filter(pa.array(told == 0))
    model = model_of(user_based).fit(Interactions.from_frame(train, "userId", "movieId", "rating"))
    found = model.rate(test["userId"], test["movieId"])
    assert np.sqrt(((found - test["rating"].to_numpy()) ** 2).mean()) == pytest.approx(rmse, abs=1e-12)
    assert found.sum() == pytest.approx(total, rel=1e-13)
    assert found @ np.arange(len(found)) == pytest.approx(weighed, rel=1e-13)


def formula(rows, user_based, similarity, k, customer, item):
    """The mission's formula in plain Python: sums in float, ties in the order of rows."""
    side = 0 if user_based else 1
    x, y = (customer, item) if user_based else (item, customer)
    of = {}
    for row in rows:
        of.setdefault(row[side], {})[row[1 - side]] = row[2]

    def sim(a, b):
        if a == b:
            return 1.0
        both = [(of[a][key], of[b][key]) for key in of[a] if key in of[b]]
        if not both:
            return 0.0
        r, s = (np.array(part) for part in zip(*both, strict=True))
        if similarity == "cosine":
            return (r * s).sum() / np.sqrt((r**2).sum() * (s**2).sum())
        if similarity == "msd":
            return 1 / (((r - s) ** 2).sum() / len(r) + 1)
        n = len(r)
        length = np.sqrt((n * (r**2).sum() - r.sum() ** 2) * (n * (s**2).sum() - s.sum() ** 2))
        return (n * (r * s).sum() - r.sum() * s.sum()) / length if length else 0.0

    votes = [(sim(x, row[side]), row[2]) for row in rows if row[1 - side] == y]
    votes = [vote for vote in sorted(votes, key=lambda vote: -vote[0])[:k] if vote[0] > 0]
    total = sum(vote[0] for vote in votes)
    return sum(s * r for s, r in votes) / total if votes else np.mean([row[2] for row in rows])


ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 6), st.integers(1, 10)),
    min_size=1,
    max_size=30,
    unique_by=lambda row: row[:2],
)


@given(ROWS, st.booleans(), st.sampled_from(["cosine", "msd", "pearson"]), st.integers(1, 3))
def test_any_ratings_give_the_formula_in_any_order(rows, user_based, similarity, k):
    model = model_of(user_based, k=k, similarity=similarity).fit(read(*zip(*rows, strict=True)))
    pairs = [(c, i) for c in {row[0] for row in rows} for i in {row[1] for row in rows}]
    expected = [formula(rows, user_based, similarity, k, *pair) for pair in pairs]
    assert model.rate(*zip(*pairs, strict=True)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("user_based", [True, False])
@pytest.mark.parametrize("similarity", ["cosine", "msd", "pearson"])
@pytest.mark.parametrize("centered", [True, False])
@pytest.mark.parametrize("k", [2, 7, 40])
def test_lists_hold_what_pairs_are_foreseen_to_have(user_based, similarity, centered, k):
    model = model_of(user_based, k=k, similarity=similarity, centered=centered, min_k=2)
    data = Interactions.from_frame(rated_table(), value="stars")
    model.fit(data)
    picks = model.recommend(data.customer_ids, 80, repeat=True)
    for row, customer in list(enumerate(data.customer_ids.to_pylist()))[::9]:
        n = picks.counts[row]
        pairs = model.rate([customer] * n, picks.items[row, :n].tolist())
        assert picks.scores[row, :n] == pytest.approx(pairs, abs=1e-12)
        without = [item for item in data.item_ids.to_pylist() if item not in set(picks.items[row])]
        fallback = model._rated.mean
        if centered:
            means = model._rated.means
            fallback = means[row] if user_based else means[[data.item_ids.index(i).as_py() for i in without]]
        assert model.rate([customer] * len(without), without) == pytest.approx(
            np.broadcast_to(fallback, len(without)), abs=1e-12
        )


@pytest.mark.parametrize("similarity", ["cosine", "msd", "pearson"])
def test_every_way_of_summing_gives_the_same(similarity, monkeypatch):
    """Whole numbers are summed exactly in words and in floats, so that not a bit may differ."""
    data = Interactions.from_frame(rated_table(), value="stars")
    pairs = [(c, i) for c in data.customer_ids.to_pylist() for i in data.item_ids.to_pylist()]
    in_words = UserKNN(k=5, similarity=similarity).fit(data).rate(*zip(*pairs, strict=True))
    floats = {"cosine": COSINE_FLOATS, "msd": MSD_FLOATS, "pearson": PEARSON_FLOATS}[similarity]
    monkeypatch.setattr(ratings, "coded", lambda *_: (floats, np.zeros(0, np.uint8), 1.0))
    assert np.array_equal(UserKNN(k=5, similarity=similarity).fit(data).rate(*zip(*pairs, strict=True)), in_words)


@pytest.mark.parametrize(
    ("values", "similarity", "longest", "support", "form"),
    [
        ([0.5, 5], "cosine", 2_000, 1, COSINE_WORD),
        ([0.5, 5], "cosine", 30_000, 1, COSINE_WORDS),
        ([0.5, 5], "cosine", 2_000, 2, COSINE_WORDS),
        ([0, 5], "cosine", 2_000, 1, COSINE_WORDS),
        ([-1, 5], "cosine", 2_000, 1, COSINE_FLOATS),
        ([-1, 5], "msd", 2_000, 1, MSD_WORD),
        ([-1, 5], "pearson", 2_000, 1, PEARSON_WORDS),
        ([1.125, 5], "pearson", 2_000, 1, PEARSON_WORDS),
        ([1.1, 5], "pearson", 2_000, 1, PEARSON_FLOATS),
        ([1, 900], "msd", 2_000, 1, MSD_FLOATS),
        ([1, 5], "pearson", 70_000, 1, PEARSON_FLOATS),
        ([], "msd", 0, 1, MSD_WORD),
    ],
)
def test_how_sums_are_kept(values, similarity, longest, support, form):
    found, codes, unit = coded(np.array(values, float), similarity, longest, support)
    assert found == form
    if form < COSINE_FLOATS and values:
        assert np.diff(codes.astype(float)) * np.sqrt(unit) == pytest.approx(np.diff(values))


def test_many_ratings_in_common_do_not_overflow_a_word():
    """A pair that shares the most ratings that a form allows, all at the top of the scale."""
    for n in (20_900, 60_000):
        stars = np.where(np.arange(2 * n) % 50 == 0, 0.5, 5.0)
        a, b = stars[:n], stars[n:]
        data = read(np.repeat([1, 2], n), np.tile(np.arange(n), 2), stars)
        right = {
            "cosine": (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()),
            "msd": 1 / (((a - b) ** 2).mean() + 1),
            "pearson": np.corrcoef(a, b)[0, 1],
        }
        for similarity, expected in right.items():
            found = UserKNN(similarity=similarity).fit(data).similar([1], 1)
            assert found.scores[0, :1] == pytest.approx([expected] if expected > 0 else [np.nan], nan_ok=True)


def test_row_order_decides_ties_alone():
    # Customer 0 shares one item with each of 1 to 4, so that all similarities are 1.
    rows = [(0, 9, 3), (1, 9, 3), (2, 9, 3), (3, 9, 3), (1, 5, 1), (2, 5, 2), (3, 5, 5)]
    assert UserKNN(k=2).fit(read(*zip(*rows, strict=True))).rate([0], [5]).tolist() == [1.5]
    assert UserKNN(k=2).fit(read(*zip(*rows[::-1], strict=True))).rate([0], [5]).tolist() == [3.5]
    assert UserKNN(k=3).fit(read(*zip(*rows[::-1], strict=True))).rate([0], [5]) == pytest.approx([8 / 3])


def test_what_is_unknown_gets_the_mean():
    data = read([1, 1, 2], [1, 2, 3], [1, 2, 5])
    assert UserKNN().fit(data).rate([1, 9, 1], [9, 1, 3]) == pytest.approx([8 / 3] * 3)
    assert UserKNN(centered=True).fit(data).rate([1, 9, 1], [9, 1, 3]) == pytest.approx([8 / 3, 8 / 3, 1.5])
    assert ItemKNN(centered=True).fit(data).rate([1, 9, 1], [9, 1, 3]) == pytest.approx([8 / 3, 8 / 3, 5])
    part = UserKNN().fit(data.where(np.array([True, True, False])))  # 2 and 3 have ids, and no ratings
    assert part.rate([2, 1], [1, 3]).tolist() == [1.5, 1.5]
    assert part.recommend([2], 3, repeat=True).counts.tolist() == [0]


def test_ratings_are_held_to_the_scale():
    data = read([1, 1, 2], [1, 2, 1], [1, 2, 5])
    assert UserKNN(scale=(1.2, 1.4)).fit(data).rate([1, 1, 2, 9], [1, 2, 1, 1]) == pytest.approx([1.4] * 4)
    assert UserKNN(scale=(7, 9)).fit(data).rate([1], [2]).tolist() == [7]


def test_all_ratings_equal_and_no_pairs_asked():
    data = read([1, 1, 2], [1, 2, 1], [4, 4, 4])
    for similarity in ("cosine", "msd", "pearson"):
        assert UserKNN(similarity=similarity).fit(data).rate([2, 1], [2, 1]).tolist() == [4, 4]
    assert UserKNN().fit(data).rate([], []).shape == (0,)
    assert UserKNN().fit(read([1], [1], [0])).rate([1], [1]).tolist() == [0]


@pytest.mark.parametrize("kind", [pa.int64(), pa.string()])
def test_no_ratings_at_all(kind):
    empty = pa.table(
        {"customer_id": pa.array([], kind), "item_id": pa.array([], kind), "v": pa.array([], pa.float64())}
    )
    asked = [1] if pa.types.is_integer(kind) else ["a"]
    assert np.isnan(ItemKNN().fit(Interactions.from_frame(empty, value="v")).rate(asked, asked)).all()


def test_similar_customers_and_items_are_those_of_the_formula():
    rows = [(1, 1, 5), (1, 2, 3), (2, 1, 5), (2, 2, 3), (3, 1, 1), (3, 2, 5), (4, 3, 2)]
    data = read(*zip(*rows, strict=True))
    found = UserKNN(similarity="msd").fit(data).similar([1, 4, 9], 3)
    assert found.items.tolist() == [[2, 3, None], [None] * 3, [None] * 3]
    assert found.scores[0, :2] == pytest.approx([1, 1 / 11])
    assert ItemKNN().fit(data).similar([1], 1).items.tolist() == [[2]]


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_change_nothing(threads, monkeypatch):
    data = Interactions.from_frame(rated_table(), value="stars")
    pairs = [(c, i) for c in data.customer_ids.to_pylist() for i in data.item_ids.to_pylist()]
    one = ItemKNN(k=5).fit(data).rate(*zip(*pairs, strict=True))
    monkeypatch.setattr(ratings, "threads", lambda: threads)
    assert np.array_equal(ItemKNN(k=5).fit(data).rate(*zip(*pairs, strict=True)), one)


def test_a_pair_rated_twice_is_refused_and_the_last_can_be_kept():
    table = pa.table({"customer_id": [1, 1, 1], "item_id": [1, 2, 1], "stars": [1.0, 2.0, 3.0], "day": [9, 1, 2]})
    with pytest.raises(DaogouError, match='1 ratings are of a customer.*keep="last"'):
        UserKNN().fit(Interactions.from_frame(table, value="stars"))
    for when, last in ((None, 3), ("day", 1)):
        data = Interactions.from_frame(table, value="stars", when=when, keep="last")
        assert data.values.tolist() == [last, 2]
    model = UserKNN().fit(data)
    with pytest.raises(DaogouError, match="are of a customer"):
        model.update(data)


def test_a_loaded_model_learns_on():
    table = rated_table()
    read_part = lambda part: Interactions.from_frame(part, value="stars")  # noqa: E731
    loaded = UserKNN.from_bytes(UserKNN(scale=(1, 5)).fit(read_part(table.slice(0, 200))).to_bytes())
    whole = UserKNN(scale=(1, 5)).fit(read_part(table))
    assert loaded.update(read_part(table.slice(200))).to_bytes() == whole.to_bytes()


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"k": 0}, "k is 0"),
        ({"min_k": 0}, "min_k or min_support is below 1"),
        ({"min_support": 0}, "min_k or min_support is below 1"),
        ({"similarity": "bm25"}, "no similarity 'bm25' here. Choose one of: cosine, msd, pearson"),
        ({"similarity": "msd", "feedback": "implicit"}, "no similarity 'msd' here. Choose one of: cosine, bm25, tfidf"),
        ({"scale": (5, 1)}, "the scale ends before it starts"),
    ],
)
def test_wrong_choices_are_refused(choices, said):
    with pytest.raises(DaogouError, match=said):
        UserKNN(**choices).fit(read([1], [2], [3]))


def test_wrong_questions_are_refused():
    table = pa.table({"customer_id": [1], "item_id": [2]})
    with pytest.raises(DaogouError, match="no values to learn ratings from"):
        UserKNN(feedback="ratings").fit(Interactions.from_frame(table))
    with pytest.raises(DaogouError, match="learnt what was taken, not ratings"):
        UserKNN().fit(Interactions.from_frame(table)).rate([1], [2])
    with pytest.raises(DaogouError, match="there are 1 customers and 2 items"):
        UserKNN().fit(read([1], [2], [3])).rate([1], [2, 2])
    with pytest.raises(DaogouError, match="a loaded model does not hold"):
        taken = Interactions.from_frame(table)
        UserKNN.from_bytes(UserKNN().fit(taken).to_bytes()).update(taken)

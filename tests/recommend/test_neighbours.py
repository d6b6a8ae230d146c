import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.base.errors import DaogouError
from daogou.recommend import Interactions, ItemKNN, UserKNN
from daogou.testing.recommender import RecommenderContract, example


class TestItemKNN(RecommenderContract):
    make = ItemKNN


class TestItemKNNWithAllItsParts(RecommenderContract):
    make = staticmethod(lambda: ItemKNN(k=30, min_support=2, shrinkage=5.0, half_life=30.0))


class TestItemKNNByTfidf(RecommenderContract):
    make = staticmethod(lambda: ItemKNN(k=30, shrinkage=1.0, similarity="tfidf"))


class TestItemKNNByBm25(RecommenderContract):
    make = staticmethod(lambda: ItemKNN(k=30, similarity="bm25", half_life=30.0))


class TestUserKNN(RecommenderContract):
    make = UserKNN


class TestUserKNNWithAllItsParts(RecommenderContract):
    make = staticmethod(
        lambda: UserKNN(k=11, min_support=2, shrinkage=5.0, half_life=30.0, similarity="tfidf", feedback="implicit")
    )


class TestItemKNNOnRatings(RecommenderContract):
    make = ItemKNN
    on_ratings = True


class TestItemKNNOnRatingsCentered(RecommenderContract):
    make = staticmethod(lambda: ItemKNN(k=5, min_support=2, similarity="msd", centered=True, scale=(1, 4)))
    on_ratings = True


class TestUserKNNOnRatings(RecommenderContract):
    make = UserKNN
    on_ratings = True


class TestUserKNNOnRatingsCentered(RecommenderContract):
    make = staticmethod(lambda: UserKNN(k=5, min_support=2, similarity="msd", centered=True, scale=(1, 4)))
    on_ratings = True


BASKETS = {1: "tea cup", 2: "tea cup milk", 3: "tea milk", 4: "tea", 5: "pen ink", 6: "pen ink", 7: "pen"}


def baskets():
    pairs = [(customer, item) for customer, items in BASKETS.items() for item in items.split()]
    return Interactions.from_frame(pa.table({"customer_id": [c for c, _ in pairs], "item_id": [i for _, i in pairs]}))


def test_similarity_is_the_cosine_of_the_sets_of_customers():
    similar = ItemKNN().fit(baskets()).similar(["cup", "ink", "no such item"], 3)
    assert similar.items.tolist() == [["tea", "milk", None], ["pen", None, None], [None, None, None]]
    assert similar.scores[0, :2] == pytest.approx([2 / np.sqrt(8), 1 / 2], abs=1e-7)
    assert similar.scores[1, 0] == pytest.approx(2 / np.sqrt(6), abs=1e-7)


def test_shrinkage_draws_towards_0():
    similar = ItemKNN(shrinkage=10.0).fit(baskets()).similar(["cup"], 1)
    assert similar.scores[0, 0] == pytest.approx(2 / (np.sqrt(8) + 10), abs=1e-7)


def test_min_support_leaves_out_neighbours_by_chance():
    assert ItemKNN(min_support=2).fit(baskets()).similar(["cup"], 3).items.tolist() == [["tea", None, None]]


def dense_scores(data, k, min_support, shrinkage, half_life):
    """The docstring's formula, word for word, on dense arrays."""
    took = np.zeros((len(data.customer_ids), len(data.item_ids)))
    took[data.customers, data.items] = 1
    weights, last = np.zeros_like(took), np.zeros_like(took)
    decay = np.ones(len(data)) if half_life is None else 0.5 ** ((data.when.max() - data.when) / half_life)
    np.add.at(weights, (data.customers, data.items), decay)
    np.maximum.at(last, (data.customers, data.items), decay)
    weights = np.log2(1 + weights)
    n, shared = took.sum(axis=0), took.T @ took
    sim = np.where(shared >= min_support, shared / (np.sqrt(np.outer(n, n)) + shrinkage), 0).astype(np.float32)
    np.fill_diagonal(sim, 0)
    spoken = np.zeros(sim.shape)
    for i in range(len(n)):
        order = np.lexsort((np.arange(len(n)), -n, -sim[i]))[:k]
        spoken[i, order] = sim[i, order]
    scores = k * weights + last.sum(axis=0) / n * (weights @ spoken)
    return np.where(scores > 0, scores, np.nan)


@pytest.mark.parametrize("half_life", [None, 40.0])
@pytest.mark.parametrize(("k", "min_support", "shrinkage"), [(200, 1, 0.0), (6, 1, 0.0), (6, 3, 10.0), (1, 2, 0.5)])
def test_scores_are_the_formula(k, min_support, shrinkage, half_life):
    data = example()
    model = ItemKNN(k, min_support=min_support, shrinkage=shrinkage, half_life=half_life).fit(data)
    expected = dense_scores(data, k, min_support, shrinkage, half_life)
    picks = model.recommend(data.customer_ids, 80, repeat=True)
    found = np.full(expected.shape, np.nan)
    row, place = np.nonzero(picks.codes >= 0)
    found[row, picks.codes[row, place]] = picks.scores[row, place]
    assert found == pytest.approx(expected, abs=1e-9, nan_ok=True)


def test_values_weigh_what_was_taken():
    table = pa.table({"customer_id": [1, 1, 2, 2, 2, 3], "item_id": list("abacba"), "value": [1.0, 1, 1, 1, 1, 5]})
    plain = ItemKNN().fit(Interactions.from_frame(table)).recommend([3], 1)
    weighed = ItemKNN(feedback="implicit").fit(Interactions.from_frame(table, value="value")).recommend([3], 1)
    assert weighed.items.tolist() == plain.items.tolist()
    assert weighed.scores[0, 0] == pytest.approx(np.log2(1 + 5) * plain.scores[0, 0])


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 8)), min_size=1, max_size=40), st.integers(1, 4))
def test_any_purchases_give_the_formula(pairs, k):
    table = pa.table({"customer_id": [c for c, _ in pairs], "item_id": [i for _, i in pairs]})
    data = Interactions.from_frame(table)
    picks = ItemKNN(k).fit(data).recommend(data.customer_ids, 9, repeat=True)
    expected = dense_scores(data, k, 1, 0.0, None)
    for row, codes in enumerate(picks.codes):
        assert picks.scores[row, : picks.counts[row]] == pytest.approx(expected[row, codes[codes >= 0]], abs=1e-9)
        assert picks.counts[row] == np.isfinite(expected[row]).sum()


def test_more_neighbours_are_asked_for_than_are_known():
    model = ItemKNN(k=1).fit(baskets())
    assert model.similar(["cup"], 3).items.tolist() == [["tea", None, None]]
    assert model.similar(["cup"], 0).codes.shape == (1, 0)


def test_wrong_input_is_refused():
    with pytest.raises(DaogouError, match="k is 0"):
        ItemKNN(k=0).fit(baskets())
    with pytest.raises(DaogouError, match="a value is below 0"):
        ItemKNN(feedback="implicit").fit(
            Interactions.from_frame(pa.table({"customer_id": [1], "item_id": [2], "v": [-1.0]}), value="v")
        )

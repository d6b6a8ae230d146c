import numpy as np
import pyarrow as pa
import pytest

from daogou.recommend import Interactions, ItemKNN, Popular
from daogou.recommend import evaluate as evaluation_of
from daogou.recommend.evaluate import evaluate, ndcg, recall
from daogou.testing.recommender import example

HITS = np.array([[1, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]], bool)


def test_ndcg_by_hand():
    second = (1 + 1 / np.log2(4)) / (1 + 1 / np.log2(3))  # places 1 and 3 of two that are sought
    assert ndcg(HITS, np.array([2, 1, 5]), 4) == pytest.approx([second, 1 / np.log2(5), 0])
    assert ndcg(HITS, np.array([2, 1, 5]), 2) == pytest.approx([1 / (1 + 1 / np.log2(3)), 0, 0])
    assert ndcg(np.ones((1, 3), bool), np.array([9]), 3) == pytest.approx([1])
    assert ndcg(HITS, np.array([2, 1, 5]), 10) == pytest.approx(
        [second, 1 / np.log2(5), 0]
    )  # fewer places than k: no hit beyond


def test_recall_by_hand():
    assert recall(HITS, np.array([2, 1, 5]), 4).tolist() == [1, 1, 0]
    assert recall(HITS, np.array([4, 1, 5]), 2).tolist() == [0.25, 0, 0]


def events(*rows):
    customers, items, days = zip(*rows, strict=True)
    return Interactions.from_frame(pa.table({"customer_id": customers, "item_id": items, "day": days}), when="day")


def test_repeat_and_new_items_are_told_apart_by_hand():
    data = events(
        (1, "a", 0), (1, "b", 0), (2, "a", 0), (2, "c", 0), (3, "c", 0), (4, "d", 0),
        (1, "a", 9), (1, "c", 9),  # takes a again; c is new, and of c and d the one that two customers took
        (2, "d", 9),  # d is new, and behind b in the order of ids: popularity of both is 1
        (5, "a", 9),  # had no past
        (3, "new", 9), (3, "c", 9),  # nobody took it before: counted, and never found
    )  # fmt: skip
    found = evaluate({"Popular": Popular()}, data, cut=5)
    assert found.customers == 3
    estimate = {key[1:]: value for key, value in found.estimates.items()}
    second = 1 / np.log2(3)
    assert estimate["repeat", "ndcg@10"].value == pytest.approx((1 + 1) / 2)  # customers 1 and 3
    assert estimate["repeat", "recall@20"].value == 1
    assert estimate["repeat", "recall@20"].n == 2
    assert estimate["new", "ndcg@10"].value == pytest.approx((1 + second + 0) / 3)
    assert estimate["new", "recall@20"].value == pytest.approx(2 / 3)
    assert estimate["new", "recall@20"].n == 3
    assert np.isnan(estimate["new", "recall@20"].low)  # three customers give no interval
    assert found.gains == {}


def test_intervals_hold_the_estimate_and_gains_are_paired():
    found = evaluate({"Popular": Popular(), "ItemKNN": ItemKNN(), "again": ItemKNN()}, example(), cut=150)
    for estimate in found.estimates.values():
        assert 0 <= estimate.low < estimate.value < estimate.high <= 1
        assert 30 <= estimate.n <= 60
    for key in [key for key in found.estimates if key[0] == "ItemKNN"]:
        simple, gain = found.estimates["Popular", *key[1:]], found.gains[key]
        assert gain.value == pytest.approx(found.estimates[key].value - simple.value)
        assert gain.low < gain.value < gain.high
        again = found.gains["again", *key[1:]]  # the same to the last bits, which the order of a BLAS's sums decides
        assert (again.value, again.low, again.high) == pytest.approx((gain.value, gain.low, gain.high), abs=1e-12)


def test_learns_nothing_from_after_the_cut():
    data = example()
    models = {"ItemKNN": ItemKNN(half_life=30.0)}
    evaluate(models, data, cut=150)
    assert models["ItemKNN"].to_bytes() == ItemKNN(half_life=30.0).fit(data.where(data.when < 150)).to_bytes()


def test_twice_is_the_same():
    first, second = (evaluate({"Popular": Popular(), "ItemKNN": ItemKNN()}, example(), cut=150) for _ in range(2))
    assert first == second


def test_weights_in_pieces_give_intervals_too(monkeypatch):
    whole = evaluate({"Popular": Popular()}, example(), cut=150)
    monkeypatch.setattr(evaluation_of, "_WEIGHTS", 60 * 300)
    pieces = evaluate({"Popular": Popular()}, example(), cut=150)
    for key, estimate in whole.estimates.items():
        assert pieces.estimates[key].low == pytest.approx(estimate.low, abs=0.03)


def personal(customers):
    """Pairs of tastes: half take even items, half odd; each took all but one of the colour, and takes it later."""
    rows = [
        (c, i, 99 if i == c // 2 * 2 % 20 + c % 2 else 0) for c in range(customers) for i in range(20) if i % 2 == c % 2
    ]
    return events(*rows)


def test_the_champion_is_better_beyond_doubt():
    models = {"Popular": Popular(), "ItemKNN": ItemKNN()}
    assert evaluate(models, personal(200), cut=50).champion == "ItemKNN"


def test_a_tie_goes_to_the_simplest():
    assert evaluate({"Popular": Popular(), "also": Popular()}, personal(200), cut=50).champion == "Popular"


@pytest.mark.parametrize("cut", [-1, 50, 200], ids=["all after", "some after", "all before"])
def test_too_little_data_is_no_proof_and_no_crash(cut):
    found = evaluate({"Popular": Popular(), "ItemKNN": ItemKNN()}, personal(4), cut=cut)
    assert found.champion == "Popular"
    assert all(np.isnan(estimate.low) for estimate in found.estimates.values())
    assert found.customers == (4 if cut == 50 else 0)


@pytest.mark.parametrize("kind", [pa.string(), pa.int64()])
def test_no_data(kind):
    nothing = pa.table(
        {"customer_id": pa.array([], kind), "item_id": pa.array([], kind), "day": pa.array([], pa.date32())}
    )
    found = evaluate({"Popular": Popular(), "ItemKNN": ItemKNN()}, Interactions.from_frame(nothing, when="day"), cut=5)
    assert found.customers == 0
    assert all(estimate.n == 0 for estimate in found.estimates.values())


def test_times_are_needed():
    data = Interactions.from_frame(pa.table({"customer_id": [1], "item_id": [2]}))
    with pytest.raises(ValueError, match="times"):
        evaluate({"Popular": Popular()}, data, cut=5)

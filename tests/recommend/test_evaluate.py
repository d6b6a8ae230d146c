import numpy as np
import pyarrow as pa
import pytest

from daogou.recommend import EASE, Interactions, ItemKNN, Popular
from daogou.recommend import evaluate as evaluation_of
from daogou.recommend.evaluate import ACCURACY, LISTS, METRICS, SPREAD, best_first, deciding, evaluate
from daogou.recommend.evaluate_splits import by_time
from daogou.recommend.repeat_last import RepeatLast
from daogou.testing.recommender import example


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
    found = evaluate({"Popular": Popular()}, by_time(data, 5))
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
    assert estimate["new", "recall@10"].value == pytest.approx(2 / 3)
    assert estimate["new", "mrr@10"].value == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert estimate["new", "hit@10"].value == pytest.approx(2 / 3)
    assert found.models == ("Popular",)


def test_intervals_hold_the_estimate_and_gains_are_paired():
    found = evaluate({"Popular": Popular(), "ItemKNN": ItemKNN(), "again": ItemKNN()}, by_time(example(), 150))
    assert {metric for _model, _subject, metric in found.estimates} == set(METRICS)
    for (_model, _subject, metric), estimate in found.estimates.items():
        assert estimate.low <= estimate.value <= estimate.high
        assert metric not in ACCURACY or 0 <= estimate.low <= estimate.value <= estimate.high <= 1
        assert metric != "ndcg@10" or estimate.low < estimate.value < estimate.high
        assert 30 <= estimate.n <= 60
    for key in [key for key in found.estimates if key[0] == "ItemKNN"]:
        simple, gain = found.estimates["Popular", *key[1:]], found.gain("ItemKNN", "Popular", *key[1:])
        assert gain.value == pytest.approx(found.estimates[key].value - simple.value)
        assert gain.low <= gain.value <= gain.high
        again = found.gain(
            "again", "Popular", *key[1:]
        )  # the same to the last bits, which the order of a BLAS's sums decides
        assert (again.value, again.low, again.high) == pytest.approx((gain.value, gain.low, gain.high), abs=1e-12)


def test_learns_nothing_from_after_the_cut():
    data = example()
    models = {"ItemKNN": ItemKNN(half_life=30.0)}
    evaluate(models, by_time(data, 150))
    assert models["ItemKNN"].to_bytes() == ItemKNN(half_life=30.0).fit(data.where(data.when < 150)).to_bytes()


def test_twice_is_the_same():
    first, second = (evaluate({"Popular": Popular(), "ItemKNN": ItemKNN()}, by_time(example(), 150)) for _ in range(2))
    assert first == second


def test_weights_in_pieces_give_intervals_too(monkeypatch):
    whole = evaluate({"Popular": Popular()}, by_time(example(), 150))
    monkeypatch.setattr(evaluation_of, "_WEIGHTS", 60 * 300)
    pieces = evaluate({"Popular": Popular()}, by_time(example(), 150))
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
    assert evaluate(models, by_time(personal(200), 50)).champion() == "ItemKNN"


def test_a_tie_goes_to_the_simplest():
    assert evaluate({"Popular": Popular(), "also": Popular()}, by_time(personal(200), 50)).champion() == "Popular"


@pytest.mark.parametrize("cut", [-1, 50, 200], ids=["all after", "some after", "all before"])
def test_too_little_data_is_no_proof_and_no_crash(cut):
    found = evaluate({"Popular": Popular(), "ItemKNN": ItemKNN()}, by_time(personal(4), cut))
    assert found.champion() == "Popular"
    assert all(np.isnan(estimate.low) for estimate in found.estimates.values())
    assert found.customers == (4 if cut == 50 else 0)


@pytest.mark.parametrize("kind", [pa.string(), pa.int64()])
def test_no_data(kind):
    nothing = pa.table(
        {"customer_id": pa.array([], kind), "item_id": pa.array([], kind), "day": pa.array([], pa.date32())}
    )
    found = evaluate(
        {"Popular": Popular(), "ItemKNN": ItemKNN()}, by_time(Interactions.from_frame(nothing, when="day"), 5)
    )
    assert found.customers == 0
    assert all(estimate.n == 0 for estimate in found.estimates.values())


def test_times_are_needed():
    data = Interactions.from_frame(pa.table({"customer_id": [1], "item_id": [2]}))
    with pytest.raises(ValueError, match="times"):
        evaluate({"Popular": Popular()}, by_time(data, 5))


def test_lists_are_told_by_hand():
    past = [(1, "a"), (2, "a"), (3, "a"), (1, "b"), (2, "b"), (4, "c"), (4, "d"), (5, "d")]
    data = events(*((c, i, 0) for c, i in past), (3, "d", 9), (5, "a", 9))
    found = evaluate({"Popular": Popular()}, by_time(data, 5)).estimates
    lists = {3: "bdc", 5: "abc"}  # customers of items: a 3, b 2, d 2, c 1, of 5
    bits = {"a": -np.log2(4 / 6), "b": -np.log2(3 / 6), "d": -np.log2(3 / 6), "c": -np.log2(2 / 6)}
    told = [np.mean([bits[item] for item in mine]) for mine in lists.values()]
    assert found["Popular", "new", "novelty@10"].value == pytest.approx(np.mean(told))
    first = 1 - np.mean([0, 0, 1 / np.sqrt(2)])  # b-d and b-c share nobody, c-d customer 4
    second = 1 - np.mean([2 / np.sqrt(6), 0, 0])
    assert found["Popular", "new", "diversity@10"].value == pytest.approx((first + second) / 2)
    assert found["Popular", "new", "coverage@10"].value == 1
    counts = np.array([1, 1, 2, 2])  # a, d, b, c
    assert found["Popular", "new", "gini@10"].value == pytest.approx(counts @ [-3, -1, 1, 3] / (4 * 6))


def test_a_model_without_lists_covers_nothing():
    found = evaluate({"RepeatLast": RepeatLast()}, by_time(example(), 150)).estimates
    assert found["RepeatLast", "new", "ndcg@10"].value == 0
    assert found["RepeatLast", "new", "coverage@10"].value == 0
    assert np.isnan(found["RepeatLast", "new", "gini@10"].value)
    assert np.isnan(found["RepeatLast", "new", "novelty@10"].value)
    assert found["RepeatLast", "repeat", "ndcg@10"].value > 0


def test_customers_fall_into_groups_by_past_orders():
    rows = [(c, f"i{n}", n) for c in range(6) for n in range((0, 1, 2, 4, 9, 12)[c])]
    later = [(c, "z", 50) for c in range(6)] + [(6, "z", 0)]
    found = evaluate({"Popular": Popular(half_life=None)}, by_time(events(*rows, *later), 40), groups=True)
    by_group = {subject: estimate for (_model, subject, _metric), estimate in found.estimates.items() if "," in subject}
    assert {name: estimate.n for name, estimate in by_group.items()} == {
        "new, orders 0": 1, "new, orders 1": 1, "new, orders 2-4": 2, "new, orders 5-9": 1, "new, orders 10+": 1
    }  # fmt: skip
    assert found.customers == found.estimates["Popular", "new", "ndcg@10"].n == 5  # the stranger in a group alone
    everyone = found.estimates["Popular", "new", "ndcg@10"].value * 5 + by_group["new, orders 0"].value
    assert sum(estimate.value * estimate.n for estimate in by_group.values()) == pytest.approx(everyone)


def test_a_model_that_cannot_learn_is_left_out_with_the_reason():
    found = evaluate({"Popular": Popular(), "EASE": EASE(regularization=-1)}, by_time(example(), 150))
    assert found.models == ("Popular",)
    assert "regularization is -1" in str(found.refused["EASE"])
    assert found.champion() == "Popular"


def test_what_is_taken_again_decides_where_lists_may_repeat():
    models = {"Popular": Popular(), "RepeatLast": RepeatLast()}
    once = [(c, item, 0) for c in range(60) for item in range(20)]
    often = [(c, c % 20, day) for c in range(60) for day in (1, 2, 99)]
    found = evaluate(models, by_time(events(*once, *often), 50), spread=False)
    assert [deciding(found, repeat) for repeat in (False, True)] == ["new", "repeat"]
    assert found.champion("repeat") == "RepeatLast"
    assert found.champion("new") == "Popular"
    assert best_first(found, "repeat") == ["RepeatLast", "Popular"]
    assert not {metric for *_rest, metric in found.estimates} & {*LISTS, *SPREAD}
    assert deciding(evaluate(models, by_time(personal(200), 50)), repeat=True) == "new"  # nobody takes anything again

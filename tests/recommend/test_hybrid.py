import numpy as np
import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.recommend import ALS, EASE, ContentBased, Hybrid, Interactions, ItemKNN, Popular, SequentialKNN
from daogou.recommend import hybrid as module
from daogou.testing.recommender import RecommenderContract, example, items_of


class TestHybrid(RecommenderContract):
    make = Hybrid
    sure = exact_update = False


class TestHybridWithAllItsParts(RecommenderContract):
    make = staticmethod(
        lambda: Hybrid(
            [
                Popular(half_life=9.0),
                ItemKNN(k=30, feedback="implicit"),
                EASE(),
                ContentBased(),
                ALS(factors=4, iterations=3),
            ],
            window=0.3,
        )
    )
    described = True
    sure = exact_update = False


def chains(people=150, items=40, days=12, seed=1):
    """Everyone goes along one circle of items from a place of their own, and now and then leaves it."""
    chance = np.random.default_rng(seed)
    begin = chance.integers(0, items, people)
    rows = [(c, int(begin[c] + d) % items if chance.random() < 0.8 else int(chance.integers(items)), d)
            for c in range(people) for d in range(days)]  # fmt: skip
    return pa.table(dict(zip(("customer_id", "item_id", "day"), map(list, zip(*rows, strict=True)), strict=True)))


def found(model, table, days):
    """How many customers are offered first what they take next."""
    early = np.asarray(table["day"]) < days
    model.fit(Interactions.from_frame(table.filter(pa.array(early)), when="day"))
    rest = table.filter(pa.array(np.asarray(table["day"]) == days))
    picks = model.recommend(rest["customer_id"], 1, repeat=True).items[:, 0]
    return float(np.mean(picks == np.array(rest["item_id"].to_pylist())))


def test_the_part_that_foresees_best_gets_the_weight_and_the_blend_is_not_below_it():
    table = chains()
    parts = [Popular(half_life=None), ItemKNN(feedback="implicit"), SequentialKNN()]
    hybrid = Hybrid(parts)
    alone = [found(part, table, 11) for part in parts]
    blended = found(hybrid, table, 11)
    assert hybrid.used_[np.argmax(hybrid.weights_[0])] == np.argmax(alone) == 2
    assert hybrid.weights_[0].sum() == pytest.approx(1)
    assert blended >= max(alone) - 0.03


def test_strangers_fall_through_to_what_is_popular_in_their_segment_and_it_says_so():
    data = example()
    customers = pa.table({"customer_id": ["c00", "late"], "segment": ["x", "x"]})
    model = Hybrid([Popular(segment="segment"), ItemKNN(k=30)]).fit(data, customers=customers)
    picks = model.recommend(["c01", "late", "stranger"], 80)
    names = model.sources(picks)
    assert names[0, 0] == "blend"
    assert set(names[1]) - {None} == {"segment"}
    assert set(names[2]) - {None} == {"popular"}
    popular = Popular(segment="segment").fit(data, customers=customers)
    same = popular.recommend(["late", "stranger"], 80)
    assert np.array_equal(picks.codes[1:], same.codes)
    for customer, row in (("late", 1), ("stranger", 2)):
        reasons = model.explain(customer, picks.items[row, 0])
        assert sum(reason.contribution for reason in reasons) == pytest.approx(picks.scores[row, 0], abs=1e-9)


def test_what_no_blended_part_knows_comes_from_content(monkeypatch):
    monkeypatch.setattr(module, "learnt_weights", lambda *_: np.array([[0.0, 1, 0], [0, 1, 0]]))
    data = example()
    items = items_of(data)
    more = pa.table({"item_id": ["i90"], "title": ["group 1 第2款"], "price": [3.0]})
    model = Hybrid([Popular(), ItemKNN(k=30), ContentBased()]).fit(data, items=pa.concat_tables([items, more]))
    assert model.used_.tolist() == [1, 2]  # a part without a weight is left out, but for what lists go on with
    picks = model.recommend(["c00"], 81, repeat=True)
    place = picks.items[0].tolist().index("i90")
    assert model.sources(picks)[0, place] == "content"
    assert picks.scores[0, place] < 0
    reasons = model.explain("c00", "i90")
    assert sum(reason.contribution for reason in reasons) == pytest.approx(picks.scores[0, place], abs=1e-9)


def test_an_update_keeps_the_weights_and_brings_its_parts_up_to_date():
    table = chains()
    model = Hybrid([Popular(half_life=None), SequentialKNN()]).fit(Interactions.from_frame(table, when="day"))
    weights = model.weights_.copy()
    model.update(Interactions.from_frame(pa.table({"customer_id": [900], "item_id": [5], "day": [20]}), when="day"))
    assert np.array_equal(model.weights_, weights)
    assert model.recommend([900], 1).items.tolist() == [[6]]


def test_wrong_choices_are_refused():
    with pytest.raises(DaogouError, match="window is 1"):
        Hybrid(window=1.0).fit(example())
    with pytest.raises(DaogouError, match="no part"):
        Hybrid([]).fit(example())
    with pytest.raises(DaogouError, match="no model 'Oracle'"):
        Hybrid([("Oracle", {})])

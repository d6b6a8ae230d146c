import numpy as np
import pyarrow as pa
import pytest

from daogou.recommend import Interactions, ItemKNN, Popular, blending
from daogou.recommend.blending import Head, Window, learnt_weights
from daogou.testing.purchases import example


def events(*rows):
    customers, items, days = zip(*rows, strict=True)
    return Interactions.from_frame(pa.table({"customer_id": customers, "item_id": items, "day": days}), when="day")


def test_the_window_is_the_last_share_of_the_events_by_time():
    data = example()
    past, window = Window.of(data, 0.3)
    people = len(np.unique(data.customers))
    assert people < blending.FEWEST  # so each customer has a cut of their own
    assert len(past) == pytest.approx(0.7 * len(data), abs=people)
    for customer in range(people):
        mine, early = data.when[data.customers == customer], past.when[past.customers == customer]
        assert early.max() <= np.sort(mine)[len(early)]
    assert (np.diff(window.customers * 1000 + window.items) > 0).all()


def test_with_many_customers_the_cut_is_one_moment(monkeypatch):
    monkeypatch.setattr(blending, "FEWEST", 10)
    data = example()
    past, _window = Window.of(data, 0.3)
    assert past.when.max() < data.when.max()
    assert len(past) == (data.when <= past.when.max()).sum()


def test_a_head_is_set_against_the_highest_of_its_side():
    data = events((1, "a", 0), (1, "b", 0), (2, "a", 0), (2, "b", 0), (2, "c", 0), (3, "b", 0), (4, "b", 0))
    model = Popular(half_life=None).fit(data)
    new, again = (Head.of(model, np.array([0, 3, -1], np.int32), side, 2) for side in (False, True))
    assert new.codes.tolist() == [[2, -1], [0, 2], [1, 0]]
    assert new.shares.tolist() == [[1, 0], [1, 0.5], [1, 0.5]]
    assert new.tops.tolist() == [1, 2, 4]
    assert again.codes.tolist() == [[1, 0], [1, -1], [-1, -1]]
    assert again.shares.tolist() == [[1, 0.5], [1, 0], [0, 0]]
    assert again.tops.tolist() == [4, 4, 1]


def test_without_anything_to_foresee_all_weigh_the_same():
    data = events((1, "a", 0), (2, "b", 0))
    models = [Popular().fit(data), ItemKNN().fit(data)]
    nothing = Window(np.zeros(0, np.int32), np.zeros(0, np.int32))
    assert learnt_weights(models, data, nothing).tolist() == [[0.5, 0.5]] * 2


def test_a_blend_that_is_not_beyond_doubt_better_is_its_best_part_alone():
    chance = np.random.default_rng(0)
    values = chance.random((30, 50, 2)).astype(np.float32)
    hits = np.zeros((30, 50), bool)
    hits[np.arange(30), np.argmax(values[:, :, 0], axis=1)] = True
    assert blending._added(values, hits, np.ones(30, int)).tolist() == [1.0, 0.0]


def test_two_parts_that_each_know_half_get_weight_both():
    chance = np.random.default_rng(1)
    values = chance.random((400, 60, 2)).astype(np.float32)
    hits = np.zeros((400, 60), bool)
    hits[np.arange(400), np.argmax(values.sum(axis=2), axis=1)] = True
    weights = blending._added(values, hits, np.ones(400, int))
    assert weights.min() > 0.2
    assert weights.sum() == pytest.approx(1)


def test_a_part_that_alone_foresees_next_to_nothing_gets_no_weight():
    values = np.zeros((50, 12, 2), np.float32)
    values[:, :, 0] = np.linspace(0.01, 1, 12)
    values[:, :2, 1] = 1.0
    hits = np.zeros((50, 12), bool)
    hits[:, 9] = True
    hits[0, 0] = True  # the one thing that the second knows
    assert blending._added(values, hits, hits.sum(axis=1)).tolist() == [1.0, 0.0]

import numpy as np
import pyarrow as pa
import pytest

from daogou.recommend import Interactions, ItemKNN, item_neighbours, recounting


def purchases(chance, rows, customers, items, name="i"):
    return pa.table(
        {
            "customer_id": chance.integers(0, customers, rows),
            "item_id": [f"{name}{number:04}" for number in chance.zipf(1.3, rows) % items],
            "day": chance.integers(0, 100, rows),
        }
    )


@pytest.mark.parametrize("choices", [{"k": 3}, {"k": 8, "min_support": 2, "shrinkage": 5.0, "half_life": 20.0}])
@pytest.mark.parametrize("seed", range(12))
def test_a_few_more_purchases_are_counted_alone_and_give_what_a_fit_on_all_gives(seed, choices, monkeypatch):
    chance = np.random.default_rng(seed)
    old, new = purchases(chance, 900, 300, 400), purchases(chance, 3, 310, 420, "ih"[seed % 2])
    read = [Interactions.from_frame(table, when="day") for table in (old, new, pa.concat_tables([old, new]))]
    model, whole = ItemKNN(**choices).fit(read[0]), ItemKNN(**choices).fit(read[2]).to_bytes()
    monkeypatch.setattr(recounting, "_SHARE", 1.0)
    monkeypatch.setattr(item_neighbours, "neighbours", None)  # a count of all would fail
    assert model.update(read[1]).to_bytes() == whole


def test_the_same_item_again_changes_no_neighbour():
    chance = np.random.default_rng(1)
    old = purchases(chance, 900, 300, 400)
    model = ItemKNN().fit(Interactions.from_frame(old, when="day"))
    lists = model.neighbours_.copy()
    assert np.array_equal(model.update(Interactions.from_frame(old.slice(0, 1), when="day")).neighbours_, lists)

import numpy as np
import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.recommend import ContentBased, Interactions
from daogou.testing.recommender import RecommenderContract


class TestContentBased(RecommenderContract):
    make = ContentBased
    described = True


class TestContentBasedWithAllItsParts(RecommenderContract):
    make = staticmethod(lambda: ContentBased(half_life=30.0, text=(), bins=3))
    described = True


def taken(*rows):
    customers, items, days = zip(*rows, strict=True)
    return Interactions.from_frame(pa.table({"customer_id": customers, "item_id": items, "day": days}), when="day")


ITEMS = pa.table(
    {
        "item_id": ["t1", "t2", "p1", "p2", "new"],
        "title": ["绿茶 250g", "红茶 100g", "fountain pen", "ball pens", "冰红茶 bottle"],
        "brand": ["C", "A", "B", "B", None],
    }
)


def test_an_item_that_nobody_took_is_offered_at_once():
    model = ContentBased().fit(taken((1, "t2", 0), (2, "p1", 0)), items=ITEMS)
    assert model.recommend([1, 2], 2).items.tolist() == [["new", "t1"], ["p2", None]]
    assert model.similar(["new"], 1).items.tolist() == [["t2"]]


def test_the_score_is_the_cosine_with_what_was_taken_on_average():
    items = pa.table({"item_id": [1, 2, 3], "kind": ["a", "a", "b"], "made": ["x", "y", "y"]})
    model = ContentBased(half_life=1.0).fit(taken((7, 1, 0), (7, 3, 1)), items=items)
    picks = model.recommend([7], 3, repeat=True)
    weights = np.log2(1 + np.array([0.5, 1.0]))
    kind, made = 0.5, 0.5  # two columns, each of length 1, together of length 1
    score_2 = (weights[0] * kind + weights[1] * made) / weights.sum()
    assert dict(zip(picks.items[0], picks.scores[0], strict=True))[2] == pytest.approx(score_2, abs=1e-7)
    reasons = model.explain(7, 2)
    assert [reason.item for reason in reasons] == [3, 1]
    assert sum(reason.contribution for reason in reasons) == pytest.approx(score_2, abs=1e-7)


def test_new_rows_of_items_come_with_an_update():
    model = ContentBased().fit(taken((1, "t2", 0)), items=ITEMS.slice(0, 4))
    assert "new" not in model.recommend([1], 5).items[0]
    model.update(taken((1, "t2", 1)), items=ITEMS.slice(4))
    assert model.recommend([1], 1).items.tolist() == [["new"]]


def test_without_a_table_of_items_it_says_what_it_needs():
    with pytest.raises(DaogouError, match="no table of items"):
        ContentBased().fit(taken((1, "t2", 0)))
    with pytest.raises(DaogouError, match="no column 'item_id'"):
        ContentBased().fit(taken((1, "t2", 0)), items=pa.table({"sku": ["t2"]}))
    with pytest.raises(DaogouError, match="empty in 1 rows"):
        ContentBased().fit(taken((1, "t2", 0)), items=pa.table({"item_id": ["t2", None], "title": ["a", "b"]}))


def test_items_of_which_nothing_is_known_have_no_opinion():
    items = pa.table({"item_id": ["t1", "t2"], "title": pa.array([None, ""], pa.string())})
    assert not ContentBased().fit(taken((1, "t1", 0)), items=items).recommend([1], 5, repeat=True).counts.any()

import pyarrow as pa
import pytest

from daogou.recommend import Interactions
from daogou.recommend.repeat_last import RepeatLast
from daogou.testing.recommender import BOARD, RecommenderContract, checkerboard


class TestRepeatLast(RecommenderContract):
    make = RepeatLast
    compares = False
    personal = True

    def test_finds_the_missing_field_of_a_checkerboard(self):
        model = RepeatLast().fit(checkerboard())  # it has no opinion on what is new
        assert not model.recommend(range(BOARD), 3).counts.any()
        assert model.recommend(range(4), 2, repeat=True).items.tolist() == [[2, 4], [3, 5], [0, 4], [1, 5]]

    @pytest.mark.parametrize("repeat", [False, True, "only"])
    def test_offers_new_items_or_those_taken_before_as_asked(self, repeat):
        data = self.data()
        picks = self.fitted().recommend(data.customer_ids, 80, repeat=repeat)
        taken = (data.pairs()[0][1:] - data.pairs()[0][:-1]) if repeat else 0
        assert (picks.counts == taken).all()

    def test_allowed_items_alone_are_offered(self):
        picks = self.fitted().recommend(self.data().customer_ids, 80, allowed=["i03", "i41", "never seen"], repeat=True)
        assert set(picks.items[picks.codes >= 0]) == {"i03", "i41"}


def test_the_latest_and_most_often_taken_come_first():
    table = pa.table({"customer_id": [1] * 6, "item_id": list("aaabbc"), "day": [0, 0, 9, 18, 20, 20]})
    data = Interactions.from_frame(table, when="day")
    found = RepeatLast(half_life=10.0).fit(data).recommend([1], 3, repeat="only")
    assert found.items.tolist() == [["b", "c", "a"]]
    assert found.scores[0] == pytest.approx([1 + 0.5**0.2, 1, 2 * 0.25 + 0.5**1.1])
    often = RepeatLast(half_life=None).fit(data).recommend([1], 3, repeat="only")
    assert often.items.tolist() == [["a", "b", "c"]]
    assert often.scores.tolist() == [[3, 2, 1]]

"""What every recommender promises."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.recommend import Interactions, Recommender, UserKNN
from daogou.recommend.ranking import Repeat
from daogou.testing.purchases import BOARD as BOARD
from daogou.testing.purchases import checkerboard as checkerboard
from daogou.testing.purchases import example as example
from daogou.testing.purchases import example_table as example_table
from daogou.testing.purchases import items_of as items_of
from daogou.testing.purchases import rated_table as rated_table
from daogou.testing.purchases import same as same


class RecommenderContract:
    """Subclass it, and name your model: ``make = Mine``."""

    make: Callable[[], Recommender]
    personal = True  # False for a model that offers everyone the same
    on_ratings = False  # True for a model that learns ratings, of which equals fall in the order of rows
    described = False  # True for a model that learns from a table of items too
    sure = True  # False for a model that has an opinion, if a lower one, on what is far from a customer's taste
    compares = True  # False for a model that cannot say which items are alike
    exact_update = True  # False for a model whose update comes near a fit on all

    def table(self) -> pa.Table:
        """The example's rows."""
        return rated_table() if self.on_ratings else example_table()

    def read(self, table: pa.Table) -> Interactions:
        """Interactions with what of the table the model learns from."""
        if self.on_ratings and "stars" not in table.column_names:
            table = table.append_column("stars", pa.array([4.0] * len(table)))
        when = "day" if "day" in table.column_names else None
        return Interactions.from_frame(table, value="stars" if self.on_ratings else None, when=when)

    def data(self) -> Interactions:
        """The example."""
        return self.read(self.table())

    def learnt(self, interactions: Interactions) -> Recommender:
        """A model that learnt ``interactions``."""
        return self.make().fit(interactions, items=items_of(interactions) if self.described else None)

    def fitted(self) -> Recommender:
        """A model that learnt the example."""
        return self.learnt(self.data())

    def test_finds_the_missing_field_of_a_checkerboard(self) -> None:
        model = self.learnt(checkerboard(self.on_ratings))
        picks = model.recommend(range(BOARD), 3)
        # One field is missing from each row of its colour; whoever does not look at rows offers the first free field.
        right = range(BOARD) if self.personal else [0 if c % 2 or c == 0 else 1 for c in range(BOARD)]
        assert picks.items[:, 0].tolist() == list(right)
        if self.personal and self.sure:
            assert picks.counts.tolist() == [1] * BOARD

    def test_a_batch_gives_what_each_alone_gets(self) -> None:
        model, data = self.fitted(), self.data()
        batch = model.recommend(data.customer_ids, 7)
        assert batch.codes.shape == batch.scores.shape == (60, 7)
        for row, customer in enumerate(data.customer_ids.to_pylist()):
            alone = model.recommend([customer], 7)
            assert np.array_equal(alone.codes[0], batch.codes[row])
            assert np.array_equal(alone.scores[0], batch.scores[row], equal_nan=True)

    @pytest.mark.parametrize("repeat", [False, True, "only"])
    def test_offers_new_items_or_those_taken_before_as_asked(self, repeat: Repeat) -> None:
        data = self.data()
        picks = self.fitted().recommend(data.customer_ids, 80, repeat=repeat)
        starts, taken, _first = data.pairs()
        some_again = some_new = False
        for row, codes in enumerate(picks.codes):
            offered, mine = set(codes[codes >= 0].tolist()), set(taken[starts[row] : starts[row + 1]].tolist())
            assert len(offered) == (codes >= 0).sum()
            some_again, some_new = some_again or bool(offered & mine), some_new or bool(offered - mine)
        assert (some_again, some_new) == (repeat is not False, repeat != "only")

    def test_both_lists_at_once_are_the_lists_one_by_one(self) -> None:
        model, data = self.fitted(), self.data()
        again, new = model.again_and_new(data.customer_ids, 9)
        assert same(again, model.recommend(data.customer_ids, 9, repeat="only"))
        assert same(new, model.recommend(data.customer_ids, 9))

    @pytest.mark.parametrize("repeat", [False, True, "only"])
    def test_scores_fall_and_ties_go_to_the_lower_id(self, repeat: Repeat) -> None:
        picks = self.fitted().recommend(self.data().customer_ids, 80, repeat=repeat)
        for codes, scores in zip(picks.codes, picks.scores, strict=True):
            n = int((codes >= 0).sum())
            assert (codes[n:] == -1).all()
            assert np.isnan(scores[n:]).all()
            falls = np.diff(scores[:n]) < 0
            assert (falls | ((np.diff(scores[:n]) == 0) & (np.diff(codes[:n]) > 0))).all()

    def test_a_shorter_list_is_the_head_of_a_longer_one(self) -> None:
        model, customers = self.fitted(), self.data().customer_ids
        assert np.array_equal(model.recommend(customers, 3).codes, model.recommend(customers, 9).codes[:, :3])

    def test_learns_the_same_twice_and_from_rows_in_any_order(self) -> None:
        learnt = self.fitted().to_bytes()
        assert self.fitted().to_bytes() == learnt
        if not self.on_ratings:
            assert self.learnt(example(shuffle=1)).to_bytes() == learnt

    @pytest.mark.parametrize("later", [1, 40, 400])
    def test_an_update_is_a_fit_on_all(self, later: int) -> None:
        table = self.table()
        cut = len(table) - later
        whole = self.fitted()
        model = self.make().fit(self.read(table.slice(0, cut)), items=items_of(self.data()) if self.described else None)
        more = table.slice(cut)
        assert model.update(self.read(more)) is model
        if self.exact_update:
            assert model.to_bytes() == whole.to_bytes()
            again = model.update(self.read(more.slice(0, 0)))
            assert again.to_bytes() == whole.to_bytes()
            return
        assert model.item_ids_.equals(whole.item_ids_)
        assert model.customer_ids_.equals(whole.customer_ids_)
        customers = self.data().customer_ids
        near, right = (each.recommend(customers, 10).codes for each in (model, whole))
        shared = np.mean([len(set(a) & set(b)) for a, b in zip(near, right, strict=True)])
        assert shared > 5 if later < 100 else shared > 2

    def test_an_update_brings_new_customers_and_items(self) -> None:
        table = self.table()
        ids = {"customer_id": pa.array(["a", "c00"]), "item_id": pa.array(["z", "z"])}
        rest = {name: table[name].slice(0, 2) for name in table.column_names if name not in ids}
        more = pa.table({name: (ids | rest)[name] for name in table.column_names}, schema=table.schema)
        everything = self.read(pa.concat_tables([table, more]))
        updated = self.fitted().update(self.read(more), items=items_of(everything) if self.described else None)
        assert updated.recommend(["a"], 1, repeat="only").items.tolist() == [["z"]]
        if self.exact_update:
            assert updated.to_bytes() == self.learnt(everything).to_bytes()

    def test_fit_changes_no_parameter_and_returns_the_model(self) -> None:
        model = self.make()
        assert model.fit(self.data(), items=items_of(self.data()) if self.described else None) is model
        assert model == self.make()

    def test_comes_back_from_a_file_bit_for_bit(self, tmp_path: Path) -> None:
        model, data = self.fitted(), self.data()
        model.save(tmp_path / "model.npz")
        again = type(model).load(tmp_path / "model.npz")
        assert again == model
        assert again.to_bytes() == model.to_bytes()
        assert again.item_ids_.equals(model.item_ids_)
        for repeat in (False, True):
            mine, theirs = (m.recommend(data.customer_ids, 9, repeat=repeat) for m in (model, again))
            assert same(mine, theirs)

    def test_allowed_items_alone_are_offered(self) -> None:
        picks = self.fitted().recommend(self.data().customer_ids, 80, allowed=["i03", "i41", "never seen"])
        assert set(picks.items[picks.codes >= 0]) == {"i03", "i41"}
        assert not self.fitted().recommend(self.data().customer_ids, 5, allowed=[]).counts.any()

    @pytest.mark.parametrize("repeat", [True, "only"])
    def test_explanations_add_up_to_the_score(self, repeat: Repeat) -> None:
        model, data = self.fitted(), self.data()
        customers = data.customer_ids.to_pylist()
        picks = model.recommend(customers, 80, repeat=repeat)
        bought = {(c, i) for c, i in zip(data.customers, data.items, strict=True)}
        for row in range(0, len(customers), 7):
            for place in np.flatnonzero(picks.codes[row] >= 0):
                reasons = model.explain(customers[row], picks.items[row, place])
                assert sum(r.contribution for r in reasons) == pytest.approx(picks.scores[row, place], abs=1e-9)
                assert [r.contribution for r in reasons] == sorted((r.contribution for r in reasons), reverse=True)
                named = [r.item for r in reasons if r.item is not None]
                assert all((row, data.item_ids.index(item).as_py()) in bought for item in named)

    def test_short_reasons_are_the_most_telling_of_the_explanation(self) -> None:
        model, data = self.fitted(), self.data()
        customers = data.customer_ids.to_pylist()
        picks = model.recommend([*customers[:9], "stranger"], 80, repeat=True)
        found = model.because(picks, 2)
        assert found.shape == (10, 80, 2)
        takers = np.bincount(data.pairs()[1])
        for row, customer in enumerate([*customers[:9], "stranger"]):
            for place in np.flatnonzero(picks.codes[row] >= 0):
                explained = model.explain(customer, picks.items[row, place])
                named = [(r.contribution, data.item_ids.index(r.item).as_py()) for r in explained if r.item is not None]
                named = [(weight, code) for weight, code in named if weight > 0]
                telling = sorted((-weight * np.log(61 / takers[code]), code) for weight, code in named)
                assert [code for code in found[row, place] if code >= 0] == [code for _weight, code in telling[:2]]

    def test_strangers_took_nothing_and_unknown_items_have_no_reasons(self) -> None:
        model = self.fitted()
        both = model.recommend(["stranger", "c00"], 5)
        assert both.subjects.to_pylist() == ["stranger", "c00"]
        assert np.array_equal(both.codes[1], model.recommend(["c00"], 5).codes[0])
        assert not model.recommend(["stranger"], 5, repeat="only").counts.any()
        assert model.explain("c00", "never seen") == []
        assert [reason.item for reason in model.explain("stranger", "i03") if reason.item is not None] == []

    def test_no_items_more_items_than_there_are_and_fewer_than_none(self) -> None:
        model, customers = self.fitted(), self.data().customer_ids
        assert model.recommend(customers, 0).codes.shape == (60, 0)
        many = model.recommend(customers, 200, repeat=True)
        assert many.codes.shape == (60, 200)
        assert many.counts.max() <= 80
        with pytest.raises(DaogouError, match="n is -1"):
            model.recommend(customers, -1)

    def test_no_customers(self) -> None:
        picks = self.fitted().recommend([], 5)
        assert picks.codes.shape == picks.items.shape == (0, 5)

    @pytest.mark.parametrize("kind", [pa.string(), pa.int64(), pa.null()])
    def test_no_interactions(self, kind: pa.DataType) -> None:
        empty = pa.table({"customer_id": pa.array([], kind), "item_id": pa.array([], kind), "day": pa.array([], kind)})
        model = self.learnt(self.read(empty))
        asked: list[Any] = [1] if pa.types.is_integer(kind) else ["c00"]
        assert model.recommend(asked, 5).codes.tolist() == [[-1] * 5]
        assert model.explain(asked[0], asked[0]) == []
        assert type(model).from_bytes(model.to_bytes()).recommend(asked, 5).counts.tolist() == [0]

    def test_one_customer_with_one_item(self) -> None:
        model = self.learnt(self.read(pa.table({"customer_id": [8], "item_id": [9]})))
        assert model.recommend([8], 2).counts.tolist() == [0]
        assert model.recommend([8], 2, repeat=True).items.tolist() == [[9, None]]

    def test_what_is_similar_leaves_out_the_item_itself_and_falls(self) -> None:
        model = self.fitted()
        asked = model.customer_ids_ if isinstance(model, UserKNN) else model.item_ids_
        if not self.compares:
            with pytest.raises(DaogouError, match="compares no items"):
                model.similar(asked, 8)
            return
        found = model.similar([*asked.slice(0, 5).to_pylist(), "never seen"], 8)
        assert found.codes.shape == (6, 8)
        assert not found.counts[5]
        for row, (codes, scores) in enumerate(zip(found.codes[:5], found.scores, strict=False)):
            n = int((codes >= 0).sum())
            assert row not in codes
            assert (np.diff(scores[:n]) <= 0).all()
        assert model.similar(asked, 0).codes.shape == (len(asked), 0)

    def test_ratings_are_foreseen_within_the_scale_or_refused(self) -> None:
        model, data = self.fitted(), self.data()
        pairs = [*data.customer_ids.take(data.customers[:40]).to_pylist(), "stranger"], [*["i00"] * 40, "never seen"]
        if not self.on_ratings:
            with pytest.raises(DaogouError, match="not ratings"):
                model.rate(*pairs)
            return
        ratings = model.rate(*pairs)
        assert ratings.shape == (41,)
        assert np.isfinite(ratings).all()
        assert ratings.min() >= 0.5
        assert ratings.max() <= 5

    def test_a_customer_more_or_less_leaves_no_nan(self) -> None:
        data = self.data()
        picks = self.fitted().recommend([*data.customer_ids.to_pylist(), "stranger"], 12)
        assert np.isfinite(picks.scores[picks.codes >= 0]).all()

    def test_values_that_are_all_equal_weigh_as_no_values_do(self) -> None:
        if self.on_ratings:
            model = self.make().fit(Interactions.from_frame(rated_table().set_column(
                2, "stars", pa.array([3.0] * len(rated_table()))), value="stars"))  # fmt: skip
            known = model.rate(model.customer_ids_.take(self.data().customers[:9]), ["i00"] * 9)
            assert known == pytest.approx(np.clip(np.full(9, 3.0), *(getattr(model, "scale", None) or (3.0, 3.0))))
            return
        table = self.table().append_column("value", pa.array([1.0] * len(self.table())))
        valued = Interactions.from_frame(table, value="value", when="day")
        model = self.make()
        if getattr(model, "feedback", "implicit") == "auto":
            return
        model.fit(valued, items=items_of(valued) if self.described else None)
        assert same(model.recommend(valued.customer_ids, 5), self.fitted().recommend(valued.customer_ids, 5))

    def test_ids_of_another_type_are_refused(self) -> None:
        with pytest.raises(DaogouError, match="customers: an id is not of the type string"):
            self.fitted().recommend([1], 5)
        with pytest.raises(DaogouError, match="allowed: an id is not of the type string"):
            self.fitted().recommend(["c00"], 5, allowed=[1])

    def test_is_fitted_first(self) -> None:
        with pytest.raises(DaogouError, match="not fitted"):
            self.make().recommend(["c00"], 5)
        with pytest.raises(DaogouError, match="not fitted"):
            self.make().to_bytes()

    def test_a_file_of_another_model_is_refused(self) -> None:
        class Other(type(self.fitted())):  # type: ignore[misc]
            """Another model."""

        with pytest.raises(DaogouError, match="this is a saved"):
            Other.from_bytes(self.fitted().to_bytes())

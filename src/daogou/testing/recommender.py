"""What every recommender promises."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from daogou.base.errors import DaogouError
from daogou.recommend import Interactions, Picks, Recommender
from daogou.recommend.ranking import Repeat

BOARD = 50


def checkerboard(rated: bool = False) -> Interactions:
    """Even customers took the even items and odd ones the odd, each all but the one of their own number."""
    pairs = [(c, i) for c in range(BOARD) for i in range(BOARD) if c % 2 == i % 2 and c != i]
    table = pa.table(
        {"customer_id": [c for c, _ in pairs], "item_id": [i for _, i in pairs], "stars": [5] * len(pairs)}
    )
    return Interactions.from_frame(table, value="stars" if rated else None)


def example_table(seed: int = 3, shuffle: int | None = None) -> pa.Table:
    """Purchases over 200 days by 60 customers of 80 items, some far more often than others; text ids."""
    chance = np.random.default_rng(seed)
    items = np.minimum(chance.geometric(0.05, 3_000), 80) - 1
    customers = (chance.integers(0, 60, 3_000) + items // 7) % 60
    days = chance.integers(0, 200, 3_000)
    order = np.arange(3_000) if shuffle is None else np.random.default_rng(shuffle).permutation(3_000)
    return pa.table(
        {
            "customer_id": [f"c{number:02}" for number in customers[order]],
            "item_id": [f"i{number:02}" for number in items[order]],
            "day": days[order],
        }
    )


def rated_table(seed: int = 3) -> pa.Table:
    """One rating of 0.5 to 5 stars a pair: the same customers and items, in the order of rows."""
    table = example_table(seed)
    pairs = dict.fromkeys(zip(table["customer_id"].to_pylist(), table["item_id"].to_pylist(), strict=True))
    chance = np.random.default_rng(seed)
    liking = {item: chance.integers(2, 10) for _customer, item in sorted(pairs)}
    stars = [float(np.clip(liking[item] + chance.integers(-3, 4), 1, 10) / 2) for _customer, item in pairs]
    return pa.table({"customer_id": [c for c, _ in pairs], "item_id": [i for _, i in pairs], "stars": stars})


def example(seed: int = 3, shuffle: int | None = None) -> Interactions:
    """The interactions of :func:`example_table`."""
    return Interactions.from_frame(example_table(seed, shuffle), when="day")


def same(a: Picks, b: Picks) -> bool:
    """Whether two picks are equal bit for bit."""
    return bool(np.array_equal(a.codes, b.codes) and np.array_equal(a.scores, b.scores, equal_nan=True))


class RecommenderContract:
    """Subclass it, and name your model: ``make = Mine``."""

    make: Callable[[], Recommender]
    personal = True  # False for a model that offers everyone the same
    on_ratings = False  # True for a model that learns ratings, of which equals fall in the order of rows

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

    def fitted(self) -> Recommender:
        """A model that learnt the example."""
        return self.make().fit(self.data())

    def test_finds_the_missing_field_of_a_checkerboard(self) -> None:
        model = self.make().fit(checkerboard(self.on_ratings))
        picks = model.recommend(range(BOARD), 3)
        # One field is missing from each row of its colour; whoever does not look at rows offers the first free field.
        right = range(BOARD) if self.personal else [0 if c % 2 or c == 0 else 1 for c in range(BOARD)]
        assert picks.items[:, 0].tolist() == list(right)
        if self.personal:
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
            assert self.make().fit(example(shuffle=1)).to_bytes() == learnt

    @pytest.mark.parametrize("later", [1, 40, 400])
    def test_an_update_is_a_fit_on_all(self, later: int) -> None:
        table = self.table()
        cut = len(table) - later
        model = self.make().fit(self.read(table.slice(0, cut)))
        more = table.slice(cut)
        assert model.update(self.read(more)) is model
        assert model.to_bytes() == self.fitted().to_bytes()
        again = model.update(self.read(more.slice(0, 0)))
        assert again.to_bytes() == self.fitted().to_bytes()

    def test_an_update_brings_new_customers_and_items(self) -> None:
        table = self.table()
        ids = {name: pa.array([value, value]) for name, value in (("customer_id", "a"), ("item_id", "z"))}
        ids["customer_id"] = pa.array(["a", "c00"])
        rest = {name: table[name].slice(0, 2) for name in table.column_names if name not in ids}
        more = pa.table({name: (ids | rest)[name] for name in table.column_names}, schema=table.schema)
        updated = self.fitted().update(self.read(more))
        assert updated.to_bytes() == self.make().fit(self.read(pa.concat_tables([table, more]))).to_bytes()

    def test_fit_changes_no_parameter_and_returns_the_model(self) -> None:
        model = self.make()
        assert model.fit(self.data()) is model
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
        model = self.make().fit(self.read(empty))
        asked: list[Any] = [1] if pa.types.is_integer(kind) else ["c00"]
        assert model.recommend(asked, 5).codes.tolist() == [[-1] * 5]
        assert model.explain(asked[0], asked[0]) == []
        assert type(model).from_bytes(model.to_bytes()).recommend(asked, 5).counts.tolist() == [0]

    def test_one_customer_with_one_item(self) -> None:
        model = self.make().fit(self.read(pa.table({"customer_id": [8], "item_id": [9]})))
        assert model.recommend([8], 2).counts.tolist() == [0]
        assert model.recommend([8], 2, repeat=True).items.tolist() == [[9, None]]

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

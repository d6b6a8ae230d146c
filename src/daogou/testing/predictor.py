"""What every predictor promises."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import ArrayLike

from daogou.predict import load
from daogou.predict.base import Predictor

ROWS = 2_000


def example(rows: int = ROWS, seed: int = 7) -> tuple[pa.Table, np.ndarray]:
    """A frame of numbers, booleans and texts, missing in places, and an event that the column ``days`` drives.

    The probability falls from about 0.9 at 0 days to about 0.05 at 100; "gold" members buy more.
    """
    chance = np.random.default_rng(seed)
    days = chance.integers(0, 100, rows).astype(np.float64)
    gold = chance.random(rows) < 0.3
    y = (chance.random(rows) < 1 / (1 + np.exp(days / 20 - 2 - gold))).astype(np.int8)
    missing = chance.random(rows) < 0.1
    frame = pa.table(
        {
            "days": pa.array(days, mask=missing),
            "orders": chance.poisson(3, rows),
            "level": pa.array(np.where(gold, "gold", "plain"), mask=chance.random(rows) < 0.1),
            "subscribed": chance.random(rows) < 0.5,
            "empty": pa.nulls(rows, pa.float64()),
        }
    )
    return frame, y


class PredictorContract:
    """Subclass it and name your model: ``make = Mine``, or a ``staticmethod`` where it takes the column ``days``."""

    make: Callable[[], Predictor]

    def test_probabilities_are_between_0_and_1_one_a_row(self) -> None:
        frame, y = example()
        probability = self.make().fit(frame, y).predict(frame.slice(0, 50))
        assert probability.shape == (50,)
        assert probability.dtype == np.float64
        assert (probability > 0).all()
        assert (probability < 1).all()

    def test_learns_what_drives_the_event(self) -> None:
        frame, y = example()
        later, happened = example(seed=8)
        probability = self.make().fit(frame, y).predict(later)
        loss = -np.log(np.where(happened == 1, probability, 1 - probability)).mean()
        base = -(y.mean() * np.log(y.mean()) + (1 - y.mean()) * np.log(1 - y.mean()))
        assert loss < 0.9 * base
        assert probability.mean() == pytest.approx(happened.mean(), abs=0.03)

    def test_comes_back_from_bytes_bit_for_bit(self) -> None:
        frame, y = example()
        model = self.make().fit(frame, y)
        again = load(model.to_bytes())
        assert again == model
        assert np.array_equal(again.predict(frame), model.predict(frame))
        assert again.to_bytes() == model.to_bytes()

    def test_learns_the_same_twice(self) -> None:
        frame, y = example()
        assert self.make().fit(frame, y).to_bytes() == self.make().fit(frame, y).to_bytes()

    def test_fit_changes_no_parameter_and_returns_the_model(self) -> None:
        frame, y = example()
        model = self.make()
        assert model.fit(frame, y) is model
        assert model == self.make()

    def test_a_row_does_not_depend_on_its_company(self) -> None:
        frame, y = example()
        model = self.make().fit(frame, y)
        order = np.random.default_rng(1).permutation(ROWS)
        assert model.predict(frame.take(order)) == pytest.approx(model.predict(frame)[order], abs=1e-12)
        assert model.predict(frame.slice(3, 1)) == pytest.approx(model.predict(frame)[3:4], abs=1e-12)

    def test_pandas_frames_do_as_well(self) -> None:
        frame, y = example()
        model = self.make().fit(frame.to_pandas(), y.tolist())
        assert model.predict(frame.to_pandas()) == pytest.approx(self.make().fit(frame, y).predict(frame), abs=1e-12)

    def test_values_never_seen_and_rows_with_nothing_known_get_a_probability(self) -> None:
        frame, y = example()
        strange = pa.table(
            {
                "days": pa.array([None, 1e9, -5.0]),
                "orders": pa.array([None, 10**9, 0], pa.int64()),
                "level": pa.array([None, "platinum", ""]),
                "subscribed": pa.array([None, True, False]),
                "empty": pa.array([None, 3.0, float("inf")]),
            }
        )
        probability = self.make().fit(frame, y).predict(strange)
        assert ((probability > 0) & (probability < 1)).all()

    def test_what_columns_add_adds_up_to_the_score(self) -> None:
        frame, y = example()
        few = frame.slice(0, 40)
        for model in (self.make().fit(frame, y), load(self.make().fit(frame, y).to_bytes())):
            told = model.contributions(few)
            assert told.values.shape == (40, len(told.names))
            assert set(told.names) <= set(frame.column_names)
            predicted = model.predict(few)
            if told.unit == "log-odds":
                assert 1 / (1 + np.exp(-told.scores)) == pytest.approx(predicted, abs=1e-9)
            else:  # kept inside 0 and 1
                assert np.clip(told.scores, predicted.min(), predicted.max()) == pytest.approx(predicted, abs=1e-9)
            assert model.contributions(few.slice(0, 0)).values.shape == (0, len(told.names))

    def test_what_drives_the_event_moves_the_score_most(self) -> None:
        frame, y = example()
        told = self.make().fit(frame, y).contributions(frame.slice(0, 200))
        moved = dict(zip(told.names, np.abs(told.values).mean(axis=0), strict=True))
        assert max(moved, key=moved.__getitem__) == "days"
        assert told.strongest(1).shape == (200, 1)

    def test_no_rows_in_no_rows_out(self) -> None:
        frame, y = example()
        assert self.make().fit(frame, y).predict(frame.slice(0, 0)).shape == (0,)

    def test_columns_are_found_by_name(self) -> None:
        frame, y = example()
        model = self.make().fit(frame, y)
        mixed = frame.select(frame.column_names[::-1]).append_column("new", pa.nulls(ROWS))
        assert np.array_equal(model.predict(mixed), model.predict(frame))

    def test_an_absent_column_is_named(self) -> None:
        frame, y = example()
        model = self.make().fit(frame, y)
        with pytest.raises(ValueError, match=r"absent here: .*days"):
            model.predict(frame.drop_columns(["days"]))

    @pytest.mark.parametrize("wrong", [[1] * ROWS, [0] * ROWS, [0.5, 1] * (ROWS // 2), [1, 0], [[1, 0]]])
    def test_an_outcome_that_cannot_be_learned_is_refused(self, wrong: list[float]) -> None:
        with pytest.raises(ValueError, match="y must"):
            self.make().fit(example()[0], wrong)

    def test_is_fitted_first(self) -> None:
        with pytest.raises(ValueError, match="fit"):
            self.make().predict(example()[0])


class RawPredictorContract(PredictorContract):
    """For models that learn from every column as people have them."""

    def test_the_raw_values_of_one_customer_are_enough(self) -> None:
        chance = np.random.default_rng(3)
        rows = [
            [int(age), gender, int(usage), plan]
            for age, gender, usage, plan in zip(
                chance.integers(18, 80, 400),
                chance.choice(["Male", "Female"], 400).tolist(),
                chance.integers(0, 200, 400),
                chance.choice(["Basic", "Premium"], 400).tolist(),
                strict=True,
            )
        ]
        y = [
            "Yes" if usage < 60 or (plan == "Basic" and chance.random() < 0.3) else "No" for _a, _g, usage, plan in rows
        ]
        table = pa.table(
            {name: [row[at] for row in rows] for at, name in enumerate(("age", "gender", "usage", "plan"))}
        )
        for learned in (rows, table):
            model = self.make().fit(learned, y)
            one, few, many = (
                model.predict(data) for data in ([30, "Male", 100, "Basic"], [[30, "Male", 5, "Basic"]], rows)
            )
            assert one.shape == few.shape == (1,)
            assert one[0] < few[0]
            assert many.shape == (400,)
        with pytest.raises(ValueError, match="a row has 3 values; there are 4 columns: age, gender, usage, plan"):
            model.predict([30, "Male", 100])

    def test_dates_and_prose_are_columns_too(self) -> None:
        chance = np.random.default_rng(5)
        days = chance.integers(0, 700, ROWS)
        angry = chance.random(ROWS) < 0.4
        odds = np.where(days < 350, 1.5, -1.5) + np.where(angry, 1.5, -1.5)
        y = (chance.random(ROWS) < 1 / (1 + np.exp(-odds))).astype(int)
        notes = [f"case {n}: {'refund please, angry' if bad else 'all is well here'}" for n, bad in enumerate(angry)]
        joined = np.datetime64("2022-01-01") + days
        frame = pa.table({"joined": joined.astype("datetime64[s]"), "told": joined.astype(str), "note": notes})
        model = self.make().fit(frame, y)
        probability = model.predict(frame)
        assert probability[(days < 350) & angry].min() > probability[(days >= 350) & ~angry].max()
        assert load(model.to_bytes()).predict(frame).tolist() == probability.tolist()

    @pytest.mark.parametrize(
        "values",
        [
            pa.nulls(ROWS, pa.float64()),
            pa.nulls(ROWS),
            pa.array([7.0] * ROWS),
            pa.array(["same"] * ROWS),
            pa.array([float("inf"), float("-inf")] * (ROWS // 2)),
            pa.array([f"customer {n}" for n in range(ROWS)]),
            pa.array([2**60 + 7 for _n in range(ROWS)]),
        ],
        ids=["missing", "without a type", "constant", "constant text", "infinite", "a level a row", "long numbers"],
    )
    def test_a_column_that_says_nothing_changes_little(self, values: pa.Array) -> None:
        frame, y = example()
        plain = self.make().fit(frame, y).predict(frame)
        wider = frame.append_column("nothing", values)
        assert np.abs(self.make().fit(wider, y).predict(wider) - plain).mean() < 0.02

    def test_only_columns_that_say_nothing_give_the_rate(self) -> None:
        frame = pa.table({"empty": pa.nulls(100, pa.float64()), "same": [1] * 100})
        assert self.make().fit(frame, [1] * 25 + [0] * 75).predict(frame) == pytest.approx(np.full(100, 0.25), abs=0.01)

    def test_no_columns_at_all_give_the_rate(self) -> None:
        frame = pa.table({"x": [1] * 100}).select([])
        assert self.make().fit(frame, [1] * 25 + [0] * 75).predict(frame) == pytest.approx(np.full(100, 0.25), abs=0.01)

    def test_numbers_near_the_end_of_what_there_is_are_learned_from(self) -> None:
        frame, y = example()
        huge = frame.append_column("huge", pa.array(np.where(y == 1, 1e308, -1e308)))
        probability = self.make().fit(huge, y).predict(huge)
        assert probability[y == 1].min() > probability[y == 0].max()

    def test_a_text_of_a_hundred_thousand_kinds_does_no_harm(self) -> None:
        rows = 100_000
        chance = np.random.default_rng(11)
        x = chance.normal(size=rows)
        y = (chance.random(rows) < 1 / (1 + np.exp(-x))).astype(int)
        frame = pa.table({"x": x, "name": [f"customer {n}" for n in range(rows)]})
        probability = self.make().fit(frame, y).predict(frame.slice(0, 1_000))
        seen = x[:1_000]
        assert probability[seen > 1].mean() > 0.65 > 0.35 > probability[seen < -1].mean()

    def test_columns_that_nobody_named_are_numbered(self) -> None:
        frame, y = example()
        plain = frame.select(["days", "orders"]).to_pandas()
        named = self.make().fit(plain, y).predict(plain)
        plain.columns = [0, 1]
        assert self.make().fit(plain, y).predict(plain) == pytest.approx(named, abs=1e-12)

    def test_cells_that_hold_lists_are_refused_by_the_name_of_their_column(self) -> None:
        frame, y = example()
        with pytest.raises(ValueError, match="column 'tags' holds Object"):
            self.make().fit(frame.to_pandas().assign(tags=[["a"]] * ROWS), y)

    def test_three_rows_are_learned_from(self) -> None:
        probability = self.make().fit([[1, "a"], [2, None], [3, "b"]], [0, 1, 1]).predict([[2, "c"], [None, None]])
        assert ((probability > 0) & (probability < 1)).all()

    def test_classes_are_probabilities_cut(self) -> None:
        frame, y = example()
        model = self.make().fit(frame, y)
        assert np.array_equal(model.classify(frame, at=0.3), model.predict(frame) >= 0.3)


class ValuePredictorContract:
    """For models with ``goal="value"``: subclass it and name how to make yours."""

    make: Callable[[], Predictor]

    def test_learns_an_amount_and_comes_back_from_bytes(self) -> None:
        frame, _y = example()
        orders = frame["orders"].to_numpy()
        gold = np.array([level == "gold" for level in frame["level"].to_pylist()])
        amount = 1_000 + 50 * orders + 200 * gold + np.random.default_rng(2).normal(0, 20, ROWS)
        model = self.make().fit(frame, amount)
        value = model.predict(frame)
        assert 1 - ((value - amount) ** 2).mean() / amount.var() > 0.85
        again = load(model.to_bytes())
        assert again == model
        assert np.array_equal(again.predict(frame), value)

    @pytest.mark.parametrize("wrong", [[np.nan] * ROWS, [np.inf] * ROWS, ["much"] * ROWS, [1.0]])
    def test_an_amount_that_is_none_is_refused(self, wrong: ArrayLike) -> None:
        with pytest.raises(ValueError, match="y must"):
            self.make().fit(example()[0], wrong)

    def test_a_value_has_no_class(self) -> None:
        frame, y = example()
        with pytest.raises(ValueError, match="no classes"):
            self.make().fit(frame, y).classify(frame)

    def test_one_amount_for_all_is_learned(self) -> None:
        frame, _y = example()
        assert self.make().fit(frame, [5.0] * ROWS).predict(frame) == pytest.approx(np.full(ROWS, 5.0), abs=1e-6)

"""What every uplift model promises."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import ArrayLike

from daogou.predict import UpliftModel

ROWS = 4_000


def trial(rows: int = ROWS, seed: int = 7, arms: int = 1) -> tuple[pa.Table, np.ndarray, np.ndarray, np.ndarray]:
    """A frame, who was treated at random, what came of it, and the true effect of shape (rows, arms).

    The action adds 3 where ``level`` is "new" and nothing to others, 0.3 more with each further arm; the
    outcome has a deviation of 1 and also follows ``days``.
    """
    chance = np.random.default_rng(seed)
    days = chance.integers(0, 100, rows).astype(np.float64)
    new = chance.random(rows) < 0.5
    treated = chance.integers(0, arms + 1, rows)
    effect = new[:, None] * np.array([3.0 + 0.3 * arm for arm in range(arms)])
    gained = np.where(treated > 0, effect[np.arange(rows), treated - 1], 0.0)
    outcome = days / 50 + gained + chance.normal(0, 1, rows)
    frame = pa.table(
        {
            "days": pa.array(days, mask=chance.random(rows) < 0.1),
            "level": np.where(new, "new", "old"),
            "orders": chance.poisson(3, rows),
            "joined": np.datetime64("2024-01-01") + chance.integers(0, 300, rows),
            "empty": pa.nulls(rows, pa.float64()),
        }
    )
    return frame, treated, outcome, effect


class UpliftContract:
    """Subclass it and name your model: ``make = Mine``."""

    make: Callable[[], UpliftModel]

    def test_effects_are_near_the_truth(self) -> None:
        frame, treated, outcome, _effect = trial()
        later, _treated, _outcome, truth = trial(seed=8)
        told = self.make().fit(frame, treated, outcome).effect(later)
        assert told.shape == (ROWS,)
        assert told.dtype == np.float64
        assert np.sqrt(((told - truth[:, 0]) ** 2).mean()) < 0.4
        assert told.mean() == pytest.approx(truth.mean(), abs=0.15)

    def test_several_arms_have_a_column_each(self) -> None:
        frame, treated, outcome, truth = trial(arms=3)
        model = self.make().fit(frame, np.array(["control", "a", "b", "c"])[treated], outcome)
        told = model.effect(frame)
        assert told.shape == (ROWS, 3)
        assert model.arms_ == ("a", "b", "c")
        assert np.sqrt(((told - truth) ** 2).mean()) < 0.6

    def test_an_event_gives_differences_of_probabilities(self) -> None:
        frame, treated, outcome, _truth = trial()
        event = (outcome > 2.5).astype(int)
        told = self.make().fit(frame, treated, event).effect(frame)
        new = np.array(frame["level"].to_pylist()) == "new"
        assert (np.abs(told) < 1.2).all()
        assert told[new].mean() == pytest.approx(
            event[new & (treated == 1)].mean() - event[new & (treated == 0)].mean(), abs=0.05
        )
        assert told[~new].mean() == pytest.approx(0, abs=0.08)

    def test_yes_and_no_and_pandas_frames_do_as_well(self) -> None:
        frame, treated, outcome, _truth = trial()
        event = (outcome > 2.5).astype(int)
        plain = self.make().fit(frame, treated, event).effect(frame)
        said = self.make().fit(
            frame.to_pandas(), np.where(treated == 1, "treated", "holdout"), np.where(event == 1, "yes", "no")
        )
        assert said.effect(frame.to_pandas()) == pytest.approx(plain, abs=1e-12)

    def test_comes_back_from_bytes_bit_for_bit(self) -> None:
        frame, treated, outcome, _truth = trial(800)
        for result in (outcome, (outcome > 2.5).astype(int)):
            model = self.make().fit(frame, treated, result)
            for again in (UpliftModel.from_bytes(model.to_bytes()), type(model).from_bytes(model.to_bytes())):
                assert again == model
                assert np.array_equal(again.effect(frame), model.effect(frame))
                assert again.to_bytes() == model.to_bytes()

    def test_learns_the_same_twice_and_changes_no_parameter(self) -> None:
        frame, treated, outcome, _truth = trial(800)
        model = self.make()
        assert model.fit(frame, treated, outcome) is model
        assert model == self.make()
        assert model.to_bytes() == self.make().fit(frame, treated, outcome).to_bytes()

    def test_a_row_does_not_depend_on_its_company(self) -> None:
        frame, treated, outcome, _truth = trial(800)
        model = self.make().fit(frame, treated, outcome)
        assert model.effect(frame.slice(3, 1)) == pytest.approx(model.effect(frame)[3:4], abs=1e-9)
        assert model.effect(frame.slice(0, 0)).shape == (0,)

    def test_values_never_seen_and_rows_with_nothing_known_get_an_effect(self) -> None:
        frame, treated, outcome, _truth = trial(800)
        strange = pa.table(
            {
                "days": pa.array([None, 1e9]),
                "level": pa.array([None, "platinum"]),
                "orders": pa.array([None, -5], pa.int64()),
                "joined": pa.array([None, None], pa.date32()),
                "empty": pa.array([None, float("inf")]),
            }
        )
        assert np.isfinite(self.make().fit(frame, treated, outcome).effect(strange)).all()

    def test_what_columns_add_adds_up_to_the_effect_and_names_what_drives_it(self) -> None:
        frame, treated, outcome, _truth = trial()
        model = self.make().fit(frame, treated, outcome)
        few = frame.slice(0, 40)
        told = model.contributions(few)
        assert told.scores == pytest.approx(model.effect(few), abs=1e-9)
        moved = dict(zip(told.names, np.ptp(told.values, axis=0), strict=True))
        assert max(moved, key=moved.__getitem__) == "level"
        assert model.contributions(few.slice(0, 0)).values.shape == (0, len(told.names))
        with pytest.raises(ValueError, match="arm must be 0 to 0"):
            model.contributions(few, arm=1)

    def test_a_propensity_that_is_known_is_taken(self) -> None:
        frame, _treated, _outcome, _truth = trial()
        chance = np.random.default_rng(3)
        new = np.array(frame["level"].to_pylist()) == "new"
        propensity = np.where(new, 0.8, 0.2)
        treated = (chance.random(ROWS) < propensity).astype(int)
        outcome = 4.0 * new + treated * (1 + new) + chance.normal(0, 1, ROWS)
        told = self.make().fit(frame, treated, outcome, propensity).effect(frame)
        assert told[new].mean() == pytest.approx(2, abs=0.2)
        assert told[~new].mean() == pytest.approx(1, abs=0.2)

    @pytest.mark.parametrize(
        ("treated", "outcome", "propensity", "says"),
        [
            ([1, 1, 1, 1], [0, 1, 0, 1], None, "control"),
            ([0, 0, 0, 0], [0, 1, 0, 1], None, "nobody was treated"),
            ([0, 0, 0, 1], [0, 1, 0, 1], None, "an arm has 1 row"),
            ([0, 1, 0, np.nan], [0, 1, 0, 1], None, "treated is missing"),
            ([0, 1, 0], [0, 1, 0, 1], None, "treated must have one value a row"),
            ([0, 1, 0, 1], [0, 1, 0], None, "outcome must have one value a row"),
            ([0, 1, 0, 1], [1, 1, 1, 1], None, "outcome is the same"),
            ([0, 1, 0, 1], [0, 1, np.nan, 1], None, "outcome must hold numbers"),
            ([0, 1, 0, 1], ["a", "b", "c", "d"], None, "outcome must hold numbers"),
            ([0, 1, 0, 1], [0, 1, 0, 1], 0.0, "propensity must lie between"),
            ([0, 1, 0, 1], [0, 1, 0, 1], [0.5, 0.5, 1.0, 0.5], "propensity must lie between"),
            ([0, 1, 0, 1], [0, 1, 0, 1], [0.5, np.nan, 0.5, 0.5], "propensity must lie between"),
            ([0, 1, 0, 1], [0, 1, 0, 1], [0.5, 0.5], "propensity must have shape"),
        ],
    )
    def test_what_cannot_be_learned_from_is_refused(
        self, treated: ArrayLike, outcome: ArrayLike, propensity: ArrayLike | None, says: str
    ) -> None:
        with pytest.raises(ValueError, match=says):
            self.make().fit(pa.table({"x": [1, 2, 3, 4]}), treated, outcome, propensity)

    def test_four_rows_and_columns_that_say_nothing_are_learned_from(self) -> None:
        frame = pa.table({"x": [1, 1, 1, 1], "empty": pa.nulls(4, pa.float64())})
        for outcome in ([0, 1, 0, 0], [1.0, 5.0, 1.0, 7.0]):
            assert np.isfinite(self.make().fit(frame, [0, 1, 0, 1], outcome).effect(frame)).all()

    def test_an_arm_without_any_event_is_learned_from(self) -> None:
        frame, treated, _outcome, _truth = trial(400)
        event = (treated == 1) & (np.arange(400) % 3 == 0)
        told = self.make().fit(frame, treated, event).effect(frame)
        assert told.mean() == pytest.approx(event[treated == 1].mean(), abs=0.08)

    def test_is_fitted_first_and_an_absent_column_is_named(self) -> None:
        frame, treated, outcome, _truth = trial(800)
        with pytest.raises(ValueError, match="fit the model first"):
            self.make().effect(frame)
        with pytest.raises(ValueError, match=r"absent here: .*days"):
            self.make().fit(frame, treated, outcome).effect(frame.drop_columns(["days"]))

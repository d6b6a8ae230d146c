"""Customers unlike all of a trial's: how many they are, and that they are told the effect of the nearest."""

import json
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from daogou.base import words
from daogou.predict import DRLearner, SLearner, TLearner, UpliftModel, XLearner
from daogou.predict.uplift_reach import Outside, Reach

MAKERS = [SLearner, TLearner, XLearner, DRLearner, lambda: TLearner(base="boosted")]


def trial(rows: int = 1_500) -> tuple[pa.Table, np.ndarray, np.ndarray]:
    """The effect grows with ``orders``, from 0 to 9, so that a line would foretell 30 and more for 100 orders."""
    chance = np.random.default_rng(3)
    orders, treated = chance.integers(0, 10, rows), chance.integers(0, 2, rows)
    frame = {
        "orders": orders,
        "level": np.array(["new", "old"])[chance.integers(0, 2, rows)],
        "joined": [date(2025, 1, 1) + timedelta(days=int(n)) for n in chance.integers(0, 100, rows)],
    }
    return pa.table(frame), treated, 0.3 * orders * treated + chance.normal(0, 1, rows)


def people(orders: object, level: object = "new", joined: object = date(2025, 2, 1)) -> pa.Table:
    return pa.table({"orders": [orders], "level": pa.array([level], pa.string()), "joined": [joined]})


@pytest.mark.parametrize("make", MAKERS)
def test_beyond_the_trials_range_the_effect_is_that_of_its_end(make: type[UpliftModel]) -> None:
    model = make().fit(*trial())
    at_end = model.effect(people(9))[0]
    for far in (people(100), people(10_000), people(1e90)):
        assert model.effect(far)[0] == at_end
    assert model.effect(people(-50))[0] == model.effect(people(0))[0]
    late = model.effect(people(9, joined=date(2025, 4, 10)))[0]
    assert model.effect(people(9, joined=date(2030, 4, 10)))[0] == pytest.approx(late, abs=0.2)


@pytest.mark.parametrize("make", MAKERS)
def test_a_text_or_a_gap_that_the_trial_never_held_is_read_as_the_usual_value(make: type[UpliftModel]) -> None:
    frame, treated, outcome = trial()
    model = make().fit(frame, treated, outcome)
    usual = max(("new", "old"), key=frame["level"].to_pylist().count)
    assert model.effect(people(3, "never seen"))[0] == model.effect(people(3, usual))[0]
    assert model.effect(people(3, None))[0] == model.effect(people(3, usual))[0]
    middle = float(np.median(frame["orders"].to_numpy()))
    assert model.effect(people(None))[0] == model.effect(people(middle))[0]


def test_reasons_add_up_to_the_effect_that_is_told() -> None:
    model = DRLearner().fit(*trial())
    told = model.contributions(people(100, "never seen"))
    assert told.base + told.values.sum() == pytest.approx(model.effect(people(100, "never seen"))[0])


def test_the_share_outside_and_its_columns_are_counted() -> None:
    frame, treated, outcome = trial()
    model = SLearner().fit(frame, treated, outcome)
    assert model.outside(frame) == Outside(0.0, 1_500, {})
    now = pa.concat_tables(
        [*[people(5)] * 6, people(10), people(11, "vip"), people(5, "vip"), people(5, "vip", date(2026, 2, 1))],
        promote_options="permissive",
    )
    assert model.outside(now) == Outside(0.4, 10, {"level": 0.3, "orders": 0.2, "joined": 0.1})
    assert model.outside(now.slice(0, 0)) == Outside(0.0, 0, {})


def test_rare_texts_are_known_where_the_trial_held_rare_texts() -> None:
    codes = np.array([[0], [1], [2]], dtype=np.int32)  # 2: any other text than the two levels
    reach = Reach.learn(np.empty((3, 0)), codes)
    assert reach.nearest(np.empty((1, 0)), np.array([[2]], dtype=np.int32))[1].tolist() == [[2]]
    fewer = Reach.learn(np.empty((2, 0)), codes[:2])
    assert fewer.nearest(np.empty((1, 0)), np.array([[2]], dtype=np.int32))[1].tolist() == [[0]]


def test_a_column_that_was_always_empty_tells_nothing_later_either() -> None:
    frame, treated, outcome = trial()
    empty = frame.append_column("shoe", pa.nulls(1_500, pa.float64()))
    model = DRLearner().fit(empty, treated, outcome)
    one, other = (people(5).append_column("shoe", pa.array([size], pa.float64())) for size in (42.0, None))
    assert model.effect(one)[0] == model.effect(other)[0]
    assert (model.outside(one).share, model.outside(other).share) == (1.0, 0.0)


def test_it_comes_back_from_bytes() -> None:
    model = DRLearner().fit(*trial())
    again = UpliftModel.from_bytes(model.to_bytes())
    far = people(100, "never seen")
    assert again.effect(far)[0] == model.effect(far)[0]
    assert again.outside(far) == model.outside(far)


@pytest.mark.parametrize(("code", "part"), [("en", "lie outside what the trial held"), ("zh", "超出了试验所见的范围")])
def test_it_is_said_in_both_languages(code: str, part: str) -> None:
    with words.language(code):
        said = Outside(0.004, 1_000, dict.fromkeys("abcd", 0.001)).said()
        assert part in said
        assert "1%" in said
        assert "…" in said
        assert Outside(0.0, 1_000, {}).said() == ""


def test_it_is_read_from_what_tables_keep() -> None:
    assert Outside.read(json.dumps({"share": 0.5, "rows": 2, "columns": {"a": 0.5}})) == Outside(0.5, 2, {"a": 0.5})
    assert Outside.read(None).share == 0

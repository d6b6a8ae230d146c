"""Effects told together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.measure.experiment.pooled import pooled


def drawn(rng: np.random.Generator, between: float, within: float) -> tuple[np.ndarray, ...]:
    kind = rng.integers(0, 5, 30)
    truth = 1 + (between * rng.normal(size=5))[kind] + within * rng.normal(size=30)
    error = rng.uniform(0.5, 3, 30)
    return truth, truth + error * rng.normal(size=30), error, kind


@pytest.mark.parametrize(("between", "within"), [(0.0, 0.0), (1.0, 0.5), (2.0, 2.0)])
def test_pooled_effects_are_nearer_the_truth_than_each_campaigns_own_and_cover(between, within):
    rng = np.random.default_rng(1)
    own = merged = hits = 0.0
    for _ in range(60):
        truth, seen, error, kind = drawn(rng, between, within)
        told = pooled(seen, error, kind).effects
        own += ((seen - truth) ** 2).mean()
        merged += ((np.array([one.value for one in told]) - truth) ** 2).mean()
        hits += np.mean([one.low <= t <= one.high for one, t in zip(told, truth, strict=True)])
    assert merged < 0.8 * own
    assert hits / 60 > 0.92


def test_the_next_campaign_lies_where_it_was_said_to():
    rng = np.random.default_rng(2)
    hits = []
    for _ in range(60):
        centre = rng.normal(size=6)
        kind = np.repeat(np.arange(6), 5)
        told = pooled(centre[kind] + rng.normal(0, 1.5, 30), np.ones(30), kind)
        hits += [told.next_in[k].low <= centre[k] + rng.normal(0, 1.118) <= told.next_in[k].high for k in range(6)]
    assert np.mean(hits) > 0.92


def test_sure_effects_stay_where_they_are():
    effect = np.array([0.0, 5.0, 10.0])
    told = pooled(effect, np.full(3, 1e-3)).effects
    np.testing.assert_allclose([one.value for one in told], effect, atol=0.01)


def test_effects_of_which_nothing_is_known_move_to_the_mean_of_their_kind():
    told = pooled(np.array([9.0, 9.2, 8.9, 1.0, 1.1, 50.0]), np.array([0.2] * 5 + [80.0]), np.array(list("aaabbb")))
    assert told.effects[5].value == pytest.approx(told.groups["b"].value, abs=1.0)
    assert told.groups["a"].value > 8
    assert told.groups["b"].value < 3


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 100), st.floats(-50, 50))
def test_another_currency_changes_nothing_but_the_unit(seed, scale, shift):
    _truth, seen, error, kind = drawn(np.random.default_rng(seed), 1.0, 1.0)
    one, other = pooled(seen, error, kind), pooled(seen * scale + shift, error * scale, kind)
    np.testing.assert_allclose(
        [e.value * scale + shift for e in one.effects], [e.value for e in other.effects], rtol=1e-6, atol=1e-6 * scale
    )


def test_a_single_effect_is_itself():
    told = pooled(np.array([2.0]), np.array([0.5]))
    assert (told.effects[0].value, told.overall.n) == (pytest.approx(2.0), 1)


def test_an_unknown_kind_is_less_sure_than_a_known_one():
    _truth, seen, error, kind = drawn(np.random.default_rng(3), 2.0, 0.5)
    told = pooled(seen, error, kind)
    assert told.next_elsewhere.high - told.next_elsewhere.low > max(e.high - e.low for e in told.next_in.values())


@pytest.mark.parametrize(("effect", "error"), [([1.0], [0.0]), ([np.nan], [1.0]), ([], []), ([1.0, 2.0], [1.0])])
def test_bad_input_is_refused(effect, error):
    with pytest.raises(ValueError, match="effect"):
        pooled(np.array(effect), np.array(error))

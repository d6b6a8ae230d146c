"""On the 2,357 customers of CDNOW that the papers print their figures of.

``cdnow.csv`` counts the customers of each purchase history, in whole days, and ``cdnow_value.csv`` those of each number
and mean of repeat purchases: what the figures rest on and no more. Source: Fader and Hardie's CDNOW sample, as the
package lifetimes (MIT) carries it; the papers count in weeks.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.predict import BGNBD, ParetoNBD

FOLDER = Path(__file__).parent
MODELS = [BGNBD, ParetoNBD]


@pytest.fixture(scope="module")
def cdnow():
    """(frequency, weeks to the last purchase, weeks to now, customers)."""
    x, t, T, customers = np.loadtxt(FOLDER / "cdnow.csv", delimiter=",", skiprows=1, unpack=True)
    return x, t / 7, T / 7, customers


@pytest.fixture(scope="module")
def fitted(cdnow):
    return {model: model().fit(*cdnow) for model in MODELS}


def test_bgnbd_has_the_published_parameters(fitted):
    model = fitted[BGNBD]
    published = {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258}  # Fader, Hardie and Lee (2005), table 2
    assert model.parameters_ == pytest.approx(published, rel=5e-4)
    assert model.log_likelihood_ == pytest.approx(-9582.43, abs=0.01)


def test_pareto_nbd_has_the_published_parameters(fitted):
    published = {"r": 0.5533, "alpha": 10.578, "s": 0.6062, "beta": 11.669}  # Fader and Hardie (2005)
    assert fitted[ParetoNBD].parameters_ == pytest.approx(published, rel=1e-3)
    assert fitted[ParetoNBD].log_likelihood_ == pytest.approx(-9594.98, abs=0.02)


def test_bgnbd_expects_what_the_paper_does(fitted):
    # customer 0001 of the paper's worked example: 2 repeats, the last in week 30.43 of 38.86; in the next 39 weeks
    assert fitted[BGNBD].expected(39, [2], [30.43], [38.86]) == pytest.approx([1.226], abs=0.002)


@pytest.mark.parametrize("model", MODELS)
def test_expectations_add_up_to_what_was_simulated(model):
    """A world of the model's own kind: alive and expected purchases are right on the whole within four errors."""
    chance = np.random.default_rng(1)
    n, now, ahead = 40_000, 40.0, 26.0
    pace = chance.gamma(0.8, 1 / 8.0, n)
    clock = np.cumsum(chance.exponential(1 / pace[:, None], (n, 60)), axis=1)
    if model is BGNBD:
        stays = chance.geometric(chance.beta(0.9, 2.5, n))  # gone after this many repeats
        end = np.where(stays <= 60, np.take_along_axis(clock, np.minimum(stays, 60)[:, None] - 1, axis=1)[:, 0], np.inf)
        clock = np.where(clock <= end[:, None], clock, np.inf)
    else:
        end = chance.exponential(1 / chance.gamma(0.7, 1 / 12.0, n))
        clock = np.where(clock < end[:, None], clock, np.inf)
    seen = clock <= now
    x, t = seen.sum(axis=1), np.where(seen, clock, 0.0).max(axis=1)
    later = ((clock > now) & (clock <= now + ahead)).sum(axis=1)
    found = model().fit(x, t, np.full(n, now))
    expected = found.expected(ahead, x, t, np.full(n, now))
    assert expected.sum() == pytest.approx(later.sum(), abs=4 * np.sqrt((later**2).sum()))
    alive = found.alive(x, t, np.full(n, now))
    assert alive.mean() == pytest.approx((end > now).mean(), abs=0.03)


@pytest.mark.parametrize("model", MODELS)
def test_longer_silence_is_less_alive_and_time_only_adds(model, fitted):
    alive = fitted[model].alive([5] * 30, np.arange(30) + 1, [40] * 30)
    assert (np.diff(alive) > 0).all()
    grown = [fitted[model].expected(time, [5], [30], [40])[0] for time in range(5)]
    assert grown[0] == pytest.approx(0, abs=1e-12)
    assert (np.diff(grown) > 0).all()


@pytest.mark.parametrize("model", MODELS)
def test_comes_back_from_bytes_bit_for_bit(model, fitted, cdnow):
    again = model.from_bytes(fitted[model].to_bytes())
    assert np.array_equal(again.expected(39, *cdnow[:3]), fitted[model].expected(39, *cdnow[:3]))
    assert again.to_bytes() == fitted[model].to_bytes()
    other = BGNBD if model is ParetoNBD else ParetoNBD
    with pytest.raises(ValueError, match="these bytes hold"):
        other.from_bytes(fitted[model].to_bytes())


@pytest.mark.parametrize("model", MODELS)
def test_customers_counted_or_listed_are_the_same(model, cdnow, fitted):
    listed = [np.repeat(values, cdnow[3].astype(int)) for values in cdnow[:3]]
    assert model().fit(*listed).parameters_ == pytest.approx(fitted[model].parameters_)
    assert fitted[model].distinct_ == 1_016


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        (([], [], []), "somebody in them"),
        (([1], [1, 2], [3]), "one shape"),
        (([0.5], [1], [3]), "whole numbers"),
        (([1], [np.nan], [3]), "nothing missing"),
        (([1], [4], [3]), "between 0 and age"),
        (([0], [1], [3]), "recency is 0 where frequency is"),
        (([0, 0], [0, 0], [3, 4]), "nobody bought again"),
    ],
)
@pytest.mark.parametrize("model", MODELS)
def test_histories_that_cannot_be_are_refused(model, told, problem):
    with pytest.raises(ValueError, match=problem):
        model().fit(*told)


def test_is_fitted_first_and_looks_ahead():
    with pytest.raises(ValueError, match="fit the model first"):
        BGNBD().alive([1], [1], [2])
    with pytest.raises(ValueError, match="time must be 0 or more"):
        BGNBD().expected(-1, [1], [1], [2])


def test_nobody_in_nobody_out(fitted):
    assert fitted[BGNBD].alive([], [], []).shape == (0,)


@given(st.integers(0, 200), st.floats(0, 1), st.floats(0.1, 500))
def test_alive_is_a_probability_and_expectations_are_finite(fitted, x, share, age):
    t = share * age if x else 0.0
    for model in fitted.values():
        assert 0 <= model.alive([x], [t], [age])[0] <= 1
        assert 0 <= model.expected(52, [x], [t], [age])[0] < np.inf


@pytest.mark.parametrize("make", MODELS)
def test_where_nobody_leaves_the_pace_is_learned_all_the_same(make):
    chance = np.random.default_rng(4)
    age, pace = chance.integers(100, 300, 1500), chance.gamma(1.4, 1 / 9, 1500)  # some buy over a hundred times
    frequency = chance.poisson(pace * age)
    recency = np.where(frequency > 0, np.ceil(age * (1 - chance.random(1500) / (frequency + 1))), 0)
    model = make().fit(frequency, recency, age)
    assert frequency.max() > 100
    assert model.parameters_["r"] == pytest.approx(1.4, rel=0.1)
    assert model.alive(frequency, recency, age).mean() > 0.97
    assert model.expected(90, frequency, recency, age).sum() == pytest.approx(90 * pace.sum(), rel=0.04)

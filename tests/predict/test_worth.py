from pathlib import Path

import numpy as np
import pytest

from daogou.base.errors import DaogouError
from daogou.base.words import language
from daogou.predict import BGNBD, GammaGamma, customer_value


@pytest.fixture(scope="module")
def values():
    """Frequency and mean value of the 946 customers of CDNOW who bought again; see test_lifetime.py."""
    x, m, customers = np.loadtxt(Path(__file__).parent / "cdnow_value.csv", delimiter=",", skiprows=1, unpack=True)
    return np.repeat(x, customers.astype(int)), np.repeat(m, customers.astype(int))


@pytest.fixture(scope="module")
def model(values):
    return GammaGamma().fit(*values)


def test_has_the_published_parameters(model, values):
    assert len(values[0]) == 946
    # Fader and Hardie (2013): p 6.25, q 3.74, v 15.44
    assert model.parameters_ == pytest.approx({"p": 6.25, "q": 3.74, "v": 15.45}, rel=3e-3)


def test_draws_each_to_the_mean_of_all(model):
    p, q, v = model.parameters_.values()
    whole = p * v / (q - 1)
    once, few, many = model.expected([0, 1, 100], [np.nan, 100, 100])
    assert once == pytest.approx(whole)
    assert whole < few < many < 100
    assert many == pytest.approx(100, rel=0.02)


def test_comes_back_from_bytes_bit_for_bit(model, values):
    again = GammaGamma.from_bytes(model.to_bytes())
    assert np.array_equal(again.expected(*values), model.expected(*values))
    assert again.correlation_ == model.correlation_ == pytest.approx(0.11, abs=0.02)
    with pytest.raises(ValueError, match="not a GammaGamma"):
        GammaGamma.from_bytes(b'{"kind": "BGNBD"}')


def test_is_refused_where_who_buys_often_pays_more():
    chance = np.random.default_rng(1)
    x = chance.poisson(5, 500) + 1
    m = x * 10 + chance.gamma(2, 5, 500)
    with pytest.raises(DaogouError, match=r"pays more a purchase: correlation 0\.9\d \(0\.9"):
        GammaGamma().fit(x, m)
    with language("zh"), pytest.raises(DaogouError, match="批发"):
        GammaGamma().fit(x, m)


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        (([1, 2], [3]), "one shape"),
        (([1], [np.nan]), "must have a value"),
        (([-1], [3]), "0 or more"),
        (([1] * 9, [3] * 9), "fewer than 10"),
    ],
)
def test_what_cannot_be_is_refused(told, problem):
    with pytest.raises(ValueError, match=problem):
        GammaGamma().fit(*told)
    with pytest.raises(ValueError, match="fit the model first"):
        GammaGamma().expected([1], [1])


def test_a_customer_is_worth_what_is_to_come():
    timing = BGNBD()
    timing.parameters_ = {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258}  # weeks
    who = ([2], [30.43], [38.86])
    plain = customer_value(timing, np.array([20.0]), *who, unit_days=7, days=39 * 7, discount=0, margin=0.5)
    assert plain == pytest.approx(timing.expected(39, *who) * 20 * 0.5)
    later = customer_value(timing, np.array([20.0]), *who, unit_days=7, days=39 * 7, discount=0.2, margin=0.5)
    assert 0.8 < later[0] / plain[0] < 1
    with pytest.raises(ValueError, match="must be above"):
        customer_value(timing, np.array([20.0]), *who, days=0)

import numpy as np
import pytest
from scipy.special import expit, logit

from daogou.predict import calibrate


def _drawn(intercept, slope, rows=200_000):
    chance = np.random.default_rng(2)
    p = expit(chance.normal(-1, 1.2, rows))
    return (chance.random(rows) < expit(intercept + slope * logit(p))).astype(float), p


@pytest.mark.parametrize(("intercept", "slope"), [(0.0, 1.0), (0.4, 0.7), (-0.3, 1.5)])
def test_line_finds_how_far_off_probabilities_are(intercept, slope):
    assert calibrate.line(*_drawn(intercept, slope)) == pytest.approx([intercept, slope], abs=0.03)


def test_line_without_an_end_is_no_number():
    assert np.isnan(calibrate.line(np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.1, 0.2, 0.8, 0.9]))).all()


def test_one_step_from_the_solution_stays_there():
    y, p = _drawn(0.2, 0.9, rows=1_000)
    found = calibrate.line(y, p)
    totals = calibrate.line_terms(y, p)(found).sum(axis=0)
    assert calibrate.newton_step(totals[None, :]) == pytest.approx(np.zeros((1, 2)), abs=1e-9)


def test_bins_hold_equally_many_rows_and_their_gap():
    p = np.linspace(0.05, 0.95, 100)
    terms = calibrate.bin_terms(np.zeros(100), p)
    assert ((terms != 0).sum(axis=0) == 10).all()
    assert terms.sum(axis=0)[0] == pytest.approx(p[:10].sum())

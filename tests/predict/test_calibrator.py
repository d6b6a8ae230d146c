import numpy as np
from scipy.special import expit, logit

from daogou.predict.calibrator import calibrated


def drawn(intercept, slope, rows=4_000):
    chance = np.random.default_rng(2)
    p = expit(chance.normal(-1, 1.2, rows))
    y = (chance.random(rows) < expit(intercept + slope * logit(p))).astype(float)
    half = np.arange(rows) % 2 == 0
    return y, p, np.arange(rows), [(half, ~half), (~half, half)]


def test_probabilities_that_are_off_are_set_right():
    calibrator, honest, verdict = calibrated(*drawn(0.4, 0.6))
    assert verdict == "used"
    assert abs(calibrator.intercept - 0.4) < 0.15
    assert abs(calibrator.slope - 0.6) < 0.1
    assert (np.argsort(calibrator.of(drawn(0.4, 0.6)[1])) == np.argsort(drawn(0.4, 0.6)[1])).all()
    assert not np.array_equal(honest, drawn(0.4, 0.6)[1])


def test_honest_probabilities_are_left_alone():
    calibrator, left, verdict = calibrated(*drawn(0.0, 1.0))
    assert (calibrator, verdict) == (None, "no better")
    assert np.array_equal(left, drawn(0.0, 1.0)[1])


def test_a_line_that_turns_the_ranking_round_is_refused():
    assert calibrated(*drawn(-1.0, -0.8))[2] == "flips"


def test_rows_in_order_of_their_date_whose_ranking_turns_round_later():
    # up to the middle the ranking is right, then it is the wrong way round: a line of the first part would harm
    y, p, who, _trials = drawn(0.0, 1.0)
    late = np.arange(4_000) >= 2_000
    y[late] = (np.random.default_rng(3).random(2_000) < 1 - p[late]).astype(float)
    calibrator, left, verdict = calibrated(y, p, who, [(~late, late)])
    assert (calibrator, verdict) == (None, "flips")
    assert np.array_equal(left, p)


def test_without_a_later_part_nothing_is_tried():
    y, p, who, _trials = drawn(0.4, 0.6)
    assert calibrated(y, p, who, [])[2] == "no better"

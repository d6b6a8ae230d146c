"""Promises against what happened, and when to train again."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from daogou.base.estimate import Estimate
from daogou.predict.drift import Shift
from daogou.predict.realised import Realised, again, apart, matters, realised

DAY = date(2024, 3, 1)
HITS = Estimate(60.0, 50.0, 70.0, 900)
STILL, MOVED = Shift(0.01, 0.01, 0.03, 900), Shift(0.6, 0.01, 0.03, 900)


def run(chance, shift=0.0, promised=None, n=3_000):
    """Scores of customers of whom rather more or fewer than promised then do it, by ``shift`` in log-odds."""
    log_odds = chance.normal(-1.5, 1.2, n)
    probability = 1 / (1 + np.exp(-log_odds))
    y = (chance.random(n) < 1 / (1 + np.exp(-log_odds - shift))).astype(int)
    loss = -(probability * np.log(probability) + (1 - probability) * np.log(1 - probability)).mean()
    card = promised or Estimate(float(loss), float(loss) - 0.02, float(loss) + 0.02, 2_000)
    return realised(DAY, y, probability, np.arange(n), card, HITS)


def test_expected_is_the_sum_of_probabilities_and_its_interval_that_of_independent_events():
    told = realised(DAY, np.array([1, 0, 0, 0]), np.array([0.1, 0.2, 0.3, 0.4]), np.arange(4), HITS, HITS)
    half = 1.959963984540054 * np.sqrt(0.09 + 0.16 + 0.21 + 0.24)
    assert told.expected.value == pytest.approx(1.0)
    assert (told.expected.low, told.expected.high) == (0.0, pytest.approx(1 + half))
    assert told.happened == 1


def test_honest_probabilities_are_off_as_often_as_the_interval_says():
    chance = np.random.default_rng(1)
    off = np.mean([run(chance).is_off for _try in range(400)])
    assert 0.02 < off < 0.09


def test_honest_probabilities_seldom_call_for_training():
    chance = np.random.default_rng(2)
    assert np.mean([run(chance).is_worse for _try in range(200)]) < 0.05


@pytest.mark.parametrize("shift", [-1.0, 1.0])
def test_probabilities_that_hold_no_longer_are_seen(shift):
    chance = np.random.default_rng(3)
    told = [run(chance, shift) for _try in range(20)]
    assert all(one.is_off for one in told)
    assert all((one.happened > one.expected.value) == (shift > 0) for one in told)


def test_a_loss_worse_by_less_than_both_intervals_is_chance():
    def with_loss(value):
        return Realised(DAY, HITS, 60, Estimate(value, value - 0.03, value + 0.03, 9), Estimate(0.5, 0.46, 0.54, 9),
                        HITS, HITS)  # fmt: skip

    assert not with_loss(0.549).is_worse
    assert with_loss(0.551).is_worse  # the half of the difference is the root of 0.03 ** 2 + 0.04 ** 2
    assert not with_loss(0.3).is_worse


def test_flagged_are_the_hundred_likeliest_and_of_few_a_tenth():
    probability = np.linspace(0.99, 0.01, 2_000)
    y = (np.arange(2_000) < 80).astype(int)
    assert realised(DAY, y, probability, np.arange(2_000), HITS, HITS).hits.value == 80
    few = realised(DAY, y[:50], probability[:50], np.arange(50), HITS, HITS)
    assert (few.hits.value, few.hits.n) == (100, 5)


def test_outcomes_of_the_runs_that_are_looked_at_do_not_overlap():
    daily = [DAY + timedelta(n) for n in range(200)]
    found = apart(daily, 28)
    assert found[0] == daily[-1]
    assert all((a - b).days == 28 for a, b in pairwise(found))
    assert len(found) == 6
    assert apart([], 28) == []


def test_the_columns_that_matter_make_up_four_fifths():
    assert matters({"a": 50.0, "b": 29.0, "c": 2.0, "d": 1.0}) == {"a", "b"}
    assert matters({}) == set()
    assert matters({"a": 0.0}) == set()


class TestAgain:
    NEXT = DAY + timedelta(10)

    def test_without_a_sign_after_so_many_days(self):
        assert again(DAY, self.NEXT, 56, [STILL], []).by == DAY + timedelta(56)
        assert again(DAY, self.NEXT, 56, [STILL], []).why == ()

    def test_after_drift_as_soon_as_there_is_more_to_learn_from(self):
        told = again(DAY, self.NEXT, 56, [STILL, MOVED], [])
        assert (told.by, told.why) == (self.NEXT, ("inputs",))

    def test_never_later_than_for_its_age(self):
        assert again(DAY, DAY + timedelta(90), 56, [MOVED], []).by == DAY + timedelta(56)

    def test_the_latest_run_decides_whether_scores_were_worse(self):
        chance = np.random.default_rng(4)
        low = Estimate(0.05, 0.04, 0.06, 900)
        worse, fine = run(chance, promised=low), run(chance)
        later = Realised(DAY + timedelta(28), *list(vars(fine).values())[1:])
        assert again(DAY, self.NEXT, 56, [], [worse]).why == ("realised",)
        assert again(DAY, self.NEXT, 56, [], [worse, later]).why == ()
        assert again(DAY, self.NEXT, 56, [MOVED], [worse]).why == ("inputs", "realised")

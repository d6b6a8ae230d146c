"""Rare outcomes: events are counted, and below 30 in a group nothing but a test is advised."""

import numpy as np
import pytest

from daogou.base import words
from daogou.measure.uplift_advice import advise
from daogou.measure.uplift_kept import from_json, to_json
from daogou.measure.uplift_rare import NEEDED, fewest_events
from daogou.measure.uplift_sentences import headline


def arms(rows: int = 200) -> np.ndarray:
    return np.arange(rows) % 2


@pytest.mark.parametrize(("yes", "no"), [(1.0, 0.0), (0.0, 1.0), (80.0, 0.0), (0.0, 80.0), (-20.0, 0.0)])
def test_events_are_what_most_customers_do_not_do(yes: float, no: float) -> None:
    """Buyers, leavers, orders and refunds: whichever is rarer."""
    outcome = np.full(200, no)
    outcome[[0, 2, 4, 1]] = yes
    assert fewest_events(arms(), outcome) == 1
    assert fewest_events(np.where(arms() == 1, 2, np.arange(200) % 4 // 2), outcome) == 1


def test_amounts_that_all_differ_are_no_events() -> None:
    assert fewest_events(arms(), np.arange(200.0)) is None
    mostly = np.where(np.arange(200) < 120, 0.0, np.arange(200.0))
    assert fewest_events(arms(), mostly) == 40


def test_a_household_counts_once() -> None:
    outcome = np.zeros(200)
    outcome[:20] = 1
    home = np.arange(200) // 10  # two homes with ten buyers each
    assert fewest_events(arms(), outcome) == 10
    assert fewest_events(arms(), outcome, home) == 2


def rare(events: int | None, value: float = 5.0):  # type: ignore[no-untyped-def]
    """Scores that leave no doubt about ``value``."""
    chance = np.random.default_rng(1)
    score = value + chance.normal(0, 1, 1_000)
    return advise({"model": score * 0}, score, np.arange(1_000) % 5, 0.1, events=events)


@pytest.mark.parametrize("value", [5.0, -5.0])
def test_below_thirty_events_the_advice_is_a_test_whatever_intervals_say(value: float) -> None:
    sure = "all" if value > 0 else "nobody"
    assert rare(NEEDED - 1, value).action == "test"
    assert rare(0, value).action == "test"
    assert rare(NEEDED, value).action == rare(None, value).action == sure
    assert NEEDED == 30


@pytest.mark.parametrize("code", ["en", "zh"])
def test_it_says_how_many_events_there_are_and_how_many_are_needed(code: str) -> None:
    advice = rare(12)
    assert advice.enough == 2_500
    again = from_json(to_json(advice))
    assert again == advice
    with words.language(code):
        said = headline(again, str)
        assert all(number in said for number in ("12", "30", "2,500", "1,000"))
        assert "0" in headline(rare(0), str)
    assert rare(0).enough is None


def test_without_anything_to_gain_few_events_would_send_nobody_more_often_than_said() -> None:
    """What 30 rests on: a message that makes four of one event, priced so that it gains nothing.

    Intervals of 95 % should err on the low side in 2.5 of 100. Poisson counts add up exactly, without chance.
    """
    from scipy.stats import poisson

    def wrongly(events: int) -> float:
        treated, control = np.arange(6 * events + 60), np.arange(3 * events + 40)
        chance = poisson.pmf(treated, 4 * events)[:, None] * poisson.pmf(control, events)
        gain = treated[:, None] - control - 3 * events
        return float(chance[gain + 1.96 * np.sqrt(treated[:, None] + control) < 0].sum())

    assert wrongly(NEEDED) < 0.03 < wrongly(NEEDED // 2)


def test_trials_that_hold_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="without a control group"):
        fewest_events([1, 1], [0, 1])

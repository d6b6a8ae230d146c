"""What is advised, on held-out effects and scores whose truth is known; promises, tenths, curves and words."""

import json
from itertools import pairwise

import numpy as np
import pytest

from daogou.base import words
from daogou.measure.uplift_advice import Advice, advise
from daogou.measure.uplift_curve import cost_curve
from daogou.measure.uplift_kept import from_json, to_json
from daogou.measure.uplift_policy import Shrinkage, best, earned, mean
from daogou.measure.uplift_sentences import headline, lines
from daogou.measure.uplift_tenths import tenths

ROWS = 6_000


def told(truth: np.ndarray, cost: object = 0.1, noise: float = 2.0, error: float = 0.1, seed: int = 1, **more: object):  # type: ignore[no-untyped-def]
    """Advice where the model errs by ``error`` and scores scatter by ``noise`` around the truth."""
    chance = np.random.default_rng(seed)
    effect = truth + chance.normal(0, error, truth.shape)
    score = truth + chance.normal(0, noise, truth.shape)
    return advise({"model": effect}, score, chance.integers(0, 5, len(truth)), cost, **more)


def half(high: float, low: float, rows: int = ROWS) -> np.ndarray:
    return np.where(np.arange(rows) % 2 == 0, high, low)


def test_where_half_lose_by_it_the_other_half_are_chosen() -> None:
    advice = told(half(0.6, -0.5))
    assert advice.action == "target"
    assert advice.share == pytest.approx(0.5, abs=0.02)
    assert advice.profits["targeted"].low < 0.25 < advice.profits["targeted"].high
    assert advice.over["all"].low > 0
    assert advice.expected is advice.profits["targeted"]


@pytest.mark.parametrize(
    ("effect", "action"), [(0.5, "all"), (-0.2, "nobody"), (0.1, "test")], ids=["pays", "does not", "not known"]
)
def test_where_all_are_alike_no_choice_is_claimed(effect: float, action: str) -> None:
    advice = told(np.full(ROWS, effect))
    assert advice.action == action
    assert (advice.enough is not None) == (action == "test")


def test_targeting_is_claimed_by_chance_less_than_one_time_in_twenty() -> None:
    claimed = [told(np.full(1_000, effect), seed=seed).action for effect in (0.1, 0.15) for seed in range(150)]
    assert claimed.count("target") <= 12


def test_several_arms_are_chosen_among() -> None:
    truth = np.eye(3)[np.arange(ROWS) % 3]
    advice = told(truth, [0.1, 0.1, 0.1], arms=("a", "b", "c"))
    assert advice.action == "target"
    assert advice.choose(truth, [0.1, 0.1, 0.1]).tolist()[:4] == [1, 2, 3, 1]
    assert advice.profits["targeted"].value == pytest.approx(0.9, abs=0.1)
    assert advice.profits["all"].value == pytest.approx(1 / 3 - 0.1, abs=0.1)


def test_the_better_arm_is_named_where_all_should_get_it() -> None:
    advice = told(np.tile([0.2, 0.8], (ROWS, 1)), [0.1, 0.1], arms=("mail", "call"))
    assert (advice.action, advice.everyone) == ("all", 1)
    assert advice.choose([[0.2, 0.8]], [0.1, 0.1]).tolist() == [2]
    with words.language("en"):
        assert "Send to all (call)" in headline(advice, str)


def test_a_cost_a_customer_decides_too() -> None:
    """All gain 0.5; a message to every other one costs 1."""
    cost = half(1.0, 0.1)
    advice = told(np.full(ROWS, 0.5), cost)
    assert advice.action == "target"
    assert advice.choose(np.full(4, 0.5), cost[:4]).tolist() == [0, 1, 0, 1]


def test_the_best_of_two_models_is_used() -> None:
    chance = np.random.default_rng(2)
    truth = half(0.6, -0.5)
    score, fold = truth + chance.normal(0, 2, ROWS), chance.integers(0, 5, ROWS)
    advice = advise({"noise": chance.normal(0, 1, ROWS), "good": truth}, score, fold, 0.1)
    assert advice.model == "good"
    assert advice.action == "target"


def test_effects_that_overshoot_are_shrunk_to_what_the_trial_shows() -> None:
    chance = np.random.default_rng(3)
    truth = chance.normal(0.2, 0.3, 50_000)
    score = truth + chance.normal(0, 1, 50_000)
    shrinkage = Shrinkage.learn((3 * truth)[:, None], score[:, None])
    assert shrinkage.slope[0] == pytest.approx(1 / 3, abs=0.03)
    assert np.abs(shrinkage.of((3 * truth)[:, None])[:, 0] - truth).mean() < 0.02
    assert Shrinkage.learn(-truth[:, None], score[:, None]).slope == (0.0,)
    assert Shrinkage.learn(np.ones((50, 1)), score[:50, None]).slope == (0.0,)


def test_what_is_promised_is_what_is_delivered() -> None:
    """Models whose effects are mostly noise promise far too much; after shrinkage promise and truth agree."""
    promised, delivered, unshrunk = [], [], []
    for seed in range(60):
        chance = np.random.default_rng(seed)
        truth = chance.normal(0.1, 0.2, 3_000)
        effect = truth + chance.normal(0, 0.4, 3_000)
        score = truth + chance.normal(0, 1.5, 3_000)
        advice = advise({"model": effect}, score, chance.integers(0, 5, 3_000), 0.1)
        gain = advice.shrinkage.of(effect[:, None]) - 0.1
        chosen = best(gain, np.zeros_like(gain))
        promised.append(advice.promised)
        delivered.append(earned(chosen, truth[:, None], np.full((3_000, 1), 0.1)).mean())
        unshrunk.append(np.maximum(effect - 0.1, 0).mean())
    assert np.mean(promised) == pytest.approx(np.mean(delivered), rel=0.15)
    assert np.mean(unshrunk) > 3 * np.mean(delivered)


def test_the_measured_profit_is_no_winner_of_its_own_choice() -> None:
    """Ten models of noise: the best of them on the same rows looks good, the held-out profit is 0 on average."""
    found = []
    for seed in range(80):
        chance = np.random.default_rng(seed)
        effects = {str(n): chance.normal(0, 1, 1_000) for n in range(10)}
        fold = chance.integers(0, 5, 1_000)
        found.append(advise(effects, chance.normal(0, 1, 1_000), fold, 0.0).profits["targeted"].value)
    assert np.mean(found) == pytest.approx(0, abs=3 * np.std(found) / np.sqrt(80))


def test_intervals_hold_the_truth_19_times_in_20() -> None:
    inside = 0
    for seed in range(200):
        chance = np.random.default_rng(seed)
        one = mean(chance.exponential(1, 500), np.arange(500))
        inside += one.low <= 1 <= one.high
    assert 181 <= inside <= 198


def test_alike_households_widen_the_interval() -> None:
    values = np.repeat(np.random.default_rng(4).normal(size=200), 5)
    alone, together = mean(values, np.arange(1_000)), mean(values, np.repeat(np.arange(200), 5))
    assert together.high - together.low == pytest.approx((alone.high - alone.low) * np.sqrt(5), rel=0.05)
    assert np.isnan(mean(values[:25], np.repeat(np.arange(5), 5)).low)


def test_tenths_show_what_was_told() -> None:
    chance = np.random.default_rng(5)
    truth = chance.normal(0, 1, 20_000)
    found = tenths(truth, truth + chance.normal(0, 1, 20_000), np.arange(20_000))
    assert [one.number for one in found] == list(range(1, 11))
    assert all(first.told > second.told for first, second in pairwise(found))
    assert sum(one.agrees for one in found) >= 8
    assert sum(one.agrees for one in tenths(3 * truth, truth, np.arange(20_000))) <= 2
    assert len(tenths(np.zeros(100), truth[:100], np.arange(100))) == 1


def test_the_curve_rises_while_it_pays_and_ends_at_all() -> None:
    truth = half(0.6, -0.5)[:, None]
    cost = np.full((ROWS, 1), 0.1)
    points = cost_curve(truth, truth, cost, np.arange(ROWS))
    assert [point.share for point in (points[0], points[10], points[20])] == [0, 0.5, 1]
    assert points[0].profit.value == 0
    assert points[10].profit.value == pytest.approx(0.25)
    assert points[20].profit.value == pytest.approx((truth - cost).mean())
    assert points[20].spent == pytest.approx(0.1)


def test_where_costs_differ_money_goes_first_where_it_buys_most() -> None:
    """All gain 1; half cost 0.9 and half 0.1: the cheap ones come first."""
    cost = half(0.9, 0.1)[:, None]
    points = cost_curve(np.ones((ROWS, 1)), np.ones((ROWS, 1)), cost, np.arange(ROWS))
    assert points[10].spent == pytest.approx(0.05)
    assert points[10].profit.value == pytest.approx(0.45)
    free = cost_curve(np.array([[0.1], [-0.1], [0.3]]), np.ones((3, 1)), np.array([[0.0], [0.0], [0.5]]), np.arange(3))
    assert free[7].spent == 0  # the one that is free and gains is first


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("effect", [half(0.6, -0.5), np.full(ROWS, 0.5), np.full(ROWS, -0.2), np.full(ROWS, 0.1)])
def test_every_advice_is_said_and_comes_back_from_json(effect: np.ndarray, code: str) -> None:
    advice = told(effect, response=effect, warnings=["Beware."])
    again: Advice = from_json(to_json(advice))
    assert again == advice
    json.loads(to_json(advice))
    with words.language(code):
        said = lines(again, lambda value: f"{value:.3f}")
    assert "Beware." in said
    assert f"{advice.profits['targeted'].value:.3f}" in "".join(said)
    assert not any("{" in line for line in said)


def test_a_test_says_how_many_would_be_enough() -> None:
    advice = told(np.full(ROWS, 0.1), cost=0.08, noise=3.0)
    with words.language("en"):
        said = headline(advice, str)
    assert advice.action == "test"
    assert "Test before you send" in said
    assert f"{advice.enough:,}" in said
    assert advice.choose(np.ones(3), 0.1).tolist() == [0, 0, 0]


def test_few_customers_get_no_interval_and_no_claim() -> None:
    advice = told(half(5.0, -5.0, 8), noise=0.1)
    assert advice.action == "test"
    with words.language("en"):
        assert "too few to say how sure" in headline(advice, str)


@pytest.mark.parametrize(
    ("effects", "scores", "fold", "says"),
    [
        ({}, [1, 2], [0, 1], "no model"),
        ({"a": [1]}, [1, 2], [0, 1], "a has shape"),
        ({"a": [1, np.nan]}, [1, 2], [0, 1], "a is missing"),
        ({"a": [1, 2]}, [1, np.inf], [0, 1], "scores is missing"),
        ({"a": [1, 2]}, [1, 2], [0, 0], "two folds"),
        ({"a": [1, 2]}, [1, 2], [0, 1, 2], "fold and units"),
    ],
)
def test_what_cannot_be_advised_on_is_refused(effects: dict, scores: list, fold: list, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        advise(effects, scores, fold, 0.1)

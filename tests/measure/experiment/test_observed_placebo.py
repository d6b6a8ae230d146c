"""Made-up shops whose truth is known: how far the figures without lots keep their word, and what the placebo finds."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from daogou.base.estimate import Estimate
from daogou.measure.experiment.observed import Observed, observe
from daogou.measure.experiment.placebo import detectable, doubts, region_doubts

Array = np.ndarray[Any, Any]

EFFECT, START = 5.0, 13  # currency a person; the period in which the campaign runs, of 14 of four weeks each


@dataclass(frozen=True)
class Shop:
    """What people spent and how often they bought, shape (people, periods)."""

    spent: Array
    orders: Array
    often: Array  # nobody records it

    def known(self, period: int) -> Array:
        """Spend and orders of the last 1, 2, 3, 6 and 12 periods, and how many have passed since the last order."""
        made = []
        for back in (1, 2, 3, 6, 12):
            window = slice(max(period - back, 0), period)
            made += [self.spent[:, window].sum(axis=1), self.orders[:, window].sum(axis=1)]
        bought = self.orders[:, :period][:, ::-1] > 0
        since = np.where(bought.any(axis=1), bought.argmax(axis=1), np.nan)
        return np.column_stack([*made, since])


def shop(rng: np.random.Generator, people: int) -> Shop:
    """Some buy often and some hardly ever; amounts are lognormal, so that a few carry the mean."""
    often, size = rng.gamma(1.0, 3.0, people), np.exp(rng.normal(0, 0.5, people))
    orders = rng.poisson(often[:, None], (people, START + 1))
    spent = np.zeros(orders.shape)
    for number in range(1, orders.max() + 1):
        buys = orders >= number
        spent[buys] += np.exp(rng.normal(0, 1.0, buys.sum()))
    return Shop(20 * size[:, None] * spent, orders, often * size)


def reached(rng: np.random.Generator, z: Array, share: float) -> Array:
    """By lots that favour a high ``z``: odds 2.7 times as high a deviation."""
    z = (z - z.mean()) / z.std()
    low, high = -20.0, 20.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if (1 / (1 + np.exp(-middle - z))).mean() > share else (middle, high)
    return np.asarray(rng.random(len(z)) < 1 / (1 + np.exp(-low - z)))


def reading(seed: int, chosen: str, people: int = 2400, share: float = 0.1) -> tuple[Observed, Observed]:
    """The figure of a campaign that brought ``EFFECT`` to each, and the placebo. ``chosen``: by what people were."""
    rng = np.random.default_rng(seed)
    made = shop(rng, people)
    spent = made.spent
    if chosen == "a new habit":
        habit = rng.normal(size=people)
        spent[:, START - 1 :] *= np.exp(0.3 * habit)[:, None]
        z = habit
    elif chosen == "a habit to come":
        z = rng.normal(size=people)
        spent[:, START:] *= np.exp(0.3 * z)[:, None]
    elif chosen == "their true rate":
        z = np.log(made.often)
    else:
        window = {"spend until two months before": (7, 12), "spend of three months": (10, 13), "last month": (12, 13)}
        z = np.log1p(spent[:, slice(*window[chosen])].sum(axis=1))
    treated = reached(rng, z, share)
    with threadpool_limits(1):
        found = observe(0.25 * spent[:, START] + EFFECT * treated, treated, made.known(START))
        placebo = observe(0.25 * spent[:, START - 1], treated, made.known(START - 1))
    return found, placebo


def told(chosen: str, trials: int = 100, **shape: Any) -> dict[str, float]:
    """Over many shops: share of intervals that hold the truth, bias, and how often each doubt is raised."""
    pairs = [reading(seed, chosen, **shape) for seed in range(trials)]
    against = [doubts(*pair) for pair in pairs]
    return {
        "cover": float(np.mean([found.effect.low <= EFFECT <= found.effect.high for found, _placebo in pairs])),
        "bias": float(np.mean([found.effect.value - EFFECT for found, _placebo in pairs])),
        "half": float(np.mean([(found.effect.high - found.effect.low) / 2 for found, _placebo in pairs])),
        "placebo": float(np.mean(["placebo" in one for one in against])),
        "refuted": float(np.mean([bool(one) for one in against])),
    }


def test_intervals_hold_the_truth_where_all_that_chose_people_is_known():
    """A tenth of 2,400 reached for what they spent until two months before: 92 % or more, and hardly any alarm."""
    found = told("spend until two months before")
    assert found["cover"] >= 0.92
    assert abs(found["bias"]) < 1
    assert found["placebo"] <= 0.12


def test_the_plain_difference_would_not_hold_it():
    rng = np.random.default_rng(0)
    made = shop(rng, 2400)
    treated = reached(rng, np.log1p(made.spent[:, 7:12].sum(axis=1)), 0.1)
    y = 0.25 * made.spent[:, START]
    assert y[treated].mean() - y[~treated].mean() > 4 * EFFECT


def test_the_placebo_finds_a_hidden_reason_that_was_there_before_the_start():
    found = told("a new habit", trials=60)
    assert found["bias"] > EFFECT / 2
    assert found["placebo"] >= 0.7


def test_the_placebo_cannot_find_what_begins_with_the_campaign():
    """So that nobody takes "not refuted" for proof: the figure is wrong, and nothing says so."""
    found = told("a habit to come", trials=60)
    assert found["bias"] > EFFECT / 2
    assert found["placebo"] <= 0.15


def nothing_against(effect: Estimate) -> Observed:
    x = np.tile([0.0, 1.0], 400)
    found = observe(np.tile([0.0, 1.0, 2.0, 3.0], 200), np.repeat([0, 1], 400), x)
    return Observed(effect, found.overlap, found.before, found.after, found.reached, found.others)


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(-1.0, 1.0, []), (0.1, 1.0, ["placebo"]), (-1.0, -0.1, ["placebo"])]
)
def test_a_placebo_refutes_where_its_interval_leaves_nothing_out(low, high, expected):
    figure = nothing_against(Estimate(3.0, 2.0, 4.0, 800))
    assert doubts(figure, nothing_against(Estimate((low + high) / 2, low, high, 800))) == expected


def test_a_placebo_that_cannot_be_made_leaves_the_figure_in_doubt():
    figure = nothing_against(Estimate(3.0, 2.0, 4.0, 800))
    few = observe(np.arange(300.0), np.arange(300) < 50, np.zeros(300))
    assert doubts(figure, few) == ["too_few"]
    unlike = observe(np.arange(6000.0), np.arange(6000) < 3000, np.repeat([1.0, 0.0], 3000))
    assert doubts(figure, unlike)[0] == "no_overlap"


@pytest.mark.parametrize("reached", [100, 300, 1000])
def test_those_reached_who_have_what_nobody_else_has_are_never_believed(reached):
    """Few people teach a careful model little: what it does not call unlike, the balance does."""
    rng = np.random.default_rng(6)
    treated = np.arange(1600) < reached
    x = np.column_stack([treated, rng.normal(size=(1600, 20))])
    found = observe(rng.normal(size=1600), treated, x)
    assert set(doubts(found, nothing_against(Estimate(0.0, -1.0, 1.0, 800)))) & {"no_overlap", "unbalanced"}


def test_groups_that_still_differ_after_weighing_are_named():
    rng = np.random.default_rng(2)
    x = rng.normal(size=1000)
    treated = rng.random(1000) < 1 / (1 + np.exp(-2 * x))
    quiet = nothing_against(Estimate(0.0, -1.0, 1.0, 800))
    blind = observe(x, treated, np.zeros((1000, 0)))
    seen = observe(x, treated, x)
    assert doubts(Observed(blind.effect, 1.0, seen.before, seen.before, 500, 500.0), quiet) == ["unbalanced"]


def test_detectable_is_the_error_found_in_four_of_five_cases():
    rng = np.random.default_rng(3)
    one = Estimate(0.0, -1.96, 1.96, 500)
    assert np.mean(np.abs(rng.normal(detectable(one), 1.0, 100_000)) > 1.96) == pytest.approx(0.8, abs=0.01)
    assert np.isnan(detectable(Estimate(1.0, np.nan, np.nan, 5)))


def test_regions_without_an_interval_are_too_few():
    nothing = Estimate(1.0, np.nan, np.nan, 8)
    some = Estimate(1.0, 0.5, 1.5, 40)
    assert region_doubts(nothing, some) == region_doubts(some, nothing) == ["too_few"]
    assert region_doubts(some, Estimate(0.0, -1.0, 1.0, 40)) == []

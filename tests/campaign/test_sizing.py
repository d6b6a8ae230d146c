"""How many are held out."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.campaign.power import Spread, visible_effect
from daogou.campaign.sizing import Floor, Wanted, chosen_size, given_size

effects = st.floats(0.02, 2.0)
units = st.integers(10, 5000)


@given(units=units, effect=effects)
def test_it_is_the_least_that_finds_the_effect_and_never_more_than_half(units: int, effect: float) -> None:
    spread = Spread(1.0, 1.0, units)
    size = chosen_size(spread, [Wanted(1.0, effect)])
    assert 2 * size.held_out <= units
    shows = [float(visible_effect(spread, k, units - k)) for k in (size.held_out - 1, size.held_out)]
    assert size.detects == (shows[1] <= effect)
    if size.detects:
        assert not shows[0] <= effect  # one fewer would not
        assert size.campaigns == 1
    else:
        assert size.held_out == units // 2
        assert size.campaigns is not None
        assert size.campaigns >= 2


@given(units=units, effect=st.floats(0.005, 0.1))
def test_so_many_campaigns_read_together_find_it_and_fewer_do_not(units: int, effect: float) -> None:
    size = chosen_size(Spread(1.0, 1.0, units), [Wanted(1.0, effect)])
    if size.campaigns is None or size.detects:
        return

    def shown(campaigns: int) -> float:
        variance = float(visible_effect(Spread(1.0, 1.0, units), size.held_out, units - size.held_out)) ** 2
        return math.sqrt(variance / campaigns)

    assert shown(size.campaigns) <= effect * (1 + 1e-9)
    assert size.campaigns == 2 or shown(size.campaigns - 1) > effect


def test_every_arm_must_find_its_own_effect() -> None:
    spread = Spread(1.0, 1.0, 20_000)
    alone = chosen_size(spread, [Wanted(1.0, 0.1)])
    arms = [Wanted(0.25, 0.1), Wanted(0.75, 0.1)]
    both = chosen_size(spread, arms)
    assert alone.held_out < both.held_out
    found = float(visible_effect(spread, both.held_out, 0.25 * (20_000 - both.held_out)))
    assert found <= 0.1 < float(visible_effect(spread, both.held_out - 1, 0.25 * (20_001 - both.held_out)))
    dearer = chosen_size(spread, [Wanted(0.25, 0.3), Wanted(0.75, 0.1)])
    assert dearer.held_out < both.held_out  # the small arm must show a larger effect now


def test_a_limit_on_those_reached_makes_everyone_else_free_to_hold_out() -> None:
    size = chosen_size(Spread(1.0, 1.0, 10_000), [Wanted(1.0, 0.15)], most_treated=500)
    assert (size.units - size.held_out, size.detects) == (500, False)
    assert size.held_out == 500
    size = chosen_size(Spread(1.0, 1.0, 10_000), [Wanted(1.0, 0.15)], most_treated=1000)
    assert size.detects
    assert size.units == 1000 + size.held_out
    assert size.held_out < 1000


def test_an_arm_is_large_enough_to_be_read() -> None:
    spread, easy = Spread(1.0, 1.0, 10_000), [Wanted(1.0, 1.0)]
    assert chosen_size(spread, easy).held_out < 20
    assert chosen_size(spread, easy, floor=Floor(10, 200, 0.5)).held_out == 400
    small = chosen_size(Spread(1.0, 1.0, 500), easy, floor=Floor(10, 200, 0.5))
    assert (small.held_out, small.detects, small.campaigns) == (250, False, 2)  # 125 of them buy
    assert chosen_size(spread, easy, floor=Floor(10, 200, 0.0)).campaigns is None


def test_a_share_that_was_given_is_judged() -> None:
    spread, wanted = Spread(1.0, 1.0, 10_000), [Wanted(1.0, 0.1)]
    assert given_size(spread, wanted, 5000).detects
    assert not given_size(spread, wanted, 100).detects


@pytest.mark.parametrize("effect", [0.0, math.nan])
def test_where_any_gain_pays_half_shows_most(effect: float) -> None:
    size = chosen_size(Spread(1.0, 1.0, 101), [Wanted(1.0, effect)])
    assert (size.held_out, size.share, size.detects, size.campaigns) == (50, 0.5, False, None)


def test_a_spread_that_nobody_knows_holds_out_half() -> None:
    assert chosen_size(Spread(math.nan, math.nan, 2), [Wanted(1.0, 1.0)]).held_out == 1


def test_the_size_that_is_chosen_finds_a_true_effect_four_times_in_five() -> None:
    chance = np.random.default_rng(5)
    usual = chance.gamma(0.6, 100.0, 4000)
    effect = 0.25 * usual.mean()
    size = chosen_size(Spread.of(usual), [Wanted(1.0, effect)])
    assert size.detects
    found, runs = 0, 1500
    for _run in range(runs):
        arms = chance.permutation(4000)
        out, on = usual[arms[: size.held_out]], usual[arms[size.held_out :]] + effect
        error = math.sqrt(out.var(ddof=1) / len(out) + on.var(ddof=1) / len(on))
        found += abs(on.mean() - out.mean()) / error > 1.959964
    assert abs(found / runs - 0.8) < 0.05

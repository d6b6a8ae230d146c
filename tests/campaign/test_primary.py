"""The outcome that decides."""

import math
from dataclasses import replace

import numpy as np
import pytest

from daogou.base.estimate import Estimate
from daogou.campaign.costs import Arm, Terms
from daogou.campaign.population import Population
from daogou.campaign.primary import Primary, contribution_of, floor_of, planned_effect, wanted, within_a_doubling

TERMS = Terms(0.25, 0.5, 3.0, Estimate(0.1, 0.05, 0.2, 100), 0.5, None, None, 7, 28, ())  # 0.8 a person
SPEND = np.array([0.0, 10.0, 20.0, 30.0])
PEOPLE = Population(np.arange(4), SPEND, np.ones(4, int), SPEND, SPEND, 20.0)


def test_a_campaign_must_show_the_effect_that_covers_its_cost() -> None:
    (one,) = wanted(TERMS, contribution_of(PEOPLE, 0.25))
    assert one.effect == pytest.approx(0.8)
    (one,) = wanted(TERMS, Primary("net_sales", SPEND, 0.25))
    assert one.effect * 0.25 == pytest.approx(0.8)
    arms = (Arm("five", 0.5, 5.0), Arm("ten", 0.5, 10.0))
    found = wanted(replace(TERMS, arms=arms), contribution_of(PEOPLE, 0.25))
    assert [(one.share, one.effect) for one in found] == [(0.5, pytest.approx(1.0)), (0.5, pytest.approx(1.5))]
    assert planned_effect(found) == pytest.approx(1.0)


def test_an_outcome_of_some_must_pay_for_all_who_are_reached() -> None:
    half = Primary("second_purchase", np.array([0.0, 1.0, 0.0, 0.0]), 5.0, among=np.array([True, True, False, False]))
    (one,) = wanted(TERMS, half)
    assert half.mean == 0.5
    assert one.effect * 2 * 5.0 == pytest.approx(4 * 0.8)  # two people's effect covers four people's cost
    assert half.contribution * 4 == pytest.approx(1.0 * 5.0)
    assert half.spread(PEOPLE, is_adjusted=False).units == 2
    assert half.take(np.array([0, 2])).counted.tolist() == [True, False]


def test_what_is_planned_comes_first_and_without_a_price_a_fifth_is_wanted() -> None:
    (one,) = wanted(replace(TERMS, planned_effect=3.0), contribution_of(PEOPLE, 0.25))
    assert one.effect == 3.0
    (one,) = wanted(TERMS, Primary("shares", SPEND, math.nan))
    assert one.effect == pytest.approx(0.2 * 15.0)
    (one,) = wanted(TERMS, Primary("shares", 0 * SPEND, math.nan))
    assert (one.effect, planned_effect([one])) == (0.0, None)


def test_nothing_above_a_doubling_is_wanted() -> None:
    low = Primary("net_sales", SPEND / 100, 0.25)
    assert within_a_doubling(wanted(TERMS, low), low)[0].effect == pytest.approx(0.15)
    high = Primary("net_sales", SPEND, 0.25)
    assert within_a_doubling(wanted(TERMS, high), high) == wanted(TERMS, high)


def test_amounts_need_buyers_and_counts_do_not() -> None:
    assert floor_of(contribution_of(PEOPLE, 0.25), PEOPLE, 10, 200).least == 267  # three in four have an amount
    assert floor_of(Primary("orders", SPEND, 1.0), PEOPLE, 10, 200).least == 10
    homes = replace(PEOPLE, unit=np.array(["a", "a", "b", "b"]))
    assert floor_of(contribution_of(homes, 0.25), homes, 10, 200).least == 134  # three buyers in two households

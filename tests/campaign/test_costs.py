"""What a campaign costs."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daogou.base.estimate import Estimate
from daogou.campaign.costs import Arm, Costs, Terms, most_people
from daogou.campaign.holdout import whole_shares


def terms(holdout: float = 0.5, capacity: int | None = None, budget: float | None = None) -> Terms:
    return Terms(0.25, 0.5, 5.0, Estimate(0.1, 0.05, 0.2, 100), holdout, capacity, budget, 7, 28, ())


@given(holdout=st.floats(0.01, 0.9), capacity=st.integers(0, 400), budget=st.floats(0, 400))
def test_capacity_and_budget_are_never_passed(holdout: float, capacity: int, budget: float) -> None:
    given_terms = terms(holdout, capacity, budget)
    people = most_people(given_terms)
    assert people is not None
    treated = people - int(whole_shares([people], holdout).sum())
    assert treated <= capacity
    assert treated * given_terms.cost_per_person <= budget + 1e-6


def test_without_limits_everybody_takes_part() -> None:
    assert most_people(terms()) is None


def test_costs_without_spend_say_no_gain_that_pays() -> None:
    costs = Costs.of(terms(), treated=10, held_out=10, mean_spend=0.0, visible_lift=math.nan)
    assert math.isnan(costs.pays_from_lift)
    assert costs.total.value == pytest.approx(10.0)


def test_a_gain_of_just_the_paying_size_covers_the_cost() -> None:
    costs = Costs.of(terms(), treated=100, held_out=100, mean_spend=80.0, visible_lift=0.2)
    assert 100 * 80.0 * costs.pays_from_lift * 0.25 == pytest.approx(costs.total.value)
    assert costs.total.low < costs.total.value < costs.total.high


def test_arms_cost_by_their_shares_and_what_they_are_given() -> None:
    arms = (Arm("five", 0.25, 5.0), Arm("ten", 0.75, 10.0))
    given_terms = replace(terms(), arms=arms)
    assert given_terms.mean_coupon_value == 8.75
    assert given_terms.cost_per_person == pytest.approx(0.5 + 0.1 * 8.75)
    costs = Costs.of(given_terms, 100, 100, 80.0, 0.2, coupons_given=30 * 5.0 + 70 * 10.0)
    assert costs.coupons.value == pytest.approx(85.0)

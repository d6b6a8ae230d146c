"""What a plan promises is what its reading keeps: plan and reading are made apart and must agree."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from daogou.base.estimate import Estimate
from daogou.campaign.costs import Terms
from daogou.campaign.draws import drawn
from daogou.campaign.learning import Plan, learning_campaign
from daogou.campaign.offer import Offer
from daogou.campaign.population import Population
from daogou.campaign.primary import contribution_of, floor_of
from daogou.measure.experiment.difference import FEWEST_BUYERS, FEWEST_UNITS, difference

TERMS = Terms(0.25, 1.0, 10.0, Estimate(0.2, 0.1, 0.3, 100), None, None, None, 7, 28, ())  # 3.0 a person
RUNS = 300


def company(in_households: bool) -> Population:
    """Six thousand customers: half buy nothing in a month, some buy much, and most do what they did before."""
    chance, n = np.random.default_rng(11), 6000
    habit = chance.gamma(0.7, 60.0, n)
    unit = None
    if in_households:
        size = 3
        habit = np.repeat(habit[: n // size], size)
        unit = np.array([f"household:{k // size}" for k in range(n)])
    months = [habit * chance.gamma(1.0, 1.0, n) * (chance.random(n) < 0.6) for _month in range(4)]
    known = np.column_stack([months[1], sum(months[1:]), habit])
    return Population(
        np.arange(n), 12 * habit, chance.integers(1, 200, n), months[0], months[1], 40.0, known=known, unit=unit
    )


@pytest.mark.parametrize(("in_households", "coupon_value"), [(False, 2.5), (True, 0.5)])
def test_the_gain_that_pays_is_found_four_times_in_five_by_the_reading(
    in_households: bool, coupon_value: float
) -> None:
    people, terms = company(in_households), replace(TERMS, coupon_value=coupon_value)
    effect = terms.cost_per_person
    outcome = contribution_of(people, TERMS.margin)
    floor = floor_of(outcome, people, FEWEST_UNITS, FEWEST_BUYERS)
    plan = learning_campaign(
        people, np.full(len(people), np.nan), Offer("tea", "response"), terms, date(2024, 3, 1), "s", floor=floor
    )
    assert isinstance(plan, Plan)
    assert plan.planned == pytest.approx(effect)
    assert plan.size.detects
    assert 0.05 < plan.size.share < 0.5
    assert plan.visible_effect_adjusted == pytest.approx(effect, rel=0.01)
    found = covered = 0
    for run in range(RUNS):
        lots = drawn(people, terms.arms_used, plan.size.share, plan.name, f"salt {run}")
        treated = ~lots.held_out
        brought = outcome.values + effect * treated
        told = difference(
            brought,
            treated,
            people.known_or_before,
            unit=people.unit,
            propensity=np.where(treated, lots.propensity, 1 - lots.propensity),
            money=True,
        )
        found += told.excludes_zero
        covered += told.low <= effect <= told.high
    error = (0.8 * 0.2 / RUNS) ** 0.5
    assert 0.8 - 0.05 - 3 * error < found / RUNS < 0.8 + 3 * error  # its interval of money is wider than the formula
    assert covered / RUNS > 0.95 - 3 * (0.95 * 0.05 / RUNS) ** 0.5


def test_a_smaller_effect_that_is_planned_holds_more_out() -> None:
    people = company(in_households=False)
    plan = learning_campaign(
        people, np.full(len(people), np.nan), Offer("tea", "response"), TERMS, date(2024, 3, 1), "s"
    )
    smaller = learning_campaign(
        people,
        np.full(len(people), np.nan),
        Offer("tea", "response"),
        replace(TERMS, planned_effect=1.5),
        date(2024, 3, 1),
        "s",
    )
    assert isinstance(plan, Plan)
    assert isinstance(smaller, Plan)
    assert smaller.held_out > plan.held_out

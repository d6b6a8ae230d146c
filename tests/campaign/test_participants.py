"""Who takes part where not everyone can."""

import math
from dataclasses import replace

import numpy as np
import pytest

from daogou.base.estimate import Estimate
from daogou.campaign.costs import Terms
from daogou.campaign.participants import Participants, participants
from daogou.campaign.population import Population

TERMS = Terms(0.25, 0.5, 3.0, Estimate(0.1, 0.05, 0.2, 100), 0.5, None, None, 7, 28, ())  # 0.8 a person
NOBODY_KNOWS = np.full(100, np.nan)


def people(value: np.ndarray | None = None) -> Population:
    spend = np.arange(1.0, 101.0)
    year = 365 / 28 * spend if value is None else value
    return Population(np.arange(100) + 1, year, np.ones(100, int), spend, spend, 40.0)


def chosen(terms: Terms, response: np.ndarray = NOBODY_KNOWS, value: np.ndarray | None = None) -> Participants:
    found = participants(people(value), response, terms)
    assert found is not None
    return found


def test_a_budget_takes_those_with_most_at_stake_and_its_price_says_what_the_next_one_brings() -> None:
    found = chosen(replace(TERMS, budget=16.0))  # for 20 people, so that 40 take part
    assert found.rows.tolist() == list(range(60, 100))
    assert (found.ranked_by, found.stakes.limit) == ("value", "budget")
    assert found.stakes.total == pytest.approx(0.25 * 0.5 * sum(range(61, 101)), rel=1e-5)
    assert 0 <= found.stakes.gap < 1e-6
    assert found.stakes.total <= found.stakes.bound
    assert 0.25 * 60 / 0.8 * 0.99 <= found.stakes.next <= 0.25 * 61 / 0.8 * 1.01  # of the next customer, or the last
    assert found.stakes.pays_from == pytest.approx(1 / found.stakes.next)


def test_a_capacity_counts_those_who_get_the_offer() -> None:
    found = chosen(replace(TERMS, capacity=10, budget=1000.0), response=np.linspace(0, 0.99, 100))
    assert found.rows.tolist() == list(range(80, 100))
    assert (found.ranked_by, found.stakes.limit) == ("response", "capacity")
    assert 0.25 * 40 * 0.79 * 0.99 <= found.stakes.next <= 0.25 * 40 * 0.8 * 1.01
    assert found.stakes.pays_from == pytest.approx(0.8 / found.stakes.next)


def test_equal_ones_are_told_apart_by_what_they_spent() -> None:
    found = chosen(replace(TERMS, capacity=10), response=np.full(100, 0.1))
    assert found.rows.tolist() == list(range(80, 100))


def test_whom_nobody_predicted_comes_last_and_is_still_taken() -> None:
    response = NOBODY_KNOWS.copy()
    response[:5] = 0.1
    assert chosen(replace(TERMS, capacity=5), response).rows.tolist() == [0, 1, 2, 3, 4, 95, 96, 97, 98, 99]


def test_without_any_spend_places_are_filled_and_nothing_pays() -> None:
    found = chosen(replace(TERMS, capacity=3, margin=0.0), value=np.zeros(100))
    assert len(found.rows) == 6
    assert math.isnan(found.stakes.pays_from)
    assert found.stakes.total == 0


def test_nobody_can_take_part_and_everybody_can() -> None:
    assert len(chosen(replace(TERMS, capacity=0)).rows) == 0
    for terms in (TERMS, replace(TERMS, capacity=50), replace(TERMS, budget=1e6)):
        assert participants(people(), NOBODY_KNOWS, terms) is None

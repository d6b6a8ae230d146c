"""The learning campaign and its artefact."""

import io
import json
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow.parquet as pq

from daogou.base.assignment import draw
from daogou.base.estimate import Estimate
from daogou.campaign.artefact import to_parquet
from daogou.campaign.costs import Terms
from daogou.campaign.learning import Plan, TooFew, learning_campaign
from daogou.campaign.offer import Offer
from daogou.campaign.population import Population

TODAY = date(2024, 3, 1)
TERMS = Terms(0.25, 0.5, 3.0, Estimate(0.1, 0.05, 0.2, 100), 0.5, None, None, 7, 28, ())
OFFER = Offer("tea", "response")


def people(n: int) -> Population:
    chance = np.random.default_rng(3)
    spend = chance.gamma(2.0, 50.0, n)
    recency = chance.integers(0, 200, n)
    return Population(np.arange(n) + 1, 12 * spend, recency, spend, chance.permutation(spend), 30.0)


def planned(n: int = 800, terms: Terms = TERMS, response: np.ndarray | None = None) -> Plan:
    found = learning_campaign(people(n), np.full(n, np.nan) if response is None else response, OFFER, terms, TODAY, "s")
    assert isinstance(found, Plan)
    return found


def test_half_is_held_out_exactly_and_days_are_told() -> None:
    plan = planned(801)
    assert (plan.customers, plan.held_out, plan.treated) == (801, 401, 400)
    assert (plan.starts_on, plan.ends_on, plan.known_on) == (date(2024, 3, 8), date(2024, 4, 4), date(2024, 4, 5))
    assert plan.visible_lift == plan.visible_lift_at[0.5]
    assert plan.visible_lift < plan.visible_lift_at[0.1]


def test_anyone_can_draw_the_lots_again() -> None:
    plan = planned()
    again = [draw("s", plan.name, str(unit)) for unit in plan.customer_id.tolist()]
    assert plan.lots.lot.tolist() == again


def test_another_salt_draws_other_people() -> None:
    other = learning_campaign(people(800), np.full(800, np.nan), OFFER, TERMS, TODAY, "t")
    assert isinstance(other, Plan)
    assert (other.lots.held_out != planned().lots.held_out).any()


def test_a_limit_takes_the_likeliest_buyers_first() -> None:
    response = np.linspace(0, 1, 800)
    plan = planned(800, replace(TERMS, capacity=200), response)
    assert plan.ranked_by == "response"
    assert plan.treated == 200
    assert plan.customer_id.tolist() == list(range(401, 801))


def test_a_limit_without_scores_takes_those_who_spent_most() -> None:
    plan = planned(800, replace(TERMS, budget=100.0))
    everyone = people(800)
    assert plan.ranked_by == "value"
    assert plan.costs.total.value <= 100.0
    least = everyone.value[np.isin(everyone.customer_id, plan.customer_id)].min()
    assert (everyone.value >= least).sum() == plan.customers


def test_too_few_people_are_told_how_many_would_be_enough() -> None:
    for n in (0, 1, 6):
        found = learning_campaign(people(n), np.full(n, np.nan), OFFER, TERMS, TODAY, "s")
        assert isinstance(found, TooFew)
        assert found.customers == n
        assert (found.needed is None) == (n < 2)


def test_the_artefact_is_the_same_for_the_same_plan_and_holds_everyone() -> None:
    plan = planned(response=np.where(np.arange(800) < 700, 0.25, np.nan))
    data = to_parquet(plan, {"held_out": plan.held_out})
    assert data == to_parquet(planned(response=plan.response), {"held_out": 400})
    assert data != to_parquet(plan, {"held_out": 0})
    table = pq.read_table(io.BytesIO(data))
    assert json.loads(table.schema.metadata[b"plan"]) == {"held_out": 400}
    assert table["customer_id"].to_pylist() == list(range(1, 801))
    assert set(table["arm"].to_pylist()) == {"treated", "holdout"}
    assert set(table["intended_action"].to_pylist()) == {"coupon:tea"}  # for those held out too
    assert table["response"].null_count == 100

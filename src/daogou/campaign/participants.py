"""Who takes part where capacity and budget do not allow for everyone: the allocation with one action.

Nobody knows yet whom the offer moves. What is known is what each customer is expected to buy anyway. Were the gain the
same share of that for all, those with most at stake would be best to take, whatever the share is; so what is allocated
is the stake, and its price says from which gain the next customer would pay.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from daogou.campaign.costs import Terms, most_people
from daogou.campaign.holdout import Array
from daogou.campaign.population import Population

_TIES = 1e-6  # of the most at stake: what the one who spent most is preferred by among equals
DAYS = 365  # of the spend that values rest on


@dataclass(frozen=True)
class Stakes:
    """What is at stake with those who get the offer: contribution of what they are expected to buy without it.

    Attributes:
        total: in the company's currency.
        bound: no choice within the limit has more at stake.
        gap: what total lacks to the bound, as a share of it.
        limit: which one keeps others out.
        next: what the next 1 of it would add: of the budget, 1 of the currency; of the capacity, one customer.
        pays_from: the gain, as a share of what is at stake, from which the next customer would pay; NaN where that is
            nothing.
    """

    total: float
    bound: float
    gap: float
    limit: Literal["capacity", "budget"]
    next: float
    pays_from: float


@dataclass(frozen=True)
class Participants:
    """Positions of those who take part, held out or not, ascending; what they were ranked by; and what is at stake."""

    rows: Array
    ranked_by: Literal["response", "value"]
    stakes: Stakes


def participants(people: Population, response: Array, terms: Terms, at_most: int | None = None) -> Participants | None:
    """Those with most at stake, as many as capacity, budget and ``at_most`` allow; None where that is everyone.

    ``response`` (n,) is the probability that each buys what the offer is for; where nobody predicted any, the spend of
    the last 365 days stands in. ``terms`` give the share held out.
    """
    allowed = most_people(terms)
    if allowed is None:
        return None
    limit, most = _limit(terms, allowed), allowed if at_most is None else min(allowed, at_most)
    if most >= len(people):
        return None
    from daogou.campaign import allocate  # its compiler takes half a second, and most plans need none

    spend, ranked_by = _spend(people, response, terms.outcome_days)
    treated = 1 - (terms.holdout or 0.0)
    cost = treated * terms.cost_per_person if limit == "budget" else 0.0
    found = allocate(
        treated * spend[:, None],
        np.full((len(people), 1), cost),
        np.zeros(1, np.int64),
        budget=most * cost,
        capacity=np.array([len(people) if limit == "budget" else most]),
    )
    price = found.prices.budget if limit == "budget" else found.prices.capacity[0] / treated
    at_stake = terms.margin * price * (terms.cost_per_person if limit == "budget" else 1.0)
    stakes = Stakes(
        total=terms.margin * found.objective,
        bound=terms.margin * found.bound,
        gap=found.gap,
        limit=limit,
        next=terms.margin * float(price),
        pays_from=terms.cost_per_person / float(at_stake) if at_stake > 0 else float("nan"),
    )
    return Participants(np.flatnonzero(found.action >= 0), ranked_by, stakes)


def _limit(terms: Terms, most: int) -> Literal["capacity", "budget"]:
    """Which limit allows for no more than ``most``; the capacity where both do."""
    capacity = terms.capacity
    treated = None if capacity is None else int(capacity / (1 - (terms.holdout or 0.0)) + 1e-9)
    return "capacity" if treated == most else "budget"


def _spend(people: Population, response: Array, days: int) -> tuple[Array, Literal["response", "value"]]:
    """What each is expected to spend over ``days``, above 0 so that everyone may be taken, and what that rests on."""
    usual = np.maximum(people.value, 0.0) * days / DAYS
    ranked_by: Literal["response", "value"] = "value" if np.isnan(response).all() else "response"
    order_value = people.order_value if people.order_value > 0 else 1.0
    spend = usual if ranked_by == "value" else np.nan_to_num(response) * order_value
    rank = np.empty(len(people))
    rank[np.lexsort((-people.customer_id, people.value))] = np.arange(1, len(people) + 1) / len(people)
    return spend + _TIES * (spend.max() or 1.0) * rank, ranked_by

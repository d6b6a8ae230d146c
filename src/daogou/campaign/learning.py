"""The learning campaign: where nothing is proven yet, the next campaign is drawn so that it proves something."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from daogou.base.assignment import draw
from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.campaign.costs import Costs, Terms
from daogou.campaign.holdout import Array, Lots, hold_out, strata
from daogou.campaign.offer import Offer
from daogou.campaign.participants import Stakes, participants
from daogou.campaign.population import Population
from daogou.campaign.power import people_needed, smallest_visible_lift

LARGEST_USEFUL_LIFT = 1.0  # an experiment that sees nothing below a doubling of spend is not worth its cost
TAUGHT_LIFT = 0.2  # the gain that "how many people would be enough" is said for
OTHER_SHARES = (0.1, 0.5)  # shares held out that the chosen one is compared with


@dataclass(frozen=True)
class TooFew:
    """Why no campaign is planned: these people could not show a gain below a doubling of spend.

    ``needed`` is how many people with such spend would show a gain of 20 %; None where there is no spend to go by.
    """

    customers: int
    visible_lift: float
    needed: int | None


@dataclass(frozen=True)
class Plan:
    """A drawn campaign. Arrays have one row a person who takes part, sorted by ``customer_id``.

    Lifts are shares of mean spend over the outcome window; dates are local days, ``known_on`` the first on which the
    whole outcome has been seen. ``ranked_by`` says by what people were taken, response or value, where capacity or
    budget did not allow for everyone; else it is empty, and ``stakes`` None.
    """

    name: str
    offer: Offer
    customer_id: Array
    stratum: Array
    response: Array
    lots: Lots
    holdout: float
    ranked_by: str
    stakes: Stakes | None
    spend: Estimate
    visible_lift: float
    visible_lift_adjusted: float
    visible_lift_at: dict[float, float]
    costs: Costs
    starts_on: date
    known_on: date

    @property
    def customers(self) -> int:
        """People who take part, held out or not."""
        return len(self.customer_id)

    @property
    def held_out(self) -> int:
        """People who get nothing, by lot."""
        return int(self.lots.held_out.sum())

    @property
    def treated(self) -> int:
        """People who get the offer."""
        return self.customers - self.held_out

    @property
    def ends_on(self) -> date:
        """Last day of the outcome window."""
        return self.known_on - timedelta(days=1)


def learning_campaign(
    people: Population, response: Array, offer: Offer, terms: Terms, as_of: date, salt: str
) -> Plan | TooFew:
    """Draw the campaign: everyone, or as many as capacity and budget allow, those with most at stake."""
    chosen = participants(people, response, terms)
    if chosen is not None:
        people, response = people.take(chosen.rows), response[chosen.rows]
    stratum = strata(people.value, people.recency_days)
    starts_on = as_of + timedelta(days=terms.starts_in)
    name = f"learning-{starts_on:%Y%m%d}-{offer.action}"
    drawn = np.array([draw(salt, name, str(unit)) for unit in people.customer_id.tolist()], dtype=np.float64)
    lots = hold_out(stratum, drawn, terms.holdout)
    held_out = int(lots.held_out.sum())
    visible = smallest_visible_lift(people.spend, held_out)
    if not visible <= LARGEST_USEFUL_LIFT:
        return TooFew(len(people), visible, people_needed(people.spend, terms.holdout, TAUGHT_LIFT))
    return Plan(
        name=name,
        offer=offer,
        customer_id=people.customer_id,
        stratum=stratum,
        response=response,
        lots=lots,
        holdout=terms.holdout,
        ranked_by="" if chosen is None else chosen.ranked_by,
        stakes=None if chosen is None else chosen.stakes,
        spend=_mean(people.spend),
        visible_lift=visible,
        visible_lift_adjusted=smallest_visible_lift(people.spend, held_out, people.before),
        visible_lift_at={
            share: smallest_visible_lift(people.spend, round(len(people) * share)) for share in OTHER_SHARES
        },
        costs=Costs.of(terms, len(people) - held_out, held_out, float(people.spend.mean()), visible),
        starts_on=starts_on,
        known_on=starts_on + timedelta(days=terms.outcome_days),
    )


def _mean(spend: Array) -> Estimate:
    half = Z95 * float(spend.std(ddof=1)) / math.sqrt(len(spend))
    mean = float(spend.mean())
    return Estimate(mean, mean - half, mean + half, len(spend), "currency per customer")

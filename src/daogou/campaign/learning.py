"""The learning campaign: where nothing is proven yet, the next campaign is drawn so that it proves something."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.campaign.costs import Costs, Terms
from daogou.campaign.draws import Drawn
from daogou.campaign.holdout import Array
from daogou.campaign.offer import Offer
from daogou.campaign.participants import Stakes
from daogou.campaign.population import Population
from daogou.campaign.power import Spread, people_needed, visible_effect
from daogou.campaign.primary import (
    LARGEST_USEFUL_LIFT,
    TAUGHT_LIFT,
    Primary,
    contribution_of,
    planned_effect,
    wanted,
    within_a_doubling,
)
from daogou.campaign.sizing import NOTHING_ASKED, Floor, Size, chosen_size, given_size
from daogou.campaign.taking_part import Candidates, coupons_given, taking_part

OTHER_SHARES = (0.1, 0.5)  # shares held out that the chosen one is compared with


@dataclass(frozen=True)
class TooFew:
    """Why no campaign is planned: these people could not show a gain below a doubling of the outcome.

    ``needed`` is how many people like them would show a gain of 20 %; None where there is nothing to go by.
    """

    customers: int
    visible_lift: float
    needed: int | None


@dataclass(frozen=True)
class Plan:
    """A drawn campaign. Arrays have one row a person who takes part, sorted by ``customer_id``.

    Lifts are shares of the outcome's mean over the outcome window, effects are per person; dates are local days,
    ``known_on`` the first on which the whole outcome has been seen. ``ranked_by`` says by what people were taken,
    response or value, where capacity or budget did not allow for everyone; else it is empty, and ``stakes`` None.
    ``holdout`` is the share that was asked for, None: it was chosen; ``least`` is what would be chosen for these
    people. ``planned`` is the effect that must show, None: not known.
    """

    name: str
    offer: Offer
    customer_id: Array
    response: Array
    lots: Drawn
    size: Size
    least: Size
    holdout: float | None
    ranked_by: str
    stakes: Stakes | None
    primary: str
    usual: float
    planned: float | None
    spend: Estimate
    visible_effect: float
    visible_effect_adjusted: float
    visible_lift: float
    visible_lift_adjusted: float
    visible_lift_at: dict[float, float]
    costs: Costs
    forgone_at: float
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
    def actions(self) -> Array:
        """What each person was meant to get, those held out too: the offer, and of several arms which."""
        offers = self.lots.offer
        action = np.full(self.customers, self.offer.action) if offers is None else np.char.add("coupon:", offers)
        if len(np.unique(self.lots.intended)) > 1:
            action = np.char.add(np.char.add(action, "/"), self.lots.intended)
        found: Array = action
        return found

    @property
    def stratum(self) -> Array:
        """Of each person."""
        return self.lots.stratum

    @property
    def ends_on(self) -> date:
        """Last day of the outcome window."""
        return self.known_on - timedelta(days=1)


def learning_campaign(
    people: Population,
    response: Array,
    offer: Offer,
    terms: Terms,
    as_of: date,
    salt: str,
    *,
    primary: Primary | None = None,
    floor: Floor = NOTHING_ASKED,
) -> Plan | TooFew:
    """Draw the campaign: everyone, or as many as capacity and budget allow, those with most at stake.

    ``primary`` None: contribution, at the margin of the terms. ``floor`` is what its reading will ask of an arm.
    """
    starts_on = as_of + timedelta(days=terms.starts_in)
    name = f"learning-{starts_on:%Y%m%d}-{offer.action}"[:200]  # as long as the ledger takes
    everyone = Candidates(people, response, primary or contribution_of(people, terms.margin))
    part = taking_part(everyone, terms, floor, name, salt)
    people, outcome, lots = part.people.people, part.people.primary, part.lots
    seen = _Seen.of(people, outcome, terms, lots)
    if not seen.lift_adjusted <= LARGEST_USEFUL_LIFT:
        return TooFew(len(people), seen.lift, people_needed(outcome.values, part.share, TAUGHT_LIFT))
    gain = _gain(terms, outcome, seen.lift)
    aims = wanted(terms, outcome)
    useful = within_a_doubling(aims, outcome)
    return Plan(
        name=name,
        offer=offer,
        customer_id=people.customer_id,
        response=part.people.response,
        lots=lots,
        size=given_size(seen.adjusted, useful, seen.held_out, floor),
        least=chosen_size(seen.adjusted, useful, None, floor),
        holdout=terms.holdout,
        ranked_by="" if part.chosen is None else part.chosen.ranked_by,
        stakes=None if part.chosen is None else part.chosen.stakes,
        primary=outcome.name,
        usual=outcome.mean,
        planned=planned_effect(aims),
        spend=_mean(people.spend),
        visible_effect=seen.lift * outcome.mean,
        visible_effect_adjusted=seen.lift_adjusted * outcome.mean,
        visible_lift=seen.lift,
        visible_lift_adjusted=seen.lift_adjusted,
        visible_lift_at={other: seen.at(other) for other in OTHER_SHARES},
        costs=_costs(terms, outcome, lots, gain),
        forgone_at=gain,
        starts_on=starts_on,
        known_on=starts_on + timedelta(days=terms.outcome_days),
    )


@dataclass(frozen=True)
class _Seen:
    """The smallest lift that the arms show, as they are and adjusted for what was known before.

    ``held_out`` counts the units of whom the outcome speaks.
    """

    plain: Spread
    adjusted: Spread
    smallest_arm: float
    held_out: int

    @classmethod
    def of(cls, people: Population, outcome: Primary, terms: Terms, lots: Drawn) -> "_Seen":
        out = len(np.unique(lots.unit[outcome.counted & lots.held_out]))
        smallest = min(arm.share for arm in terms.arms_used)
        return cls(outcome.spread(people, is_adjusted=False), outcome.spread(people), smallest, out)

    @property
    def lift(self) -> float:
        return self._lift(self.plain, self.held_out)

    @property
    def lift_adjusted(self) -> float:
        return self._lift(self.adjusted, self.held_out)

    def at(self, share: float) -> float:
        """The smallest lift that would show with this share held out."""
        return self._lift(self.plain, round(self.plain.units * share))

    def _lift(self, spread: Spread, held_out: int) -> float:
        if not spread.mean > 0:
            return math.nan
        treated = (spread.units - held_out) * self.smallest_arm
        return float(visible_effect(spread, held_out, treated)) / spread.mean


def _gain(terms: Terms, outcome: Primary, visible: float) -> float:
    """The lift for which is told what holding out forgoes: that which just shows; twice that which pays, if greater."""
    brought = outcome.contribution
    return max(visible, 2 * terms.cost_per_person / brought) if brought > 0 else visible


def _costs(terms: Terms, outcome: Primary, lots: Drawn, gain: float) -> Costs:
    held_out = int(lots.held_out.sum())
    usual = outcome.contribution / terms.margin
    return Costs.of(terms, len(lots.unit) - held_out, held_out, usual, gain, coupons_given(terms, lots))


def _mean(spend: Array) -> Estimate:
    half = Z95 * float(spend.std(ddof=1)) / math.sqrt(len(spend))
    mean = float(spend.mean())
    return Estimate(mean, mean - half, mean + half, len(spend), "currency per customer")

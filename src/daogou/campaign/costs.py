"""What a campaign costs, and what knowing costs."""

import math
from dataclasses import dataclass

from daogou.base.estimate import Estimate


@dataclass(frozen=True)
class Terms:
    """What a plan rests on. Money is in the company's currency; ``assumed`` names the terms that nobody gave.

    ``redemption_rate`` is the share of people reached who use the coupon, with the interval that past campaigns give.
    """

    margin: float
    contact_cost: float
    coupon_value: float
    redemption_rate: Estimate
    holdout: float
    capacity: int | None
    budget: float | None
    starts_in: int
    outcome_days: int
    assumed: tuple[str, ...]

    @property
    def cost_per_person(self) -> float:
        """Expected cost of one person who gets the offer."""
        return self.contact_cost + self.redemption_rate.value * self.coupon_value


@dataclass(frozen=True)
class Costs:
    """Money in the company's currency.

    Attributes:
        contact: reaching everyone who gets the offer.
        coupons: expected value of the coupons that they use, with the interval of the redemption rate.
        total: contact and coupons.
        pays_from_lift: the gain in spend, as a share of it, at which contribution covers the cost; NaN without spend.
        forgone: contribution after cost that the people held out would have brought, if the gain were just the
            smallest visible one: the price of knowing, should the campaign work. Not below 0.
    """

    contact: float
    coupons: Estimate
    total: Estimate
    pays_from_lift: float
    forgone: float

    @classmethod
    def of(cls, terms: Terms, treated: int, held_out: int, mean_spend: float, visible_lift: float) -> "Costs":
        """Costs of a campaign with these arms, people spending ``mean_spend`` over the outcome window.

        >>> rate = Estimate(0.1, 0.05, 0.2, 1000)
        >>> terms = Terms(0.25, 0.5, 5.0, rate, 0.5, None, None, 7, 28, ())
        >>> costs = Costs.of(terms, treated=100, held_out=100, mean_spend=40.0, visible_lift=0.2)
        >>> costs.contact, costs.coupons.value, costs.total.high, costs.pays_from_lift, costs.forgone
        (50.0, 50.0, 150.0, 0.1, 100.0)
        """
        contact = treated * terms.contact_cost
        rate, value = terms.redemption_rate, terms.coupon_value
        used = [treated * share * value for share in (rate.value, rate.low, rate.high)]
        coupons = Estimate(used[0], used[1], used[2], treated, "currency")
        total = Estimate(contact + used[0], contact + used[1], contact + used[2], treated, "currency")
        contribution = terms.margin * mean_spend
        pays_from = terms.cost_per_person / contribution if contribution > 0 else math.nan
        forgone = max(held_out * (visible_lift * contribution - terms.cost_per_person), 0.0)
        return cls(contact, coupons, total, pays_from, forgone)


def most_people(terms: Terms) -> int | None:
    """The most people who can take part, those held out included; None where nothing limits them.

    >>> most_people(Terms(0.25, 0.5, 5.0, Estimate(0.1, 0.1, 0.1, 1), 0.5, 30, 20.0, 7, 28, ()))
    40
    """
    limits = [terms.capacity] if terms.capacity is not None else []
    if terms.budget is not None and terms.cost_per_person > 0:
        limits.append(int(terms.budget / terms.cost_per_person + 1e-9))
    return int(min(limits) / (1 - terms.holdout) + 1e-9) if limits else None

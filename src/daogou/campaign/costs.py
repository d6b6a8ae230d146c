"""What a campaign costs, and what knowing costs."""

import math
from dataclasses import dataclass

from daogou.base.estimate import Estimate
from daogou.campaign.design import TREATED


@dataclass(frozen=True)
class Arm:
    """What one arm gets: ``share`` of those who get something, and a coupon of this value."""

    name: str
    share: float
    coupon_value: float


@dataclass(frozen=True)
class Terms:
    """What a plan rests on. Money is in the company's currency; ``assumed`` names the terms that nobody gave.

    ``redemption_rate`` is the share of people reached who use the coupon, with the interval that past campaigns give.
    ``holdout`` None: chosen. ``arms`` empty: one, with ``coupon_value``. ``planned_effect``: on the primary outcome,
    per person; None: that from which the campaign pays.
    """

    margin: float
    contact_cost: float
    coupon_value: float
    redemption_rate: Estimate
    holdout: float | None
    capacity: int | None
    budget: float | None
    starts_in: int
    outcome_days: int
    assumed: tuple[str, ...]
    arms: tuple[Arm, ...] = ()
    planned_effect: float | None = None

    @property
    def arms_used(self) -> tuple[Arm, ...]:
        """The arms that get something, one at least."""
        return self.arms or (Arm(TREATED, 1.0, self.coupon_value),)

    @property
    def mean_coupon_value(self) -> float:
        """Over those who get something."""
        return sum(arm.share * arm.coupon_value for arm in self.arms_used)

    @property
    def cost_per_person(self) -> float:
        """Expected cost of one person who gets something, whatever the arm."""
        return self.cost_of(self.mean_coupon_value)

    def cost_of(self, coupon_value: float) -> float:
        """Expected cost of one person who gets a coupon of this value."""
        return self.contact_cost + self.redemption_rate.value * coupon_value


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
    def of(
        cls,
        terms: Terms,
        treated: int,
        held_out: int,
        mean_spend: float,
        visible_lift: float,
        coupons_given: float | None = None,
    ) -> "Costs":
        """Costs of a campaign with these arms, people spending ``mean_spend`` over the outcome window.

        ``coupons_given`` is the face value of all coupons together; None: as the shares of the arms make it.

        >>> rate = Estimate(0.1, 0.05, 0.2, 1000)
        >>> terms = Terms(0.25, 0.5, 5.0, rate, 0.5, None, None, 7, 28, ())
        >>> costs = Costs.of(terms, treated=100, held_out=100, mean_spend=40.0, visible_lift=0.2)
        >>> costs.contact, costs.coupons.value, costs.total.high, costs.pays_from_lift, costs.forgone
        (50.0, 50.0, 150.0, 0.1, 100.0)
        """
        contact = treated * terms.contact_cost
        rate = terms.redemption_rate
        given = treated * terms.mean_coupon_value if coupons_given is None else coupons_given
        used = [share * given for share in (rate.value, rate.low, rate.high)]
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
    treated = most_treated(terms)
    return None if treated is None else int(treated / (1 - (terms.holdout or 0.0)) + 1e-9)


def most_treated(terms: Terms) -> int | None:
    """The most people who can get something; None where nothing limits them.

    >>> most_treated(Terms(0.25, 0.5, 5.0, Estimate(0.1, 0.1, 0.1, 1), 0.5, 30, 20.0, 7, 28, ()))
    20
    """
    limits = [terms.capacity] if terms.capacity is not None else []
    if terms.budget is not None and terms.cost_per_person > 0:
        limits.append(int(terms.budget / terms.cost_per_person + 1e-9))
    return min(limits) if limits else None

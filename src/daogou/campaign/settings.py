"""Settings of the section [plan]."""

from dataclasses import dataclass

from daogou.base.settings import setting
from daogou.base.words import gettext as _

ASSUMED_MARGIN = 0.25
ASSUMED_CONTACT_COST = 0.5
ASSUMED_REDEMPTION_RATE = 0.1


@dataclass(frozen=True)
class PlanSettings:
    """How the next campaign is planned. What a company does not say about its money is assumed, and said to be."""

    margin: float | None = setting(
        None, "contribution of one unit of net sales before marketing, 0 to 1; 0.25 is assumed where empty"
    )
    contact_cost: float | None = setting(
        None, "cost of reaching one customer once, in the company's currency; 0.5 is assumed where empty"
    )
    coupon_value: float | None = setting(
        None, "value of the coupon, in the company's currency; a tenth of the median order is assumed where empty"
    )
    redemption_rate: float | None = setting(
        None, "share of people reached who use the coupon, 0 to 1; from past campaigns where empty, else 0.1 is assumed"
    )
    category: str | None = setting(None, "category of items that the offer holds for; chosen where empty")
    holdout: float = setting(0.5, "share of people left out at random, above 0 and below 1")
    capacity: int | None = setting(None, "most people who can be reached; no limit where empty")
    budget: float | None = setting(None, "most that contact and coupons may cost, in the company's currency")
    starts_in: int = setting(7, "days from now to the start: time for a person to approve")
    outcome_days: int = setting(28, "days from the start over which spend is compared")

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a value outside its range.
        """
        if not 0 < self.holdout < 1:
            raise ValueError(_("holdout must lie between 0 and 1"))
        if self.margin is not None and not 0 < self.margin <= 1:
            raise ValueError(_("margin must lie between 0 and 1"))
        if self.redemption_rate is not None and not 0 <= self.redemption_rate <= 1:
            raise ValueError(_("redemption_rate must lie between 0 and 1"))
        if min(self.starts_in, self.outcome_days - 1) < 0:
            raise ValueError(_("starts_in must be at least 0 and outcome_days at least 1"))
        if any(value is not None and value < 0 for value in self._amounts):
            raise ValueError(_("contact_cost, coupon_value, capacity and budget must be at least 0"))

    @property
    def margin_used(self) -> float:
        """The company's margin, or the assumed one."""
        return ASSUMED_MARGIN if self.margin is None else self.margin

    @property
    def contact_cost_used(self) -> float:
        """The company's cost of a contact, or the assumed one."""
        return ASSUMED_CONTACT_COST if self.contact_cost is None else self.contact_cost

    @property
    def _amounts(self) -> tuple[float | None, ...]:
        return self.contact_cost, self.coupon_value, self.capacity, self.budget

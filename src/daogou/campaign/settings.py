"""Settings of the section [plan]."""

import math
from dataclasses import dataclass
from typing import Any

from daogou.base.errors import DaogouError
from daogou.base.settings import at_least, check_known, required, setting, validated
from daogou.base.words import gettext as _
from daogou.campaign.design import DRAWN, GUARD_RAILS, HOLDOUT, OUTCOMES, RECENCY, VALUE

ASSUMED_MARGIN = 0.25
ASSUMED_CONTACT_COST = 0.5
ASSUMED_REDEMPTION_RATE = 0.1
WHERE = "daogou.toml [plan]"


@dataclass(frozen=True)
class ArmSettings:
    """Section [plan.arms.NAME]: what one arm gets."""

    share: float = required("share of those who get something, above 0; the shares of all arms add up to 1")
    coupon_value: float | None = setting(None, "value of its coupon; that of [plan] where empty")

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a value outside its range.
        """
        if not 0 < self.share <= 1:
            raise ValueError(_("share must lie above 0 and not above 1"))
        if self.coupon_value is not None and self.coupon_value < 0:
            raise ValueError(at_least("coupon_value", 0))


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
    categories: list[str] = setting(
        list,
        "several categories: each customer is offered the one of them that they are likeliest to come to; people are"
        " left out by lot among those of each. Empty: one category for all",
    )
    holdout: float | None = setting(
        None,
        "share left out at random, above 0 and below 1; where empty the least that shows the gain from which the"
        " campaign pays, at most half",
    )
    capacity: int | None = setting(None, "most people who can be reached; no limit where empty")
    budget: float | None = setting(None, "most that contact and coupons may cost, in the company's currency")
    starts_in: int = setting(7, "days from now to the start: time for a person to approve")
    outcome_days: int = setting(
        28, "days from the start over which is compared; as many again are read for what was only bought earlier"
    )
    primary: str = setting(
        "contribution", f"the one outcome that decides, fixed before the start: {', '.join(OUTCOMES)}"
    )
    planned_effect: float | None = setting(
        None,
        "the effect on it, per person, that the campaign is made to find; that from which it pays where empty",
    )
    guard_rails: dict[str, float] = setting(
        dict,
        "changes that are still borne, as shares, by name: "
        + ", ".join(f"{name} ({limit:g})" for name, limit in GUARD_RAILS.items()),
    )
    unit: str = setting(
        "customer", "who is drawn together: customer, household or store; regions and weeks are planned for a channel"
    )
    household: str = setting("household_id", "the attribute of customers that names their household")
    stratify: list[str] = setting(
        lambda: [VALUE, RECENCY],
        "lots are drawn within groups by these: value, recency, member_level, region or an attribute of customers;"
        " an empty list: among all",
    )
    arms: dict[str, Any] = setting(
        dict, "what is compared beside the holdout, [plan.arms.NAME] with share and coupon_value; one arm where empty"
    )
    exclusion: str = setting("", "a group of campaigns of which a person takes part in one at a time; empty: none")
    exclusion_slots: int = setting(
        1, "into how many equal parts lots divide people for that group: so many campaigns can run at a time"
    )
    global_holdout: float = setting(
        0.0,
        "share of customers whom no campaign reaches for half a year, below 0.5, drawn anew each January and July: what"
        " all marketing brings shows against them. 0: none, as it costs sales, so that a person must want it",
    )

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a value outside its range.
            DaogouError: an outcome, a guard rail, a unit or a part of an arm that does not exist.
        """
        if self.holdout is not None and not 0 < self.holdout < 1:
            raise ValueError(_("{name} must lie between 0 and 1").format(name="holdout"))
        if self.margin is not None and not 0 < self.margin <= 1:
            raise ValueError(_("{name} must lie between 0 and 1").format(name="margin"))
        if self.redemption_rate is not None and not 0 <= self.redemption_rate <= 1:
            raise ValueError(_("{name} must lie between 0 and 1").format(name="redemption_rate"))
        if min(self.starts_in, self.outcome_days - 1) < 0:
            raise ValueError(_("starts_in must be at least 0 and outcome_days at least 1"))
        if any(value is not None and value < 0 for value in self._amounts):
            raise ValueError(_("contact_cost, coupon_value, capacity and budget must be at least 0"))
        if not 0 <= self.global_holdout < 0.5:
            raise ValueError(_("global_holdout must be at least 0 and below 0.5"))
        if self.exclusion_slots < 1:
            raise ValueError(at_least("exclusion_slots", 1))
        if self.planned_effect is not None and not self.planned_effect > 0:
            raise ValueError(_("{name} must be above {bound}").format(name="planned_effect", bound=0))
        if self.category is not None and self.categories:
            raise ValueError(_("give category or categories, not both"))
        check_known([self.primary], OUTCOMES, WHERE, _("outcome"))
        check_known([self.unit], DRAWN, WHERE, _("unit"))
        self._check_guard_rails()
        _arms(self.arms)

    def _check_guard_rails(self) -> None:
        check_known(self.guard_rails, GUARD_RAILS, f"{WHERE} guard_rails", _("guard rail"))
        for name, limit in self.guard_rails.items():
            if not math.isfinite(limit) or ((limit > 0) == (name == "margin") and limit != 0):
                raise ValueError(_("a limit of guard_rails must be at least 0, and of margin at most 0"))

    @property
    def margin_used(self) -> float:
        """The company's margin, or the assumed one."""
        return ASSUMED_MARGIN if self.margin is None else self.margin

    @property
    def contact_cost_used(self) -> float:
        """The company's cost of a contact, or the assumed one."""
        return ASSUMED_CONTACT_COST if self.contact_cost is None else self.contact_cost

    @property
    def treatments(self) -> dict[str, ArmSettings]:
        """What is compared beside the holdout, by name; empty where that is one arm."""
        return _arms(self.arms)

    @property
    def guard_rails_used(self) -> dict[str, float]:
        """All guard rails: those of the settings, and for others what is usual."""
        return GUARD_RAILS | self.guard_rails

    @property
    def _amounts(self) -> tuple[float | None, ...]:
        return self.contact_cost, self.coupon_value, self.capacity, self.budget


def _arms(told: dict[str, Any]) -> dict[str, ArmSettings]:
    """The arms by name; a bare number is a share."""
    arms = {}
    for name, one in told.items():
        where = f"{WHERE[:-1]}.arms.{name}]"
        if name == HOLDOUT:
            raise DaogouError(_("this name is kept for those who are left out"), where, _("Give the arm another name."))
        arms[name] = validated(ArmSettings, one if isinstance(one, dict) else {"share": one}, where)
    total = sum(arm.share for arm in arms.values())
    if arms and abs(total - 1) > 1e-6:
        raise DaogouError(
            _("the shares of the arms add up to {total}, not to 1").format(total=f"{total:g}"),
            f"{WHERE[:-1]}.arms]",
            _("Give shares of those who get something; who is left out is told by holdout."),
        )
    return arms

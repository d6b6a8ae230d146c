"""What a campaign will be read by, fixed before it starts, so that nobody chooses after looking."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

OUTCOMES = (
    "contribution",
    "net_sales",
    "orders",
    "buyers",
    "second_purchase",
    "dwell",
    "shares",
    "return_day_7",
    "application",
    "funded_account",
)
MONEY = ("contribution", "net_sales")
AMOUNTS = (*MONEY, "dwell")  # with a heavy tail, so that a reading asks for more people
HOLDOUT, TREATED = "holdout", "treated"  # arms; that of a campaign with one arm is called treated
VALUE, RECENCY = "value", "recency"  # what strata are made of where nothing else is asked for
DRAWN = ("customer", "household", "store")  # regions and weeks are switched for a channel, not for people
GUARD_RAILS = {"unsubscribes": 0.005, "complaints": 0.001, "refund_rate": 0.02, "margin": -0.02}


@dataclass(frozen=True)
class Design:
    """One primary outcome over one window; the tail is as many days again.

    Attributes:
        primary: the outcome that decides, by its name in ``docs/methods/experiments.md``.
        outcome_days: days from the campaign's first day.
        guard_rails: outcome -> the change per person, or of the rate, that is still borne; of margin below 0.
        unit: what is drawn by lot: customer, household, store, region or time.
        arms: the arms that get something, in order.
        planned_effect: the effect on the primary outcome, per person or region, that the test is made to find; None:
            not planned.
        offer: campaigns of one offer are read together; empty: this one alone.
    """

    primary: str = "contribution"
    outcome_days: int = 28
    guard_rails: Mapping[str, float] = field(default_factory=lambda: dict(GUARD_RAILS))
    unit: str = "customer"
    arms: tuple[str, ...] = ("treated",)
    planned_effect: float | None = None
    offer: str = ""

    @property
    def tail_days(self) -> int:
        """Days after the outcome's in which is read what was only bought earlier."""
        return self.outcome_days

    def as_dict(self) -> dict[str, Any]:
        """As JSON holds it.

        >>> Design.from_dict(Design(primary="orders").as_dict()).primary
        'orders'
        """
        return {**vars(self), "guard_rails": dict(self.guard_rails), "arms": list(self.arms)}

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Design":
        """The design that ``as_dict`` told."""
        return cls(**{**told, "arms": tuple(told["arms"])})

    @property
    def sha256(self) -> str:
        """Changes with anything that is fixed.

        >>> Design().sha256 == Design(outcome_days=28).sha256, Design().sha256 == Design(outcome_days=14).sha256
        (True, False)
        """
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()

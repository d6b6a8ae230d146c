"""Settings of the section [measure]. Margin and cost of a contact stand in [plan]."""

from dataclasses import dataclass
from typing import Any

from daogou.base.settings import at_least, setting
from daogou.base.words import gettext as _


@dataclass(frozen=True)
class MeasureSettings:
    """How past campaigns are measured, and how looks are made."""

    fewest_redeemers: int = setting(30, "distinct redeemers below which a campaign or type shows counts alone")
    resamples: int = setting(1000, "bootstrap resamples behind an interval")
    fewest_customers: int = setting(30, "customers below which a figure of a look has no interval and says so")
    align_on: list[str] = setting(
        list, "festivals that last year is aligned on, by their names in the calendar; empty: those of the market"
    )
    outcomes: dict[str, Any] = setting(
        dict, "by name, the event that is an application or a funded_account: a rule such as { did = 'signed_up' }"
    )

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a value outside its range.
        """
        if self.fewest_redeemers < 1 or self.resamples < 100:
            raise ValueError(_("fewest_redeemers must be at least 1 and resamples at least 100"))
        if self.fewest_customers < 1:
            raise ValueError(at_least("fewest_customers", 1))

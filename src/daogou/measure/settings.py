"""Settings of the section [measure]. Margin and cost of a contact stand in [plan]."""

from dataclasses import dataclass

from daogou.base.settings import setting
from daogou.base.words import gettext as _


@dataclass(frozen=True)
class MeasureSettings:
    """How past campaigns are measured."""

    fewest_redeemers: int = setting(30, "distinct redeemers below which a campaign or type shows counts alone")
    resamples: int = setting(1000, "bootstrap resamples behind an interval")

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a value outside its range.
        """
        if self.fewest_redeemers < 1 or self.resamples < 100:
            raise ValueError(_("fewest_redeemers must be at least 1 and resamples at least 100"))

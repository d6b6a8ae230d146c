"""Settings of what customers are worth."""

from dataclasses import dataclass

from daogou.base.settings import at_least, setting
from daogou.base.words import gettext as _


@dataclass(frozen=True)
class ValueSettings:
    """Section [value] of daogou.toml; the margin stands in [plan]."""

    days: int = setting(365, "days ahead that a customer's value is counted over")
    discount: float = setting(0.1, "what money of a year later is worth less, e.g. 0.1 for a tenth")
    wholesale: float = setting(
        3.5, "a customer whose mean purchase lies so many robust standard deviations above the median, in logarithms, "
        "is a wholesale buyer"
    )  # fmt: skip
    most_correlation: float = setting(
        0.1, "frequency and value of a purchase may surely go together by no more than this for Gamma-Gamma"
    )
    drift: float = setting(
        0.1, "how far totals are taken to lie off, as a share, before any window of the past has shown it"
    )
    season: float = setting(
        0.15, "how far sales of months that were never seen are taken to lie off, as a share; it widens intervals "
        "where less than a year of orders is known"
    )  # fmt: skip
    fewest_customers: int = setting(30, "customers who bought on two days or more that are needed")
    fewest_days: int = setting(28, "days of orders that are needed")
    draws: int = setting(400, "futures drawn behind each interval")
    seed: int = setting(20170101, "seed of the draws")

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError(at_least("days", 1))
        if not self.discount > -1:
            raise ValueError(_("{name} must be above {bound}").format(name="discount", bound=-1))
        if self.wholesale <= 0 or min(self.drift, self.season) < 0 or not 0 <= self.most_correlation <= 1:
            raise ValueError(
                _("wholesale must be above 0, drift and season 0 or more, most_correlation between 0 and 1")
            )
        if self.fewest_customers < 10 or self.fewest_days < 7:
            raise ValueError(_("fewest_customers must be 10 or more and fewest_days 7 or more: fewer teach nothing"))
        if self.draws < 100:
            raise ValueError(_("{name} must be 100 or more: fewer give no interval").format(name="draws"))

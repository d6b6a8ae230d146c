"""Settings of recommendations."""

from dataclasses import dataclass

from daogou.base.settings import setting
from daogou.base.words import gettext as _

MOST = 1000  # items for each customer: longer is no recommendation


@dataclass(frozen=True)
class RecommendSettings:
    """``[recommend]`` in daogou.toml."""

    n: int = setting(20, "items for each customer")
    repeat: bool = setting(False, "whether items that the customer bought before may be among them")
    k: int = setting(100, "neighbours of an item that vote for it")
    min_support: int = setting(3, "customers in common that make two items neighbours; fewer are chance")
    shrinkage: float = setting(10.0, "customers in common count for less below about this many")
    half_life: float = setting(56.0, "days after which a purchase weighs half as much in a customer's taste")
    popular_half_life: float = setting(28.0, "days after which a purchase weighs half as much in what is popular")
    holdout_days: int = setting(28, "last days that models are compared on; both learn from the days before")

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a value outside its range.
        """
        if min(self.n, self.k, self.min_support, self.holdout_days) < 1:
            raise ValueError(_("n, k, min_support and holdout_days must be 1 or more"))
        if self.n > MOST:
            raise ValueError(_("n must be {most} or less").format(most=MOST))
        if self.shrinkage < 0:
            raise ValueError(_("shrinkage must be 0 or more"))
        if min(self.half_life, self.popular_half_life) <= 0:
            raise ValueError(_("half_life and popular_half_life must be above 0"))

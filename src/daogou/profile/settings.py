"""Settings of profiles, lists and segments."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from daogou.base.own_feature import read_feature
from daogou.base.rule_read import read
from daogou.base.settings import at_least, setting
from daogou.base.words import gettext as _

Threshold = Literal["mean", "median"]
Scheme = Literal["language", "rfm", "rfm_zh"]


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise ValueError(problem)


@dataclass(frozen=True)
class ProfileSettings:
    """Section [profile] of daogou.toml."""

    period_days: int = setting(28, "days of the period that figures and lists look at, and of the one before")
    repurchase_days: int = setting(90, "days in which a buyer must buy on a second day to count in the repurchase rate")
    pulse_weeks: int = setting(26, "weeks that the small charts show")
    regular_order_days: int = setting(4, "days with an order that make a customer a regular")
    overdue_ratio: float = setting(2.0, "a regular is overdue from this many times the usual gap without an order")
    lost_ratio: float = setting(10.0, "and lost above this many times the usual gap")
    fewest_second_orders: int = setting(30, "second orders that must be known before their usual window is learned")
    replenish_days: int = setting(7, "an item is due if its usual day falls within this many days, before or after now")
    replenish_purchases: int = setting(3, "days with a purchase of the item that make a rhythm")
    replenish_gap: int = setting(7, "shortest usual gap in days that is worth a reminder")
    replenish_spread: float = setting(
        0.5, "a rhythm is steady if its gaps' deviation is at most this part of their mean"
    )

    price_bands: list[float] = setting(
        lambda: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
        "list prices of one, ascending, between which the bands of prices lie",
    )
    interests: list[str] = setting(
        lambda: ["category", "title"],
        "what interests are read from: category, title, description or brand of items, or names of their attributes",
    )
    interest_half_life: int = setting(90, "days after which a purchase says half as much about interests")
    features: dict[str, dict[str, Any]] = setting(
        dict, "features of your own, [profile.features.NAME] each; see docs/methods/features.md"
    )

    def __post_init__(self) -> None:
        for name in ("period_days", "repurchase_days", "pulse_weeks", "fewest_second_orders", "replenish_days"):
            _require(getattr(self, name) >= 1, at_least(name, 1))
        _require(self.interest_half_life >= 1, at_least("interest_half_life", 1))
        _require(bool(self.interests), _("{name} may not be empty").format(name="interests"))
        bands = self.price_bands
        _require(
            bool(bands) and bands[0] > 0 and all(low < high for low, high in pairwise(bands)),
            _("price_bands must be one or more prices above 0, each above the one before"),
        )
        for name, told in self.features.items():
            read_feature(name, told, feature_place(name))
        _require(self.regular_order_days >= 2, _("regular_order_days must be 2 or more: one day has no gap"))
        _require(self.replenish_purchases >= 3, _("replenish_purchases must be 3 or more: fewer show no rhythm"))
        _require(0 < self.overdue_ratio < self.lost_ratio, _("overdue_ratio must be above 0 and below lost_ratio"))


@dataclass(frozen=True)
class SegmentSettings:
    """Section [segment] of daogou.toml."""

    rfm_window_days: int = setting(365, "days that recency, frequency and money look back")
    rfm_scheme: Scheme = setting("language", "RFM names that are shown: rfm (eleven), rfm_zh (eight) or by language")
    new_days: int = setting(90, "a customer is new for this many days after the first order")
    rfm_zh_threshold: Threshold = setting("mean", "what the eight names count as high: above the mean or the median")
    rfm_zh_recency_days: float = setting(0.0, "a threshold of your own for recency, in days; 0: rfm_zh_threshold")
    rfm_zh_orders: float = setting(0.0, "a threshold of your own for orders in the window; 0: rfm_zh_threshold")
    rfm_zh_net_sales: float = setting(0.0, "a threshold of your own for net sales in the window; 0: rfm_zh_threshold")
    k: int = setting(0, "groups that k-means makes; 0: chosen by silhouette between 2 and 10")
    features: list[str] = setting(
        lambda: ["orders_365", "order_value", "discount_share"],
        "what k-means groups by: columns of profiles, order_value, features of your own, attributes such as age",
    )
    categories: int = setting(3, "largest categories whose shares k-means groups by as well; 0: none")
    seed: int = setting(20170101, "seed of k-means and of its samples")
    rules: dict[str, dict[str, Any]] = setting(
        dict, "segments by rule, [segment.rules.NAME] each; the language is in docs/methods/rules.md"
    )
    market: str = setting(
        "", "country whose public holidays rules know, by ISO 3166: 'CN', 'US'; empty: by [company] timezone"
    )

    def __post_init__(self) -> None:
        _require(self.rfm_window_days >= 1, at_least("rfm_window_days", 1))
        _require(self.k == 0 or self.k >= 2, _("k must be 0 (chosen) or 2 or more"))
        _require(self.categories >= 0, at_least("categories", 0))
        _require(bool(self.features) or self.categories > 0, _("features may not be empty where categories is 0"))
        for name, told in self.rules.items():
            read(told, rule_place(name))


def rule_place(name: str) -> str:
    """Where errors say that a rule of ``[segment.rules]`` stands."""
    return f"daogou.toml [segment.rules.{name}]"


def feature_place(name: str) -> str:
    """Where errors say that a feature of ``[profile.features]`` stands."""
    return f"daogou.toml [profile.features.{name}]"

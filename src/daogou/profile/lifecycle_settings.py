"""Settings of the lifecycle."""

from dataclasses import dataclass

from daogou.base.settings import at_least, setting
from daogou.base.words import gettext as _


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise ValueError(problem)


@dataclass(frozen=True)
class LifecycleSettings:
    """Section [lifecycle] of daogou.toml."""

    new_days: int = setting(
        0, "days after the first order on which a customer is new; 0: until a quarter of second orders usually came"
    )
    second_days: int = setting(
        0, "day after the first order on which the second-purchase window ends; 0: when nine of ten usually came"
    )
    fewest_second_orders: int = setting(30, "second orders that must be known before these two are learned from them")
    pooled_gaps: int = setting(3, "own gaps at which a customer's own rhythm weighs as much as everyone's")
    least_due_days: int = setting(14, "shortest due window, in days, however often a customer orders")
    lapsed_ratio: float = setting(2.0, "a customer has lapsed after this many due windows without an order")
    lost_ratio: float = setting(4.0, "and is lost after this many")
    moves_days: int = setting(28, "days between the two dates whose movements the report shows")

    def __post_init__(self) -> None:
        for name in ("new_days", "second_days"):
            _require(getattr(self, name) >= 0, at_least(name, 0))
        for name in ("fewest_second_orders", "pooled_gaps", "least_due_days", "moves_days"):
            _require(getattr(self, name) >= 1, at_least(name, 1))
        _require(
            self.second_days == 0 or self.second_days > self.new_days,
            _("second_days must be 0, or more than new_days"),
        )
        _require(1 < self.lapsed_ratio < self.lost_ratio, _("lapsed_ratio must be above 1 and below lost_ratio"))

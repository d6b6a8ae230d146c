"""Credit of channels for orders: an accounting rule, never an effect.

A rule shares out what was ordered; what would not have been ordered otherwise, only a test can tell.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import numpy as np

from daogou.base.words import gettext as _
from daogou.measure.attribution_arrays import in_steps
from daogou.measure.attribution_chain import chain, removal_effects, shapley
from daogou.measure.attribution_money import rounded
from daogou.measure.attribution_paths import Paths, paths
from daogou.measure.attribution_rules import FIXED, by_channels, by_rule

Array = np.ndarray[Any, Any]
RULES = (*FIXED, "markov", "shapley")
SEED = 20170101  # of sampled Shapley values; any number will do, as long as it stays

__all__ = ["RULES", "Credit", "Paths", "attribute", "headline", "in_steps", "paths"]


def headline() -> str:
    """What stands above every table of credit."""
    return _("Credit, not causation")


@dataclass(frozen=True, eq=False)
class Credit:
    """What each channel is credited with. All arrays have the shape (channels,); sums are those of the paths."""

    rule: str
    channels: tuple[str, ...]
    orders: Array  # float64
    money: Array  # int64, in steps; adds up exactly
    error: Array  # standard error of the share of orders that sampling leaves; 0 where nothing was sampled
    step: Decimal

    @property
    def share(self) -> Array:
        """Share of the orders that have a path, 0-1."""
        total = self.orders.sum()
        return self.orders / total if total else np.zeros(len(self.orders))

    @property
    def value(self) -> list[Decimal]:
        """The money in the currency, exact."""
        return [int(steps) * self.step for steps in self.money]

    def __str__(self) -> str:
        """The table, under what it is."""
        width = max((len(channel) for channel in self.channels), default=0)
        rows = zip(self.channels, self.orders, self.value, self.share, strict=True)
        lines = [f"{name:<{width}} {orders:14,.2f} {value:16,} {share:7.1%}" for name, orders, value, share in rows]
        return "\n".join([f"{headline()} ({self.rule})", *lines])


def attribute(
    found: Paths,
    rule: str,
    *,
    half_life: float = 7.0,
    direct: tuple[str, ...] = ("direct",),
    worth: Literal["chain", "orders"] = "chain",
    seed: int = SEED,
) -> Credit:
    """Share the orders of the paths, and what they are worth, among channels.

    Args:
        found: from :func:`paths`, or from :meth:`Paths.of` where paths are counted already.
        rule: first, last, last_non_direct, linear, time_decay, position (40, 20, 40), markov (removal) or shapley.
        half_life: days after which a touch weighs half as much, for time_decay.
        direct: channels that are no channel for last_non_direct, unless there is no other in the path.
        worth: what a coalition is worth to shapley. "chain": the share of paths that end in an order when only its
            channels can be entered, to which paths without an order matter; "orders": the orders of paths that hold no
            other channel, to which they do not.
        seed: of the sample above 12 channels.

    Raises:
        ValueError: an unknown rule or worth, time decay without times, or too many channels for shapley.

    >>> found = Paths.of(["search > email", "email", "search"], [3, 2, 0], [30, 20, 0], [3, 6, 6])
    >>> attribute(found, "linear").orders.tolist()
    [3.5, 1.5]
    >>> print(attribute(found, "markov"))
    Credit, not causation (markov)
    email            3.50            35.00   70.0%
    search           1.50            15.00   30.0%
    """
    if rule not in RULES:
        raise ValueError(f"no rule {rule!r}; there are {', '.join(RULES)}")
    if worth not in ("chain", "orders"):
        raise ValueError(f"worth is {worth!r}; write 'chain' or 'orders'")
    n = len(found.channels)
    error = np.zeros(n)
    if not found.total_orders:
        return Credit(rule, found.channels, np.zeros(n), np.zeros(n, np.int64), error, found.step)
    if rule in FIXED:
        orders, money = by_rule(found, rule, half_life, direct)
    elif rule == "shapley" and worth == "orders":
        orders, money = by_channels(found)
    else:
        walk = chain(found)
        weights, error = (removal_effects(walk), error) if rule == "markov" else shapley(walk, seed)
        share, error = weights / weights.sum(), error / weights.sum()
        orders, money = share * found.total_orders, share * found.total_money
    return Credit(rule, found.channels, orders, rounded(money, found.total_money), error, found.step)

"""What is asked of an allocation, and the same question with something changed."""

import math
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from daogou.campaign.allocation import customers as kept
from daogou.campaign.allocation.customers import Customers, Settled, totals
from daogou.campaign.allocation.limits import Array, Limits

_SAMPLE = 20_000  # customers that stand for all where a question is asked many times
_SEED = 20260102


class Asked(Protocol):
    """A question whose customers are in memory or in files."""

    @property
    def limits(self) -> Limits:
        """What may not be exceeded, and what must be reached."""

    @property
    def ceiling(self) -> float:
        """0, or the most that the last 1 of what limits ask for may cost."""

    @property
    def exact(self) -> bool:
        """Whether the last of the gap is worth a search."""

    def __len__(self) -> int:
        """Customers."""

    def customers(self, ids: Array) -> Customers:
        """Those at places ``ids``, as float64; what brings nothing may not be chosen unless a limit asks for some."""

    def settle(self, prices: Array, wide: Array, slack: float, action: Array) -> Settled:
        """Settle who can be around ``prices``; ``action`` (customers,) gets their action, and -2 for the others."""

    def all_open(self) -> Settled:
        """Nobody is settled."""

    def breach(self, action: Array) -> Array:
        """Shape (prices,): by how much ``action`` (customers,) goes beyond each limit; at most 0 where it is kept."""


@dataclass(frozen=True)
class Question:
    """What is asked. ``eligible`` is (0, 0) where everyone is eligible, ``group`` (0,) where there are no floors.

    ``ceiling`` is 0, or the most that the last 1 of what limits ask for may cost; ``exact`` says whether the last
    of the gap is worth an exact search where there are few choices.
    """

    value: Array
    cost: Array
    eligible: Array
    group: Array
    limits: Limits
    ceiling: float = 0.0
    exact: bool = True

    def __len__(self) -> int:
        return len(self.value)

    def settle(self, prices: Array, wide: Array, slack: float, action: Array) -> Settled:
        """Settle who can be around ``prices``; ``action`` (customers,) gets their action, and -2 for the others."""
        return kept.settle(
            self.value, self.cost, self.eligible, self.group, self.limits, prices, wide, slack, action
        )  # fmt: skip

    def all_open(self) -> Settled:
        """Nobody is settled."""
        return Settled(np.arange(len(self)), 0.0, np.zeros(len(self.limits.amounts)))

    def customers(self, ids: Array) -> Customers:
        """Those at places ``ids``, as float64; what brings nothing may not be chosen unless a limit asks for some."""
        eligible = self.eligible[ids] if len(self.eligible) else self.eligible
        group = self.group[ids] if len(self.group) else self.group
        return Customers.of(ids, self.value[ids], self.cost[ids], eligible, group, self.limits.asks)

    def breach(self, action: Array) -> Array:
        """Shape (prices,): by how much ``action`` (customers,) goes beyond each limit; at most 0 where it is kept."""
        found = totals(self.value, self.cost, self.group, len(self.limits.floor), action)
        return self.limits.taken(found.cost, found.counts, found.reached) - self.limits.amounts

    def with_budget(self, budget: float) -> "Question":
        """The same with another budget."""
        return replace(self, limits=replace(self.limits, budget=budget))

    def with_value(self, value: Array) -> "Question":
        """The same with other values."""
        return replace(self, value=value)

    def with_capacity_cut(self, channel: int, share: float) -> "Question":
        """The same with the capacity of a channel cut by ``share``, to whole customers."""
        capacity = self.limits.capacity.copy()
        capacity[channel] = math.floor(capacity[channel] * (1 - share))
        return replace(self, limits=replace(self.limits, capacity=capacity))

    def sample(self) -> "Question":
        """The same, not exact, of a sample of customers with their share of each limit; of all where they are few."""
        n = len(self.value)
        if n <= _SAMPLE:
            return replace(self, exact=False)
        ids = np.sort(np.random.default_rng(_SEED).choice(n, _SAMPLE, replace=False, shuffle=False))
        eligible = self.eligible[ids] if len(self.eligible) else self.eligible
        group = self.group[ids] if len(self.group) else self.group
        return Question(self.value[ids], self.cost[ids], eligible, group, self.limits.scaled(_SAMPLE / n), exact=False)

    def half(self, which: int) -> "Question":
        """Every second customer from the first (0) or the second (1), with their share of each limit."""
        every = slice(which, None, 2)
        eligible = self.eligible[every] if len(self.eligible) else self.eligible
        group = self.group[every] if len(self.group) else self.group
        value = self.value[every]
        limits = self.limits.scaled(len(value) / len(self.value))
        return replace(self, value=value, cost=self.cost[every], eligible=eligible, group=group, limits=limits)

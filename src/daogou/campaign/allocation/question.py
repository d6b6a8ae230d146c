"""What is asked of an allocation, and the same question with something changed."""

import math
from dataclasses import dataclass, replace

import numpy as np

from daogou.campaign.allocation.customers import Customers, totals
from daogou.campaign.allocation.limits import Array, Limits

_SAMPLE = 20_000  # customers that stand for all where a question is asked many times
_SEED = 20260102


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

    def customers(self, ids: Array) -> Customers:
        """Those at places ``ids``, as float64; what brings nothing may not be chosen unless a limit asks for some."""
        value = self.value[ids].astype(np.float64)
        allowed = self.eligible[ids] if len(self.eligible) else np.ones(value.shape, np.bool_)
        if not self.limits.asks:
            allowed = allowed & (value > 0)
        group = self.group[ids] if len(self.group) else self.group
        return Customers(ids, value, self.cost[ids].astype(np.float64), allowed, group)

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

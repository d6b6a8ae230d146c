"""Customers who are weighed together, and what a pass over them finds."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numba
import numpy as np

from daogou.campaign.allocation import rows
from daogou.campaign.allocation.limits import Array, Limits

_ALONE = 8 * rows.BLOCK  # customers below which a second thread costs more than it brings
_THREADS = 2


def in_blocks(count: int, work: Callable[[int, int], None]) -> None:
    """``work`` on runs of blocks that cover ``count`` rows, in up to two threads; kernels let go of the lock."""
    blocks = -(-count // rows.BLOCK)
    if count <= _ALONE or numba.config.NUMBA_NUM_THREADS == 1:
        work(0, blocks)
        return
    bounds = np.linspace(0, blocks, 2 * _THREADS + 1).astype(int).tolist()
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(work, bounds[:-1], bounds[1:]))


@dataclass(frozen=True)
class Smoothed:
    """The smoothed dual of customers at some prices.

    Attributes:
        total: its value, without what the limits' amounts add.
        exact: the same, not smoothed.
        given: what the smoothed choice falls short of the best one at these prices.
        taken: shape (prices,), what the smoothed choice takes of each limit.
        curve: shape (prices, prices), second derivative.
    """

    total: float
    exact: float
    given: float
    taken: Array
    curve: Array


@dataclass(frozen=True)
class Customers:
    """Rows of customers as float64: ``ids`` are places among all, ``allowed`` says which actions may be chosen."""

    ids: Array
    value: Array
    cost: Array
    allowed: Array
    group: Array

    @classmethod
    def of(cls, ids: Array, value: Array, cost: Array, eligible: Array, group: Array, asks: bool) -> "Customers":
        """These rows; what brings nothing may not be chosen unless some limit ``asks`` for customers."""
        worth = value.astype(np.float64)
        allowed = eligible if len(eligible) else np.ones(worth.shape, np.bool_)
        return cls(ids, worth, cost.astype(np.float64), allowed if asks else allowed & (worth > 0), group)

    def __len__(self) -> int:
        return len(self.ids)

    def only(self, kept: Array) -> "Customers":
        """Those at places ``kept``."""
        group = self.group[kept] if len(self.group) else self.group
        return Customers(self.ids[kept], self.value[kept], self.cost[kept], self.allowed[kept], group)

    def taken(self, limits: Limits, now: Array) -> Array:
        """Shape (prices,): what the actions ``now`` (customers,) take of each limit."""
        on = np.flatnonzero(now >= 0)
        counts = np.bincount(now[on], minlength=self.value.shape[1])
        reached = np.bincount(self.group[on], minlength=len(limits.floor)) if len(limits.floor) else np.empty(0)
        return limits.taken(math.fsum(self.cost[on, now[on]].tolist()), counts, reached)

    def worth(self, now: Array) -> float:
        """The value of the actions ``now`` (customers,)."""
        on = np.flatnonzero(now >= 0)
        return math.fsum(self.value[on, now[on]].tolist())

    def regret(self, limits: Limits, prices: Array) -> Array:
        """What each action lacks to the best net of prices, (customers, m + 1), nothing last; infinite if barred."""
        lam, price, bonus = limits.parts(prices)
        net = np.zeros((len(self), self.value.shape[1] + 1))
        net[:, :-1] = self.value - lam * self.cost - price
        if len(bonus):
            net[:, :-1] += bonus[self.group][:, None]
        net[:, :-1][~self.allowed] = -np.inf
        return np.asarray(net.max(axis=1, keepdims=True) - net)

    def smooth(self, limits: Limits, prices: Array, heat: float) -> Smoothed:
        """The smoothed dual, its slopes and its curvature."""
        lam, price, bonus = limits.parts(prices)
        n, m = self.value.shape
        groups, blocks = len(bonus), -(-n // rows.BLOCK)
        sums, counts, reached = np.zeros((blocks, 4)), np.zeros((blocks, m)), np.zeros((blocks, groups))
        cov, crossed = np.zeros((blocks, m + 1, m + 1)), np.zeros((blocks, groups, m + 2))

        def work(first: int, last: int) -> None:
            rows.smooth(
                self.value, self.cost, self.allowed, self.group, lam, price, bonus, heat, first, last,
                sums, counts, reached, cov, crossed,
            )  # fmt: skip

        in_blocks(n, work)
        total, exact, spent, given = (math.fsum(column) for column in sums.T)
        taken = limits.taken(spent, counts.sum(axis=0), reached.sum(axis=0))
        return Smoothed(total, exact, given, taken, _curve(limits, cov.sum(axis=0), crossed.sum(axis=0)) / heat)


def _curve(limits: Limits, cov: Array, crossed: Array) -> Array:
    """The covariance of what a customer takes of each limit, from that of cost and actions."""
    cov[1:, 0] = cov[0, 1:]
    counted = 1 + len(limits.actions)
    size = counted + len(crossed)
    spread = np.zeros((counted, cov.shape[0]))
    spread[0, 0] = 1.0
    spread[1:, 1:] = limits.actions
    curve = np.zeros((size, size))
    curve[:counted, :counted] = spread @ cov @ spread.T
    across = -(spread @ crossed[:, 1:].T)
    curve[:counted, counted:] = across
    curve[counted:, :counted] = across.T
    curve[counted:, counted:] = np.diag(crossed[:, 0])
    return curve


@dataclass(frozen=True)
class Settled:
    """Those whose action is the same for all prices of a box: together they are worth a sum that is linear in prices.

    Attributes:
        open: places of the others, ascending.
        worth: value of the settled.
        taken: shape (prices,), what they take of each limit.
    """

    open: Array
    worth: float
    taken: Array


def settle(
    value: Array,
    cost: Array,
    eligible: Array,
    group: Array,
    limits: Limits,
    prices: Array,
    wide: Array,
    slack: float,
    action: Array,
) -> Settled:
    """Settle who can be: ``action`` (customers,) gets their action, and -2 for the others.

    ``wide`` (prices,) is half the box; the best action must be so by more than ``slack``.
    """
    n, m = value.shape
    lam, price, bonus = limits.parts(prices)
    counted = 1 + len(limits.actions)
    wide_price, wide_bonus = wide[1:counted] @ np.abs(limits.actions), np.ascontiguousarray(wide[counted:])
    blocks = -(-n // rows.BLOCK)
    sums, counts = np.zeros((blocks, 2)), np.zeros((blocks, m), np.int64)
    reached = np.zeros((blocks, len(bonus)), np.int64)

    def work(first: int, last: int) -> None:
        rows.settle(
            value, cost, eligible, limits.asks, group, lam, price, bonus, wide[0], wide_price, wide_bonus, slack,
            first, last, action, sums, counts, reached,
        )  # fmt: skip

    in_blocks(n, work)
    worth, spent = (math.fsum(column) for column in sums.T)
    taken = limits.taken(spent, counts.sum(axis=0), reached.sum(axis=0))
    return Settled(np.flatnonzero(action == -2), worth, taken)


@dataclass(frozen=True)
class Totals:
    """What actions bring and take. ``value`` and ``cost`` are correctly rounded but for 1 in 1e30 and more."""

    value: float
    cost: float
    counts: Array
    reached: Array


@dataclass(frozen=True)
class Parts:
    """What the actions of some customers bring and take, to be added up later without rounding.

    Attributes:
        sums: shape (blocks, 4), value and cost, each with what rounding lost.
        counts: shape (actions,), customers.
        reached: shape (groups,), customers.
    """

    sums: Array
    counts: Array
    reached: Array

    @classmethod
    def of(cls, value: Array, cost: Array, group: Array, groups: int, action: Array) -> "Parts":
        """Sum what ``action`` (customers,) brings and takes."""
        n, m = value.shape
        blocks = -(-n // rows.BLOCK)
        sums, counts = np.zeros((blocks, 4)), np.zeros((blocks, m), np.int64)
        reached = np.zeros((blocks, groups), np.int64)

        def work(first: int, last: int) -> None:
            rows.totals(value, cost, group, groups, action, first, last, sums, counts, reached)

        in_blocks(n, work)
        return cls(sums, counts.sum(axis=0), reached.sum(axis=0))


def total(parts: Sequence[Parts]) -> Totals:
    """All parts together, at least one."""
    sums = np.concatenate([part.sums for part in parts])
    worth, spent = math.fsum(sums[:, :2].ravel()), math.fsum(sums[:, 2:].ravel())
    counts, reached = (np.sum([getattr(part, name) for part in parts], axis=0) for name in ("counts", "reached"))
    return Totals(worth, spent, counts, reached)


def totals(value: Array, cost: Array, group: Array, groups: int, action: Array) -> Totals:
    """Sum what ``action`` (customers,) brings and takes."""
    return total([Parts.of(value, cost, group, groups, action)])

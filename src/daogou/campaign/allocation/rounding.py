"""From prices to one action a customer: round, mend what is breached, fill what is left, exchange pairs.

At the best prices few customers have a choice that is not clear. Rounding gives each of them one action, which breaches
limits by little; single changes mend that at the least regret; then pairs of changes use up what is left. Whatever an
allocation lacks to the bound is regret or unused limits at their prices, so only changes of little regret are tried.
"""

from typing import Any

import numpy as np

from daogou.campaign.allocation import moves
from daogou.campaign.allocation.customers import Customers
from daogou.campaign.allocation.limits import Array, Limits
from daogou.campaign.allocation.trades import trade

_MENDING = 20_000  # changes of least regret that mend breaches before all are looked at
_PAIRED = 1_000  # changes of least regret of which all pairs are tried
_PAIRED_BREACHED = 300  # the same where limits are still breached: each pair takes longer
_OF_A_KIND = 80  # of these, from one action to the same other
_TURNS = 60
_HARD = 1e3  # how much worse a breach is of what must not be exceeded than of what is asked for


def assign(
    customers: Customers, amounts: Array, limits: Limits, prices: Array, near: Array, heat: float, enough: float
) -> Array:
    """An action for each customer, (customers,), -1 for nothing, within ``amounts`` (prices,) where that can be.

    The smoothed choice at the prices ``near`` is rounded, and made better by what is regretted at ``prices``. Exchanges
    that bring less than ``enough`` are not made.
    """
    now = np.empty(len(customers), np.int32)
    parts = (customers.value, customers.cost, customers.allowed, customers.group)
    moves.diffuse(*parts, *limits.parts(near), max(heat, 1e-300), now)
    better(customers, amounts, limits, prices, now, enough)
    return now


def better(customers: Customers, amounts: Array, limits: Limits, prices: Array, now: Array, enough: float) -> None:
    """Mend ``now`` (customers,) where it breaches limits, and make more of it; see :func:`assign`."""
    room, weight = amounts - customers.taken(limits, now), _weight(customers, limits, prices)
    told = (now, room, weight, limits.channel, limits.offer, len(limits.capacity), len(limits.most))
    parts = (customers.value, customers.cost, customers.group)
    regret = customers.regret(limits, prices)
    near = _changes(regret, now, _MENDING)
    for changes in (near, None):
        if np.any(room < 0):
            _mend(parts, regret, *(changes or _changes(regret, now, regret.size)), told)
    _fill(customers, limits, told)
    who, what = _kinds(regret, now, *near)
    pairs = _PAIRED if np.all(room >= 0) else _PAIRED_BREACHED
    moves.exchange(*parts, who[:pairs], what[:pairs], *told, enough, _TURNS)
    _fill(customers, limits, told)
    if np.all(room >= 0):
        trade(customers, limits, *_kinds(regret, now, *_changes(regret, now, _MENDING)), now, room, enough)


def _mend(parts: tuple[Array, ...], regret: Array, who: Array, what: Array, told: tuple[Any, ...]) -> None:
    """Take changes that lessen breaches, cheapest first, until none does."""
    done = 1
    while done:
        rate = moves.rates(*parts, regret, who, what, *told)
        order = np.argsort(rate, kind="stable")[: np.isfinite(rate).sum()]
        done = moves.mend(*parts, regret, who[order], what[order], rate[order], *told)


def _fill(customers: Customers, limits: Limits, told: tuple[Any, ...]) -> None:
    """Take changes that bring value and fit, most first, until none is left."""
    now, room = told[:2]
    while moves.fill(customers.value, customers.cost, customers.group, *_gains(customers, now, room, limits), *told):
        pass


def _weight(customers: Customers, limits: Limits, prices: Array) -> Array:
    """How bad a breach of 1 is, shape (prices,)."""
    values, paid = customers.value[customers.allowed], customers.cost[customers.cost > 0]
    weight = prices + 1e-3 * max(float(np.abs(values).mean()) if values.size else 0.0, 1e-300)
    weight[0] /= float(paid.mean()) if paid.size else 1.0
    if limits.asks:
        weight[: 1 + len(limits.capacity) + len(limits.most)] *= _HARD
    return weight


def _changes(regret: Array, now: Array, most: int) -> tuple[Array, Array]:
    """The ``most`` changes of least regret, and all as good as the last of them: who, and to what."""
    flat = regret.ravel()
    finite = flat[np.isfinite(flat)]
    edge = np.partition(finite, most)[most] if most < len(finite) else np.finfo(np.float64).max
    who, what = np.divmod(np.flatnonzero(flat <= edge), regret.shape[1])
    what[what == regret.shape[1] - 1] = -1
    changed = what != now[who]
    return who[changed], what[changed]


def _kinds(regret: Array, now: Array, who: Array, what: Array) -> tuple[Array, Array]:
    """Of these changes the best of each kind (from one action to one other), and of them the best ``_PAIRED``."""
    added = regret[who, what] - regret[who, now[who]]
    order = np.lexsort((who, added, what, now[who]))
    kind = (now[who[order]] + 1) * regret.shape[1] + what[order] + 1
    starts = np.flatnonzero(np.diff(kind, prepend=-1))
    rank = np.arange(len(kind)) - np.repeat(starts, np.diff(np.append(starts, len(kind))))
    order = order[rank < _OF_A_KIND]
    order = order[np.lexsort((order, added[order]))][:_PAIRED]
    return who[order], what[order]


def _gains(customers: Customers, now: Array, room: Array, limits: Limits) -> tuple[Array, Array]:
    """Changes that bring value, most first, as far as each by itself fits into the budget and the capacities left."""
    places = np.arange(len(now))
    chosen = np.where(now >= 0, customers.value[places, now], 0.0)
    spent = np.where(now >= 0, customers.cost[places, now], 0.0)
    fits = customers.allowed & (room[1 + limits.channel] >= 1)
    for channel in np.flatnonzero(room[1 : 1 + len(limits.capacity)] < 1):
        fits[np.ix_(limits.channel[now] == channel, limits.channel == channel)] = True
    fits &= customers.allowed & (customers.value > chosen[:, None])
    fits &= customers.cost - spent[:, None] <= max(float(room[0]), 0.0)
    who, what = np.nonzero(fits)
    idle = np.flatnonzero(chosen < 0)
    gain = np.concatenate([customers.value[who, what] - chosen[who], -chosen[idle]])
    who, what = np.concatenate([who, idle]), np.concatenate([what, np.full(len(idle), -1)])
    order = np.lexsort((what, who, -gain))
    return who[order], what[order]

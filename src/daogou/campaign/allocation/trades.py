"""Up to four changes at once that use up what is left: two bundles of at most two changes that complete each other.

The bundles are sorted by what they do to limits that are nearly used up and then by cost, so the bundles that fit to a
given one and cost just as much as is left stand together (meet in the middle; Horowitz and Sahni, 1974).
"""

import numba
import numpy as np

from daogou.campaign.allocation import moves
from daogou.campaign.allocation.customers import Customers
from daogou.campaign.allocation.limits import Array, Limits

_CHANGES = 320  # of least regret; bundles are half their square
_NEAR = 48  # bundles that are looked at below the cost that is left
_ROUNDS = 24
_TOUCHED = 4  # customers: a limit with more room than that cannot be breached


def trade(
    customers: Customers, limits: Limits, who: Array, what: Array, now: Array, room: Array, enough: float
) -> None:
    """Take the trade that brings most, as long as one brings more than ``enough``; ``now`` and ``room`` change.

    ``who`` and ``what`` (changes,) are customers and actions to change to, those of least regret first; ``room``
    (prices,) is what is left of each limit, nowhere below 0.
    """
    names = np.random.default_rng(0).integers(1 << 40, 1 << 56, len(room) - 1)  # sums of few of them are all different
    for _round in range(_ROUNDS):
        there = np.flatnonzero(now[who] != what)[:_CHANGES]
        one, to = who[there], what[there]
        gain, cost, key = _effects(customers, limits, one, to, now, np.where(room[1:] < _TOUCHED, names, 0))
        first, second = np.triu_indices(len(one), 1)
        apart = one[first] != one[second]
        first, second = first[apart], second[apart]
        alone = np.arange(len(one))
        left = np.concatenate([[-1], alone, first])
        right = np.concatenate([[-1], np.full(len(one), -1), second])
        gains, costs, keys = (np.append(x, x.dtype.type(0)) for x in (gain, cost, key))  # the last: no change
        gains, costs, keys = gains[left] + gains[right], costs[left] + costs[right], keys[left] + keys[right]
        order = np.lexsort((costs, keys))
        bundles = (keys[order], costs[order], gains[order], left[order], right[order])
        spare = int(np.where(room[1:] < _TOUCHED, names * room[1:].astype(np.int64), 0).sum())
        brought, best = 0.0, np.full(4, -1)
        for target in {0, spare}:
            found = np.empty(4, np.int64)
            more = _complete(*bundles, np.append(one, -1), target, room[0], max(brought, enough), found)
            if more > brought:
                brought, best = more, found
        chosen = best[best >= 0]
        if brought <= enough or not _take(customers, limits, one[chosen], to[chosen], now, room):
            break


def _effects(
    customers: Customers, limits: Limits, who: Array, what: Array, now: Array, names: Array
) -> tuple[Array, Array, Array]:
    """Value, cost and the summed names of limits that each change takes one of, (changes,) each."""
    places, before = np.arange(len(who)), now[who]
    value = np.column_stack([customers.value[who], np.zeros(len(who))])
    cost = np.column_stack([customers.cost[who], np.zeros(len(who))])
    counted = len(limits.actions)
    named = np.append(names[:counted] @ limits.actions.astype(np.int64), 0)
    key = named[what] - named[before]
    if len(limits.floor):
        key -= names[counted:][customers.group[who]] * ((what >= 0).astype(np.int64) - (before >= 0))
    return value[places, what] - value[places, before], cost[places, what] - cost[places, before], key


def _take(customers: Customers, limits: Limits, who: Array, what: Array, now: Array, room: Array) -> bool:
    """Make changes, or none of them where a limit would be breached; whether they were made."""
    told = (now, room, np.ones(len(room)), limits.channel, limits.offer, len(limits.capacity), len(limits.most))
    parts, old, before = (customers.cost, customers.group), now[who], room.copy()
    for i, j in zip(who.tolist(), what.tolist(), strict=True):
        moves.move(*parts, i, j, *told)
    if np.all(room >= 0):
        return True
    now[who], room[:] = old, before
    return False


@numba.njit(cache=True, nogil=True)
def _complete(key, cost, gain, left, right, who, target, budget, enough, found):  # type: ignore[no-untyped-def]
    """The two bundles that bring most together, cost at most ``budget`` and whose keys sum to ``target``.

    ``found`` (4,) gets their changes, -1 for none; what they bring, 0 where nothing brings more than ``enough``.
    """
    best, n = enough, len(key)
    found[:] = -1
    for x in range(n):
        wanted = target - key[x]
        low, high = 0, n
        while low < high:  # behind the last bundle of that key that still can be paid
            middle = (low + high) // 2
            if key[middle] < wanted or (key[middle] == wanted and cost[middle] + cost[x] <= budget):
                low = middle + 1
            else:
                high = middle
        for y in range(low - 1, max(low - 1 - _NEAR, -1), -1):
            if key[y] != wanted:
                break
            if gain[x] + gain[y] <= best:
                continue
            a, b, c, d = who[left[x]], who[right[x]], who[left[y]], who[right[y]]
            if (a >= 0 and a in (c, d)) or (b >= 0 and b in (c, d)):
                continue
            best = gain[x] + gain[y]
            found[0], found[1], found[2], found[3] = left[x], right[x], left[y], right[y]
    return best if best > enough else 0.0

"""Changes of single customers, compiled: round, mend, fill and exchange.

``room`` (prices,) is what is left of each limit, in the order of prices; below 0 is a breach, and ``weight`` (prices,)
says how bad one of each is. ``now`` (customers,) is the action of each, -1 for nothing.
"""

import math

import numba
import numpy as np

from daogou.campaign.allocation.rows import FAR

NOISE = 1e-12  # of a breach: a change of less may be rounding, and could be undone without end


@numba.njit(cache=True, nogil=True)
def diffuse(value, cost, allowed, group, lam, price, bonus, heat, now):  # type: ignore[no-untyped-def]
    """Round the smoothed choice, carrying over to the next customer what rounding owes each action."""
    n, m = value.shape
    owed, net = np.zeros(m + 1), np.empty(m + 1)
    for i in range(n):
        extra = bonus[group[i]] if len(bonus) else 0.0
        best = net[m] = 0.0
        for j in range(m):
            net[j] = value[i, j] - lam * cost[i, j] - price[j] + extra if allowed[i, j] else -np.inf
            best = max(best, net[j])
        mass = 0.0
        for j in range(m + 1):
            net[j] = math.exp((net[j] - best) / heat) if net[j] > best - FAR * heat else 0.0
            mass += net[j]
        chosen, most = m, -np.inf
        for j in range(m, -1, -1):
            if net[j] > 0.0:
                owed[j] += net[j] / mass
                if owed[j] > most:
                    chosen, most = j, owed[j]
        owed[chosen] -= 1.0
        now[i] = chosen if chosen < m else -1


@numba.njit(cache=True, nogil=True, inline="always")
def breach(left):  # type: ignore[no-untyped-def]
    """How far below 0."""
    return -left if left < 0.0 else 0.0


@numba.njit(cache=True, nogil=True)
def take(room, weight, channel, offer, channels, offers, group, i, j, sign):  # type: ignore[no-untyped-def]
    """Let customer ``i`` take (1) or give back (-1) action ``j``, cost left aside; by how much breaches grow."""
    if j < 0:
        return 0.0
    place = 1 + channel[j]
    worse = -weight[place] * breach(room[place])
    room[place] -= sign
    worse += weight[place] * breach(room[place])
    if offers:
        place = 1 + channels + offer[j]
        worse -= weight[place] * breach(room[place])
        room[place] -= sign
        worse += weight[place] * breach(room[place])
        place += offers
        worse -= weight[place] * breach(room[place])
        room[place] += sign
        worse += weight[place] * breach(room[place])
    if len(group):
        place = 1 + channels + 2 * offers + group[i]
        worse -= weight[place] * breach(room[place])
        room[place] += sign
        worse += weight[place] * breach(room[place])
    return worse


@numba.njit(cache=True, nogil=True)
def spend(room, weight, amount):  # type: ignore[no-untyped-def]
    """Spend so much of the budget; by how much its breach grows."""
    before = breach(room[0])
    room[0] -= amount
    return weight[0] * (breach(room[0]) - before)


@numba.njit(cache=True, nogil=True)
def move(cost, group, i, j, now, room, weight, channel, offer, channels, offers):  # type: ignore[no-untyped-def]
    """Change the action of customer ``i`` to ``j``; by how much breaches grow."""
    a = now[i]
    worse = spend(room, weight, (cost[i, j] if j >= 0 else 0.0) - (cost[i, a] if a >= 0 else 0.0))
    worse += take(room, weight, channel, offer, channels, offers, group, i, a, -1.0)
    worse += take(room, weight, channel, offer, channels, offers, group, i, j, 1.0)
    now[i] = j
    return worse


@numba.njit(cache=True, nogil=True)
def rates(value, cost, group, regret, who, what, now, room, weight, channel, offer, channels, offers):  # type: ignore[no-untyped-def]
    """The regret that each move adds for what it lessens breaches, (moves,); infinite where it lessens none."""
    m, found, broken = value.shape[1], np.full(len(who), np.inf), 0.0
    for r in range(len(room)):
        broken += weight[r] * breach(room[r])
    for x in range(len(who)):
        i, j, a, budget = who[x], what[x], now[who[x]], room[0]
        worse = move(cost, group, i, j, now, room, weight, channel, offer, channels, offers)
        move(cost, group, i, a, now, room, weight, channel, offer, channels, offers)
        room[0] = budget
        if worse < -NOISE * broken:
            found[x] = (regret[i, j if j >= 0 else m] - regret[i, a if a >= 0 else m]) / -worse
    return found


@numba.njit(cache=True, nogil=True)
def mend(value, cost, group, regret, who, what, rate, now, room, weight, channel, offer, channels, offers):  # type: ignore[no-untyped-def]
    """Take moves in the given order while they still lessen breaches as cheaply as ``rate`` says; how many were."""
    m, done, broken = value.shape[1], 0, 0.0
    for r in range(len(room)):
        broken += weight[r] * breach(room[r])
    for x in range(len(who)):
        i, j, a, budget = who[x], what[x], now[who[x]], room[0]
        worse = move(cost, group, i, j, now, room, weight, channel, offer, channels, offers)
        added = regret[i, j if j >= 0 else m] - regret[i, a if a >= 0 else m]
        if worse < -NOISE * broken and (done == 0 or added <= -worse * (rate[x] + 1e-3 * abs(rate[x]))):
            done += 1
            continue
        move(cost, group, i, a, now, room, weight, channel, offer, channels, offers)
        room[0] = budget
    return done


@numba.njit(cache=True, nogil=True)
def fill(value, cost, group, who, what, now, room, weight, channel, offer, channels, offers):  # type: ignore[no-untyped-def]
    """Take moves in the given order if they bring value and breach nothing; how many were taken."""
    taken = 0
    for x in range(len(who)):
        i, j, a = who[x], what[x], now[who[x]]
        gain = (value[i, j] if j >= 0 else 0.0) - (value[i, a] if a >= 0 else 0.0)
        extra = (cost[i, j] if j >= 0 else 0.0) - (cost[i, a] if a >= 0 else 0.0)
        if gain <= 0.0 or extra > max(room[0], 0.0):
            continue
        worse = take(room, weight, channel, offer, channels, offers, group, i, a, -1.0)
        worse += take(room, weight, channel, offer, channels, offers, group, i, j, 1.0)
        if worse > 0.0:
            take(room, weight, channel, offer, channels, offers, group, i, j, -1.0)
            take(room, weight, channel, offer, channels, offers, group, i, a, 1.0)
            continue
        room[0] -= extra
        now[i] = j
        taken += 1
    return taken


@numba.njit(cache=True, nogil=True)
def exchange(value, cost, group, who, what, now, room, weight, channel, offer, channels, offers, enough, most):  # type: ignore[no-untyped-def]
    """Take, up to ``most`` times, the pair of moves that lessens breaches most, or else that brings most value.

    Stops where no pair brings more than ``enough``; what all of them brought.
    """
    moves = len(who)
    gain, extra = np.empty(moves), np.empty(moves)
    brought = 0.0
    for _turn in range(most):
        for x in range(moves):
            i, j, a = who[x], what[x], now[who[x]]
            gain[x] = (value[i, j] if j >= 0 else 0.0) - (value[i, a] if a >= 0 else 0.0)
            extra[x] = (cost[i, j] if j >= 0 else 0.0) - (cost[i, a] if a >= 0 else 0.0)
        broken = 0.0
        for r in range(len(room)):
            broken += weight[r] * breach(room[r])
        budget, best_worse, best_gain, left, right = room[0], 0.0, enough, -1, -1
        for x in range(moves):
            i = who[x]
            if what[x] == now[i]:
                continue
            first = take(room, weight, channel, offer, channels, offers, group, i, now[i], -1.0)
            first += take(room, weight, channel, offer, channels, offers, group, i, what[x], 1.0)
            for y in range(x + 1, moves):
                both = gain[x] + gain[y]
                if broken == 0.0 and both <= best_gain:
                    continue
                spent = extra[x] + extra[y]
                k = who[y]
                if (broken == 0.0 and spent > budget) or k == i or what[y] == now[k]:
                    continue
                worse = first + weight[0] * (breach(budget - spent) - breach(budget))
                worse += take(room, weight, channel, offer, channels, offers, group, k, now[k], -1.0)
                worse += take(room, weight, channel, offer, channels, offers, group, k, what[y], 1.0)
                take(room, weight, channel, offer, channels, offers, group, k, what[y], -1.0)
                take(room, weight, channel, offer, channels, offers, group, k, now[k], 1.0)
                if worse < best_worse - NOISE * broken or (worse <= best_worse and both > best_gain):
                    best_worse, best_gain, left, right = worse, both, x, y
            take(room, weight, channel, offer, channels, offers, group, i, what[x], -1.0)
            take(room, weight, channel, offer, channels, offers, group, i, now[i], 1.0)
        if left < 0:
            break
        brought += best_gain
        for x in (left, right):
            i = who[x]
            room[0] -= extra[x]
            take(room, weight, channel, offer, channels, offers, group, i, now[i], -1.0)
            take(room, weight, channel, offer, channels, offers, group, i, what[x], 1.0)
            now[i] = what[x]
    return brought

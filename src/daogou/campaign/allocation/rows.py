"""Passes over customers, compiled. Each block of rows is summed by itself, so threads leave no trace in the sums."""

import math

import numba
import numpy as np

BLOCK = 4096  # rows that are summed together
FAR = 25.0  # temperatures below the best: exp(-25) = 1e-11, nothing


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz", "nnan"})
def smooth(value, cost, allowed, group, lam, price, bonus, heat, first, last, sums, counts, reached, cov, crossed):  # type: ignore[no-untyped-def]
    """The smoothed dual over blocks ``first`` to ``last``, its slopes and its curvature times ``heat``.

    For each block: ``sums`` (4,) smoothed sum, sum of maxima, expected cost and what smoothing gives away; ``counts``
    (m,) and ``reached`` (groups,) expected customers; ``cov`` (m + 1, m + 1) covariance of cost and actions, summed
    over customers; ``crossed`` (groups, m + 2) covariance of being reached with itself, cost and actions.
    """
    rows, m = value.shape
    groups = len(bonus)
    net, weight, active = np.empty(m), np.empty(m), np.empty(m, np.int64)
    for block in range(first, last):
        total = exact = spent = given = 0.0
        for i in range(block * BLOCK, min(rows, (block + 1) * BLOCK)):
            extra = bonus[group[i]] if groups else 0.0
            best = 0.0
            for j in range(m):
                net[j] = value[i, j] - lam * cost[i, j] - price[j] + extra
            for j in range(m):
                if allowed[i, j] and net[j] > best:
                    best = net[j]
            n = 0
            for j in range(m):
                if allowed[i, j] and net[j] > best - FAR * heat:
                    active[n] = j
                    n += 1
            if n == 0:
                continue
            idle = math.exp(-best / heat) if best < FAR * heat else 0.0
            mass = idle
            for a in range(n):
                weight[a] = math.exp((net[active[a]] - best) / heat)
                mass += weight[a]
            exact += best
            total += best + heat * math.log(mass)
            there = (mass - idle) / mass
            given += idle / mass * best
            mean = 0.0
            for a in range(n):
                weight[a] /= mass
                j = active[a]
                given += weight[a] * (best - net[j])
                mean += weight[a] * cost[i, j]
                counts[block, j] += weight[a]
            spent += mean
            if groups:
                reached[block, group[i]] += there
            if n == 1 and idle == 0.0:
                continue
            for a in range(n):
                j, w = active[a], weight[a]
                off = cost[i, j] - mean
                cov[block, 0, 0] += w * off * off
                cov[block, 0, j + 1] += w * off
                cov[block, j + 1, j + 1] += w
                for b in range(n):
                    cov[block, j + 1, active[b] + 1] -= w * weight[b]
            cov[block, 0, 0] += idle / mass * mean * mean
            if groups:
                g = group[i]
                crossed[block, g, 0] += there * (1 - there)
                crossed[block, g, 1] += mean * (1 - there)
                for a in range(n):
                    crossed[block, g, active[a] + 2] += weight[a] * (1 - there)
        sums[block, 0], sums[block, 1], sums[block, 2], sums[block, 3] = total, exact, spent, given


@numba.njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz", "nnan"})
def settle(  # type: ignore[no-untyped-def]
    value, cost, eligible, asks, group, lam, price, bonus, wide_lam, wide_price, wide_bonus, slack,
    first, last, action, sums, counts, reached,
):  # fmt: skip
    """Whose best action is the same for all prices of a box: ``action`` gets it, -1 for nothing, and -2 for the others.

    The box is prices plus or minus ``wide``; what is best must be so by more than ``slack``. For each block: ``sums``
    (2,) value and cost, ``counts`` (m,) and ``reached`` (groups,) customers of those whose action is settled.
    """
    rows, m = value.shape
    groups, masked = len(bonus), len(eligible) > 0
    net, here = np.empty(m), np.empty(m)
    for block in range(first, last):
        worth = spent = 0.0
        for i in range(block * BLOCK, min(rows, (block + 1) * BLOCK)):
            extra = bonus[group[i]] if groups else 0.0
            wide = slack + (wide_bonus[group[i]] if groups else 0.0)
            for j in range(m):
                here[j] = cost[i, j]
                net[j] = value[i, j] - lam * here[j] - price[j] + extra
            if masked:
                for j in range(m):
                    if not eligible[i, j]:
                        net[j] = -np.inf
            hope = -np.inf
            for j in range(m):
                hope = max(hope, net[j] + wide_lam * here[j] + wide_price[j])
            if hope + wide < 0.0:
                action[i] = -1
                continue
            best, chosen = 0.0, -1
            for j in range(m):
                if net[j] > best and (asks or value[i, j] > 0):
                    best, chosen = net[j], j
            if chosen < 0 or best - wide_lam * here[chosen] - wide_price[chosen] - wide <= 0.0:
                action[i] = -2
                continue
            second = -np.inf
            for j in range(m):
                if j != chosen:
                    second = max(second, net[j] + wide_lam * abs(here[j] - here[chosen]) + wide_price[j])
            if best - wide_price[chosen] - slack <= second:
                action[i] = -2
                continue
            action[i] = chosen
            worth += value[i, chosen]
            spent += here[chosen]
            counts[block, chosen] += 1
            if groups:
                reached[block, group[i]] += 1
        sums[block, 0], sums[block, 1] = worth, spent


@numba.njit(cache=True, nogil=True)
def totals(value, cost, group, groups, action, first, last, sums, counts, reached):  # type: ignore[no-untyped-def]
    """What actions bring and take: for each block ``sums`` (4,) value and cost, each with what rounding lost."""
    rows = len(action)
    for block in range(first, last):
        worth = lost_worth = spent = lost_spent = 0.0
        for i in range(block * BLOCK, min(rows, (block + 1) * BLOCK)):
            j = action[i]
            if j < 0:
                continue
            x = np.float64(value[i, j])
            total = worth + x
            back = total - worth
            lost_worth += (worth - (total - back)) + (x - back)
            worth = total
            x = np.float64(cost[i, j])
            total = spent + x
            back = total - spent
            lost_spent += (spent - (total - back)) + (x - back)
            spent = total
            counts[block, j] += 1
            if groups:
                reached[block, group[i]] += 1
        sums[block, 0], sums[block, 1], sums[block, 2], sums[block, 3] = worth, lost_worth, spent, lost_spent


@numba.njit(cache=True, nogil=True)
def box_step(slope, curve, low, high, step):  # type: ignore[no-untyped-def]
    """Fill ``step`` with the least of slope . s + s . curve . s / 2 from ``low`` to ``high``, one place at a time."""
    n = len(slope)
    push = slope.copy()
    step[:] = 0.0
    for _sweep in range(500):
        moved = 0.0
        for r in range(n):
            if curve[r, r] > 0.0:
                wanted = step[r] - push[r] / curve[r, r]
            else:
                wanted = low[r] if push[r] > 0.0 else (high[r] if push[r] < 0.0 else step[r])
            wanted = min(max(wanted, low[r]), high[r])
            change = wanted - step[r]
            if change != 0.0 and high[r] > low[r]:
                step[r] = wanted
                for s in range(n):
                    push[s] += curve[s, r] * change
                moved = max(moved, abs(change) / (high[r] - low[r]))
        if moved < 1e-10:
            break

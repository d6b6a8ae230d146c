"""Paths as a Markov chain that ends in an order or in none: what the removal of channels costs.

States are channels; a path starts, walks from channel to channel, and ends. Source: Anderl, Becker, von Wangenheim and
Schumann (2016), Mapping the customer journey, International Journal of Research in Marketing 33.
"""

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from scipy.sparse import coo_array, csr_array, eye_array
from scipy.sparse.linalg import splu

from daogou.measure.attribution_paths import Paths

Array = np.ndarray[Any, Any]
EXACT = 12  # channels up to which every coalition is looked at
MOST_SAMPLED = 1000  # channels up to which orders of channels are sampled
_NOTHING = 1e-12  # what a channel moves less than this is rounding
_DENSE = 4000  # channels up to which the whole inverse is made at once
_PATHS_AT_ONCE = 1_000_000
_WORK = 2e9  # elimination steps that sampling may cost
_COALITIONS_AT_ONCE = 1024


@dataclass(frozen=True, eq=False)
class Chain:
    """Transition probabilities between n channels: ``step`` (n, n), from the start (n,), and into an order (n,).

    What is left of a row ends without an order. A channel that nobody visits has a row of zeros.
    """

    start: Array
    step: csr_array
    order: Array


def chain(found: Paths) -> Chain:
    """The chain of the paths, each counted as often as it was walked. A channel that follows itself is one visit."""
    n = len(found.channels)
    counts = csr_array((n + 1, n + 2))
    for first in range(0, len(found.begin), _PATHS_AT_ONCE):
        part = slice(first, first + _PATHS_AT_ONCE)
        source, target, weight = _transitions(
            found.channel, found.begin[part], found.end[part], found.orders[part], found.lost[part], n
        )
        counts += coo_array((weight, (source, target)), shape=(n + 1, n + 2)).tocsr()
    out = counts.sum(axis=1)
    shares = counts.multiply((1 / np.where(out == 0, 1, out))[:, None]).tocsr()
    return Chain(shares[[n], :n].toarray()[0], shares[:n, :n], shares[:n, [n]].toarray()[:, 0])


def removal_effects(walk: Chain) -> Array:
    """What share of orders is lost when a channel is removed and whoever would step into it orders nothing, (n,).

    Of all who order, those who visit the channel at least once: P(visit) P(order | in it) / P(order), from one
    inverse of the chain instead of one for each channel. 0 for all where no path ends in an order.
    """
    n = len(walk.start)
    system = eye_array(n, format="csc") - walk.step.tocsc()
    if n <= _DENSE:
        inverse = np.linalg.inv(system.toarray())
        visits, ends, own = walk.start @ inverse, inverse @ walk.order, np.diag(inverse)
    else:
        solver = splu(system)
        visits, ends = solver.solve(walk.start, trans="T"), solver.solve(walk.order)
        own = np.concatenate([_own_visits(solver, n, first) for first in range(0, n, 256)])
    everyone = float(walk.start @ ends)
    if everyone <= 0:
        return np.zeros(n)
    effects = visits / own * ends / everyone
    return np.where(effects > _NOTHING, np.minimum(effects, 1.0), 0.0)


def _own_visits(solver: Any, n: int, first: int) -> Array:
    """How often the chain is in each of 256 channels once it started there."""
    places = np.arange(first, min(first + 256, n))
    unit = np.zeros((n, len(places)))
    unit[places, np.arange(len(places))] = 1
    return solver.solve(unit)[places, np.arange(len(places))]  # type: ignore[no-any-return]


def shapley(walk: Chain, seed: int) -> tuple[Array, Array]:
    """The Shapley value of each channel, and its standard error, both (n,).

    A coalition is worth P(order) of the chain where only its channels can be entered. Up to 12 channels that move
    anything values are exact and errors 0; above, orders of channels are sampled in pairs.

    Source: Shapley (1953), A value for n-person games; sampled as Castro, Gomez and Tejada (2009), each order of
    channels with its reverse.

    Raises:
        ValueError: more channels than can be sampled.
    """
    n = len(walk.start)
    active = np.flatnonzero(removal_effects(walk))
    values, errors = np.zeros(n), np.zeros(n)
    if not len(active):
        return values, errors
    if len(active) > MOST_SAMPLED:
        raise ValueError(f"there are {len(active)} channels and Shapley values take {MOST_SAMPLED}; ask for 'markov'")
    start, order = walk.start[active], walk.order[active]
    step = walk.step[active][:, active].toarray()
    if len(active) <= EXACT:
        values[active] = _exact(start, step, order)
        return values, errors
    pairs = int(np.clip(_WORK / len(active) ** 3, 16, 2000)) // 2
    chance = np.random.default_rng(seed)
    half = np.array([chance.permutation(len(active)) for _pair in range(pairs)])
    both = [_marginal(orders, start, np.eye(len(active)) - step, order) for orders in (half, half[:, ::-1].copy())]
    mean = (both[0] + both[1]) / 2
    values[active] = mean.mean(axis=0)
    errors[active] = mean.std(axis=0, ddof=1) / np.sqrt(pairs)
    return values, errors


def _exact(start: Array, step: Array, order: Array) -> Array:
    n = len(start)
    coalitions = np.arange(1 << n)
    member = (coalitions[:, None] >> np.arange(n)) & 1
    worth = np.concatenate(
        [_worth(member[k : k + _COALITIONS_AT_ONCE], start, step, order) for k in range(0, 1 << n, _COALITIONS_AT_ONCE)]
    )
    size = member.sum(axis=1)
    weight = np.ones(n)  # |S|! (n - |S| - 1)! / n!
    for k in range(1, n):
        weight[k] = weight[k - 1] * k / (n - k)
    weight /= n
    values = np.empty(n)
    for i in range(n):
        without = coalitions[member[:, i] == 0]
        values[i] = (weight[size[without]] * (worth[without | 1 << i] - worth[without])).sum()
    return values


def _worth(member: Array, start: Array, step: Array, order: Array) -> Array:
    """P(order) of each coalition, (coalitions,)."""
    system = np.eye(len(start)) - step * member[:, :, None] * member[:, None, :]
    ends = np.linalg.solve(system, (order * member)[:, :, None])[:, :, 0]
    return (start * member * ends).sum(axis=1)  # type: ignore[no-any-return]


@numba.njit(cache=True, nogil=True)
def _marginal(orders, start, system, order):  # type: ignore[no-untyped-def]
    """What each channel adds to P(order) when channels join one by one, (orders, channels).

    With system = L U in the order in which they join, P(order) of the first k is the sum of the first k terms of
    (U^-T start) (L^-1 order): one elimination gives them all. It needs no pivots, as the system is an M-matrix.
    """
    n = len(start)
    added = np.empty((len(orders), n))
    left = np.empty((n, n))
    for p in range(len(orders)):
        place = orders[p]
        for i in range(n):
            for j in range(n):
                left[i, j] = system[place[i], place[j]]
        forward, backward = order[place].copy(), start[place].copy()
        for k in range(n):
            backward[k] /= left[k, k]
            for i in range(k + 1, n):
                if left[i, k] != 0.0:
                    factor = left[i, k] / left[k, k]
                    for j in range(k + 1, n):
                        left[i, j] -= factor * left[k, j]
                    forward[i] -= factor * forward[k]
                backward[i] -= left[k, i] * backward[k]
            added[p, place[k]] = forward[k] * backward[k]
    return added


@numba.njit(cache=True, nogil=True)
def _transitions(channel, begin, end, orders, lost, n):  # type: ignore[no-untyped-def]
    """Every step of every path: from, to and how often.

    Channels are 0 to n - 1. From n: the start. To n: an order, to n + 1: none.
    """
    most = 3 * len(begin) + (end - begin).sum()
    source, target, weight = np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most)
    k = 0
    for p in range(len(begin)):
        often = orders[p] + lost[p]
        here = n
        for i in range(begin[p], end[p]):
            if channel[i] != here:
                source[k], target[k], weight[k] = here, channel[i], often
                here = channel[i]
                k += 1
        for outcome, times in ((n, orders[p]), (n + 1, lost[p])):
            source[k], target[k], weight[k] = here, outcome, times
            k += 1
    return source[:k], target[:k], weight[:k]

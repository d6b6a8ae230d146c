"""Looking while an experiment runs without fooling oneself: boundaries of O'Brien-Fleming's kind, by alpha spending.

The error is spent by Lan and DeMets (1983), so that looks need not be evenly spaced nor their number fixed beforehand;
probabilities come from the recursion of Armitage, McPherson and Rowe (1969) on Gauss-Legendre nodes.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95

Array = np.ndarray[Any, Any]

ALPHA = 0.05
_FAR = 8.0  # standard errors beyond which nothing happens
_SEEN = 6.0  # standard errors beyond which a walk that has not crossed is not followed: one in 500 million
_NODES = 48  # at least; more where looks follow each other closely


def spent(fraction: float, alpha: float = ALPHA) -> float:
    """Share of the error that may be used up when ``fraction`` of the information is in, both sides together.

    >>> round(spent(0.5), 5), spent(1.0)
    (0.00305, 0.05)
    """
    if fraction >= 1:
        return alpha
    return float(4 * ndtr(ndtri(alpha / 4) / np.sqrt(fraction)))


def boundaries(fractions: Sequence[float], alpha: float = ALPHA) -> Array:
    """The value of |z| from which a look decides, shape (looks,).

    ``fractions`` are the looks' shares of the planned information (for means: of the planned people), rising; a last
    one of 1 uses all of the error up. For 5 even looks Lan and DeMets' table has 4.88, 3.36, 2.68, 2.29, 2.03.

    >>> boundaries([0.2, 0.4, 0.6, 0.8, 1.0]).round(2).tolist()
    [4.88, 3.36, 2.68, 2.29, 2.03]

    Raises:
        ValueError: fractions that do not rise, or lie outside (0, 1].
    """
    found: list[float] = []
    used = 0.0
    walk = _Walk(0.0)
    for time in _times(fractions):
        allowed = spent(time, alpha)
        found.append(_edge(walk, time, (allowed - used) / 2))
        used = allowed
        walk = walk.on_to(time, found[-1])
    return np.array(found)


def next_boundary(times: Sequence[float], bounds: Sequence[float], time: float, allowed: float) -> float:
    """The value of |z| from which the look at ``time`` decides, after looks at ``times`` that decided from ``bounds``.

    ``times`` and ``time`` tell how looks hang together, on any scale: the square of the correlation of z at two looks
    is the quotient of their times. ``allowed`` is the error that may be used up to and with this look, both sides
    together, such as :func:`spent` of the share of the days that have passed: error by the calendar, correlation by
    what came in (Lan and DeMets 1989). What earlier looks used is what their own bounds used; where it is more than is
    allowed, nothing decides (8 standard errors).

    >>> round(next_boundary([0.5], [2.96], 1.0, 0.05), 2), next_boundary([0.5], [1.5], 0.6, 0.01)
    (1.97, 8.0)

    Raises:
        ValueError: times that do not rise, or bounds of another length.
    """
    if len(times) != len(bounds):
        raise ValueError(f"{len(times)} looks need as many bounds, not {len(bounds)}")
    scaled = _times([one / time for one in (*times, time)])
    walk, used = _Walk(0.0), 0.0
    for at, bound in zip(scaled[:-1], bounds, strict=True):
        used += 2 * walk.above(at, bound)
        walk = walk.on_to(at, bound)
    return _edge(walk, scaled[-1], (allowed - used) / 2)


def stopped(estimate: Estimate, fractions: Sequence[float], bounds: Sequence[float], alpha: float = ALPHA) -> Estimate:
    """What to report after stopping at the last of ``fractions``: median-unbiased, with an interval that covers.

    It covers with 1 - ``alpha``, 95 %, and excludes 0 just where the look decided by bounds of that error.

    A test that stops when it looks good has caught a lucky moment, so the plain estimate is too large. ``estimate`` is
    the plain one at the stop, with its normal 95 % interval; ``bounds`` are those of :func:`boundaries` for the same
    looks. Outcomes are ordered by the look at which they stopped (Tsiatis, Rosner and Mehta 1984).

    >>> fractions = [0.5, 1.0]
    >>> told = stopped(Estimate(3.0, 1.04, 4.96, 500), fractions[:1], boundaries(fractions)[:1])
    >>> round(told.value, 2), round(told.low, 2), round(told.high, 2)
    (3.0, 1.04, 4.96)

    Raises:
        ValueError: fractions that do not rise, or bounds of another length.
    """
    times = _times(fractions)
    if len(bounds) != len(times):
        raise ValueError(f"{len(times)} looks need as many bounds, not {len(bounds)}")
    error = (estimate.high - estimate.low) / (2 * Z95)
    z, scale = estimate.value / error, error * np.sqrt(times[-1])  # scale: one of drift in units of the outcome

    def above(drift: float) -> float:
        return _more_extreme(drift, z, times, bounds)

    reach = abs(z) / np.sqrt(times[-1]) + _FAR / np.sqrt(times[0])
    found = [brentq(lambda d, p=p: above(d) - p, -reach, reach, xtol=1e-7) for p in (0.5, alpha / 2, 1 - alpha / 2)]
    value, low, high = (float(drift * scale) for drift in found)
    return Estimate(value, low, high, estimate.n, estimate.unit)


class _Walk:
    """A Brownian motion with drift that has not crossed yet: its density on Gauss-Legendre nodes, not normalised."""

    def __init__(self, drift: float) -> None:
        self.drift, self.time = drift, 0.0
        self.at, self.mass = np.zeros(1), np.ones(1)

    def above(self, time: float, z: float) -> float:
        """Probability to be above ``z`` at ``time``, not having crossed before."""
        mean, deviation = self._step(time)
        return float(self.mass @ ndtr((mean - z * np.sqrt(time)) / deviation))

    def on_to(self, time: float, z: float) -> "_Walk":
        """The walk at ``time`` that is within -z and z there."""
        mean, deviation = self._step(time)
        edge = min(z, _SEEN + abs(self.drift) * np.sqrt(time)) * np.sqrt(time)
        nodes, weights = _legendre(math.ceil(4.5 * edge / deviation / _NODES) * _NODES)
        walk = _Walk(self.drift)
        walk.time, walk.at = time, nodes * edge
        step = np.exp(-(((walk.at[:, None] - mean) / deviation) ** 2) / 2) / (deviation * np.sqrt(2 * np.pi))
        walk.mass = weights * edge * (step @ self.mass)
        return walk

    def _step(self, time: float) -> tuple[Array, float]:
        return self.at + self.drift * (time - self.time), float(np.sqrt(time - self.time))


@lru_cache(maxsize=16)
def _legendre(nodes: int) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights on -1 to 1: closer than a step of the walk is wide, or the sum misses it."""
    at, weights = np.polynomial.legendre.leggauss(min(nodes, 40 * _NODES))
    return at, weights


def _edge(walk: _Walk, time: float, share: float) -> float:
    if walk.above(time, _FAR) >= share:
        return _FAR
    return float(brentq(lambda z: walk.above(time, z) - share, 0.0, _FAR, xtol=1e-10))


def _more_extreme(drift: float, z: float, times: Array, bounds: Sequence[float]) -> float:
    """Probability under ``drift`` of a result further up than ``z`` at the last look."""
    walk, total = _Walk(drift), 0.0
    for time, bound in zip(times[:-1], bounds[:-1], strict=True):
        total += walk.above(time, bound)
        walk = walk.on_to(time, bound)
    return total + walk.above(times[-1], z)


def _times(fractions: Sequence[float]) -> Array:
    times = np.asarray(fractions, dtype=np.float64)
    if not len(times) or times[0] <= 0 or times[-1] > 1 + 1e-12 or (np.diff(times) <= 0).any():
        raise ValueError(
            f"looks must be rising shares of the planned information, above 0 and at most 1: {times.tolist()}"
        )
    return np.minimum(times, 1.0)

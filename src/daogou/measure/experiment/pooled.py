"""Effects of many campaigns, or of many segments, told together: each says something about the others.

Each true effect lies around its group's mean, each group's mean around that of all; how far, the data say. Those who
know little move most. Source: Gelman et al. (2013), Bayesian Data Analysis, chapter 5; priors by Gelman (2006).
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95

Array = np.ndarray[Any, Any]

_STEPS = 24  # points of the grid of each spread, from 0 to three times that of the effects


@dataclass(frozen=True)
class Pooled:
    """Effects after pooling.

    Attributes:
        effects: one Estimate for each that came in, in its order.
        groups: the mean of each group.
        overall: the mean of all groups.
        next_in: what the next effect of each group is likely to be, before it is known: a plan's prior.
        next_elsewhere: the same for a group that was never seen.
        between_groups: standard deviation of the groups' means.
        within_groups: standard deviation of the effects of one group.
    """

    effects: tuple[Estimate, ...]
    groups: dict[Hashable, Estimate]
    overall: Estimate
    next_in: dict[Hashable, Estimate]
    next_elsewhere: Estimate
    between_groups: float
    within_groups: float


def pooled(effect: Array, error: Array, group: Array | None = None) -> Pooled:
    """Pool ``effect`` of shape (n,), each with its standard ``error`` (above 0), in groups (n,) or all in one.

    Both spreads are averaged over what the data leave possible, weighed by the restricted likelihood and by a
    half-normal prior as wide as the effects themselves, so that few effects neither merge wholly nor stand alone.

    >>> shrunk = pooled(np.array([4.0, 0.0, 1.0, 2.0]), np.array([2.0, 1.0, 1.0, 1.0]))
    >>> shrunk.effects[0].value < 3, abs(shrunk.overall.value - 1.2) < 0.2
    (True, True)

    Raises:
        ValueError: unequal lengths, nothing to pool, a value that is no number, or an error that is not above 0.
    """
    y, s = np.asarray(effect, dtype=np.float64), np.asarray(error, dtype=np.float64)
    names, place = np.unique(np.zeros(len(y), int) if group is None else np.asarray(group), return_inverse=True)
    if y.shape != s.shape or y.ndim != 1 or len(place) != len(y) or not len(y):
        raise ValueError(f"effect, error and group need one value each: {y.shape}, {s.shape}, {place.shape}")
    if not (np.isfinite(y).all() and np.isfinite(s).all() and (s > 0).all()):
        raise ValueError("each effect needs a number and an error above 0: leave out those that have none")
    made = _Posterior(y, s**2, place, len(names))
    counts = np.bincount(place)
    keys = names.tolist()
    return Pooled(
        tuple(_estimate(m, v, 1) for m, v in zip(*made.mixed(made.effects()), strict=True)),
        {key: _estimate(m, v, n) for key, m, v, n in zip(keys, *made.mixed(made.groups()), counts, strict=True)},
        _only(made.mixed((made.mean[:, None], made.mean_variance[:, None])), len(y)),
        {key: _estimate(m, v, n) for key, m, v, n in zip(keys, *made.mixed(made.next_in()), counts, strict=True)},
        _only(made.mixed(made.next_elsewhere()), len(y)),
        float(made.weight @ made.between),
        float(made.weight @ made.within),
    )


class _Posterior:
    """The model at each point of a grid of both spreads; arrays (points,), (points, groups) or (points, n)."""

    def __init__(self, y: Array, variance: Array, place: Array, groups: int) -> None:
        self.y, self.place = y, place
        width = max(float(np.sqrt(np.mean((y - y.mean()) ** 2))), float(np.sqrt(variance.min())) / 10)
        steps = np.linspace(0.0, 3.0, _STEPS) * width
        between, within = np.meshgrid(steps if groups > 1 else steps[:1], steps if len(y) > 1 else steps[:1])
        self.between, self.within = between.ravel(), within.ravel()
        total = variance + self.within[:, None] ** 2
        onto = np.eye(groups)[place]  # (n, groups)
        known = (1 / total) @ onto  # precision of each group's own mean
        own = (y / total) @ onto / known
        self.pull = 1 / (1 + self.between[:, None] ** 2 * known)  # how far a group's mean goes to that of all
        weight = known * self.pull
        self.mean_variance = 1 / weight.sum(axis=1)
        self.mean = (weight * own).sum(axis=1) * self.mean_variance
        misfit = ((y - own[:, place]) ** 2 / total).sum(axis=1) + (weight * (own - self.mean[:, None]) ** 2).sum(axis=1)
        logs = np.log(total).sum(axis=1) - np.log(self.pull).sum(axis=1) - np.log(self.mean_variance)
        log = -(logs + misfit + (self.between**2 + self.within**2) / width**2) / 2
        likely = np.exp(log - log.max())
        self.weight = likely / likely.sum()
        self.own, self.known, self.variance = own, known, variance

    def groups(self) -> tuple[Array, Array]:
        """Mean and variance of each group's mean."""
        mean = (1 - self.pull) * self.own + self.pull * self.mean[:, None]
        return mean, (1 - self.pull) / self.known + self.pull**2 * self.mean_variance[:, None]

    def effects(self) -> tuple[Array, Array]:
        """Mean and variance of each effect."""
        mean, variance = (part[:, self.place] for part in self.groups())
        stays = self.within[:, None] ** 2 / (self.variance + self.within[:, None] ** 2)
        return stays * self.y + (1 - stays) * mean, stays * self.variance + (1 - stays) ** 2 * variance

    def next_in(self) -> tuple[Array, Array]:
        """Mean and variance of the next effect of each group."""
        mean, variance = self.groups()
        return mean, variance + self.within[:, None] ** 2

    def next_elsewhere(self) -> tuple[Array, Array]:
        """Mean and variance of the first effect of a group never seen."""
        return self.mean[:, None], (self.mean_variance + self.between**2 + self.within**2)[:, None]

    def mixed(self, parts: tuple[Array, Array]) -> tuple[Array, Array]:
        """Mean and variance over the grid."""
        means, variances = parts
        mean = self.weight @ means
        return mean, self.weight @ (variances + (means - mean) ** 2)


def _only(parts: tuple[Array, Array], n: int) -> Estimate:
    return _estimate(parts[0].item(), parts[1].item(), n)


def _estimate(mean: float, variance: float, n: int) -> Estimate:
    half = Z95 * float(np.sqrt(variance))
    return Estimate(float(mean), float(mean) - half, float(mean) + half, int(n))

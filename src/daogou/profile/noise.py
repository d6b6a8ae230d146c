"""Data as they would be without kinds of customers: what groups must be clearer than.

Two ways of having no kinds. In a *shuffle* each attribute keeps its values and loses what it has to do with the others.
In a *continuum* the numbers keep what they have to do with each other, as one cloud without gaps: who buys more often
also spends more, and nobody stands apart.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.stats import norm, rankdata

Array = np.ndarray[Any, Any]

_BINS = 256
_TIED = 0.1  # share of rows with one and the same value from which a number is of steps, which stay as they are


@dataclass(frozen=True)
class Blocks:
    """The columns of each attribute; those of which a row may have several levels, and those that are numbers."""

    slices: tuple[slice, ...]
    several: frozenset[int] = frozenset()
    numbers: frozenset[int] = frozenset()


def shuffled(points: Array, blocks: Blocks, random: np.random.Generator) -> Array:
    """Each attribute dealt anew; of several texts in a cell each is dealt, and a cell keeps how many it has."""
    made = np.empty_like(points)
    for place, block in enumerate(blocks.slices):
        values = points[:, block]
        made[:, block] = _dealt(values, random) if place in blocks.several else values[random.permutation(len(values))]
    return made


def _dealt(values: Array, random: np.random.Generator) -> Array:
    """Each row keeps how many levels it has, each level about how many rows; which goes with which is chance."""
    holds = values > 0  # a level that a row has lies above its mean, 0
    rows, levels = np.nonzero(holds)
    made = np.tile(values.min(axis=0), (len(values), 1))
    dealt = random.permutation(levels)
    made[rows, dealt] = values.max(axis=0)[dealt]
    return made


def continuum(points: Array, blocks: Blocks, random: np.random.Generator) -> Array:
    """A shuffle whose numbers are drawn together: from a normal copula with the correlations of their ranks.

    Each number has one mode: its own values, smoothed as little as that takes. One with many equal values (orders,
    where most have one) keeps them, for they are no kinds either.
    """
    made = shuffled(points, blocks, random)
    columns = [blocks.slices[place].start for place in sorted(blocks.numbers)]
    if len(columns) < 2:
        return made
    values = points[:, columns]
    scores = norm.ppf((rankdata(values, axis=0) - 0.5) / len(values))
    scores /= np.maximum(scores.std(axis=0), 1e-12)  # ties lie close together
    spread, axes = np.linalg.eigh(scores.T @ scores / len(scores))
    drawn = random.normal(size=values.shape) @ (axes * np.sqrt(np.maximum(spread, 0.0))).T
    for column, own, place in zip(columns, values.T, drawn.T, strict=True):
        often = np.unique(own, return_counts=True)[1].max()
        as_one = own if often >= _TIED * len(own) else one_mode(own, random)
        made[:, column] = np.sort(as_one)[rankdata(place, method="ordinal") - 1]
    return made


def one_mode(values: Array, random: np.random.Generator) -> Array:
    """As many values drawn with the same mean and deviation, whose density has one mode and is else like theirs.

    A smoothed bootstrap at the critical bandwidth: the least at which a kernel estimate has a single mode (Silverman
    1981, Using kernel density estimates to investigate multimodality).
    """
    low, width = float(values.min()), float(np.ptp(values)) / _BINS
    inner = values[(values > low) & (values < values.max())]  # the outer 1 % stand together at the ends: no modes
    if not len(inner):
        return values
    place = np.clip(((inner - low) / width).astype(np.int64), 0, _BINS - 1)
    counts = np.bincount(place + _BINS, minlength=3 * _BINS).astype(np.float64)
    drawn = random.choice(values, len(values)) + _critical(counts) * width * random.normal(size=len(values))
    made: Array = values.mean() + values.std() * (drawn - drawn.mean()) / max(float(drawn.std()), 1e-12)
    return made


def _critical(counts: Array) -> float:
    """The critical bandwidth in bins, to 2 %."""
    one, several = float(_BINS), 0.5
    if _modes(counts, several) == 1:
        return several
    while one / several > 1.02:
        middle = (one * several) ** 0.5
        one, several = (middle, several) if _modes(counts, middle) == 1 else (one, middle)
    return one


def _modes(counts: Array, bandwidth: float) -> int:
    steps = np.diff(gaussian_filter1d(counts, bandwidth, mode="constant", truncate=6.0))
    ways = np.sign(steps[np.abs(steps) > 1e-9 * counts.sum() / len(counts)])
    return int((np.diff(ways) < 0).sum())

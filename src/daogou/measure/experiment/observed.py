"""Where nobody drew lots: estimates that lean on what is known of people. Always under the head "not randomised"."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.experiment.arrays import checked
from daogou.measure.experiment.difference import difference

Array = np.ndarray[Any, Any]

ALIKE = (0.05, 0.95)  # probabilities of having been chosen, between which there is somebody to compare with
FEWEST_ALIKE = 0.8  # share of those chosen that must have somebody to compare with
BALANCED = 0.1  # standardised difference of a covariate that counts as balanced (Austin 2009)


@dataclass(frozen=True)
class Observed:
    """An effect on those who got the campaign, not randomised, with what speaks for and against believing it.

    Attributes:
        effect: mean per person reached; no interval where fewer than 80 % of them are like somebody not reached.
        overlap: share of those reached who are like somebody not reached.
        unbalanced_before: covariates that differ between both groups, of ``covariates``, as they are.
        unbalanced_after: the same after weighing.
        covariates: how many were looked at.
    """

    effect: Estimate
    overlap: float
    unbalanced_before: int
    unbalanced_after: int
    covariates: int


def doubly_robust(outcome: Array, treated: Array, propensity: Array, if_not: Array, covariates: Array) -> Observed:
    """The effect on those treated (AIPW): right if either the propensity or the outcome's model is right.

    Arrays of shape (n,), ``covariates`` (n, k). ``propensity`` is the probability of being treated and ``if_not`` the
    expected outcome without treatment, both made by models that were trained without the person (cross-fitted). Those
    whose propensity lies outside 0.05 to 0.95 are not compared and count against ``overlap``. Sources: Robins,
    Rotnitzky and Zhao (1994); Sant'Anna and Zhao (2020) for those treated.

    >>> half = np.tile([0.5], 400)
    >>> seen = doubly_robust(np.tile([1.0, 3.0], 200), np.tile([0, 1], 200), half, half * 2, half[:, None])
    >>> seen.effect.value, seen.overlap
    (2.0, 1.0)

    Raises:
        ValueError: unequal lengths, an arm without anyone, or a propensity outside 0 to 1.
    """
    y, is_treated = checked(outcome, treated)
    chance, base = np.asarray(propensity, dtype=np.float64), np.asarray(if_not, dtype=np.float64)
    if chance.shape != y.shape or base.shape != y.shape:
        raise ValueError(f"propensity and if_not need a value a person: {chance.shape}, {base.shape}, {y.shape}")
    if not ((chance >= 0) & (chance <= 1)).all() or not np.isfinite(base).all():
        raise ValueError("propensity must lie between 0 and 1, and if_not hold numbers")
    x = np.asarray(covariates, dtype=np.float64).reshape(len(y), -1)
    alike = (chance >= ALIKE[0]) & (chance <= ALIKE[1])
    overlap = float(alike[is_treated].mean())
    before = unbalanced(x, is_treated, np.ones(len(y)))
    if not (alike & is_treated).any() or not (alike & ~is_treated).any():
        return Observed(Estimate(np.nan, np.nan, np.nan, len(y)), overlap, before, before, x.shape[1])
    odds = np.where(is_treated, 1.0, chance / np.maximum(1 - chance, 1e-12))
    after = unbalanced(x[alike], is_treated[alike], odds[alike])
    effect = _on_treated((y - base)[alike], is_treated[alike], odds[alike])
    if overlap < FEWEST_ALIKE:
        effect = Estimate(effect.value, np.nan, np.nan, effect.n)
    return Observed(effect, overlap, before, after, x.shape[1])


def unbalanced(covariates: Array, treated: Array, weight: Array) -> int:
    """How many of the columns differ by more than a tenth of their standard deviation between both groups.

    >>> unbalanced(np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]]), np.array([True, True, False]), np.ones(3))
    1
    """
    gaps = np.abs(
        np.average(covariates[treated], axis=0, weights=weight[treated])
        - np.average(covariates[~treated], axis=0, weights=weight[~treated])
    )
    spread = np.sqrt((covariates[treated].var(axis=0) + covariates[~treated].var(axis=0)) / 2)
    return int((gaps > BALANCED * np.maximum(spread, 1e-12)).sum())


def difference_in_differences(before: Array, after: Array, treated: Array) -> Estimate:
    """Change of the treated regions less change of the others, 95 % interval; not randomised.

    ``before`` and ``after`` of shape (regions, periods), ``treated`` of shape (regions,). Periods are averaged first,
    so that a region counts once (Bertrand, Duflo and Mullainathan 2004). It believes that both would have changed
    alike. NaN for the interval below 10 regions a side.

    >>> level = np.arange(20.0)[:, None] + np.zeros((20, 3))
    >>> difference_in_differences(level, level + 1 + np.tile([0.0, 2.0], 10)[:, None], np.tile([0, 1], 10)).value
    2.0

    Raises:
        ValueError: other shapes, or no region on a side.
    """
    early, late = (np.asarray(part, dtype=np.float64) for part in (before, after))
    if early.ndim != 2 or late.ndim != 2 or len(early) != len(late):
        raise ValueError(f"before and after must have shape (regions, periods): {early.shape}, {late.shape}")
    return difference(late.mean(axis=1) - early.mean(axis=1), treated)


def _on_treated(rest: Array, is_treated: Array, odds: Array) -> Estimate:
    """Mean rest of the treated less the weighed mean rest of the others; its variance by its influence function."""
    others = np.where(is_treated, 0.0, odds)
    others = others / others.sum()
    n_treated = is_treated.sum()
    means = rest[is_treated].mean(), float(others @ rest)
    share = np.where(is_treated, 1.0 / n_treated, 0.0)
    influence = share * (rest - means[0]) - others * (rest - means[1])
    half = Z95 * float(np.sqrt((influence**2).sum()))
    value = float(means[0] - means[1])
    return Estimate(value, value - half, value + half, len(rest))

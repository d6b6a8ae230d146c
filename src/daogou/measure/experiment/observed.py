"""Where nobody drew lots: an effect that leans on what is known of people. Always under the head "not randomised"."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.experiment.arrays import checked, columns_of

# the same question asked of regions lies beside this one, and is found here too
from daogou.measure.experiment.observed_regions import difference_in_differences as difference_in_differences
from daogou.measure.experiment.propensity import FOLDS, foretold

Array = np.ndarray[Any, Any]

SUREST = 0.95  # a person who was more likely than this to be reached has next to nobody to be compared with
FEWEST_ALIKE = 0.8  # share of those reached that must have somebody to compare with
BALANCED = 0.1  # standardised difference of a covariate that counts as balanced (Austin 2009)
FAR = 0.25  # beyond which no regression repairs it (Rubin 2001)
FEWEST_PEOPLE = 100  # reached, and others after weighing, below which there is no interval


@dataclass(frozen=True)
class Balance:
    """How far apart both groups are; ``gaps`` of shape (covariates,) in standard deviations.

    ``bar`` is the gap that still counts as balanced: a tenth, or what chance alone brings in 19 of 20 draws of such
    groups; with 100 people that is a fifth (Austin 2009, 5.1).
    """

    gaps: Array
    bar: float

    @property
    def unbalanced(self) -> int:
        """Covariates above the bar."""
        return int((self.gaps > self.bar).sum())

    @property
    def far(self) -> int:
        """Covariates above the bar and above a quarter of their deviation, which no regression repairs (Rubin 2001)."""
        return int((self.gaps > max(self.bar, FAR)).sum())


@dataclass(frozen=True)
class Observed:
    """An effect on those who got the campaign, not randomised, with what speaks for and against believing it.

    Attributes:
        effect: mean per person reached who is like somebody not reached; no interval where fewer than 80 % are, or
            where fewer than 100 people reached, or 100 others after weighing, are compared.
        overlap: share of those reached who are like somebody not reached; NaN where there is no model.
        before: balance of the covariates that vary, as both groups are; a column more where some are not known.
        after: the same after weighing.
        reached: people reached who are compared.
        others: as how many people the others count after weighing (Kish 1965).
    """

    effect: Estimate
    overlap: float
    before: Balance
    after: Balance
    reached: int
    others: float

    @property
    def covariates(self) -> int:
        """How many were looked at."""
        return len(self.before.gaps)

    @property
    def too_few(self) -> bool:
        """Whether too few people are compared."""
        return min(self.reached, self.others) < FEWEST_PEOPLE


def observe(outcome: Array, treated: Array, covariates: Array, *, seed: int = 0) -> Observed:
    """The effect on those treated, with the models made here (:func:`daogou.measure.experiment.propensity.foretold`).

    Arrays as in :func:`doubly_robust`. Below five people in an arm there is no model and no value.

    Raises:
        ValueError: unequal lengths, an arm other than 0 and 1, an arm without anyone, or an outcome that is no number.
    """
    y, is_treated = checked(outcome, treated)
    if min(int(is_treated.sum()), int((~is_treated).sum())) < FOLDS:
        before = balance(columns_of(covariates, len(y)), is_treated, np.ones(len(y)))
        return _nobody(len(y), np.nan, before, int(is_treated.sum()))
    made = foretold(y, is_treated, covariates, seed=seed)
    return doubly_robust(y, is_treated, made.propensity, made.if_not, covariates)


def doubly_robust(outcome: Array, treated: Array, propensity: Array, if_not: Array, covariates: Array) -> Observed:
    """The effect on those treated (AIPW): right if either the propensity or the outcome's model is right.

    Arrays of shape (n,), ``covariates`` (n, k), NaN where not known. ``propensity`` is the probability of being treated
    and ``if_not`` the expected outcome without treatment, both made by models that were trained without the person
    (cross-fitted). Whoever was more likely than 0.95 to be treated is not compared and counts against ``overlap``;
    a small propensity does no harm, as the effect on those treated never divides by it. Sources: Robins, Rotnitzky and
    Zhao (1994); Sant'Anna and Zhao (2020) for those treated; Crump et al. (2009) for leaving the sure ones out.

    >>> half = np.tile([0.5], 400)
    >>> seen = doubly_robust(np.tile([1.0, 3.0], 200), np.tile([0, 1], 200), half, half * 2, half[:, None])
    >>> round(seen.effect.value, 6), seen.overlap, seen.others
    (2.0, 1.0, 200.0)

    Raises:
        ValueError: unequal lengths, an arm without anyone, or a propensity outside 0 to 1.
    """
    y, is_treated = checked(outcome, treated)
    chance, base = np.asarray(propensity, dtype=np.float64), np.asarray(if_not, dtype=np.float64)
    if chance.shape != y.shape or base.shape != y.shape:
        raise ValueError(f"propensity and if_not need a value a person: {chance.shape}, {base.shape}, {y.shape}")
    if not ((chance >= 0) & (chance <= 1)).all() or not np.isfinite(base).all():
        raise ValueError("propensity must lie between 0 and 1, and if_not hold numbers")
    x = columns_of(covariates, len(y))
    alike = chance <= SUREST
    overlap = float(alike[is_treated].mean())
    before = balance(x, is_treated, np.ones(len(y)))
    odds = np.where(is_treated, 1.0, chance / np.maximum(1 - chance, 1e-12)) * alike
    if not odds[is_treated].any() or not odds[~is_treated].any():
        return _nobody(len(y), overlap, before, int((alike & is_treated).sum()))
    after = balance(x[alike], is_treated[alike], odds[alike])
    reached, others = int((alike & is_treated).sum()), effective(odds[~is_treated])
    effect = _on_treated((y - base)[alike], is_treated[alike], odds[alike])
    if overlap < FEWEST_ALIKE or min(reached, others) < FEWEST_PEOPLE:
        effect = Estimate(effect.value, np.nan, np.nan, effect.n)
    return Observed(effect, overlap, before, after, reached, others)


def balance(covariates: Array, treated: Array, weight: Array) -> Balance:
    """How far apart the weighed means of both groups are in each column of ``covariates``, shape (n, k), all known.

    >>> groups = np.repeat([True, False], 500)
    >>> told = balance(np.column_stack([np.arange(1000.0), np.tile([0.0, 1.0], 500)]), groups, np.ones(1000))
    >>> told.gaps.round(1).tolist(), told.unbalanced, round(told.bar, 2)
    ([3.5, 0.0], 1, 0.12)
    """
    means = [np.average(covariates[side], axis=0, weights=weight[side]) for side in (treated, ~treated)]
    spread = np.sqrt((covariates[treated].var(axis=0) + covariates[~treated].var(axis=0)) / 2)
    by_chance = Z95 * np.sqrt(1 / effective(weight[treated]) + 1 / effective(weight[~treated]))
    return Balance(np.abs(means[0] - means[1]) / np.maximum(spread, 1e-12), max(BALANCED, float(by_chance)))


def effective(weight: Array) -> float:
    """As how many people of equal weight these count.

    >>> effective(np.ones(10)), effective(np.array([1.0, 0.0]))
    (10.0, 1.0)
    """
    return float(weight.sum() ** 2 / (weight**2).sum())


def _nobody(n: int, overlap: float, before: Balance, reached: int) -> Observed:
    return Observed(Estimate(np.nan, np.nan, np.nan, n), overlap, before, before, reached, 0.0)


def _on_treated(rest: Array, is_treated: Array, odds: Array) -> Estimate:
    """Mean rest of the treated less the weighed mean rest of the others; its variance by its influence function.

    A small group of people who spend has often drawn no large amount yet, and knows neither its mean nor its variance:
    the variance of the smaller group is taken to be at least that of the larger.
    """
    means, variances, people, spreads = [], [], [], []
    for side in (is_treated, ~is_treated):
        weight = odds[side] / odds[side].sum()
        means.append(float(weight @ rest[side]))
        people.append(max(effective(weight), 1 + 1e-9))
        squares = (rest[side] - means[-1]) ** 2 * people[-1] / (people[-1] - 1)
        variances.append(float(weight**2 @ squares))
        spreads.append(float(weight @ squares))
    small = int(np.argmin(people))
    variances[small] = max(variances[small], spreads[1 - small] / people[small])
    value = means[0] - means[1]
    half = float(stats.t.ppf(0.975, max(people[small] - 1, 1.0)) * np.sqrt(sum(variances)))
    return Estimate(value, value - half, value + half, len(rest))

"""What being assigned to a campaign changed: the difference of two arms' means, with its doubt.

Everyone is read by the arm that was drawn for them, delivered or not (intention to treat).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from daogou.base.estimate import Estimate
from daogou.measure.experiment.arrays import checked, columns_of, units_of, weights_of

Array = np.ndarray[Any, Any]

FEWEST_BUYERS = 200  # people an arm whose money is not 0, below which no interval of money is believed
FEWEST_UNITS = 10  # units an arm, below which no interval is given at all


@dataclass(frozen=True)
class Arm:
    """One arm's mean after adjustment, the variance of that mean, and what stands behind them."""

    mean: float
    variance: float
    slopes: Array  # shape (covariates,)
    units: int
    buyers: int

    @property
    def degrees(self) -> float:
        """Degrees of freedom of the variance."""
        return max(self.units - 1.0 - len(self.slopes), 1.0)


def difference(
    outcome: Array,
    treated: Array,
    covariates: Array | None = None,
    *,
    unit: Array | None = None,
    propensity: Array | None = None,
    money: bool = False,
) -> Estimate:
    """Mean of the treated less mean of the others, per person, with a 95 % interval.

    ``outcome`` of shape (n,), numbers; ``treated`` of shape (n,), 0 or 1; ``covariates`` of shape (n, k) or (n,), known
    before the lots were drawn: each arm is adjusted by its own regression on them (Lin 2013; with one covariate this is
    CUPED, Deng et al. 2013), and a value that is not known (NaN) counts as the mean, with a column that says so.
    ``unit`` of shape (n,) names the unit that was drawn where that is not the person (household, store), as rows of a
    unit are not independent. ``propensity`` of shape (n,) is the probability with which each was to be treated, where
    it was not the same for all: rows weigh by one over the probability of their arm. ``money`` says that a few large
    amounts carry the mean: where all are at least 0, the larger of two variances is taken, the arm's own and the one
    that follows from the coefficient of variation of both arms together. A small arm that has drawn no large amount yet
    knows neither its mean nor its variance.

    NaN for the interval below 10 units an arm, and for money below 200 people an arm with an amount other than 0.

    >>> effect = difference(np.tile([0.0, 2.0, 1.0, 4.0], 50), np.tile([0, 0, 1, 1], 50))
    >>> round(effect.value, 3), round(effect.low, 3), round(effect.high, 3)
    (1.5, 1.142, 1.858)

    Raises:
        ValueError: unequal lengths, an arm other than 0 and 1, an arm without anyone, an outcome that is no number, a
            unit in both arms, or a propensity outside 0 to 1.
    """
    y, is_treated = checked(outcome, treated)
    x = columns_of(covariates, len(y))
    units = units_of(unit, is_treated)
    weight = weights_of(propensity, is_treated)
    arms = [_arm(y, x, units, weight, is_treated == side) for side in (True, False)]
    variances = [arm.variance for arm in arms]
    if money and y.min() >= 0:
        variances = [max(pair) for pair in zip(variances, _pooled(arms), strict=True)]
    value = arms[0].mean - arms[1].mean
    variance = sum(variances) + _from_sampling(x, arms)
    if min(arm.units for arm in arms) < FEWEST_UNITS or (money and min(arm.buyers for arm in arms) < FEWEST_BUYERS):
        return Estimate(value, np.nan, np.nan, len(y))
    freedom = sum(variances) ** 2 / max(
        sum(part**2 / arm.degrees for part, arm in zip(variances, arms, strict=True)), 1e-300
    )
    half = float(stats.t.ppf(0.975, max(freedom, 1.0)) * np.sqrt(variance))
    return Estimate(value, value - half, value + half, len(y))


def variance_cut(outcome: Array, treated: Array, covariates: Array) -> float:
    """Share of the variance of the difference that adjusting for ``covariates`` takes off; below 0 where it adds some.

    >>> before = np.arange(400.0)
    >>> round(variance_cut(before + np.tile([0.0, 1.0, 1.0, 0.0], 100), np.tile([0, 1], 200), before), 2)
    1.0
    """
    plain, adjusted = difference(outcome, treated), difference(outcome, treated, covariates)
    return float(1.0 - ((adjusted.high - adjusted.low) / (plain.high - plain.low)) ** 2)


def _arm(y: Array, x: Array, units: Array, weight: Array, mine: Array) -> Arm:
    """The arm's regression on covariates centred over everyone: its intercept is the mean at everyone's covariates."""
    design, w = np.column_stack([np.ones(int(mine.sum())), x[mine]]), weight[mine]
    root = np.sqrt(w)
    found = np.linalg.lstsq(design * root[:, None], y[mine] * root, rcond=None)[0]
    rest = y[mine] - design @ found
    per_unit = np.bincount(np.unique(units[mine], return_inverse=True)[1], rest * w)
    g = len(per_unit)
    lost = min(design.shape[1], g - 1)
    variance = float((per_unit**2).sum()) / w.sum() ** 2 * g / max(g - lost, 1)
    return Arm(float(found[0]), variance, found[1:], g, int(np.count_nonzero(y[mine])))


def _pooled(arms: list[Arm]) -> list[float]:
    """Variances of the means if both arms had one coefficient of variation."""
    if min(arm.mean for arm in arms) <= 0:
        return [0.0 for _ in arms]
    relative = [arm.variance * arm.units / arm.mean**2 for arm in arms]
    shared = np.average(relative, weights=[arm.degrees for arm in arms])
    return [float(shared) * arm.mean**2 / arm.units for arm in arms]


def _from_sampling(x: Array, arms: list[Arm]) -> float:
    """Variance that comes from these people being a sample, where the effect differs by covariate."""
    if not x.shape[1]:
        return 0.0
    return float(((x @ (arms[0].slopes - arms[1].slopes)) ** 2).sum()) / len(x) ** 2

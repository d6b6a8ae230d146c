"""What being assigned to a campaign changed: the difference of two arms' means, with its doubt.

Everyone is read by the arm that was drawn for them, delivered or not (intention to treat).
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from daogou.base.estimate import Estimate
from daogou.measure.experiment.arrays import arms_of, checked, columns_of, units_of, weights_of

Array = np.ndarray[Any, Any]
Guard = Literal["", "share", "ratio"]

FEWEST_BUYERS = 200  # people an arm whose money is not 0, below which no interval of money is believed
MOST_BELOW = 0.5  # amounts below 0 as a share of those above, up to which a mean of money is one of sales
RARE = 30  # people an arm, below which an arm's own share tells too little of how sure it is
FEWEST_UNITS = 10  # units an arm, below which no interval is given at all


@dataclass(frozen=True)
class Arm:
    """One arm's mean after adjustment, the variance of that mean, and what stands behind them."""

    mean: float
    variance: float
    slopes: Array  # shape (covariates,)
    scores: Array  # shape (people of the arm,): what each adds to the error of the mean
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
    amounts carry the mean: unless many are below 0, the larger of two variances is taken, the arm's own and the one
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
    checked(outcome, treated)
    compared = Comparison(treated, covariates, unit=unit, propensity=propensity)
    return compared.effect(outcome, money=money)


def variance_cut(outcome: Array, treated: Array, covariates: Array) -> float:
    """Share of the variance of the difference that adjusting for ``covariates`` takes off; below 0 where it adds some.

    >>> before = np.arange(400.0)
    >>> round(variance_cut(before + np.tile([0.0, 1.0, 1.0, 0.0], 100), np.tile([0, 1], 200), before), 2)
    1.0
    """
    plain, adjusted = difference(outcome, treated), difference(outcome, treated, covariates)
    return float(1.0 - ((adjusted.high - adjusted.low) / (plain.high - plain.low)) ** 2)


class Comparison:
    """Two arms, made ready once for many outcomes of the same people. Arguments are those of :func:`difference`."""

    def __init__(
        self,
        treated: Array,
        covariates: Array | None = None,
        *,
        unit: Array | None = None,
        propensity: Array | None = None,
        of_several: bool = False,
    ) -> None:
        """Check and factorise what all outcomes share.

        ``of_several`` says that these are two arms of more, so that people of some strata are here less often than
        they were drawn: the mean of everyone is then the one of weighed people.

        Raises:
            ValueError: as :func:`difference`.
        """
        self.is_treated = arms_of(treated)
        columns = columns_of(covariates, len(self.is_treated))
        self.x = columns / columns.std(axis=0) if columns.shape[1] else columns
        self.weight = weights_of(propensity, self.is_treated)
        if of_several and self.x.shape[1]:
            self.x = self.x - np.average(self.x, axis=0, weights=self.weight)
        unit_of = None if unit is None else units_of(unit, self.is_treated)
        self._sides = [_Side(self.x, self.weight, unit_of, self.is_treated == side) for side in (True, False)]

    @property
    def units(self) -> tuple[int, int]:
        """Units of the treated, and of the others."""
        return self._sides[0].count, self._sides[1].count

    def effect(self, outcome: Array, *, money: bool = False, guard: Guard = "") -> Estimate:
        """The difference in one outcome, shape (n,), with its interval; as :func:`difference`.

        ``guard`` says what else a small arm may not know of itself. Of a ``share`` (0 or 1) that fewer than 30 people
        of an arm have, the larger of two variances is taken: the arm's own, and that of the share of both arms
        together. Of a ``ratio``, as ``linearised`` makes it, the same with the variance of both arms together.
        """
        y, arms = self._fitted(outcome)
        variances = self._guarded(y, arms, money, guard)
        value = arms[0].mean - arms[1].mean
        variance = sum(variances) + _from_sampling(self.x, arms)
        if min(arm.units for arm in arms) < FEWEST_UNITS or (money and min(arm.buyers for arm in arms) < FEWEST_BUYERS):
            return Estimate(value, np.nan, np.nan, len(y))
        freedom = sum(variances) ** 2 / max(
            sum(part**2 / arm.degrees for part, arm in zip(variances, arms, strict=True)), 1e-300
        )
        half = float(stats.t.ppf(0.975, max(freedom, 1.0)) * np.sqrt(variance))
        return Estimate(value, value - half, value + half, len(y))

    def wider(self, outcome: Array) -> float:
        """The variance that the effect on an outcome of money has beyond what its people's influence tells."""
        y, arms = self._fitted(outcome)
        return float(sum(self._guarded(y, arms, True, "")) - sum(arm.variance for arm in arms))

    def influence(self, outcome: Array) -> Array:
        """What each person adds to the error of the effect, shape (n,).

        The sum of squares, added up within units, is the variance of the effect; so sums of effects of several trials
        have a variance too, whoever takes part in more than one of them.
        """
        y, arms = self._fitted(outcome)
        told = np.empty(len(y))
        told[self.is_treated], told[~self.is_treated] = arms[0].scores, -arms[1].scores
        if self.x.shape[1]:
            told += self.x @ (arms[0].slopes - arms[1].slopes) / len(y)
        return told

    def linearised(self, above: Array, below: Array) -> Array:
        """An outcome of shape (n,) whose arms' means are the ratios of sums ``above`` and ``below``: the delta method.

        Source: Deng et al. (2018). Where nobody of an arm has anything ``below``, its values are NaN.
        """
        over, under = np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64)
        made = np.empty(len(over))
        for mine in (self.is_treated, ~self.is_treated):
            weight = self.weight[mine]
            total = float(weight @ under[mine])
            ratio = float(weight @ over[mine]) / total if total else np.nan
            made[mine] = ratio + (over[mine] - ratio * under[mine]) * (weight.sum() / total if total else np.nan)
        return made

    def _guarded(self, y: Array, arms: list[Arm], money: bool, guard: Guard) -> list[float]:
        """Variances of the arms' means, the larger of an arm's own and what both together say of it."""
        variances = [arm.variance for arm in arms]
        if money and -y[y < 0].sum() <= MOST_BELOW * y[y > 0].sum():
            variances = [max(pair) for pair in zip(variances, _pooled(arms), strict=True)]
        if guard:
            variances = [max(pair) for pair in zip(variances, self._shared(y, arms, guard), strict=True)]
        return variances

    def _shared(self, y: Array, arms: list[Arm], guard: Guard) -> list[float]:
        """Variances of the means if both arms were alike; 0 where each may know its own."""
        if guard == "share":
            if min(arm.buyers for arm in arms) >= RARE:
                return [0.0 for _ in arms]
            together = float(np.average(y, weights=self.weight))
            sizes = [len(side.rows) / side.spread for side in self._sides]
            return [together * (1 - together) / size for size in sizes]
        per_unit = [arm.variance * arm.units for arm in arms]
        shared = float(np.average(per_unit, weights=[arm.degrees for arm in arms]))
        return [shared / arm.units for arm in arms]

    def _fitted(self, outcome: Array) -> tuple[Array, list[Arm]]:
        y, _ = checked(outcome, self.is_treated)
        return y, [side.fitted(y) for side in self._sides]


class _Side:
    """One arm's regression on covariates centred over everyone: its intercept is the mean at everyone's covariates."""

    def __init__(self, x: Array, weight: Array, units: Array | None, mine: Array) -> None:
        self.rows = np.flatnonzero(mine)
        self.weight = weight[self.rows]
        self.design = np.column_stack([np.ones(len(self.rows)), x[self.rows]])
        weighted = self.design * self.weight[:, None]
        self.inverse = np.linalg.pinv(self.design.T @ weighted, rcond=1e-12, hermitian=True)
        self.spread = len(self.weight) * float(self.weight @ self.weight) / float(self.weight.sum()) ** 2
        self.units = None if units is None else np.unique(units[self.rows], return_inverse=True)[1]
        self.count = len(self.rows) if self.units is None else int(self.units.max()) + 1

    def fitted(self, outcome: Array) -> Arm:
        y = outcome[self.rows]
        found = self.inverse @ (self.design.T @ (y * self.weight))
        scores = (y - self.design @ found) * self.weight / self.weight.sum()
        lost = min(self.design.shape[1], self.count - 1)
        scores *= np.sqrt(self.count / max(self.count - lost, 1))
        per_unit = scores if self.units is None else np.bincount(self.units, scores)
        return Arm(float(found[0]), float(per_unit @ per_unit), found[1:], scores, self.count, int(np.count_nonzero(y)))


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

"""How well a predicted effect ranks customers: the Qini coefficient, and the effect on the best share of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from daogou.base.estimate import Estimate
from daogou.measure.uplift_trial import RESAMPLES, SEED, Places, Trial, Vector, numbers

QINI = "Qini: area between the curve and random, as a share of the perfect order's"
UPLIFT_AT = "mean outcome of treated less control among the best {share:.0%} by effect"


def qini(
    effect: ArrayLike,
    treated: ArrayLike,
    outcome: ArrayLike,
    *,
    units: ArrayLike | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Estimate:
    """The Qini coefficient: 1 for the perfect order, 0 for a random one; arrays of shape (customers,).

    Customers are sorted by ``effect``, ties as one step. At each step the curve is the outcome of the treated so far
    less that of the control, scaled to as many people as were treated. Areas are trapezoids; the straight line to the
    curve's end is taken off, from this curve and from the perfect one (treated with the outcome first, control with it
    last). ``units`` names what was drawn by lot, such as a household: its customers are resampled together.

    Raises:
        ValueError: what :meth:`Trial.read` refuses, more than two arms, or an outcome that is the same for everybody.

    Source: Radcliffe (2007), Using control groups to target on predicted lift; the convention is the one of
    ``qini_auc_score`` in scikit-uplift, to which it is equal on outcomes of 0 and 1.

    >>> round(qini([0.4, 0.3, 0.2, 0.1], treated=[1, 0, 0, 1], outcome=[1, 0, 1, 1]).value, 6)
    0.285714
    """
    trial = _two_arms(treated, outcome, units)
    score = numbers("effect", effect, len(trial.arm))
    if np.ptp(trial.outcome) == 0:
        raise ValueError("outcome is the same for everybody: there is no effect to rank by")
    signed = trial.outcome * np.where(trial.arm == 1, 1.0, -1.0)
    found, perfect = Ranking.by(score, trial), Ranking.by(signed, trial)

    def coefficient(weights: Vector) -> float:
        best = perfect.area(weights)
        return found.area(weights) / best if best else np.nan

    return trial.estimate(coefficient, QINI, resamples, seed)


def uplift_at(
    effect: ArrayLike,
    treated: ArrayLike,
    outcome: ArrayLike,
    share: float = 0.3,
    *,
    units: ArrayLike | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Estimate:
    """Mean outcome of treated less that of control, among the ``share`` of customers with the largest effects.

    The number of customers is rounded down. Where the last place is tied, all who tie count with an equal part, so
    that the order of the file decides nothing. NaN where one arm has nobody among the best.

    Raises:
        ValueError: what :meth:`Trial.read` refuses, more than two arms, or a share that is not above 0 and at most 1.

    >>> uplift_at([0.4, 0.3, 0.2, 0.1], treated=[1, 0, 1, 0], outcome=[1, 0, 0, 1], share=0.5).value
    1.0
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1, not {share}")
    trial = _two_arms(treated, outcome, units)
    ranking = Ranking.by(numbers("effect", effect, len(trial.arm)), trial)
    return trial.estimate(
        lambda weights: ranking.uplift(weights, share), UPLIFT_AT.format(share=share), resamples, seed
    )


@dataclass(frozen=True)
class Ranking:
    """Customers in order of a score, highest first. ``last`` marks the last of each group of ties."""

    order: Places
    last: np.ndarray[Any, np.dtype[np.bool_]]
    treated: Vector  # in that order
    outcome: Vector

    @classmethod
    def by(cls, score: Vector, trial: Trial) -> "Ranking":
        """The ranking of a trial's customers by ``score``."""
        order = np.argsort(-score, kind="stable")
        last = np.append(np.diff(score[order]) != 0, True)
        return cls(order, last, (trial.arm[order] == 1).astype(np.float64), trial.outcome[order])

    def curve(self) -> tuple[Vector, Vector]:
        """Customers up to the end of each group of ties, and their incremental outcome; each from 0."""
        treated, everyone = np.cumsum(self.treated)[self.last], np.flatnonzero(self.last) + 1.0
        won = np.cumsum(self.outcome * self.treated)[self.last]
        kept, control = np.cumsum(self.outcome)[self.last] - won, everyone - treated
        scaled = np.divide(treated, control, out=np.zeros_like(treated), where=control > 0)
        return np.append(0.0, everyone), np.append(0.0, won - kept * scaled)

    def area(self, weights: Vector) -> float:
        """Between the curve of the weighed customers and the straight line to its end."""
        return float(_area(weights, self.order, self.last, self.treated, self.outcome))

    def uplift(self, weights: Vector, share: float) -> float:
        """Among the best ``share`` of the weight, ties at its end in part; NaN where an arm is empty."""
        wanted = np.floor(weights.sum() * share + 1e-9)
        return float(_uplift(weights, self.order, self.last, self.treated, self.outcome, wanted))


@njit(cache=True)  # type: ignore[untyped-decorator]
def _area(weights: Vector, order: Places, last: Any, treated: Vector, outcome: Vector) -> float:
    n1, n0, y1, y0, x, y, area = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for place in range(len(order)):
        weight = weights[order[place]]
        n1 += weight * treated[place]
        n0 += weight * (1 - treated[place])
        y1 += weight * treated[place] * outcome[place]
        y0 += weight * (1 - treated[place]) * outcome[place]
        if last[place]:
            height = y1 - (y0 * n1 / n0 if n0 > 0 else 0.0)
            area += (n1 + n0 - x) * (height + y) / 2
            x, y = n1 + n0, height
    return area - x * y / 2


@njit(cache=True)  # type: ignore[untyped-decorator]
def _uplift(weights: Vector, order: Places, last: Any, treated: Vector, outcome: Vector, wanted: float) -> float:
    sums, tied = np.zeros(4), np.zeros(4)  # people and outcome, treated then control; of the group of ties at hand
    for place in range(len(order)):
        weight, arm = weights[order[place]], 0 if treated[place] == 1 else 2
        tied[arm] += weight
        tied[arm + 1] += weight * outcome[place]
        if last[place]:
            room, size = wanted - sums[0] - sums[2], tied[0] + tied[2]
            sums += tied * (min(room / size, 1.0) if size > 0 else 0.0)
            tied[:] = 0.0
            if size >= room:
                break
    return sums[1] / sums[0] - sums[3] / sums[2] if sums[0] > 0 and sums[2] > 0 else np.nan


def _two_arms(treated: ArrayLike, outcome: ArrayLike, units: ArrayLike | None) -> Trial:
    trial = Trial.read(treated, outcome, units)
    trial.need_two_arms()
    return trial

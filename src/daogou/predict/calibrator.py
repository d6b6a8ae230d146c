"""A line over log-odds that makes probabilities honest, and is refused where it does not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

from daogou.predict.calibrate import inside, line
from daogou.predict.evaluate import log_losses
from daogou.predict.simplest import paired

Array = np.ndarray[Any, Any]
Verdict = Literal["used", "flips", "no better"]
_FAR = 60.0  # log-odds beyond any that are told


@dataclass(frozen=True)
class Calibrator:
    """expit(intercept + slope * log-odds); the slope is above 0, so that ranks never change. Source: Platt (1999).

    >>> Calibrator(0.0, 1.0).of(np.array([0.25])).tolist()
    [0.25]
    """

    intercept: float
    slope: float

    def of(self, probability: Array) -> Array:
        """Calibrated probabilities of shape (rows,)."""
        told: Array = expit(self.intercept + self.slope * logit(inside(probability)))
        return told

    def level_kept(self, probability: Array) -> "Calibrator":
        """The same slope, with the intercept at which ``probability`` keeps its mean.

        How much happens may be that of one month, and a model that is fitted again on it knows it already: to correct
        the level too would be to correct it twice. That a model is too sure of itself stays.

        >>> Calibrator(1.0, 1.0).level_kept(np.array([0.2, 0.4]))
        Calibrator(intercept=0.0, slope=1.0)
        """
        steep, mean = self.slope * logit(inside(probability)), probability.mean()
        found = brentq(lambda intercept: expit(intercept + steep).mean() - mean, -_FAR, _FAR)
        return Calibrator(round(float(found), 9) + 0.0, self.slope)


def calibrated(
    y: Array, probability: Array, customer: Array, trials: Iterable[tuple[Array, Array]]
) -> tuple[Calibrator | None, Array, Verdict]:
    """The calibrator or None, the probabilities of shape (rows,) as they are then, and why.

    ``probability`` is of rows that their model did not learn from. ``trials`` are pairs of masks: rows by which a line
    is learned, and rows on which it is tried. A line is used if it lowers the loss of those by more than one standard
    error, and refused where it, or what it is tried on, turns the ranking round: rows in order of their date do that.
    """
    tried = probability.copy()
    touched = np.zeros(len(y), dtype=bool)
    for by, on in trials:
        if line(y[by], probability[by])[1] <= 0 or line(y[on], probability[on])[1] <= 0:
            return None, probability, "flips"
        tried[on] = _of_line(y[by], probability[by]).of(probability[on])
        touched |= on
    found = _of_line(y, probability)
    if not touched.any() or not np.isfinite([found.intercept, found.slope, *tried]).all():
        return None, probability, "no better"
    rise = (log_losses(y, tried) - log_losses(y, probability))[touched]
    mean, error = paired(rise, customer[touched])
    return (found, tried, "used") if mean < -error else (None, probability, "no better")


def _of_line(y: Array, probability: Array) -> Calibrator:
    intercept, slope = line(y, probability)
    return Calibrator(float(intercept), float(slope))

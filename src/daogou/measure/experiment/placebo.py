"""Whether a figure of what nobody drew lots for is refuted: by who was reached, or by the days before the start."""

import math

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.experiment.observed import FEWEST_ALIKE, Observed

TOO_FEW, NO_OVERLAP, UNBALANCED, PLACEBO, NOT_REFUTED = "too_few", "no_overlap", "unbalanced", "placebo", "not_refuted"
VERDICTS = (NOT_REFUTED, PLACEBO, UNBALANCED, NO_OVERLAP, TOO_FEW)

_MOST_UNBALANCED = 0.1  # share of covariates that may differ after weighing: chance alone leaves one in 20


def doubts(found: Observed, placebo: Observed) -> list[str]:
    """What speaks against the figure, gravest first; empty where nothing does, which is no proof.

    ``placebo`` is the same reading of the days before the start, with what was known before those. It refutes where its
    interval leaves 0 out, and where it cannot be made, its reason holds for the figure too.
    """
    both = (found, placebo)
    told = {
        TOO_FEW: any(one.too_few and not one.overlap < FEWEST_ALIKE for one in both),
        NO_OVERLAP: any(one.overlap < FEWEST_ALIKE for one in both),
        PLACEBO: placebo.effect.excludes_zero,
        UNBALANCED: found.after.far > 0 or found.after.unbalanced > _MOST_UNBALANCED * found.covariates,
    }
    return [name for name, holds in told.items() if holds]


def region_doubts(found: Estimate, placebo: Estimate) -> list[str]:
    """The same of regions.

    >>> region_doubts(Estimate(3.0, 1.0, 5.0, 40), Estimate(2.0, 1.0, 3.0, 40))
    ['placebo']
    """
    if not math.isfinite(found.low) or not math.isfinite(placebo.low):
        return [TOO_FEW]
    return [PLACEBO] if placebo.excludes_zero else []


def detectable(placebo: Estimate) -> float:
    """The error that a placebo of this width finds in four of five cases; NaN without an interval.

    >>> round(detectable(Estimate(0.0, -1.96, 1.96, 500)), 1)
    2.8
    """
    return (placebo.high - placebo.low) / (2 * Z95) * (Z95 + 0.8416)

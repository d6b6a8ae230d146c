"""What an experiment can show before it is run."""

import math
from typing import Any

import numpy as np

from daogou.base.statistics import Z95

Floats = np.ndarray[Any, np.dtype[np.float64]]

Z_POWER = 0.8416212335729143  # the 80 % point of the standard normal: a true gain is found 4 times in 5


def smallest_visible_lift(spend: Floats, held_out: int, before: Floats | None = None) -> float:
    """The smallest gain in mean spend, as a share of it, that a two-sided test at 5 % finds 4 times in 5.

    ``spend`` of shape (n,) is what each person spent in a past window as long as the outcome's, those who spent nothing
    included; ``held_out`` of the n are left out. With ``before``, spend in the window before that, its share of the
    variance is taken off, as an analysis adjusted for it does. NaN where an arm has fewer than 2 people or nobody
    spent. Sources: Bloom (1995), Minimum detectable effects; for the adjustment Deng et al. (2013), CUPED.

    >>> round(smallest_visible_lift(np.tile([0.0, 2.0], 500), 500), 4)
    0.1773
    """
    n = len(spend)
    if min(held_out, n - held_out) < 2 or not spend.mean() > 0:
        return math.nan
    deviation = float(spend.std(ddof=1)) * math.sqrt(1 - _explained(spend, before))
    error = deviation * math.sqrt(1 / held_out + 1 / (n - held_out))
    return (Z95 + Z_POWER) * error / float(spend.mean())


def people_needed(spend: Floats, holdout: float, lift: float) -> int | None:
    """How many such people would make a gain of ``lift`` visible; None where the spend says nothing.

    >>> people_needed(np.tile([0.0, 2.0], 500), 0.5, 0.1773) in range(999, 1002)
    True
    """
    if len(spend) < 2 or not spend.mean() > 0 or not spend.std(ddof=1) > 0:
        return None
    variation = float(spend.std(ddof=1) / spend.mean())
    return math.ceil(((Z95 + Z_POWER) * variation / lift) ** 2 / (holdout * (1 - holdout)))


def _explained(spend: Floats, before: Floats | None) -> float:
    if before is None or not (before.std() > 0 and spend.std() > 0):
        return 0.0
    return min(float(np.corrcoef(spend, before)[0, 1]) ** 2, 1.0)

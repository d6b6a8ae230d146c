"""Intervals that may be looked at every day, for guard rails; and how long a test still takes."""

import math
from dataclasses import replace

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95

ALPHA = 0.05
Z_POWER = 0.8416212335729143  # the 80 % point of the standard normal
_LONG = 20.0  # the logarithm of more days than any test has


def always_valid(estimate: Estimate, planned: int) -> Estimate:
    """The estimate with an interval that covers at all times at once with 95 %, from its normal interval of today.

    A normal mixture's boundary (Robbins 1970), asymptotic as by Waudby-Smith et al. (2024): narrowest where ``planned``
    rows are in, about 1.4 to 1.6 times as wide there as an interval that is looked at once. Use from some hundred rows
    on.

    >>> wide = always_valid(Estimate(0.0, -1.96, 1.96, 1000), planned=1000)
    >>> round(wide.high, 2)
    3.04

    Raises:
        ValueError: ``planned`` is not above 0.
    """
    if planned <= 0:
        raise ValueError(f"planned must be the rows at which the interval shall be narrowest, above 0: it is {planned}")
    return widened(estimate, estimate.n / planned)


def widened(estimate: Estimate, share: float) -> Estimate:
    """The same, where rows do not tell how much has come in: ``share`` does, of that at which it shall be narrowest.

    What the share is a share of must not change from look to look. NaN where nothing has come in.

    >>> widened(Estimate(0.0, -1.96, 1.96, 1000), 1.0) == always_valid(Estimate(0.0, -1.96, 1.96, 1000), planned=1000)
    True
    """
    error = (estimate.high - estimate.low) / (2 * Z95)
    sure = -2 * math.log(ALPHA)
    ratio = (sure + math.log(sure + 1)) * share  # information now against that of the mixture
    half = error * math.sqrt((1 + 1 / ratio) * (math.log(1 + ratio) + sure)) if share > 0 else math.nan
    return replace(estimate, low=estimate.value - half, high=estimate.value + half)


def days_left(estimate: Estimate, planned_effect: float, days: float, growth: float = 1.0) -> int | None:
    """Whole days until the ``planned_effect`` would be found 4 times in 5, at the pace of the ``days`` so far.

    ``growth`` is the power of time with which the variance of what people bring in all grows: 1 where each day is a
    draw of its own, up to 2 where who brings much always does, and more days tell little. The doubt of today's estimate
    counts, its value never does: who waits longer because the effect looks small, or stops because it looks large, no
    longer runs the test that was planned. None where there is no interval yet, or no number of days would do.

    >>> days_left(Estimate(9.0, 9.0 - 1.96, 9.0 + 1.96, 100), planned_effect=2.0, days=10)
    10
    >>> days_left(Estimate(9.0, 9.0 - 1.96, 9.0 + 1.96, 100), planned_effect=2.0, days=10, growth=1.5)
    29

    Raises:
        ValueError: a planned effect of 0, or no day yet.
    """
    if planned_effect == 0 or days <= 0:
        raise ValueError("days_left needs the effect that was planned for, not 0, and days above 0")
    error = (estimate.high - estimate.low) / (2 * Z95)
    if math.isnan(error):
        return None
    needed = (error * (Z95 + Z_POWER) / planned_effect) ** 2  # of the rows of today
    if needed <= 1:
        return 0
    if growth >= 2:
        return None
    power = math.log(needed) / (2 - growth)
    left = math.expm1(power) * days if power < _LONG else math.inf
    return math.ceil(left - 1e-9) if left < math.inf else None

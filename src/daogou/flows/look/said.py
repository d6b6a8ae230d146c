"""Figures as the lines of ``daogou look`` write them."""

import math
from collections.abc import Sequence

from daogou.base.estimate import Estimate
from daogou.base.words import gettext as _


def share(estimate: Estimate) -> str:
    """A share in percent with its interval, or with the people behind it where they are too few for one.

    >>> share(Estimate(0.25, 0.19, 0.32, 200)), share(Estimate(0.5, math.nan, math.nan, 4)), share(wholly(4))
    ('25 % (19 to 32 %)', '50 % (of 4 only)', '100 %')
    """
    if not math.isfinite(estimate.value):
        return _("not known yet")
    value = percent(estimate.value)
    if math.isfinite(estimate.low):
        return _("{value} % ({low} to {high} %)").format(
            value=value, low=percent(estimate.low), high=percent(estimate.high)
        )
    if estimate.unit == "whole":
        return f"{value} %"
    return _("{value} % (of {n} only)").format(value=value, n=f"{estimate.n:,}")


def wholly(n: int) -> Estimate:
    """All of ``n``: a share without doubt."""
    return Estimate(1.0, math.nan, math.nan, n, "whole")


def moved(estimate: Estimate | None, is_share: bool) -> str:
    """A change with its interval; points for shares.

    >>> moved(Estimate(0.06, 0.03, 0.09, 50), False), moved(Estimate(-0.012, -0.03, 0.01, 50), True)
    ('+6.0 % (+3.0 to +9.0 %)', '-1.2 points (-3.0 to +1.0)')
    >>> moved(Estimate(-0.0001, -0.03, 0.01, 50), True)
    '+0.0 points (-3.0 to +1.0)'
    """
    if estimate is None:
        return _("no comparison")
    value, low, high = (f"{round(100 * one, 1) + 0.0:+.1f}" for one in (estimate.value, estimate.low, estimate.high))
    if not math.isfinite(estimate.low):
        return _("{value} points").format(value=value) if is_share else f"{value} %"
    if is_share:
        return _("{value} points ({low} to {high})").format(value=value, low=low, high=high)
    return _("{value} % ({low} to {high} %)").format(value=value, low=low, high=high)


def percent(value: float) -> str:
    """A share in whole per cent, small ones with the digit that matters.

    >>> percent(0.214), percent(0.0016), percent(1e-17)
    ('21', '0.2', '0')
    """
    return f"{100 * value:.0f}" if value >= 0.01 or value < 1e-6 else f"{100 * value:.1g}"


def amount(value: float) -> str:
    """A number as short as it can be said.

    >>> amount(1234.5), amount(12.0), amount(0.25), amount(-0.0)
    ('1,234.50', '12', '0.25', '0')
    """
    if value == math.floor(value):
        return f"{int(value):,}"
    return f"{value:,.2f}"


def listed(names: Sequence[str]) -> str:
    """Names one after the other."""
    return _(", ").join(names)

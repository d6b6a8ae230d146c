"""What a message changed in those whom it reached: a second line beside the effect of having been meant to be reached.

Source: Imbens and Angrist (1994). Nobody held out is reached, so those reached are all whom the lot could move.
"""

from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.measure.experiment.difference import Comparison

Array = np.ndarray[Any, Any]

FEWEST_REACHED = 50  # people, below which the effect on them is not told


def delivered_effect(compared: Comparison, outcome: Array, delivered: Array, *, money: bool = False) -> Estimate:
    """The effect per person reached: that of the lot over the share reached, with an interval by the delta method.

    ``outcome`` and ``delivered`` (0 or 1) of shape (n,). It holds if the lot works by nothing but the message, and it
    speaks of those who could be reached, not of everyone. NaN where somebody held out was reached, below 50 people
    reached, and where the lot's own effect has no interval.

    >>> treated, reached = np.repeat([1, 0], 1000), np.tile([1.0, 0.0], 1000) * np.repeat([1, 0], 1000)
    >>> delivered_effect(Comparison(treated), np.tile([0.0, 1.0], 1000) + reached, reached).value
    1.0
    """
    nothing = Estimate(np.nan, np.nan, np.nan, len(delivered))
    if delivered[~compared.is_treated].any() or delivered.sum() < FEWEST_REACHED:
        return nothing
    share = compared.effect(delivered).value
    lot = compared.effect(outcome, money=money)
    if not share > 0 or not np.isfinite(lot.low):
        return nothing
    value = lot.value / share
    rest = compared.effect(outcome - value * delivered)
    half = (rest.high - rest.low) / 2 / share
    if money:  # where the lot's interval is wider than its own variance says, so is this one
        alone = compared.effect(outcome)
        half *= (lot.high - lot.low) / max(alone.high - alone.low, 1e-300)
    return Estimate(value, value - half, value + half, int(delivered.sum()))

"""What a campaign cost against what its redemptions brought: the break-even lift."""

from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.measure.rates import ratio_interval

Array = np.ndarray[Any, Any]


def break_even(cost: Array, contribution: Array, customer: Array, weights: Array) -> Estimate:
    """The share of redemptions that must be incremental for the cost to be covered: sum(cost) / sum(contribution).

    One row a person and campaign: what the company paid for it (contact and its own coupons) and the contribution,
    before these costs, of the purchases with a redemption. ``customer`` numbers the people from 0, ``weights`` has
    shape (resamples, people). Above 1 the campaign cannot pay, even if every redemption were incremental; NaN where the
    redemptions brought nothing. ``n`` counts rows with a contribution.

    >>> sent, redeemed = np.full(4, 1.0), np.array([10.0, 0.0, 0.0, 0.0])
    >>> break_even(sent, redeemed, np.arange(4), np.ones((200, 4), np.float32)).value
    0.4
    """
    brought = float(contribution.sum())
    n, unit = int((contribution > 0).sum()), "share of redemptions"
    if not brought > 0:
        return Estimate(np.nan, np.nan, np.nan, n, unit)
    low, high = ratio_interval(cost, contribution, customer, weights)
    return Estimate(float(cost.sum()) / brought, low, high, n, unit)


def contribution(net_sales: Array, shop_coupon: Array, margin: float) -> Array:
    """Contribution before marketing cost of purchases with a coupon that the company funds.

    Net sales are after that coupon, so it is added back: the coupon stands under cost, and would count twice.

    >>> contribution(np.array([95.0]), np.array([5.0]), 0.25).tolist()
    [25.0]
    """
    return margin * (net_sales + shop_coupon)

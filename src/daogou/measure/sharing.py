"""How amounts of orders are shared among the redemptions that belong to them. Nothing is counted twice."""

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Links:
    """Which redemption belongs to which thing (an order, or a line): one row a link, both numbered from 0."""

    redemption: Array
    thing: Array
    redemptions: int
    things: int

    def share(self, amount: Array) -> Array:
        """``amount`` of shape (things,), each split equally among its redemptions; shape (redemptions,).

        >>> links = Links(np.array([0, 1, 1]), np.array([0, 0, 1]), redemptions=2, things=2)
        >>> links.share(np.array([10.0, 1.0])).tolist()
        [5.0, 6.0]
        """
        parts = np.bincount(self.thing, minlength=self.things)[self.thing]
        return np.bincount(self.redemption, amount[self.thing] / parts, minlength=self.redemptions)

    def only(self, links: Array) -> "Links":
        """The links where ``links`` is True."""
        return Links(self.redemption[links], self.thing[links], self.redemptions, self.things)


def coupon_amounts(
    orders: Links, on_order: Array, lines: Links, on_line: Array, order_of_line: Array
) -> tuple[Array, float]:
    """What each redemption was worth, shape (redemptions,), and what no redemption explains.

    An amount on a line of an item that a redemption's coupon covers (``lines``) is that redemption's. What else stands
    on an order (coupons for a basket or for an item group stand on lines of their own) is shared among its redemptions
    that have no such line; where each has one, the rest belongs to coupons of no campaign.

    >>> orders = Links(np.array([0, 1]), np.array([0, 0]), redemptions=2, things=1)
    >>> lines = Links(np.array([0]), np.array([0]), redemptions=2, things=1)
    >>> coupon_amounts(orders, np.array([3.0]), lines, np.array([1.0]), np.array([0]))[0].tolist()
    [1.0, 2.0]
    """
    own = lines.share(on_line)
    has_line = np.bincount(lines.redemption, minlength=lines.redemptions) > 0
    rest = on_order - np.bincount(order_of_line, on_line, minlength=orders.things)
    takers = orders.only(~has_line[orders.redemption])
    is_taken = np.bincount(takers.thing, minlength=takers.things) > 0
    return own + takers.share(rest), float(rest[~is_taken].sum())

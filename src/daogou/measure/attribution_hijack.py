"""Touches that appear at the till: an affiliate's within minutes of the order, after another channel's path.

Coupon extensions and cashback sites open their link when the customer is about to pay anyway; rules that look at the
last touch then pay them for the order.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np

from daogou.measure.attribution_paths import Paths

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class LastSecond:
    """Orders whose last touch was the channel's, and those of them that it touched only when another had led there."""

    channel: str
    is_affiliate: bool
    last: int  # orders whose last touch it was
    flagged: int
    money: int  # of the flagged, in steps

    @property
    def share(self) -> float:
        """Flagged of those where it was last, 0-1; NaN where it never was."""
        return self.flagged / self.last if self.last else float("nan")


def last_seconds(found: Paths, affiliates: Collection[str], minutes: float) -> tuple[LastSecond, ...]:
    """Each channel that was last before an order, with how often it came only at the till.

    Flagged: the last touch lies at most ``minutes`` before the order, and an earlier one of the path is of another
    channel, no affiliate. The shares of channels that are no affiliates say how often that happens by itself.

    Raises:
        ValueError: paths without times.
    """
    if found.at is None:
        raise ValueError("last seconds need the time of each touch; use daogou.measure.paths")
    is_affiliate = np.array([channel in affiliates for channel in found.channels], bool)
    ordered = np.flatnonzero(found.orders > 0)
    begin, end = found.begin[ordered], found.end[ordered]
    last = found.channel[end - 1]
    late = found.closed[ordered] - found.at[end - 1] <= minutes * 60_000_000
    candidates = np.flatnonzero(late & (end - begin > 1))
    flagged = np.zeros(len(ordered), bool)
    for p in candidates:
        earlier = found.channel[begin[p] : end[p] - 1]
        flagged[p] = (~is_affiliate[earlier] & (earlier != last[p])).any()
    n = len(found.channels)
    was_last = np.bincount(last, found.orders[ordered], n).astype(np.int64)
    counts = np.bincount(last[flagged], found.orders[ordered][flagged], n).astype(np.int64)
    money = np.zeros(n, np.int64)
    np.add.at(money, last[flagged], found.money[ordered][flagged])
    return tuple(
        LastSecond(name, bool(is_affiliate[k]), int(was_last[k]), int(counts[k]), int(money[k]))
        for k, name in enumerate(found.channels)
        if was_last[k]
    )

"""Credit by fixed rules: each order is shared among the touches of its path."""

from typing import Any

import numba
import numpy as np

from daogou.measure.attribution_arrays import MICROSECONDS_A_DAY
from daogou.measure.attribution_paths import Paths

Array = np.ndarray[Any, Any]
FIXED = ("first", "last", "last_non_direct", "linear", "time_decay", "position")
_FIRST, _LAST, _LAST_NON_DIRECT, _LINEAR, _TIME_DECAY, _POSITION, _EACH_CHANNEL = range(7)
FIRST_AND_LAST = 0.4  # of position; the touches between share the rest


def by_rule(found: Paths, rule: str, half_life: float, direct: tuple[str, ...]) -> tuple[Array, Array]:
    """Orders and money (in steps) of each channel, both float64 of shape (channels,).

    Raises:
        ValueError: time decay on paths without times, or a half-life that is not above 0.
    """
    if rule == "time_decay":
        if found.at is None:
            raise ValueError(
                "time_decay needs the time of each touch, and these paths have none; use daogou.measure.paths"
            )
        if not half_life > 0:
            raise ValueError(f"half_life is {half_life} days; give days above 0")
    return _shared(found, FIXED.index(rule), half_life, direct)


def by_channels(found: Paths) -> tuple[Array, Array]:
    """Each order shared equally among the different channels of its path, as :func:`by_rule`."""
    return _shared(found, _EACH_CHANNEL, 1.0, ())


def _shared(found: Paths, rule: int, half_life: float, direct: tuple[str, ...]) -> tuple[Array, Array]:
    is_direct = np.array([channel in direct for channel in found.channels], bool)
    at = np.zeros(0, np.int64) if found.at is None else found.at
    span = half_life * MICROSECONDS_A_DAY
    return _credit(  # type: ignore[no-any-return]
        found.channel, at, found.begin, found.end, found.orders, found.money, is_direct, rule, span, FIRST_AND_LAST
    )


@numba.njit(cache=True, nogil=True)
def _credit(channel, at, begin, end, orders, money, is_direct, rule, span, ends):  # type: ignore[no-untyped-def]
    counts, sums = np.zeros(len(is_direct)), np.zeros(len(is_direct))
    seen = np.full(len(is_direct), -1)
    for p in range(len(begin)):
        if orders[p] == 0:
            continue
        a, b = begin[p], end[p]
        n = b - a
        if rule <= _LAST_NON_DIRECT:
            k = a if rule == _FIRST else b - 1
            if rule == _LAST_NON_DIRECT:
                while k > a and is_direct[channel[k]]:
                    k -= 1
                if is_direct[channel[k]]:
                    k = b - 1  # nothing but direct
            counts[channel[k]] += orders[p]
            sums[channel[k]] += money[p]
            continue
        whole = float(n)
        if rule == _TIME_DECAY:
            whole = 0.0
            for i in range(a, b):
                whole += 2.0 ** ((at[i] - at[b - 1]) / span)
        elif rule == _EACH_CHANNEL:
            whole = 0.0
            for i in range(a, b):
                if seen[channel[i]] != p:
                    seen[channel[i]] = p
                    whole += 1.0
        for i in range(a, b):
            share = 1.0 / whole
            if rule == _TIME_DECAY:
                share = 2.0 ** ((at[i] - at[b - 1]) / span) / whole
            elif rule == _POSITION and n == 2:
                share = 0.5
            elif rule == _POSITION and n > 2:
                share = ends if i in (a, b - 1) else (1 - 2 * ends) / (n - 2)
            elif rule == _EACH_CHANNEL:
                if seen[channel[i]] != p:
                    continue
                seen[channel[i]] = -1
            counts[channel[i]] += share * orders[p]
            sums[channel[i]] += share * money[p]
    return counts, sums

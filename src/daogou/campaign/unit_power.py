"""What a test that switches units would have shown, had it been placed on days that are past."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
ShownFrom = Callable[[Array, Array], Array]  # gaps and scale of shape (tests, pairs) -> the share from which each shows

POWER = 0.8  # share of tests that find a change of the size that is called visible
_COINS = 32  # draws a window, each with its opposite


@dataclass(frozen=True)
class UnitPower:
    """What was found on past days.

    Attributes:
        pairs: pairs of the test.
        windows: past windows that it was placed on.
        visible_lift: the least change, as a share of what units bring, that four of five such tests find; NaN: none.
        false_alarms: share of such tests, with nothing done, that find a change.
    """

    pairs: int
    windows: int
    visible_lift: float
    false_alarms: float


def unit_power(during: Array, before: Array, shown_from: ShownFrom, *, seed: int = 0) -> UnitPower:
    """Place the test on past windows in which nothing was switched, with many coins, and read it as it will be read.

    ``during`` and ``before`` of shape (windows, pairs, 2): what both halves of each pair brought in the days that would
    be read, and in those before (zeros where the test does not look at them). ``shown_from`` is the analysis
    (:func:`daogou.measure.experiment.paired.shown_from`).

    Raises:
        ValueError: shapes that do not fit, or no window.
    """
    seen, then = np.asarray(during, dtype=np.float64), np.asarray(before, dtype=np.float64)
    if seen.shape != then.shape or seen.ndim != 3 or seen.shape[2] != 2 or not len(seen):
        raise ValueError(f"during and before need shape (windows, pairs, 2): {seen.shape}, {then.shape}")
    windows, pairs, _two = seen.shape
    half = np.random.default_rng(seed).integers(0, 2, (windows, _COINS, pairs))
    coins = np.concatenate([half, 1 - half], axis=1)
    change = (seen - then)[:, :, 0] - (seen - then)[:, :, 1]
    gaps = np.where(coins == 0, change[:, None, :], -change[:, None, :])
    on = np.where(coins == 0, seen[:, None, :, 0], seen[:, None, :, 1])
    shares = shown_from(gaps.reshape(-1, pairs), np.maximum(on, 0.0).reshape(-1, pairs))
    lift = float(np.quantile(shares, POWER, method="higher"))
    return UnitPower(pairs, windows, lift if math.isfinite(lift) else math.nan, 2 * float((shares < 0).mean()))


def pairs_needed(found: UnitPower, lift: float) -> int | None:
    """About how many such pairs would make a change of ``lift`` visible; None where nothing tells.

    >>> pairs_needed(UnitPower(8, 5, 0.4, 0.05), 0.2)
    32
    """
    if not math.isfinite(found.visible_lift):
        return None
    return math.ceil(found.pairs * (found.visible_lift / lift) ** 2 - 1e-9)

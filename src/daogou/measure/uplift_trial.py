"""A randomised trial as arrays: who got what, what came of it, and resamples of the customers in it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from daogou.base.estimate import Estimate
from daogou.base.statistics import percentile_interval

Array = np.ndarray[Any, Any]
Vector = np.ndarray[Any, np.dtype[np.float64]]
Places = np.ndarray[Any, np.dtype[np.int64]]

RESAMPLES, SEED = 400, 20170101
FEWEST_UNITS = 10  # fewer resampled units give no interval


@dataclass(frozen=True)
class Trial:
    """``arm`` is 0 for the control group and 1 and up for each action; ``unit`` numbers what was drawn by lot."""

    arm: Places
    outcome: Vector
    unit: Places

    @classmethod
    def read(cls, treated: ArrayLike, outcome: ArrayLike, units: ArrayLike | None = None) -> Self:
        """Check the arrays, all of shape (customers,).

        Raises:
            ValueError: lengths differ, there are no rows, a value is missing or no number, an arm is no whole number
                from 0, or nobody is in the control group or in an arm.
        """
        arm = numbers("treated", treated)
        result = numbers("outcome", outcome, len(arm))
        if not len(arm):
            raise ValueError("treated and outcome have no rows: give one value a customer")
        if (arm < 0).any() or (arm != np.floor(arm)).any():
            raise ValueError("treated must hold 0 (control) and 1, or the numbers of arms, and nothing else")
        sizes = np.bincount(arm.astype(np.int64))
        if not sizes[0]:
            raise ValueError("treated has no 0: without a control group no effect can be measured")
        if len(sizes) == 1:
            raise ValueError("treated has no 1: nobody was treated, so no effect can be measured")
        if not sizes.all():
            raise ValueError(f"treated has no {int(np.flatnonzero(sizes == 0)[0])}: number the arms without gaps")
        unit = np.arange(len(arm)) if units is None else _numbered(units, len(arm))
        return cls(arm.astype(np.int64), result, unit)

    @property
    def arms(self) -> int:
        """How many actions there are beside the control."""
        return int(self.arm.max())

    def need_two_arms(self) -> None:
        """Raises: ValueError: there are more arms than control and treated."""
        if self.arms > 1:
            raise ValueError("treated must hold 0 and 1 here: compare each arm with the control by itself")

    def resampled(self, statistic: Callable[[Vector], float], resamples: int, seed: int) -> tuple[float, float]:
        """The 95 % interval of ``statistic(weights)``, weights of shape (customers,) being Poisson, one draw a unit.

        (NaN, NaN) for fewer than ten units. Source: Chamandy et al. (2012), the Poisson bootstrap.
        """
        groups = int(self.unit.max()) + 1
        if groups < FEWEST_UNITS:
            return np.nan, np.nan
        chance = np.random.default_rng(seed)
        found = np.empty(resamples)
        for place in range(resamples):
            found[place] = statistic(chance.poisson(1.0, groups).astype(np.float64)[self.unit])
        return percentile_interval(found)

    def estimate(self, statistic: Callable[[Vector], float], unit: str, resamples: int, seed: int) -> Estimate:
        """``statistic`` of the customers as they are, with its interval."""
        low, high = self.resampled(statistic, resamples, seed)
        return Estimate(float(statistic(np.ones(len(self.arm)))), low, high, len(self.arm), unit)


def numbers(name: str, values: ArrayLike, rows: int | None = None) -> Vector:
    """``values`` as finite float64 of shape (rows,).

    Raises:
        ValueError: another shape or length, or a value that is missing, infinite or no number.
    """
    given = np.asarray(values)
    if given.ndim != 1:
        raise ValueError(f"{name} must have one value a customer, not shape {given.shape}")
    if rows is not None and len(given) != rows:
        raise ValueError(f"{name} has {len(given)} values, the others {rows}: give one a customer, in one order")
    try:
        read: Vector = given.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must hold numbers") from None
    if not np.isfinite(read).all():
        row = int(np.flatnonzero(~np.isfinite(read))[0])
        raise ValueError(f"{name} is missing or infinite in row {row}: leave such customers out of every array")
    return read


def _numbered(units: ArrayLike, rows: int) -> Places:
    given = np.asarray(units)
    if given.shape != (rows,):
        raise ValueError(f"units must have one value a customer, not shape {given.shape}")
    places: Places = np.unique(given, return_inverse=True)[1].astype(np.int64)
    return places

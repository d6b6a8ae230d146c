"""What a running test must not break, looked at as often as one likes."""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.experiment.always_valid import widened
from daogou.measure.experiment.difference import Array, Comparison

FEWEST = 100  # people an arm (of a ratio: with something below the line), below which nothing is said
_NARROW = 3  # of its standard errors that an always-valid interval is wide to each side where it is narrowest


@dataclass(frozen=True)
class Rail:
    """One guard rail at one look: the difference to those held out, with an interval that holds at all looks at once.

    ``state``: within (surely not beyond the limit so far), unsure, or broken (surely beyond it).
    """

    name: str
    change: Estimate | None
    limit: float
    state: Literal["within", "unsure", "broken"]


def rail(name: str, compared: Comparison, values: Array, limit: float, below: Array | None = None) -> Rail:
    """Read a guard rail: ``values`` of shape (n,) a person, of a ratio over ``below``.

    ``limit`` is the change that is still borne; below 0 (or the name is ``margin``) a fall, else a rise. Each arm is
    taken to have one event more than it had, or one whole purchase more sent back: where nothing has happened yet,
    nothing is sure. The interval is narrowest where it is just narrow enough to tell the limit.

    >>> values = np.tile([0.0] * 39 + [1.0], 100)
    >>> found = rail("complaints", Comparison(np.tile([0, 1], 2000)), values, 0.02)
    >>> found.state, round(found.change.value, 3)
    ('broken', 0.05)
    """
    plain = compared.effect(values if below is None else compared.linearised(values, below))
    people = [np.count_nonzero(_counted(values, below)[mine]) for mine in (compared.is_treated, ~compared.is_treated)]
    if min(people) < FEWEST or not math.isfinite(plain.low):
        return Rail(name, None, limit, "unsure")
    error = (plain.high - plain.low) / (2 * Z95)
    error = math.sqrt(error**2 + sum(1 / n**2 for n in people))
    plain = replace(plain, low=plain.value - Z95 * error, high=plain.value + Z95 * error)
    told = widened(plain, _share(error, limit, is_ratio=below is not None))
    return Rail(name, told, limit, _state(told, limit, falls=limit < 0 or name == "margin"))


def _share(error: float, limit: float, *, is_ratio: bool) -> float:
    """Information that is in, of that at which the interval is to be narrowest.

    Sums of what people did grow, and with them their variance is what comes in; of a ratio, one over its variance is.
    """
    if limit == 0:
        return 1.0
    square = (error * _NARROW / limit) ** 2
    return 1 / square if is_ratio else square


def _state(told: Estimate, limit: float, *, falls: bool) -> Literal["within", "unsure", "broken"]:
    low, high = (-told.high, -told.low) if falls else (told.low, told.high)
    limit = abs(limit)
    return "broken" if low > limit else "within" if high <= limit else "unsure"


def _counted(values: Array, below: Array | None) -> Array:
    return np.ones(len(values)) if below is None else below

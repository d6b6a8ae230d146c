"""What switching a channel on changed, per unit that was on: pairs by their coins, others by how units differ."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.measure.experiment.difference import difference
from daogou.measure.experiment.discovery import adjusted_p_values, p_value
from daogou.measure.experiment.paired import no_difference_p, paired_difference, paired_lift
from daogou.measure.experiment.ratio import lift

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class UnitEffect:
    """One outcome of a test that switched units on and off.

    Attributes:
        outcome: its name.
        on, off: units that were switched on and off.
        adjusted: change per unit that was on, beyond what both halves did before. This is the one to tell.
        plain: the difference as it is, without a look at what was before.
        lift: the adjusted change as a share of what the units that were on would have done.
        p_value: of no effect.
        false_discovery: the same adjusted for how many outcomes were read.
    """

    outcome: str
    on: int
    off: int
    adjusted: Estimate
    plain: Estimate
    lift: Estimate
    p_value: float
    false_discovery: float = float("nan")

    @property
    def total(self) -> Estimate:
        """The effect on all units that were on together."""
        return _times(self.adjusted, self.on)

    def times(self, factor: float, outcome: str) -> "UnitEffect":
        """The effect on ``outcome``, which is ``factor`` of this one: as sure as it is, and as large a share."""
        adjusted, plain = _times(self.adjusted, factor), _times(self.plain, factor)
        return replace(self, outcome=outcome, adjusted=adjusted, plain=plain)


def of_pairs(outcome: str, during: Array, before: Array | None = None, *, seed: int = 0) -> UnitEffect:
    """The effect of pairs of which a coin switched one on.

    ``during`` of shape (pairs, 2), what the half that was on and the half that was off did; ``before`` the same in days
    before the test, of which the change is read. Intervals by randomisation alone.

    >>> before = np.array([[9.0, 8.0], [5.0, 7.0], [6.0, 6.0], [4.0, 3.0], [8.0, 8.0], [5.0, 4.0]])
    >>> told = of_pairs("orders", before + np.array([3.0, 1.0]), before)
    >>> told.adjusted.value, told.adjusted.low, round(told.plain.value, 2), told.total.value, round(told.lift.value, 3)
    (2.0, 2.0, 2.17, 12.0, 0.279)

    Raises:
        ValueError: a shape that does not fit, or a value that is no number.
    """
    then = np.zeros_like(during) if before is None else np.asarray(before, dtype=np.float64)
    expected = during[:, 1] + then[:, 0] - then[:, 1]
    return UnitEffect(
        outcome,
        len(during),
        len(during),
        paired_difference(during[:, 0], expected, seed=seed),
        paired_difference(during[:, 0], during[:, 1], seed=seed),
        paired_lift(during[:, 0], expected, seed=seed),
        no_difference_p(during[:, 0], expected, seed=seed),
    )


def of_clusters(
    outcome: str, values: Array, treated: Array, unit: Array, before: Array, *, propensity: Array, money: bool
) -> UnitEffect:
    """The effect where each unit was drawn by itself: rows are customers, who hang together within a unit.

    Arrays of shape (n,): what each did during the test, whether the unit was on, the unit's name, what the customer did
    before it, and the probability of being on. The difference per customer (:func:`daogou.measure.difference`,
    clustered by unit) times the customers that a unit has.

    Raises:
        ValueError: as :func:`daogou.measure.difference`.
    """
    on = np.asarray(treated, dtype=bool)
    n_on, n_off = (len(np.unique(unit[side])) for side in (on, ~on))
    size = int(on.sum()) / n_on if n_on else 0.0
    adjusted = difference(values, on, before, unit=unit, propensity=propensity, money=money)
    plain = difference(values, on, unit=unit, propensity=propensity, money=money)
    return UnitEffect(
        outcome,
        n_on,
        n_off,
        _times(adjusted, size),
        _times(plain, size),
        lift(values, on, unit=unit),
        p_value(adjusted),
    )


def discovered(effects: list[UnitEffect]) -> list[UnitEffect]:
    """The same with their false-discovery rates, over those that have a p-value."""
    rates = adjusted_p_values([one.p_value for one in effects])
    return [replace(one, false_discovery=float(rate)) for one, rate in zip(effects, rates, strict=True)]


def _times(one: Estimate, size: float) -> Estimate:
    return Estimate(one.value * size, one.low * size, one.high * size, one.n, one.unit)

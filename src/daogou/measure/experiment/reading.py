"""One experiment read: everyone by the arm that was drawn, on outcomes that were fixed before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.experiment.difference import difference
from daogou.measure.experiment.discovery import adjusted_p_values, p_value
from daogou.measure.experiment.mismatch import Mismatch, Suspect, mismatch, suspects
from daogou.measure.experiment.pooled import pooled
from daogou.measure.experiment.ratio import lift

Array = np.ndarray[Any, Any]
Kind = Literal["share", "count", "money"]

WINSORISED_AT = 0.99  # of amounts above 0; for the test alone
FEWEST_IN_SEGMENT = 50  # people an arm, below which a segment is not read by itself


@dataclass(frozen=True)
class Outcome:
    """What is compared: ``values`` of shape (n,), 0 for who did nothing."""

    name: str
    kind: Kind
    values: Array


@dataclass(frozen=True)
class Trial:
    """Who was drawn into which arm, and what was known of them before. Arrays of shape (n,), covariates (n, k)."""

    treated: Array
    propensity: Array  # to be treated
    covariates: Array
    segment: Array  # names
    unit: Array | None = None  # where not the person was drawn


@dataclass(frozen=True)
class Effect:
    """What one outcome shows, per person assigned.

    Attributes:
        outcome: its name.
        adjusted: the difference, adjusted for what was known before. This is the one to tell.
        plain: the difference as it is.
        lift: the difference as a share of the mean of those held out.
        p_value: of no effect; of money, with amounts cut off above their 99 % point, which no figure here is multiplied
        by. false_discovery: the same adjusted for how many outcomes were read.
    """

    outcome: str
    adjusted: Estimate
    plain: Estimate
    lift: Estimate
    p_value: float
    false_discovery: float


@dataclass(frozen=True)
class Reading:
    """An experiment's effects, the primary outcome's first; none where the arms are not those that were drawn."""

    treated: int
    held_out: int
    mismatch: Mismatch
    suspects: tuple[Suspect, ...]
    effects: tuple[Effect, ...]
    segments: Mapping[str, Estimate]  # of the primary outcome, after pooling

    @property
    def primary(self) -> Effect | None:
        """The effect on the primary outcome, where the experiment can be read."""
        return self.effects[0] if self.effects else None


def read(trial: Trial, outcomes: Sequence[Outcome]) -> Reading:
    """The reading of a trial; ``outcomes`` as they were fixed, the primary first.

    Raises:
        ValueError: no outcome, unequal lengths, an arm without anyone, or a propensity outside 0 to 1.
    """
    if not outcomes:
        raise ValueError("a reading needs the outcome that was fixed before the experiment")
    treated = np.asarray(trial.treated).astype(bool)
    on, off = int(treated.sum()), int((~treated).sum())
    expected = [float(np.sum(trial.propensity)), float(np.sum(1 - trial.propensity))]
    sizes = mismatch([on, off], expected)
    if sizes.stops:
        arm = np.where(treated, "treated", "holdout")
        shares = dict(zip(("treated", "holdout"), expected, strict=True))
        found = suspects(arm, shares, {"segment": trial.segment})
        return Reading(on, off, sizes, tuple(found), (), {})
    told = [_effect(trial, one) for one in outcomes]
    rates = adjusted_p_values([one.p_value for one in told])
    effects = tuple(
        Effect(one.outcome, one.adjusted, one.plain, one.lift, one.p_value, float(rate))
        for one, rate in zip(told, rates, strict=True)
    )
    return Reading(on, off, sizes, (), effects, _by_segment(trial, outcomes[0]))


def _effect(trial: Trial, outcome: Outcome) -> Effect:
    is_money = outcome.kind == "money"
    told = partial(difference, unit=trial.unit, propensity=trial.propensity, money=is_money)
    adjusted = told(outcome.values, trial.treated, trial.covariates)
    tested = told(_cut(outcome.values), trial.treated, trial.covariates) if is_money else adjusted
    return Effect(
        outcome.name,
        adjusted,
        told(outcome.values, trial.treated),
        lift(outcome.values, trial.treated, unit=trial.unit),
        p_value(tested),
        np.nan,
    )


def _by_segment(trial: Trial, outcome: Outcome) -> dict[str, Estimate]:
    """The effect in each segment with enough people, moved towards that of all by how little it knows."""
    alone: dict[str, Estimate] = {}
    for name in np.unique(trial.segment).tolist():
        mine = trial.segment == name
        arms = trial.treated[mine].astype(bool)
        if min(arms.sum(), (~arms).sum()) >= FEWEST_IN_SEGMENT:
            unit = None if trial.unit is None else trial.unit[mine]
            alone[str(name)] = difference(
                outcome.values[mine], arms, trial.covariates[mine], unit=unit, propensity=trial.propensity[mine]
            )
    errors = {name: (one.high - one.low) / (2 * Z95) for name, one in alone.items()}
    sure = [name for name, error in errors.items() if error > 0]
    if len(sure) < 2:
        return {}
    together = pooled(np.array([alone[name].value for name in sure]), np.array([errors[name] for name in sure]))
    return {
        name: Estimate(one.value, one.low, one.high, alone[name].n)
        for name, one in zip(sure, together.effects, strict=True)
    }


def _cut(values: Array) -> Array:
    """Amounts no larger than the 99 % point of those above 0."""
    above = values[values > 0]
    return np.minimum(values, np.quantile(above, WINSORISED_AT)) if len(above) else values

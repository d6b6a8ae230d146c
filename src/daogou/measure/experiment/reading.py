"""One experiment read: everyone by the arm that was drawn, on outcomes that were fixed before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.measure.experiment.difference import Comparison, Guard
from daogou.measure.experiment.discovery import adjusted_p_values, p_value
from daogou.measure.experiment.mismatch import Mismatch, Suspect, mismatch, suspects
from daogou.measure.experiment.ratio import lift
from daogou.measure.experiment.reading_delivered import delivered_effect
from daogou.measure.experiment.reading_joined import Part
from daogou.measure.experiment.reading_segments import by_segment, moved_together
from daogou.measure.experiment.reading_trial import HEAVY, Kind, Outcome, Trial

__all__ = ["Effect", "Kind", "Outcome", "Reading", "Trial", "discovered", "read"]

Array = np.ndarray[Any, Any]
FEWEST_DOING = 5  # people of both arms who do something at all, below which there is no interval
FEWEST_OF_RATIO = 10  # people of the smaller arm with something above the line of a ratio
UNITS_A_COVARIATE = 10  # units an arm; with fewer, what is known of before explains by luck
WINSORISED_AT = 0.99  # of amounts above 0; for the test alone
_NOTHING = Estimate(np.nan, np.nan, np.nan, 0)


@dataclass(frozen=True)
class Effect:
    """What one outcome shows, per person assigned.

    Attributes:
        outcome: its name.
        adjusted: the difference, adjusted for what was known before. This is the one to tell.
        plain: the difference as it is.
        lift: the difference as a share of the mean (of a ratio: of the ratio) of those held out.
        p_value: of no effect; of money, with amounts cut off above their 99 % point, which no figure here is multiplied
        by. false_discovery: the same adjusted for how many outcomes were read.
        treated: people who were to be reached, of those whom the outcome speaks of.
        role: primary, other, guard_rail, tail or delivered.
        kind: as the outcome's.
    """

    outcome: str
    adjusted: Estimate
    plain: Estimate
    lift: Estimate
    p_value: float
    false_discovery: float
    treated: int
    role: str
    kind: Kind

    @property
    def total(self) -> Estimate | None:
        """The effect times the people treated; None of a ratio, which adds up to nothing, and of those reached."""
        if self.kind == "ratio" or self.role == "delivered":
            return None
        one, n = self.adjusted, self.treated
        return Estimate(one.value * n, one.low * n, one.high * n, one.n)


@dataclass(frozen=True)
class Reading:
    """An experiment's effects, the primary outcome's first; none where the arms are not those that were drawn.

    Attributes:
        segments: the primary outcome by segment, after pooling.
        segments_alone: the outcome that is added up over trials by segment, before pooling.
        parts: of outcomes that are added up over trials, by name.
    """

    treated: int
    held_out: int
    mismatch: Mismatch
    suspects: tuple[Suspect, ...]
    effects: tuple[Effect, ...]
    segments: Mapping[str, Estimate]
    segments_alone: Mapping[str, Estimate]
    parts: Mapping[str, Part]

    @property
    def primary(self) -> Effect | None:
        """The effect on the primary outcome, where the experiment can be read."""
        return self.effects[0] if self.effects else None

    def effect(self, outcome: str) -> Effect | None:
        """The effect on one outcome, per person assigned."""
        return next((one for one in self.effects if one.outcome == outcome and one.role != "delivered"), None)


def read(trial: Trial, outcomes: Sequence[Outcome], *, person: Array | None = None, adding: str = "") -> Reading:
    """The reading of a trial; ``outcomes`` as they were fixed, the primary first.

    ``person`` of shape (n,) numbers the people, and ``adding`` names the outcome that is to be added to that of other
    trials; its part stands in ``parts``.

    Raises:
        ValueError: no outcome, unequal lengths, an arm without anyone, or a propensity outside 0 to 1.
    """
    if not outcomes:
        raise ValueError("a reading needs the outcome that was fixed before the experiment")
    treated = np.asarray(trial.treated).astype(bool)
    on, off = int(treated.sum()), int((~treated).sum())
    sizes = trial.sizes or _sizes(trial, treated)
    if sizes.stops:
        expected = [float(np.sum(trial.propensity)), float(np.sum(1 - trial.propensity))]
        arm = np.where(treated, "treated", "holdout")
        shares = dict(zip(("treated", "holdout"), expected, strict=True))
        segment = np.array(trial.names)[trial.segment] if trial.names else trial.segment
        found = suspects(arm, shares, {"segment": segment})
        return Reading(on, off, sizes, tuple(found), (), {}, {}, {})
    compared = _Compared(trial)
    effects = [compared.effect(one) for one in outcomes]
    if trial.delivered is not None:
        effects += compared.delivered(outcomes[0], trial.delivered)
    added = [one for one in outcomes if one.name == adding and person is not None]
    parts = {one.name: compared.part(one, np.asarray(person)) for one in added}
    primary = by_segment(trial, outcomes[0])
    alone = primary if outcomes[0].name == adding else by_segment(trial, added[0]) if added else {}
    reading = Reading(on, off, sizes, (), tuple(effects), moved_together(primary), alone, parts)
    return discovered([reading])[0]


def discovered(readings: Sequence[Reading]) -> list[Reading]:
    """The readings of one experiment's arms, with p-values adjusted for how many arms and outcomes were looked at.

    The effect on those reached is the same test as that of the lot, and counts for nothing.
    """
    tested = [one.p_value for reading in readings for one in reading.effects if one.role != "delivered"]
    adjusted = iter(adjusted_p_values(tested).tolist())
    return [
        replace(
            reading,
            effects=tuple(
                one if one.role == "delivered" else replace(one, false_discovery=next(adjusted))
                for one in reading.effects
            ),
        )
        for reading in readings
    ]


def _sizes(trial: Trial, treated: Array) -> Mismatch:
    """Whether as many units are in each arm as lots would have brought: of people, or of what was drawn instead."""
    first = np.arange(len(treated)) if trial.unit is None else np.unique(trial.unit, return_index=True)[1]
    chance, inside = np.asarray(trial.propensity)[first], treated[first]
    return mismatch([int(inside.sum()), int((~inside).sum())], [float(chance.sum()), float((1 - chance).sum())])


class _Compared:
    """A trial's arms: as they are, adjusted, and of parts of the people, each made ready once."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.plain = Comparison(trial.treated, unit=trial.unit, propensity=trial.propensity)
        self.adjusted = self._with(trial.covariates)

    def effect(self, outcome: Outcome) -> Effect:
        if outcome.among is not None:
            return self._among(outcome)
        values, is_heavy = self._values(outcome), outcome.kind in HEAVY
        if not np.isfinite(values).all():
            return _unknown(outcome, int(self.plain.is_treated.sum()))
        used = self._used(outcome)
        if self._is_too_rare(outcome):
            adjusted, plain = (_without_interval(one.effect(values)) for one in (used, self.plain))
            return self._made(outcome, values, adjusted, plain, np.nan)
        guard: Guard = outcome.kind if outcome.kind in ("share", "ratio") else ""
        adjusted, plain = (one.effect(values, money=is_heavy, guard=guard) for one in (used, self.plain))
        tested = used.effect(_cut(values), money=True) if is_heavy else adjusted
        return self._made(outcome, values, adjusted, plain, p_value(tested))

    def _made(self, outcome: Outcome, values: Array, adjusted: Estimate, plain: Estimate, p: float) -> Effect:
        treated = int(self.plain.is_treated.sum())
        return Effect(
            outcome.name, adjusted, plain, self._lift(values), p, np.nan, treated, outcome.role,
            outcome.kind,
        )  # fmt: skip

    def delivered(self, outcome: Outcome, delivered: Array) -> list[Effect]:
        """The effect on those reached, where it can be told."""
        values = self._values(outcome)
        if outcome.among is not None or outcome.kind == "ratio" or not np.isfinite(values).all():
            return []
        is_heavy = outcome.kind in HEAVY
        adjusted, plain = (
            delivered_effect(one, values, delivered, money=is_heavy) for one in (self._used(outcome), self.plain)
        )
        if np.isnan(adjusted.value):
            return []
        return [
            Effect(
                f"{outcome.name}_delivered", adjusted, plain, _NOTHING, np.nan, np.nan, adjusted.n, "delivered",
                outcome.kind,
            )
        ]  # fmt: skip

    def part(self, outcome: Outcome, person: Array) -> Part:
        """The outcome's effect, ready to be added to those of other trials."""
        used, values, is_heavy = self._used(outcome), outcome.values, outcome.kind in HEAVY
        on = self.plain.is_treated
        buyers = min(int(np.count_nonzero(values[on])), int(np.count_nonzero(values[~on]))) if is_heavy else None
        wider = used.wider(values) if is_heavy else 0.0
        mine = person if self.trial.unit is None else self.trial.unit
        return Part(used.effect(values).value, int(on.sum()), mine, used.influence(values), wider, buyers)

    def _is_too_rare(self, outcome: Outcome) -> bool:
        """Whether too few people have anything above 0: of a ratio in an arm, of shares and counts in both together."""
        if outcome.kind in HEAVY:
            return False  # whose own rule is stricter
        some, on = np.asarray(outcome.values) != 0, self.plain.is_treated
        if outcome.kind == "ratio":
            return min(int(some[on].sum()), int(some[~on].sum())) < FEWEST_OF_RATIO
        return 0 < int(some.sum()) < FEWEST_DOING

    def _with(self, covariates: Array) -> Comparison:
        enough = min(self.plain.units) >= UNITS_A_COVARIATE * (1 if covariates.ndim == 1 else covariates.shape[1])
        told = covariates if enough else None
        one = self.trial
        several = one.sizes is not None
        return Comparison(one.treated, told, unit=one.unit, propensity=one.propensity, of_several=several)

    def _used(self, outcome: Outcome) -> Comparison:
        if outcome.before is None:
            return self.adjusted
        return self._with(np.column_stack([self.trial.covariates, outcome.before]))

    def _values(self, outcome: Outcome) -> Array:
        if outcome.kind != "ratio":
            return outcome.values
        below = outcome.values if outcome.below is None else outcome.below
        return self.plain.linearised(outcome.values, below)

    def _lift(self, values: Array) -> Estimate:
        return lift(values, self.trial.treated, unit=self.trial.unit, propensity=self.trial.propensity)

    def _among(self, outcome: Outcome) -> Effect:
        """The outcome of a part of the people."""
        kept = np.asarray(outcome.among, dtype=bool)
        one = self.trial
        if len(np.unique(one.treated[kept])) < 2:
            return _unknown(outcome, int(one.treated[kept].sum()))
        unit = None if one.unit is None else one.unit[kept]
        inner = Trial(
            one.treated[kept],
            one.propensity[kept],
            one.covariates[kept],
            one.segment[kept],
            unit,
            sizes=one.sizes,
            names=one.names,
        )
        below, before = (None if told is None else told[kept] for told in (outcome.below, outcome.before))
        return _Compared(inner).effect(
            replace(outcome, among=None, values=outcome.values[kept], below=below, before=before)
        )


def _without_interval(one: Estimate) -> Estimate:
    return Estimate(one.value, np.nan, np.nan, one.n)


def _unknown(outcome: Outcome, treated: int) -> Effect:
    return Effect(outcome.name, _NOTHING, _NOTHING, _NOTHING, np.nan, np.nan, treated, outcome.role, outcome.kind)


def _cut(values: Array) -> Array:
    """Amounts no larger than the 99 % point of those above 0."""
    above = values[values > 0]
    return np.minimum(values, np.quantile(above, WINSORISED_AT)) if len(above) else values

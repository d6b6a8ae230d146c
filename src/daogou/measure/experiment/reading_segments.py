"""An experiment's effect by segment, so that the best of ten segments is not the luckiest."""

from collections.abc import Mapping

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.experiment.difference import Comparison
from daogou.measure.experiment.pooled import pooled
from daogou.measure.experiment.reading_trial import Outcome, Trial

FEWEST_IN_SEGMENT = 50  # people an arm, below which a segment is not read by itself


def by_segment(trial: Trial, outcome: Outcome) -> dict[str, Estimate]:
    """The effect in each segment with enough people, for itself, where it has an interval above 0 wide."""
    alone: dict[str, Estimate] = {}
    if outcome.kind == "ratio" or outcome.among is not None or not np.isfinite(outcome.values).all():
        return alone
    if trial.names:
        names, place = trial.names, trial.segment
    else:
        found, place = np.unique(trial.segment, return_inverse=True)
        names = tuple(found.tolist())
    for number, name in enumerate(names):
        mine = np.flatnonzero(place == number)
        arms = np.asarray(trial.treated)[mine].astype(bool)
        if min(arms.sum(), (~arms).sum()) < FEWEST_IN_SEGMENT:
            continue
        unit = None if trial.unit is None else trial.unit[mine]
        inner = Comparison(arms, trial.covariates[mine], unit=unit, propensity=trial.propensity[mine])
        effect = inner.effect(outcome.values[mine])
        if effect.high > effect.low:
            alone[str(name)] = effect
    return alone


def moved_together(alone: Mapping[str, Estimate]) -> dict[str, Estimate]:
    """Each segment's effect moved towards that of all by how little it knows; none where there are fewer than two."""
    if len(alone) < 2:
        return {}
    values = np.array([one.value for one in alone.values()])
    errors = np.array([(one.high - one.low) / (2 * Z95) for one in alone.values()])
    together = pooled(values, errors)
    return {
        name: Estimate(one.value, one.low, one.high, alone[name].n)
        for name, one in zip(alone, together.effects, strict=True)
    }

"""The choice between models and policies on the rows of one trial: predict's held-out effects, measure's advice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from daogou.base.estimate import Estimate
from daogou.base.raw import Raw
from daogou.measure.uplift import QINI, qini
from daogou.measure.uplift_advice import Advice, advise
from daogou.measure.uplift_rare import fewest_events
from daogou.measure.uplift_sharing import warned
from daogou.predict.uplift_base import UpliftModel
from daogou.predict.uplift_held_out import HeldOutEffects, candidates, held_out_effects


@dataclass(frozen=True)
class Chosen:
    """The advice, the effects that it rests on, and its model, trained on every row."""

    advice: Advice
    held_out: HeldOutEffects
    model: UpliftModel
    qini: tuple[Estimate, ...]  # of the advised model's held-out effects, one an arm against the control group


def choose_uplift(
    frame: Raw,
    treated: ArrayLike,
    outcome: ArrayLike,
    cost: ArrayLike,
    propensity: ArrayLike | None = None,
    units: ArrayLike | None = None,
    shared: Sequence[str] = (),
) -> Chosen:
    """Whom to send to, by a trial's rows; arrays of one value a row, as :meth:`UpliftModel.fit` takes them.

    ``cost`` is that of one message in the outcome's unit, ``units`` what was drawn by lot where that was not the
    customer, ``shared`` how people affect each other (see :func:`daogou.measure.uplift_sharing.warned`).

    Raises:
        ValueError: what cannot be learned from.
        DaogouError: people affect each other so that single customers tell nothing.
    """
    warnings = warned(shared, treated, units)
    found = held_out_effects(frame, treated, outcome, propensity, units)
    advice = advise(
        found.effects,
        found.scores,
        found.fold,
        cost,
        response=found.response,
        units=units,
        arms=found.arms,
        warnings=warnings,
        events=fewest_events(found.trial.arm, found.trial.outcome, units),
    )
    model = candidates()[advice.model].fit(frame, treated, outcome, propensity, units)
    return Chosen(advice, found, model, tuple(_qini(found, advice.model, arm, units) for arm in range(len(found.arms))))


def _qini(found: HeldOutEffects, model: str, arm: int, units: ArrayLike | None) -> Estimate:
    """Held-out effects of one arm, among those who got it or nothing."""
    inside = (found.trial.arm == 0) | (found.trial.arm == arm + 1)
    outcome = found.trial.outcome[inside]
    if np.ptp(outcome) == 0:
        return Estimate(np.nan, np.nan, np.nan, len(outcome), QINI)
    unit = None if units is None else np.asarray(units)[inside]
    return qini(found.effects[model][inside, arm], found.trial.arm[inside] > 0, outcome, units=unit)

"""Effects of customers by models that have not seen them: what a choice between models and policies rests on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from daogou.base.raw import Raw, Vector, framed
from daogou.predict.base import Predictor
from daogou.predict.columns import RARE, Columns, Matrix
from daogou.predict.uplift import DRLearner, SLearner, XLearner, scores
from daogou.predict.uplift_base import UpliftModel, outcome_model
from daogou.predict.uplift_trial import Arms, Trial, folds

FOLDS, SEED = 5, 20170101


@dataclass(frozen=True)
class HeldOutEffects:
    """Held-out ``effects`` of each model and doubly robust ``scores``, both of shape (rows, arms)."""

    effects: Mapping[str, Matrix]
    scores: Matrix
    response: Vector  # the expected outcome of each row, whatever it got
    fold: Arms
    trial: Trial

    @property
    def arms(self) -> tuple[str, ...]:
        """Their names."""
        return self.trial.names


def candidates(seed: int = SEED) -> dict[str, UpliftModel]:
    """New models by name, simplest first."""
    return {
        "SLearner": SLearner(seed=seed),
        "DRLearner": DRLearner(seed=seed),
        "XLearner, boosted": XLearner(base="boosted", seed=seed),
    }


def held_out_effects(
    frame: Raw,
    treated: ArrayLike,
    outcome: ArrayLike,
    propensity: ArrayLike | None = None,
    units: ArrayLike | None = None,
    seed: int = SEED,
) -> HeldOutEffects:
    """Every candidate's effects in five folds; rows of one unit (a household, a store) stay in one fold.

    Raises:
        ValueError: what :meth:`UpliftModel.fit` raises.
    """
    data = framed(frame)
    trial = Trial.read(treated, outcome, propensity, len(data), units)
    fold = folds(trial, FOLDS, seed)
    effects = {name: np.empty((len(data), len(trial.names))) for name in candidates(seed)}
    response = np.empty(len(data))
    for test in np.unique(fold):
        here, rest = np.flatnonzero(fold == test), np.flatnonzero(fold != test)
        train, held = data[rest.tolist()].to_native(), data[here.tolist()].to_native()
        arm, got = trial.arm[rest], trial.outcome[rest]
        unit = None if trial.unit is None else trial.unit[rest]
        for name, model in candidates(seed).items():
            told = model.fit(train, arm, got, trial.propensity[rest], unit).effect(held)
            effects[name][here] = told.reshape(len(here), -1)
        response[here] = _response(train, got, trial.binary, seed).predict(held)
    native = data.to_native()
    columns = Columns.learn(native, rare=min(RARE, max(len(data) // 50, 1)))
    score = scores("linear", seed, columns, columns.numbers_of(native), columns.codes_of(native), trial)
    return HeldOutEffects(effects, score, response, fold, trial)


def _response(train: Raw, y: Vector, binary: bool, seed: int) -> Predictor:
    return outcome_model("linear", seed, y, binary).fit(train, y)

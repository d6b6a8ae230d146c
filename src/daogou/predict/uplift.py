"""Uplift models: how much more a customer does because of a message, not how much a customer does."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from daogou.base.raw import Vector
from daogou.predict.base import Predictor
from daogou.predict.columns import Codes, Columns, Matrix
from daogou.predict.uplift_base import (
    FEWEST,
    UpliftModel,
    kept,
    outcome_model,
    outcome_models,
    outcomes,
    restored,
    trees,
)
from daogou.predict.uplift_lines import Interactions, shrunk_line
from daogou.predict.uplift_trial import Trial, folds

__all__ = ["DRLearner", "SLearner", "TLearner", "UpliftModel", "XLearner"]

FOLDS = {"linear": 5, "boosted": 3}


@dataclass
class SLearner(UpliftModel):
    """One model of the outcome, with the arm among its columns; the effect is what it says with and without.

    The line has a weight more of every column for each arm, shrunk by empirical Bayes: where the data shows no
    difference between customers, all get nearly the same effect. For events it is logistic, so that an action moves
    everyone's odds, and most those who are in between. Source: Künzel et al. (2019), the S-learner.
    """

    def _fit(self, numbers: Matrix, codes: Codes, trial: Trial) -> None:
        if self.base == "linear":
            self.line_ = Interactions(trial.binary).fit(self.columns_, numbers, codes, trial)
            return
        self.model_ = outcome_model("boosted", self.seed, trial.outcome, trial.binary)
        self.model_.columns_ = self.columns_
        self.model_._fit(_with_arm(numbers, trial.arm, len(trial.names)), codes, trial.outcome)

    def _effect(self, numbers: Matrix, codes: Codes) -> Matrix:
        if self.base == "linear":
            told = self.line_.outcomes(numbers, codes)
        else:
            arms = len(self.arms_)
            told = np.column_stack(
                [
                    self.model_._predict(_with_arm(numbers, np.full(len(numbers), arm), arms), codes)
                    for arm in range(arms + 1)
                ]
            )
        return told[:, 1:] - told[:, :1]

    def _state(self) -> Any:
        return self.line_.state() if self.base == "linear" else kept(self.model_)

    def _restore(self, state: Any) -> None:
        if self.base == "linear":
            self.line_ = Interactions.restore(state)
        else:
            self.model_ = restored(state, self.columns_)


@dataclass
class TLearner(UpliftModel):
    """Two models of the outcome, one of each arm; the effect is their difference. It is the one that errs most freely.

    Source: Künzel et al. (2019), the T-learner.
    """

    def _fit(self, numbers: Matrix, codes: Codes, trial: Trial) -> None:
        self.models_ = outcome_models(self.base, self.seed, self.columns_, numbers, codes, trial)

    def _effect(self, numbers: Matrix, codes: Codes) -> Matrix:
        told = outcomes(self.models_, numbers, codes)
        return told[:, 1:] - told[:, :1]

    def _state(self) -> Any:
        return [kept(model) for model in self.models_]

    def _restore(self, state: Any) -> None:
        self.models_ = [restored(one, self.columns_) for one in state]


@dataclass
class XLearner(UpliftModel):
    """Each arm's outcomes less what the other arm's model expects; two models of that, mixed by the propensity.

    It is of use where one arm is much smaller than the other. Source: Künzel et al. (2019), the X-learner.
    """

    def _fit(self, numbers: Matrix, codes: Codes, trial: Trial) -> None:
        models = outcome_models(self.base, self.seed, self.columns_, numbers, codes, trial)
        told = outcomes(models, numbers, codes)
        share = trial.propensity.mean(axis=0)
        self.share_: Vector = share / (share + 1 - share.sum()) if len(share) > 1 else share
        self.models_: list[tuple[Predictor, Predictor]] = []
        for arm in range(1, len(trial.names) + 1):
            sides = ((trial.arm == 0, told[:, arm] - trial.outcome), (trial.arm == arm, trial.outcome - told[:, 0]))
            control, treated = (_effect_model(self, numbers[own], codes[own], gain[own]) for own, gain in sides)
            self.models_.append((control, treated))

    def _effect(self, numbers: Matrix, codes: Codes) -> Matrix:
        told = [outcomes(list(pair), numbers, codes) for pair in self.models_]
        mixed = [share * both[:, 0] + (1 - share) * both[:, 1] for share, both in zip(self.share_, told, strict=True)]
        return np.column_stack(mixed)

    def _state(self) -> Any:
        return {"share": self.share_.tolist(), "models": [[kept(one) for one in pair] for pair in self.models_]}

    def _restore(self, state: Any) -> None:
        self.share_ = np.array(state["share"], dtype=np.float64)
        pairs = [[restored(one, self.columns_) for one in pair] for pair in state["models"]]
        self.models_ = [(control, treated) for control, treated in pairs]


@dataclass
class DRLearner(UpliftModel):
    """A model of doubly robust scores: what a customer showed, corrected by models that have not seen the customer.

    Right on average if either the propensity or the models are. Source: Kennedy (2023), towards optimal doubly robust
    estimation of heterogeneous causal effects.
    """

    def _fit(self, numbers: Matrix, codes: Codes, trial: Trial) -> None:
        score = scores(self.base, self.seed, self.columns_, numbers, codes, trial)
        self.models_ = [_effect_model(self, numbers, codes, score[:, arm]) for arm in range(score.shape[1])]

    def _effect(self, numbers: Matrix, codes: Codes) -> Matrix:
        return outcomes(self.models_, numbers, codes)

    def _state(self) -> Any:
        return [kept(model) for model in self.models_]

    def _restore(self, state: Any) -> None:
        self.models_ = [restored(one, self.columns_) for one in state]


def scores(base: Any, seed: int, columns: Columns, numbers: Matrix, codes: Codes, trial: Trial) -> Matrix:
    """Doubly robust scores of each arm against the control group, shape (rows, arms), each row's by models of others.

    The others are of other units too, where the trial has units.

    Their mean over any group that was chosen without looking at its outcomes is the group's mean effect.
    Source: Robins, Rotnitzky and Zhao (1994); cross-fitted as in Chernozhukov et al. (2018).
    """
    fold = folds(trial, FOLDS[base], seed)
    told = np.empty((len(fold), len(trial.names) + 1))
    for test in np.unique(fold):
        here, rest = fold == test, fold != test
        models = outcome_models(base, seed, columns, numbers[rest], codes[rest], trial.rows(rest))
        told[here] = outcomes(models, numbers[here], codes[here])
    return doubly_robust(told, trial)


def doubly_robust(told: Matrix, trial: Trial) -> Matrix:
    """Scores of shape (rows, arms) from expected outcomes of shape (rows, 1 + arms)."""
    chances = np.column_stack([1 - trial.propensity.sum(axis=1), trial.propensity])
    got = trial.arm[:, None] == np.arange(chances.shape[1])
    whole: Matrix = told + got / chances * (trial.outcome[:, None] - told)
    return whole[:, 1:] - whole[:, :1]


def _effect_model(model: UpliftModel, numbers: Matrix, codes: Codes, gain: Vector) -> Predictor:
    if model.base == "linear" or len(gain) < FEWEST:
        return shrunk_line(model.columns_, numbers, codes, gain)
    grown = trees(model.seed, "value")
    grown.columns_ = model.columns_
    grown._fit(numbers, codes, gain)
    return grown


def _with_arm(numbers: Matrix, arm: Any, arms: int) -> Matrix:
    """A column more for each arm."""
    return np.hstack([(np.asarray(arm)[:, None] == np.arange(1, arms + 1)).astype(np.float64), numbers])

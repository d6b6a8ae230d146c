"""The lines under the uplift models: how strongly the data lets an effect differ between customers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from daogou.base.raw import Vector
from daogou.predict.columns import Codes, Columns, Matrix
from daogou.predict.design import Design
from daogou.predict.linear import Linear
from daogou.predict.uplift_trial import Trial

MAIN, FREE = 10.0, 1e-3  # penalties on what drives the outcome anyway, and on the mean effect of an arm
_GRID = np.geomspace(1e-5, 1e4, 60)  # variances of a weight, relative to how well the data knows one


def penalty(information: Matrix, score: Vector) -> float:
    """The ridge penalty that makes what was seen most likely, weights being normal around 0 (empirical Bayes).

    ``information`` and ``score`` are minus the second and the first derivative of the log-likelihood at weights of 0.
    A large penalty means that the data shows no difference beyond chance. Source: MacKay (1992), Bayesian
    interpolation; Morris (1983), parametric empirical Bayes.
    """
    values, sides = np.linalg.eigh(information)
    held = values > 1e-9 * max(float(values.max(initial=0.0)), 1e-300)
    spread, seen = values[held], (sides.T @ score)[held]
    if not len(spread):
        return float(1 / _GRID[0])
    grid = _GRID * len(spread) / spread.sum()
    total = spread[None, :] + grid[:, None] * spread[None, :] ** 2
    likelihood = -0.5 * (np.log(total) + seen**2 / total).sum(axis=1)
    return float(1 / grid[int(likelihood.argmax())])


def shrunk_line(columns: Columns, numbers: Matrix, codes: Codes, y: Vector) -> Linear:
    """Least squares of an effect on the columns, shrunk towards the mean effect as far as the data asks for."""
    X = Design.learn(numbers, columns.levels, logged=False).of(numbers, codes)
    centred, error = X - X.mean(axis=0), y - y.mean()
    noise = max(float(error @ error) / len(y), 1e-300)
    strong = penalty(centred.T @ centred / noise, centred.T @ error / noise) * noise
    line = Linear(penalty=strong, goal="value")
    line.columns_ = columns
    line._fit(numbers, codes, y)
    return line


@dataclass
class Interactions:
    """One line for the outcome, with a weight more of every column for each arm; the latter are shrunk.

    Logistic regression where the outcome is an event, else least squares.
    """

    binary: bool

    def fit(self, columns: Columns, numbers: Matrix, codes: Codes, trial: Trial) -> "Interactions":
        """Learn the weights."""
        self.design_ = Design.learn(numbers, columns.levels, logged=True)
        X = self.design_.of(numbers, codes)
        self.middle_: Vector = X.mean(axis=0)
        self.shares_: Vector = np.bincount(trial.arm, minlength=len(trial.names) + 1)[1:] / len(trial.arm)
        coded = (trial.arm[:, None] == np.arange(1, len(trial.names) + 1)) - self.shares_
        X = X - self.middle_
        main = np.hstack([X, coded])
        light = np.append(np.full(X.shape[1], MAIN), np.full(coded.shape[1], FREE))
        both = np.hstack([X * coded[:, [arm]] for arm in range(coded.shape[1])])
        strong = self._strength(main, both, light, trial.outcome)
        weights, self.intercept_ = self._solve(
            np.hstack([main, both]), trial.outcome, np.append(light, np.full(both.shape[1], strong))
        )
        width = X.shape[1]
        self.main_: Vector = weights[:width]
        self.arms_: Vector = weights[width : width + coded.shape[1]]
        self.both_: Matrix = weights[width + coded.shape[1] :].reshape(coded.shape[1], width)
        return self

    def outcomes(self, numbers: Matrix, codes: Codes) -> Matrix:
        """The expected outcome under control and under each arm, shape (rows, 1 + arms)."""
        X = self.design_.of(numbers, codes) - self.middle_
        steps = self.arms_ + X @ self.both_.T  # what being in an arm adds, against not being in it
        least = self.intercept_ + X @ self.main_ - steps @ self.shares_
        told = np.column_stack([least, least[:, None] + steps])
        return expit(told) if self.binary else told

    def state(self) -> dict[str, Any]:
        """What was learned, as JSON can hold it."""
        kept = {name: getattr(self, f"{name}_").tolist() for name in _KEPT}
        return {"binary": self.binary, "design": self.design_.state(), "intercept": self.intercept_, **kept}

    @classmethod
    def restore(cls, state: dict[str, Any]) -> "Interactions":
        """What :meth:`state` told."""
        line = cls(state["binary"])
        line.design_ = Design.restore(state["design"])
        line.intercept_ = state["intercept"]
        for name in _KEPT:
            setattr(line, f"{name}_", np.array(state[name], dtype=np.float64))
        line.both_ = line.both_.reshape(len(line.arms_), len(line.main_))
        return line

    def _strength(self, main: Matrix, both: Matrix, light: Vector, y: Vector) -> float:
        """The penalty on the interactions, from how the line without them errs."""
        weights, intercept = self._solve(main, y, light)
        expected = main @ weights + intercept
        expected = expit(expected) if self.binary else expected
        error = y - expected
        certain = (
            expected * (1 - expected)
            if self.binary
            else np.full(len(y), 1 / max(float(error @ error) / len(y), 1e-300))
        )
        scored = error if self.binary else error * certain
        ones = np.column_stack([np.ones(len(y)), main])
        weighed = ones * certain[:, None]
        shared = np.linalg.solve(ones.T @ weighed + np.diag(np.append(FREE, light)), weighed.T @ both)
        information = (both * certain[:, None]).T @ both - (weighed.T @ both).T @ shared
        found = penalty((information + information.T) / 2, both.T @ scored)
        return found if self.binary else found / certain[0]

    def _solve(self, X: Matrix, y: Vector, strong: Vector) -> tuple[Vector, float]:
        if self.binary:
            scale = np.sqrt(strong)
            model = LogisticRegression(C=1.0, solver="newton-cholesky", max_iter=100).fit(X / scale, y)
            return model.coef_[0] / scale, float(model.intercept_[0])
        middle = X.mean(axis=0)
        centred = X - middle
        weights = np.linalg.solve(centred.T @ centred + np.diag(strong), centred.T @ (y - y.mean()))
        return weights, float(y.mean() - middle @ weights)


_KEPT = ("middle", "shares", "main", "arms", "both")

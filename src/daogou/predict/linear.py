"""Linear and logistic regression on numbers that are scaled, and texts that are one column a value."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from daogou.predict.base import Predictor, ValuePredictor, Vector
from daogou.predict.columns import Codes, Matrix
from daogou.predict.contributions import Unit
from daogou.predict.design import Design

LEAST = 0.01  # a straight line leaves [0, 1]: what is beyond this, or 1 less it, is taken for it


@dataclass
class Linear(ValuePredictor):
    """L2-penalised least squares. A value, or a probability that is cut off near 0 and 1.

    A missing number enters as the mean beside a column that says "missing"; a text that was never seen, or rarely,
    enters as none of the known ones. Source: Hoerl and Kennard (1970), ridge regression.
    """

    penalty: float = 1.0

    def _fit(self, numbers: Matrix, codes: Codes, y: Vector) -> None:
        self.design_ = Design.learn(numbers, self.columns_.levels, logged=False)
        X = self.design_.of(numbers, codes)
        self.middle_: Vector = X.mean(axis=0)
        centred = X - self.middle_
        self.weights_: Vector = np.linalg.solve(
            centred.T @ centred + self.penalty * np.eye(X.shape[1]), centred.T @ (y - y.mean())
        )
        self.intercept_ = float(y.mean() - self.middle_ @ self.weights_)

    @property
    def unit(self) -> Unit:
        """A value, or a probability before it is cut off."""
        return "value" if self.of_values else "probability"

    def _contributions(self, numbers: Matrix, codes: Codes) -> tuple[Matrix, float]:
        return _added(self, numbers, codes)

    def _predict(self, numbers: Matrix, codes: Codes) -> Vector:
        values: Vector = self.design_.of(numbers, codes) @ self.weights_ + self.intercept_
        return values if self.of_values else np.clip(values, LEAST, 1 - LEAST)

    def _state(self) -> dict[str, Any]:
        return _weighed(self)

    def _restore(self, state: dict[str, Any]) -> None:
        _restored(self, state)


@dataclass
class Logistic(Predictor):
    """L2-penalised logistic regression (scikit-learn).

    Counts and money are skewed, so a number enters as sign(x) log(1 + |x|), then scaled. A missing number enters as the
    mean beside a column that says "missing"; a text that was never seen, or rarely, enters as none of the known ones.
    """

    c: float = 0.1  # inverse strength of the penalty, as scikit-learn counts it

    def _fit(self, numbers: Matrix, codes: Codes, y: Vector) -> None:
        self.design_ = Design.learn(numbers, self.columns_.levels, logged=True)
        X = self.design_.of(numbers, codes)
        self.middle_: Vector = X.mean(axis=0)
        if not X.shape[1]:  # no column at all: the rate is what is known
            self.weights_, self.intercept_ = np.empty(0), float(np.log(y.mean() / (1 - y.mean())))
            return
        model = LogisticRegression(C=self.c, solver="newton-cholesky", max_iter=100)
        model.fit(X, y)
        self.weights_ = model.coef_[0]
        self.intercept_ = float(model.intercept_[0])

    def _contributions(self, numbers: Matrix, codes: Codes) -> tuple[Matrix, float]:
        return _added(self, numbers, codes)

    def _predict(self, numbers: Matrix, codes: Codes) -> Vector:
        probabilities: Vector = expit(self.design_.of(numbers, codes) @ self.weights_ + self.intercept_)
        return probabilities

    def _state(self) -> dict[str, Any]:
        return _weighed(self)

    def _restore(self, state: dict[str, Any]) -> None:
        _restored(self, state)


def _added(model: Linear | Logistic, numbers: Matrix, codes: Codes) -> tuple[Matrix, float]:
    """Each term less that of the mean row, which is the base."""
    parts = (model.design_.of(numbers, codes) - model.middle_) * model.weights_
    return model.design_.gathered(parts), float(model.intercept_ + model.middle_ @ model.weights_)


def _weighed(model: Linear | Logistic) -> dict[str, Any]:
    return {
        "design": model.design_.state(),
        "middle": model.middle_.tolist(),
        "weights": model.weights_.tolist(),
        "intercept": model.intercept_,
    }


def _restored(model: Linear | Logistic, state: dict[str, Any]) -> None:
    model.design_ = Design.restore(state["design"])
    model.middle_ = np.array(state["middle"], dtype=np.float64)
    model.weights_ = np.array(state["weights"], dtype=np.float64)
    model.intercept_ = state["intercept"]

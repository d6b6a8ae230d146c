"""Logistic regression on numbers that are logged and scaled, and texts that are one column a value."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from daogou.predict.base import Predictor, Vector
from daogou.predict.columns import MISSING, Codes, Matrix

FARTHEST = 5.0  # deviations from the mean beyond which a number pulls no harder


@dataclass
class Logistic(Predictor):
    """L2-penalised logistic regression (scikit-learn).

    Counts and money are skewed, so a number enters as sign(x) log(1 + |x|), then scaled. A missing number enters as the
    mean beside a column that says "missing"; a text that was never seen, or rarely, enters as none of the known ones.
    """

    c: float = 0.1  # inverse strength of the penalty, as scikit-learn counts it

    def _fit(self, numbers: Matrix, codes: Codes, y: Vector) -> None:
        logged = _logged(numbers)
        known = ~np.isnan(logged)
        count = np.maximum(known.sum(axis=0), 1)
        self.mean_ = np.where(known, logged, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, logged - self.mean_, 0.0) ** 2).sum(axis=0) / count)
        self.scale_ = np.where(spread > 0, spread, 1.0)
        self.gaps_ = np.flatnonzero(~known.all(axis=0))
        model = LogisticRegression(C=self.c, solver="newton-cholesky", max_iter=100)
        model.fit(self._design(numbers, codes), y)
        self.weights_: Vector = model.coef_[0]
        self.intercept_ = float(model.intercept_[0])

    def _predict(self, numbers: Matrix, codes: Codes) -> Vector:
        probabilities: Vector = expit(self._design(numbers, codes) @ self.weights_ + self.intercept_)
        return probabilities

    def _design(self, numbers: Matrix, codes: Codes) -> Matrix:
        """Shape (rows, numbers + numbers with gaps + levels and "missing" of each text)."""
        scaled = np.clip((_logged(numbers) - self.mean_) / self.scale_, -FARTHEST, FARTHEST)
        absent = np.isnan(scaled)
        parts = [np.where(absent, 0.0, scaled), absent[:, self.gaps_].astype(np.float64)]
        for place, levels in enumerate(self.columns_.levels):
            values = np.array([MISSING, *range(len(levels))])
            parts.append((codes[:, [place]] == values).astype(np.float64))
        return np.hstack(parts)

    def _state(self) -> dict[str, Any]:
        arrays = {"mean": self.mean_, "scale": self.scale_, "gaps": self.gaps_, "weights": self.weights_}
        return {name: array.tolist() for name, array in arrays.items()} | {"intercept": self.intercept_}

    def _restore(self, state: dict[str, Any]) -> None:
        self.mean_, self.scale_, self.weights_ = (
            np.array(state[name], dtype=np.float64) for name in ("mean", "scale", "weights")
        )
        self.gaps_ = np.array(state["gaps"], dtype=np.int64)
        self.intercept_ = state["intercept"]


def _logged(numbers: Matrix) -> Matrix:
    logged: Matrix = np.sign(numbers) * np.log1p(np.abs(numbers))
    return logged

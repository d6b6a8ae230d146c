"""What is known without looking at anybody: how often it happens."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import logit

from daogou.predict.base import Predictor, Vector
from daogou.predict.calibrate import inside
from daogou.predict.columns import Codes, Matrix


@dataclass
class Rate(Predictor):
    """The rate of the rows learned from, for everybody: what a model must beat where no recency is known."""

    def _fit(self, _numbers: Matrix, _codes: Codes, y: Vector) -> None:
        self.rate_ = float(y.mean())

    def _predict(self, numbers: Matrix, _codes: Codes) -> Vector:
        return np.full(len(numbers), self.rate_)

    def _contributions(self, numbers: Matrix, codes: Codes) -> tuple[Matrix, float]:
        return np.zeros((len(numbers), numbers.shape[1] + codes.shape[1])), float(logit(inside(np.array(self.rate_))))

    def _state(self) -> dict[str, Any]:
        return {"rate": self.rate_}

    def _restore(self, state: dict[str, Any]) -> None:
        self.rate_ = state["rate"]

"""A model with the line over its log-odds that makes its probabilities honest."""

from dataclasses import dataclass
from typing import Any, Self

from daogou.predict.base import Predictor, Vector
from daogou.predict.calibrator import Calibrator
from daogou.predict.columns import Codes, Matrix
from daogou.predict.contributions import Unit


@dataclass
class Calibrated(Predictor):
    """``expit(intercept + slope * log-odds)`` of another model; made by :meth:`of`, and fitted by fitting that."""

    intercept: float
    slope: float

    @classmethod
    def of(cls, model: Predictor, calibrator: Calibrator) -> Self:
        """``model``, which is fitted, and what was learned of its probabilities."""
        made = cls(calibrator.intercept, calibrator.slope)
        made.model_, made.columns_ = model, model.columns_
        return made

    @property
    def unit(self) -> Unit:
        """That of the model."""
        return self.model_.unit

    def _fit(self, numbers: Matrix, codes: Codes, y: Vector) -> None:
        raise TypeError("fit the model, then calibrate it: a line is learned on rows that the model did not see")

    def _predict(self, numbers: Matrix, codes: Codes) -> Vector:
        line = Calibrator(self.intercept, self.slope)
        probability: Vector = line.of(self.model_._predict(numbers, codes))
        return probability

    def _contributions(self, numbers: Matrix, codes: Codes) -> tuple[Matrix, float]:
        """Those of the model, stretched as its log-odds are; what is added in probabilities stays as it is."""
        values, base = self.model_._contributions(numbers, codes)
        if self.unit != "log-odds":
            return values, base
        return self.slope * values, self.intercept + self.slope * base

    def _state(self) -> dict[str, Any]:
        return {"model": self.model_.to_bytes().decode()}

    def _restore(self, state: dict[str, Any]) -> None:
        from daogou.predict.kinds import load  # which knows this kind too

        self.model_ = load(state["model"].encode())

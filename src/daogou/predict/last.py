"""The rule that every model of amounts must beat: as much again as last time."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from daogou.base.raw import Raw, framed
from daogou.predict.base import Predictor, Vector
from daogou.predict.columns import Codes, Matrix
from daogou.predict.contributions import Unit


@dataclass
class Last(Predictor):
    """What ``column`` says, and the mean of all where it says nothing; nothing is learned but that mean."""

    column: str

    @property
    def of_values(self) -> bool:
        """It predicts how much."""
        return True

    @property
    def unit(self) -> Unit:
        """What is predicted itself."""
        return "value"

    def _chosen(self, frame: Raw) -> Any:
        data = framed(frame)
        if self.column not in data.columns:
            raise ValueError(f"there is no column {self.column!r}")
        return data.select(nw.col(self.column).cast(nw.Float64))

    def _fit(self, _numbers: Matrix, _codes: Codes, y: Vector) -> None:
        self.mean_ = float(y.mean())

    def _predict(self, numbers: Matrix, _codes: Codes) -> Vector:
        values: Vector = np.where(np.isnan(numbers[:, 0]), self.mean_, numbers[:, 0])
        return values

    def _contributions(self, numbers: Matrix, codes: Codes) -> tuple[Matrix, float]:
        return (self._predict(numbers, codes) - self.mean_)[:, None], self.mean_

    def _state(self) -> dict[str, Any]:
        return {"mean": self.mean_}

    def _restore(self, state: dict[str, Any]) -> None:
        self.mean_ = state["mean"]

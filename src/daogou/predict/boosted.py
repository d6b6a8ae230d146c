"""Gradient-boosted trees: small ones, the same on every run."""

from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np

from daogou.predict.base import Predictor, Vector
from daogou.predict.columns import MISSING, Codes, Matrix


@dataclass
class Boosted(Predictor):
    """LightGBM with log-loss. It finds interactions and thresholds that a line cannot, and knows missing values itself.

    Many small trees on a third of the columns each: a few thousand customers a moment carry no more detail.
    """

    trees: int = 200
    learning_rate: float = 0.03
    leaves: int = 5
    rows_a_leaf: int = 50
    column_share: float = 0.3
    row_share: float = 0.8
    penalty: float = 10.0  # L2 on the value of a leaf
    seed: int = 20170101
    threads: int = 1  # small trees wait for each other longer than they work; sums depend on it, so it is fixed

    def _fit(self, numbers: Matrix, codes: Codes, y: Vector) -> None:
        width = numbers.shape[1]
        data = lightgbm.Dataset(
            _joined(numbers, codes), y, categorical_feature=list(range(width, width + codes.shape[1]))
        )
        parameters = {
            "objective": "binary",
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.rows_a_leaf,
            "feature_fraction": self.column_share,
            "bagging_fraction": self.row_share,
            "bagging_freq": 1,
            "lambda_l2": self.penalty,
            "max_bin": 63,
            "seed": self.seed,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": self.threads,
            "verbose": -1,
        }
        self.booster_ = lightgbm.train(parameters, data, num_boost_round=self.trees)

    def _predict(self, numbers: Matrix, codes: Codes) -> Vector:
        if not len(numbers):
            return np.empty(0)
        return np.asarray(self.booster_.predict(_joined(numbers, codes), num_threads=self.threads), dtype=np.float64)

    def _state(self) -> dict[str, Any]:
        return {"booster": self.booster_.model_to_string()}

    def _restore(self, state: dict[str, Any]) -> None:
        self.booster_ = lightgbm.Booster(model_str=state["booster"])


def _joined(numbers: Matrix, codes: Codes) -> Matrix:
    texts = np.where(codes == MISSING, np.nan, codes.astype(np.float64))
    return np.hstack([numbers, texts])

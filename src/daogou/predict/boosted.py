"""Trees by LightGBM: one, or many small ones; the same on every run."""

from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
from scipy.special import expit

from daogou.predict.base import ValuePredictor, Vector
from daogou.predict.columns import MISSING, Codes, Matrix
from daogou.predict.contributions import Unit

_ALWAYS = {
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
    "num_threads": 1,  # small trees wait for each other longer than they work; sums depend on it, so it is fixed
}
_AT_ONCE = 25  # trees: three fifths of the time that all 600 at once take


@dataclass
class _Trees(ValuePredictor):
    """What one tree and many have in common: LightGBM's own text is what is kept."""

    def _grow(self, numbers: Matrix, codes: Codes, y: Vector, trees: int, parameters: dict[str, Any]) -> None:
        width = numbers.shape[1]
        rows = _joined(numbers, codes)
        if not rows.shape[1]:  # LightGBM wants a column
            rows = np.zeros((len(rows), 1))
        data = lightgbm.Dataset(rows, y, categorical_feature=list(range(width, width + codes.shape[1])))
        self.booster_ = lightgbm.train(_ALWAYS | parameters, data, num_boost_round=trees)

    def _scores(self, numbers: Matrix, codes: Codes) -> Vector:
        """The sums of leaves, a few trees at a time: all of them would not stay near the processor for the next row."""
        scores = np.zeros(len(numbers))
        if not len(numbers):
            return scores
        rows = _joined(numbers, codes)
        rows = rows if rows.shape[1] else np.zeros((len(rows), 1))
        for start in range(0, self.booster_.num_trees(), _AT_ONCE):
            # a row is summed by one thread however many there are, so two give the same bits
            part = self.booster_.predict(rows, start, _AT_ONCE, raw_score=True, num_threads=2)
            scores += np.asarray(part, dtype=np.float64)
        return scores

    def _contributions(self, numbers: Matrix, codes: Codes) -> tuple[Matrix, float]:
        """TreeSHAP, exact, by LightGBM. Source: Lundberg, Erion and Lee (2018)."""
        rows = _joined(numbers, codes)
        width = rows.shape[1]
        if not len(rows):
            rows = np.full((1, width), np.nan)  # for the base
        told = self.booster_.predict(rows if width else np.zeros((len(rows), 1)), pred_contrib=True, num_threads=2)
        added = np.asarray(told, dtype=np.float64)
        return added[: len(numbers), :width], float(added[0, -1])

    def _state(self) -> dict[str, Any]:
        return {"booster": self.booster_.model_to_string()}

    def _restore(self, state: dict[str, Any]) -> None:
        self.booster_ = lightgbm.Booster(model_str=state["booster"])


@dataclass
class Tree(_Trees):
    """One decision tree: each leaf holds the rate, or the mean, of the rows that fall into it.

    A split is where squares fall most, which for an event is the Gini index; a leaf is drawn to the whole by
    ``penalty`` rows. Missing values go where they fit best. Source: Breiman et al. (1984), grown leaf by leaf.
    """

    leaves: int = 16
    rows_a_leaf: int = 20
    penalty: float = 5.0

    def _fit(self, numbers: Matrix, codes: Codes, y: Vector) -> None:
        parameters = {
            "objective": "regression",
            "learning_rate": 1.0,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.rows_a_leaf,
            "min_sum_hessian_in_leaf": 0.0,
            "lambda_l2": self.penalty,
            "max_bin": 255,
        }
        self._grow(numbers, codes, y, 1, parameters)

    @property
    def unit(self) -> Unit:
        """A value, or a probability."""
        return "value" if self.of_values else "probability"

    def _predict(self, numbers: Matrix, codes: Codes) -> Vector:
        values = self._scores(numbers, codes)
        return values if self.of_values else np.clip(values, 1e-6, 1 - 1e-6)  # but for what rounding adds


@dataclass
class Boosted(_Trees):
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

    def _fit(self, numbers: Matrix, codes: Codes, y: Vector) -> None:
        parameters = {
            "objective": "regression" if self.of_values else "binary",
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.rows_a_leaf,
            "feature_fraction": self.column_share,
            "bagging_fraction": self.row_share,
            "bagging_freq": 1,
            "lambda_l2": self.penalty,
            "max_bin": 63,
            "seed": self.seed,
        }
        self._grow(numbers, codes, y, self.trees, parameters)

    def _predict(self, numbers: Matrix, codes: Codes) -> Vector:
        scores = self._scores(numbers, codes)
        probability: Vector = scores if self.of_values else expit(scores)
        return probability


def _joined(numbers: Matrix, codes: Codes) -> Matrix:
    texts = np.where(codes == MISSING, np.nan, codes.astype(np.float64))
    return np.hstack([numbers, texts])

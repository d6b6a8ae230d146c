"""The middle between a line and trees."""

from dataclasses import dataclass
from typing import Any

from scipy.special import expit, logit

from daogou.predict.base import Predictor, Vector
from daogou.predict.boosted import Boosted
from daogou.predict.calibrate import inside
from daogou.predict.columns import Codes, Matrix
from daogou.predict.linear import Logistic


@dataclass
class Blend(Predictor):
    """Logistic regression and boosted trees, the mean of their log-odds.

    What one gets wrong the other often does not: a line goes on where trees have no rows, trees bend where a line
    cannot. Source: Genest and Zidek (1986), the logarithmic opinion pool.
    """

    c: float = 0.1  # of the logistic regression
    trees: int = 300
    rows_a_leaf: int = 50
    seed: int = 20170101

    def _members(self) -> tuple[Predictor, Predictor]:
        line = Logistic(self.c)
        trees = Boosted(trees=self.trees, rows_a_leaf=self.rows_a_leaf, seed=self.seed)
        line.columns_ = trees.columns_ = self.columns_
        return line, trees

    def _fit(self, numbers: Matrix, codes: Codes, y: Vector) -> None:
        self.members_ = self._members()
        for member in self.members_:
            member._fit(numbers, codes, y)

    def _predict(self, numbers: Matrix, codes: Codes) -> Vector:
        line, trees = (logit(inside(member._predict(numbers, codes))) for member in self.members_)
        probability: Vector = expit((line + trees) / 2)
        return probability

    def _contributions(self, numbers: Matrix, codes: Codes) -> tuple[Matrix, float]:
        (line, line_base), (trees, trees_base) = (member._contributions(numbers, codes) for member in self.members_)
        return (line + trees) / 2, (line_base + trees_base) / 2

    def _state(self) -> dict[str, Any]:
        return {"members": [member._state() for member in self.members_]}

    def _restore(self, state: dict[str, Any]) -> None:
        self.members_ = self._members()
        for member, kept in zip(self.members_, state["members"], strict=True):
            member._restore(kept)

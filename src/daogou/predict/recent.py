"""Models of ever shorter pasts, and their mean: for times in which what held does not go on holding."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.special import expit, logit

from daogou.predict.base import Predictor, Vector
from daogou.predict.boosted import Boosted
from daogou.predict.calibrate import inside
from daogou.predict.columns import Codes, Matrix
from daogou.predict.contributions import Unit
from daogou.predict.linear import LEAST, Linear, Logistic


@dataclass
class Recent(Predictor):
    """One model of all rows, one of the later half, of the later quarter and so on; the mean of their scores.

    Rows are given oldest first. Yesterday's rows are in every model and the oldest in one, so that what changed slowly
    is learned from many rows and what changed lately is not outvoted. How much past is best need not be known: an
    average over memories loses little against the best of them. Scores are log-odds; those of a line are probabilities.
    The halving ends where fewer than ``fewest_rows`` are left, or than ``fewest_events`` of either outcome. Source:
    Pesaran and Timmermann (2007), Selection of estimation window in the presence of breaks: averages over windows.
    """

    kind: Literal["linear", "logistic", "boosted"] = "linear"
    fewest_rows: int = 400
    fewest_events: int = 30
    seed: int = 20170101

    def __post_init__(self) -> None:
        if self.kind not in ("linear", "logistic", "boosted"):
            raise ValueError(f"kind must be 'linear', 'logistic' or 'boosted', not {self.kind!r}")

    def _member(self) -> Predictor:
        made: dict[str, Predictor] = {
            "linear": Linear(goal="value"),  # not cut off: a mean of lines is a line
            "logistic": Logistic(),
            "boosted": Boosted(seed=self.seed),
        }
        member = made[self.kind]
        member.columns_ = self.columns_
        return member

    def _fit(self, numbers: Matrix, codes: Codes, y: Vector) -> None:
        self.members_ = []
        rows = len(y)
        while rows == len(y) or self._enough(y[-rows:]):
            member = self._member()
            member._fit(numbers[-rows:], codes[-rows:], y[-rows:])
            self.members_.append(member)
            rows //= 2

    def _enough(self, y: Vector) -> bool:
        return len(y) >= self.fewest_rows and min(y.sum(), (1 - y).sum()) >= self.fewest_events

    @property
    def unit(self) -> Unit:
        """Log-odds; a probability before it is cut off where lines are averaged."""
        return "probability" if self.kind == "linear" else "log-odds"

    def _predict(self, numbers: Matrix, codes: Codes) -> Vector:
        told = (member._predict(numbers, codes) for member in self.members_)
        if self.kind == "linear":
            mean: Vector = np.mean(list(told), axis=0)
            return np.clip(mean, LEAST, 1 - LEAST)
        probability: Vector = expit(np.mean([logit(inside(one)) for one in told], axis=0))
        return probability

    def _contributions(self, numbers: Matrix, codes: Codes) -> tuple[Matrix, float]:
        told = [member._contributions(numbers, codes) for member in self.members_]
        return np.mean([values for values, _base in told], axis=0), float(np.mean([base for _values, base in told]))

    def _state(self) -> dict[str, Any]:
        return {"members": [member._state() for member in self.members_]}

    def _restore(self, state: dict[str, Any]) -> None:
        self.members_ = []
        for kept in state["members"]:
            member = self._member()
            member._restore(kept)
            self.members_.append(member)

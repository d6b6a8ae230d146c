"""Support vector machine with a radial kernel, its margins turned into probabilities."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import SVC, SVR, LinearSVC, LinearSVR

from daogou.base.raw import Places
from daogou.predict.base import ValuePredictor, Vector
from daogou.predict.columns import Codes, Matrix
from daogou.predict.design import Design

_BLOCK = 4_096  # rows whose kernel is held at once
_FOLDS = 3
_ORDERS = 8  # in which columns are taken to explain a row; more make the reasons of two runs alike, not truer


@dataclass
class SVM(ValuePredictor):
    """Support vector classification, or regression of values, with the kernel exp(-gamma |a - b|^2).

    Up to ``exact_rows`` rows by libsvm; above, where its time grows with their square, on Nystroem's approximation by
    ``landmarks`` rows drawn at random. A margin becomes a probability by Platt's line, learned on rows that the margin
    was not. Sources: Cortes and Vapnik (1995); Williams and Seeger (2001); Platt (1999).
    """

    c: float = 0.5
    width: float = 0.2  # gamma, over the number of columns
    exact_rows: int = 20_000
    landmarks: int = 200
    seed: int = 20170101

    def _fit(self, numbers: Matrix, codes: Codes, y: Vector) -> None:
        self.design_ = Design.learn(numbers, self.columns_.levels, logged=True)
        X = self.design_.of(numbers, codes)
        self.middle_: Vector = X.mean(axis=0)
        X = X if X.shape[1] else np.zeros((len(X), 1))
        self.gamma_ = self.width / X.shape[1]
        self.mean_, self.spread_ = (float(y.mean()), float(y.std()) or 1.0) if self.of_values else (0.0, 1.0)
        target = (y - self.mean_) / self.spread_
        self.line_ = (0.0, 1.0) if self.of_values else self._platt(X, y)
        self._learn(X, target)

    def _platt(self, X: Matrix, y: Vector) -> tuple[float, float]:
        """Intercept and slope of the log-odds on the margin; a margin that ranks the wrong way counts for nothing."""
        margin = np.zeros(len(y))
        folds = min(_FOLDS, int(y.sum()), int((1 - y).sum()))
        if folds < 2:
            return float(np.log(y.mean() / (1 - y.mean()))), 0.0
        for train, test in StratifiedKFold(folds, shuffle=True, random_state=self.seed).split(X, y):
            self._learn(X[train], y[train])
            margin[test] = self._margin(X[test])
        model = LogisticRegression(C=1.0).fit(margin[:, None], y)
        slope = float(model.coef_[0, 0])
        return (float(model.intercept_[0]), slope) if slope > 0 else (float(np.log(y.mean() / (1 - y.mean()))), 0.0)

    def _learn(self, X: Matrix, y: Vector) -> None:
        if len(X) > self.exact_rows:
            self._learn_landmarks(X, y)
            return
        machine = (SVR if self.of_values else SVC)(kernel="rbf", C=self.c, gamma=self.gamma_).fit(X, y)
        self.vectors_, self.weights_ = machine.support_vectors_, machine.dual_coef_[0]
        self.intercept_ = float(machine.intercept_[0])

    def _learn_landmarks(self, X: Matrix, y: Vector) -> None:
        drawn = np.random.default_rng(self.seed).choice(len(X), min(self.landmarks, len(X)), replace=False)
        self.vectors_ = X[np.sort(drawn)]
        values, sides = np.linalg.eigh(_kernel(self.vectors_, self.vectors_, self.gamma_))
        held = values > 1e-6 * values.max()  # a side that hardly exists would only carry rounding errors
        to_sides = sides[:, held] / np.sqrt(values[held])
        kernels = _kernels(X, self.vectors_, self.gamma_)
        machine: Any = (
            LinearSVR(loss="squared_epsilon_insensitive", dual=False, C=self.c, max_iter=5_000)
            if self.of_values
            else LinearSVC(dual=False, C=self.c, max_iter=5_000)
        )
        machine.fit(np.vstack([k @ to_sides for k in kernels]), y)
        self.weights_ = to_sides @ np.ravel(machine.coef_)
        self.intercept_ = float(np.ravel(machine.intercept_)[0])

    def _margin(self, X: Matrix) -> Vector:
        parts = [k @ self.weights_ for k in _kernels(X, self.vectors_, self.gamma_)]
        return np.concatenate([np.empty(0), *parts]) + self.intercept_

    def _predict(self, numbers: Matrix, codes: Codes) -> Vector:
        scores = self._scores(self.design_.of(numbers, codes))
        told: Vector = scores if self.of_values else expit(scores)
        return told

    def _contributions(self, numbers: Matrix, codes: Codes) -> tuple[Matrix, float]:
        """Shapley values by columns taken one by one from the mean row to the row, in a few orders and their reverse.

        What the columns of one order add telescopes, so it adds up exactly. Each row costs columns times orders kernel
        rows: explain lists of people, not everybody. Source: Strumbelj and Kononenko (2014).
        """
        X, wide = self.design_.of(numbers, codes), numbers.shape[1] + codes.shape[1]
        owner = self.design_.gathered(np.eye(X.shape[1]))
        base, added = self._scores(self.middle_[None, :])[0], np.zeros((len(X), wide))
        chance = np.random.default_rng(self.seed)
        orders = [order for _n in range(_ORDERS // 2) for order in _both_ways(chance.permutation(wide))]
        for order in orders:
            at, before = np.tile(self.middle_, (len(X), 1)), np.full(len(X), base)
            for column in order:
                mine = owner[:, column] > 0
                at[:, mine] = X[:, mine]
                score = self._scores(at)
                added[:, column] += score - before
                before = score
        return added / len(orders), float(base)

    def _scores(self, X: Matrix) -> Vector:
        margin = self._margin(X if X.shape[1] else np.zeros((len(X), 1)))
        return margin * self.spread_ + self.mean_ if self.of_values else self.line_[0] + self.line_[1] * margin

    def _state(self) -> dict[str, Any]:
        return {
            "design": self.design_.state(),
            "vectors": _text(self.vectors_),
            "weights": self.weights_.tolist(),
            "numbers": [self.intercept_, self.gamma_, self.mean_, self.spread_, *self.line_],
            "middle": self.middle_.tolist(),
        }

    def _restore(self, state: dict[str, Any]) -> None:
        self.design_ = Design.restore(state["design"])
        self.weights_ = np.array(state["weights"], dtype=np.float64)
        self.vectors_ = np.frombuffer(base64.b64decode(state["vectors"]), "<f8").reshape(len(self.weights_), -1)
        self.middle_ = np.array(state["middle"], dtype=np.float64)
        self.intercept_, self.gamma_, self.mean_, self.spread_, *line = state["numbers"]
        self.line_ = (line[0], line[1])


def _both_ways(order: Places) -> tuple[Places, Places]:
    return order, order[::-1]


def _kernel(rows: Matrix, vectors: Matrix, gamma: float) -> Matrix:
    squares = (rows**2).sum(axis=1)[:, None] + (vectors**2).sum(axis=1)[None, :] - 2 * rows @ vectors.T
    kernel: Matrix = np.exp(-gamma * np.maximum(squares, 0.0))
    return kernel


def _kernels(rows: Matrix, vectors: Matrix, gamma: float) -> Iterator[Matrix]:
    for start in range(0, len(rows), _BLOCK):
        yield _kernel(rows[start : start + _BLOCK], vectors, gamma)


def _text(vectors: Matrix) -> str:
    """Base64 of little-endian float64: a tenth of the time and half the room of decimals, and exact."""
    return base64.b64encode(np.ascontiguousarray(vectors, "<f8").tobytes()).decode()

"""The rule that every model must beat: how long ago it happened last."""

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
from scipy.optimize import isotonic_regression
from scipy.special import logit

from daogou.base.raw import Raw, framed
from daogou.predict.base import Predictor, Vector
from daogou.predict.columns import Codes, Matrix


@dataclass
class Recency(Predictor):
    """A table of rates by one column, days since the event, that only falls or only rises.

    Customers for whom it never happened are the farthest. Each rate counts half an event in each direction, so that no
    rate is 0 or 1; neighbouring rates in the wrong order are pooled. Source: Barlow et al. (1972), pooling of adjacent
    violators.
    """

    column: str
    bins: int = 20

    def _chosen(self, frame: Raw) -> Any:
        data = framed(frame)
        if self.column not in data.columns:
            raise ValueError(f"there is no column {self.column!r}")
        return data.select(nw.col(self.column).cast(nw.Float64))

    def _fit(self, numbers: Matrix, _codes: Codes, y: Vector) -> None:
        days = _days(numbers)
        happened = days[np.isfinite(days)]
        shares = np.linspace(0, 1, self.bins + 1)[1:-1]
        edges = np.unique(np.quantile(happened, shares, method="lower")) if len(happened) else np.empty(0)
        self.edges_ = np.append(edges[edges < happened.max(initial=0)], np.finfo(np.float64).max)  # beyond it: never
        place = self._place(days)
        rows = np.bincount(place, minlength=len(self.edges_) + 1).astype(np.float64)
        events = np.bincount(place, y, minlength=len(self.edges_) + 1)
        rising = bool(np.dot(place - place.mean(), y) > 0)
        met = rows > 0
        rates = (events[met] + 0.5) / (rows[met] + 1)
        fitted = isotonic_regression(rates, weights=rows[met], increasing=rising)
        self.rate_ = float((y.sum() + 0.5) / (len(y) + 1))
        self.rates_: Vector = fitted.x[np.maximum(np.cumsum(met) - 1, 0)]  # a bin that nobody is in: the one before

    def _predict(self, numbers: Matrix, _codes: Codes) -> Vector:
        rates: Vector = self.rates_[self._place(_days(numbers))]
        return rates

    def _contributions(self, numbers: Matrix, codes: Codes) -> tuple[Matrix, float]:
        base = float(logit(self.rate_))
        return (logit(self._predict(numbers, codes)) - base)[:, None], base

    def _place(self, days: Vector) -> np.ndarray[Any, np.dtype[np.intp]]:
        return np.searchsorted(self.edges_, days)

    def _state(self) -> dict[str, Any]:
        return {"edges": self.edges_.tolist(), "rates": self.rates_.tolist(), "rate": self.rate_}

    def _restore(self, state: dict[str, Any]) -> None:
        self.edges_, self.rates_ = np.array(state["edges"]), np.array(state["rates"])
        self.rate_ = state["rate"]


def _days(numbers: Matrix) -> Vector:
    return np.where(np.isnan(numbers[:, 0]), np.inf, numbers[:, 0])

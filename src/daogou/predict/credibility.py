"""The mean value of a purchase where it goes with how often somebody buys: each drawn to those who buy as often."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from daogou.base.raw import Vector

EDGES = (2, 3, 5, 9)  # purchases at which a band begins: one; two; three and four; five to eight; nine and more


@dataclass
class Credibility:
    """Within each band of purchases a customer's mean counts for n / (n + k), the band's mean for the rest.

    k is the variance of a purchase about its customer's mean, alike in all bands, over that of customers' means about
    the band's. It takes no shape for granted. Source: Buehlmann and Straub (1970), Glaubwuerdigkeit fuer Schadensaetze.
    """

    edges: tuple[int, ...] = EDGES

    def fit(self, purchases: ArrayLike, value: ArrayLike, squares: ArrayLike, weights: ArrayLike | None = None) -> Self:
        """``purchases`` (from 1), their mean and their sum of squares about it, each of shape (customers,).

        Raises:
            ValueError: shapes differ, or nobody is there.
        """
        n, m, s = (np.asarray(values, dtype=np.float64) for values in (purchases, value, squares))
        w = np.ones(len(n)) if weights is None else np.asarray(weights, dtype=np.float64)
        if not n.shape == m.shape == s.shape == w.shape or n.ndim != 1 or not w.any():
            raise ValueError("purchases, value and squares must be of one shape (customers,), with somebody in them")
        free = float(w @ (n - 1))
        self.within_ = float(w @ s) / free if free > 0 else float(np.average(m, weights=w)) ** 2
        band = np.digitize(n, self.edges)
        whole = float(np.average(m, weights=w * n))
        self.means_, self.between_ = np.full(len(self.edges) + 1, whole), np.zeros(len(self.edges) + 1)
        for k in np.unique(band[w > 0]).tolist():
            meant = band == k
            self.means_[k], self.between_[k] = _components(n[meant], m[meant], w[meant], self.within_)
        return self

    def expected(self, purchases: ArrayLike, value: ArrayLike) -> Vector:
        """The mean value of a purchase to come, shape (customers,).

        Raises:
            ValueError: the model is not fitted.
        """
        n, m = self._known(purchases, value)
        band = np.digitize(n, self.edges)
        own = self._weight(n, band)
        told: Vector = own * m + (1 - own) * self.means_[band]
        return told

    def spread(self, purchases: ArrayLike, value: ArrayLike) -> tuple[Vector, Vector]:
        """Variances of each customer's own mean and of one purchase about it, each of shape (customers,).

        A purchase varies with its customer's mean, as far in proportion as on the whole.
        """
        n, m = self._known(purchases, value)
        band = np.digitize(n, self.edges)
        told = self.expected(n, m)
        own: Vector = (1 - self._weight(n, band)) * self.between_[band]
        return own, self.within_ * (told / max(float(np.mean(self.means_)), 1e-300)) ** 2

    def others(
        self, chance: np.random.Generator, n: int, purchases: ArrayLike, value: ArrayLike, squares: ArrayLike
    ) -> list["Credibility"]:
        """``n`` models, each fitted to these customers drawn anew."""
        size = np.size(purchases)
        return [
            Credibility(self.edges).fit(purchases, value, squares, np.maximum(chance.poisson(1.0, size), 1e-9))
            for _again in range(n)
        ]

    def _known(self, purchases: ArrayLike, value: ArrayLike) -> tuple[Vector, Vector]:
        if not hasattr(self, "means_"):
            raise ValueError("fit the model first")
        return np.asarray(purchases, dtype=np.float64), np.asarray(value, dtype=np.float64)

    def _weight(self, n: Vector, band: Any) -> Vector:
        between = n * self.between_[band]
        weight: Vector = between / np.maximum(between + self.within_, 1e-300)
        return weight


def _components(n: Vector, m: Vector, w: Vector, within: float) -> tuple[float, float]:
    """A band's mean, and the variance of its customers' means about it beyond what their purchases' own makes."""
    size = float(w @ n)
    mean = float(w @ (n * m)) / size
    left = size - float(w @ n**2) / size
    if left <= 0:
        return mean, 0.0
    between = max((float(w @ (n * (m - mean) ** 2)) - (float(w.sum()) - 1) * within) / left, 0.0)
    own = n * between / np.maximum(n * between + within, 1e-300)
    return (float(w @ (own * m)) / float(w @ own) if between > 0 else mean), between

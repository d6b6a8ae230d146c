"""Pareto/NBD: customers who may leave at any moment."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import gammaln, hyp2f1

from daogou.base.raw import Vector
from daogou.predict.lifetime import Lifetime, Purchases


class ParetoNBD(Lifetime):
    """Each buys at a pace of their own until they are gone at a moment of their own: r, alpha, s and beta.

    Source: Schmittlein, Morrison and Colombo (1987); the likelihood as in Fader and Hardie (2005), A note on deriving
    the Pareto/NBD model.
    """

    names = ("r", "alpha", "s", "beta")
    bounds = ((-9, 12), (-9, 12), (-9, 3), (-9, 12))  # above an s of 20 all leave at one pace, and nothing changes

    def _start(self, rows: Purchases) -> float:
        return float(np.average(rows.age, weights=rows.customers))

    def _objective(self, rows: Purchases) -> tuple[Callable[[Vector], Any], bool]:
        share = rows.customers / rows.customers.sum()

        def objective(logs: Vector) -> float:
            parameters = dict(zip(self.names, np.exp(logs), strict=True))
            return -float(share @ _pareto(parameters, rows.frequency, rows.recency, rows.age)[0])

        return objective, False

    def _alive(self, x: Vector, t: Vector, T: Vector) -> Vector:
        likelihood, still = _pareto(self.parameters_, x, t, T)
        alive: Vector = np.exp(still - likelihood)
        return alive

    def _if_alive(self, time: float, x: Vector, t: Vector, T: Vector) -> Vector:
        r, alpha, s, beta = self.parameters_.values()
        s = s if abs(s - 1) > 1e-9 else 1 + 1e-9  # as above
        ahead = (1 - ((beta + T) / (beta + T + time)) ** (s - 1)) / (s - 1)
        values: Vector = (r + x) * (beta + T) / (alpha + T) * ahead
        return values

    def _log_likelihoods(self, x: Vector, t: Vector, T: Vector) -> Vector:
        return _pareto(self.parameters_, x, t, T)[0]

    def _future(self, chance: np.random.Generator, time: float, x: Vector, _t: Vector, T: Vector) -> Vector:
        r, alpha, s, beta = self.parameters_.values()
        leaves = chance.gamma(s, size=len(x)) / (beta + T)
        stays = np.minimum(chance.exponential(size=len(x)) / np.maximum(leaves, 1e-300), time)
        made: Vector = chance.poisson(chance.gamma(r + x) / (alpha + T) * stays).astype(np.float64)
        return made


def _pareto(parameters: dict[str, Any], x: Vector, t: Vector, T: Vector) -> tuple[Vector, Vector]:
    """Logarithms of the likelihood, and of its part in which the customer is still one."""
    r, alpha, s, beta = parameters.values()
    whole = r + s + x
    far, near = max(alpha, beta), s + 1 if alpha >= beta else r + x

    def area(time: Vector) -> Vector:
        z = abs(alpha - beta) / (far + time)
        # by Euler's transformation: as it stands in the paper it overflows for who bought a hundred times
        inside = np.log(hyp2f1(1, whole + 1 - near, whole + 1, z)) + (1 - near) * np.log1p(-z)
        value: Vector = inside - whole * np.log(far + time)
        return value

    first, last = area(t), area(T)
    fell = last < first  # not where the last purchase is now: there was no time to be gone in
    between = np.where(fell, first + np.log(-np.expm1(np.where(fell, last - first, -1.0))), -np.inf)
    front = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    still = front - (r + x) * np.log(alpha + T) - s * np.log(beta + T)
    gone = front + np.log(s / whole) + between
    return np.logaddexp(still, gone), still

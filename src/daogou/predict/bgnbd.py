"""BG/NBD: customers who may leave after any purchase."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit, gammaln, hyp2f1, psi

from daogou.base.raw import Vector
from daogou.predict.lifetime import Lifetime, Purchases


class BGNBD(Lifetime):
    """Each buys at a pace of their own until, after some purchase, they are gone: parameters r, alpha, a and b.

    Source: Fader, Hardie and Lee (2005), "Counting your customers" the easy way. Who bought once counts as alive.
    """

    names = ("r", "alpha", "a", "b")

    def _start(self, _rows: Purchases) -> float:
        return 1.0

    def _objective(self, rows: Purchases) -> tuple[Callable[[Vector], Any], bool]:
        values, at = np.unique(rows.frequency, return_inverse=True)  # few: the slow functions are of these alone
        again, share = rows.frequency > 0, rows.customers / rows.customers.sum()

        def objective(logs: Vector) -> tuple[float, Vector]:
            r, alpha, a, b = np.exp(logs)
            x, log_T = rows.frequency, np.log(alpha + rows.age)
            gap = log_T - np.log(alpha + rows.recency)
            gone = np.log(a) - np.log(np.maximum(b + x - 1, 1e-300)) + (r + x) * gap
            p = np.where(again, expit(gone), 0.0)
            by_x = gammaln(r + values) - gammaln(r) + r * np.log(alpha)
            by_x += gammaln(a + b) + gammaln(b + values) - gammaln(b) - gammaln(a + b + values)
            likelihood = by_x[at] - (r + x) * log_T + np.where(again, np.logaddexp(0, gone), 0.0)
            ends = psi(a + b) - psi(a + b + values)
            slope = np.array(
                [
                    share @ ((psi(r + values) - psi(r))[at] + np.log(alpha) - log_T + p * gap),
                    share @ (r / alpha - (r + x) / (alpha + rows.age)
                             + p * (r + x) * (1 / (alpha + rows.age) - 1 / (alpha + rows.recency))),
                    share @ (ends[at] + p / a),
                    share @ ((ends + psi(b + values) - psi(b))[at] - p / np.where(again, b + x - 1, 1.0)),
                ]
            )  # fmt: skip
            return -float(share @ likelihood), -slope * np.exp(logs)

        return objective, True

    def _alive(self, x: Vector, t: Vector, T: Vector) -> Vector:
        r, alpha, a, b = self.parameters_.values()
        again = x > 0
        odds = np.log(a / np.where(again, b + x - 1, 1.0)) + (r + x) * np.log((alpha + T) / (alpha + t))
        return np.where(again, expit(-odds), 1.0)

    def _if_alive(self, time: float, x: Vector, t: Vector, T: Vector) -> Vector:
        r, alpha, a, b = self.parameters_.values()
        a = a if abs(a - 1) > 1e-9 else 1 + 1e-9  # the formula divides by a - 1; its limit is smooth
        reach = hyp2f1(r + x, b + x, a + b + x - 1, time / (alpha + T + time))
        grown = 1 - ((alpha + T) / (alpha + T + time)) ** (r + x) * reach
        values: Vector = (a + b + x - 1) / (a - 1) * grown
        return values

    def _log_likelihoods(self, x: Vector, t: Vector, T: Vector) -> Vector:
        r, alpha, a, b = self.parameters_.values()
        again = x > 0
        gone = np.log(a / np.where(again, b + x - 1, 1.0)) + (r + x) * np.log((alpha + T) / (alpha + t))
        front = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + T)
        stays = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        values: Vector = front + stays + np.where(again, np.logaddexp(0, gone), 0.0)
        return values

    def _future(self, chance: np.random.Generator, time: float, x: Vector, _t: Vector, T: Vector) -> Vector:
        r, alpha, a, b = self.parameters_.values()
        bought = chance.poisson(chance.gamma(r + x) / (alpha + T) * time)
        leaves = np.clip(chance.beta(a, b + x), 1e-12, 1.0)
        made: Vector = np.minimum(bought, chance.geometric(leaves)).astype(np.float64)
        return made

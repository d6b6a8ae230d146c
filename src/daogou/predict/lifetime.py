"""How often customers without a contract will buy, and whether they still are customers.

Each model reads, of each customer, ``frequency`` (purchases after the first), ``recency`` (time from the first to the
last; 0 where there is one) and ``age`` (time from the first to now), all of shape (customers,) and in one unit of time.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import expit, gammaln, hyp2f1, psi

from daogou.base.raw import Vector

_STEPS = 500


@dataclass(frozen=True)
class Purchases:
    """Customers who did the same, counted once: arrays of shape (distinct,)."""

    frequency: Vector
    recency: Vector
    age: Vector
    customers: Vector

    @classmethod
    def of(cls, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, customers: ArrayLike | None = None) -> Self:
        """Checked and counted.

        Raises:
            ValueError: shapes differ, nobody is there, or what cannot be: a purchase after now, or none and a recency.
        """
        x, t, T = (np.asarray(values, dtype=np.float64) for values in (frequency, recency, age))
        n = np.ones(len(x)) if customers is None else np.asarray(customers, dtype=np.float64)
        if not x.shape == t.shape == T.shape == n.shape or x.ndim != 1 or not len(x):
            raise ValueError("frequency, recency and age must be of one shape (customers,), with somebody in them")
        if not (np.isfinite([x, t, T, n]).all() and (x >= 0).all() and (x == np.floor(x)).all() and (n > 0).all()):
            raise ValueError("frequency must be whole numbers from 0, and nothing missing or infinite")
        if not ((t >= 0) & (t <= T) & (T > 0) & ((x > 0) | (t == 0))).all():
            raise ValueError("recency must lie between 0 and age, age above 0, and recency is 0 where frequency is")
        key = np.zeros(len(x), np.int64)
        for values in (x, t, T):
            distinct, place = np.unique(values, return_inverse=True)
            key = key * len(distinct) + place
        _keys, first, place = np.unique(key, return_index=True, return_inverse=True)
        return cls(x[first], t[first], T[first], np.bincount(place, n).astype(np.float64))


@dataclass
class Lifetime(ABC):
    """What both models have in common: fitting, checks, bytes. What ``fit`` learns ends with an underscore."""

    names: ClassVar[tuple[str, ...]]

    def fit(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, customers: ArrayLike | None = None) -> Self:
        """Maximum likelihood; ``customers``, of the same shape, says how many each row stands for (1).

        Raises:
            ValueError: values that cannot be, nobody who bought again, or a likelihood without a highest point.
        """
        rows = Purchases.of(frequency, recency, age, customers)
        if not rows.frequency.any():
            raise ValueError("nobody bought again: there is nothing to learn a pace from")
        self.distinct_ = len(rows.age)
        start = np.log([1.0, np.average(rows.age, weights=rows.customers), 1.0, self._start(rows)])
        objective, exact = self._objective(rows)
        found = minimize(objective, start, jac=exact, method="L-BFGS-B", bounds=[(-9, 12)] * 4,
                         options={"maxiter": _STEPS, "ftol": 1e-13, "gtol": 1e-9})  # fmt: skip
        pace = found.x[:2]  # the other two may have no end: nobody seems to leave
        if not np.isfinite(found.fun) or (np.abs(pace) > 8.9).any():
            raise ValueError("the likelihood has no highest point: these customers are too few, or too much alike")
        self.parameters_ = dict(zip(self.names, np.exp(found.x).tolist(), strict=True))
        self.log_likelihood_ = float(-found.fun * rows.customers.sum())
        return self

    def alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Vector:
        """The probability that each is still a customer, shape (customers,)."""
        return self._alive(*self._checked(frequency, recency, age))

    def expected(self, time: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Vector:
        """Purchases that each will make within ``time`` from now, shape (customers,)."""
        if not time >= 0:
            raise ValueError("time must be 0 or more")
        return self._expected(time, *self._checked(frequency, recency, age))

    def to_bytes(self) -> bytes:
        """The fitted model as JSON, without pickle."""
        kept = {"parameters": self.parameters_, "log_likelihood": self.log_likelihood_, "distinct": self.distinct_}
        return json.dumps({"kind": type(self).__name__} | kept, allow_nan=False).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The model that :meth:`to_bytes` kept.

        Raises:
            ValueError: the bytes hold another kind of model.
        """
        kept = json.loads(data)
        if kept["kind"] != cls.__name__:
            raise ValueError(f"these bytes hold a {kept['kind']}, not a {cls.__name__}")
        model = cls()
        model.parameters_, model.log_likelihood_ = kept["parameters"], kept["log_likelihood"]
        model.distinct_ = kept["distinct"]
        return model

    def _checked(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> tuple[Vector, Vector, Vector]:
        if not hasattr(self, "parameters_"):
            raise ValueError("fit the model first")
        if not np.size(frequency):
            return np.empty(0), np.empty(0), np.empty(0)
        Purchases.of(frequency, recency, age)
        x, t, T = (np.asarray(values, dtype=np.float64) for values in (frequency, recency, age))
        return x, t, T

    @abstractmethod
    def _start(self, rows: Purchases) -> float: ...

    @abstractmethod
    def _objective(self, rows: Purchases) -> tuple[Callable[[Vector], Any], bool]:
        """The mean negative log-likelihood of the logarithms of the parameters; whether it gives its slope too."""

    @abstractmethod
    def _alive(self, x: Vector, t: Vector, T: Vector) -> Vector: ...

    @abstractmethod
    def _expected(self, time: float, x: Vector, t: Vector, T: Vector) -> Vector: ...


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

    def _expected(self, time: float, x: Vector, t: Vector, T: Vector) -> Vector:
        r, alpha, a, b = self.parameters_.values()
        a = a if abs(a - 1) > 1e-9 else 1 + 1e-9  # the formula divides by a - 1; its limit is smooth
        reach = hyp2f1(r + x, b + x, a + b + x - 1, time / (alpha + T + time))
        grown = 1 - ((alpha + T) / (alpha + T + time)) ** (r + x) * reach
        values: Vector = (a + b + x - 1) / (a - 1) * grown * self._alive(x, t, T)
        return values


class ParetoNBD(Lifetime):
    """Each buys at a pace of their own until they are gone at a moment of their own: r, alpha, s and beta.

    Source: Schmittlein, Morrison and Colombo (1987); the likelihood as in Fader and Hardie (2005), A note on deriving
    the Pareto/NBD model.
    """

    names = ("r", "alpha", "s", "beta")

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

    def _expected(self, time: float, x: Vector, t: Vector, T: Vector) -> Vector:
        r, alpha, s, beta = self.parameters_.values()
        s = s if abs(s - 1) > 1e-9 else 1 + 1e-9  # as above
        ahead = (1 - ((beta + T) / (beta + T + time)) ** (s - 1)) / (s - 1)
        values: Vector = (r + x) * (beta + T) / (alpha + T) * ahead * self._alive(x, t, T)
        return values


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

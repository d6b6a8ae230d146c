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

from daogou.base.raw import Vector

_STEPS = 500
_LOOSE = 1.0  # the widest spread of a logarithm that draws of parameters are given: beyond it nothing is known of it


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
    bounds: ClassVar[tuple[tuple[float, float], ...]] = ((-9, 12),) * 4  # of the logarithms

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
        fine = {"ftol": 1e-13, "gtol": 1e-9} if exact else {"ftol": 1e-11, "gtol": 1e-7}  # no finer than differences
        found = minimize(objective, start, jac=exact, method="L-BFGS-B", bounds=self.bounds,
                         options={"maxiter": _STEPS, **fine})  # fmt: skip
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
        history = self._checked(frequency, recency, age)
        return self._if_alive(time, *history) * self._alive(*history)

    def if_alive(self, time: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Vector:
        """Purchases within ``time`` from now of each, if surely still a customer, shape (customers,)."""
        return self._if_alive(time, *self._checked(frequency, recency, age))

    def log_likelihoods(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Vector:
        """The logarithm of each history's density, shape (customers,).

        That of a longer history less that of its beginning is what the model said of the rest: a proper score.
        """
        return self._log_likelihoods(*self._checked(frequency, recency, age))

    def future(
        self, chance: np.random.Generator, time: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Vector:
        """Purchases within ``time`` in one future drawn at random, shape (customers,)."""
        history = self._checked(frequency, recency, age)
        stays = chance.random(len(history[0])) < self._alive(*history)
        made = np.zeros(len(stays))
        made[stays] = self._future(chance, time, *(values[stays] for values in history))
        return made

    def others(
        self, chance: np.random.Generator, n: int, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> list[Self]:
        """``n`` models whose parameters the same histories, which this one was fitted to, leave possible.

        The logarithms of the parameters are drawn from a normal with the inverse information as its covariance.
        """
        rows = Purchases.of(frequency, recency, age)
        objective, exact = self._objective(rows)
        centre = np.log(list(self.parameters_.values()))
        covariance = inverse_information(objective, exact, centre, float(rows.customers.sum()))
        drawn = np.clip(chance.multivariate_normal(centre, covariance, n), -9.5, 12.5)
        return [self._of(dict(zip(self.names, np.exp(row).tolist(), strict=True))) for row in drawn]

    @classmethod
    def _of(cls, parameters: dict[str, float]) -> Self:
        model = cls()
        model.parameters_ = parameters
        return model

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
    def _if_alive(self, time: float, x: Vector, t: Vector, T: Vector) -> Vector:
        """Purchases within ``time`` of who is still a customer."""

    @abstractmethod
    def _log_likelihoods(self, x: Vector, t: Vector, T: Vector) -> Vector: ...

    @abstractmethod
    def _future(self, chance: np.random.Generator, time: float, x: Vector, t: Vector, T: Vector) -> Vector:
        """Purchases within ``time`` of who is still a customer, in one future."""


def inverse_information(objective: Callable[[Vector], Any], exact: bool, centre: Vector, n: float) -> Vector:
    """The covariance of a maximum, shape (parameters, parameters), by differences of the mean negative log-likelihood.

    ``exact``: ``objective`` gives its slope too. Where the likelihood is flat the spread is held at ``_LOOSE``.
    """
    step, k = 1e-3, len(centre)
    moves = step * np.eye(k)
    if exact:
        bend = np.array([objective(centre + move)[1] - objective(centre - move)[1] for move in moves]) / (2 * step)
    else:
        step = 1e-2
        moves = step * np.eye(k)
        bend = np.array([[objective(centre + a + b) - objective(centre + a - b) - objective(centre - a + b)
                          + objective(centre - a - b) for b in moves] for a in moves]) / (4 * step**2)  # fmt: skip
    values, vectors = np.linalg.eigh(n * (bend + bend.T) / 2)
    covariance: Vector = vectors @ np.diag(1 / np.maximum(values, _LOOSE**-2)) @ vectors.T
    return covariance

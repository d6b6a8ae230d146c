"""What a purchase of each customer brings, and with how many to come, what the customer is worth."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import gammaln
from scipy.stats import pearsonr

from daogou.base.errors import DaogouError
from daogou.base.raw import Vector
from daogou.base.words import gettext as _
from daogou.predict.lifetime import Lifetime, inverse_information

YEAR = 365.25


@dataclass
class GammaGamma:
    """The mean value of a purchase, each customer's own drawn to that of all: parameters p, q and v.

    ``frequency`` is how many purchases ``value`` is the mean of, shape (customers,). Source: Fader and Hardie (2013),
    The Gamma-Gamma model of monetary value.
    """

    most_correlation: float = 0.1  # between frequency and value, of which the model knows nothing

    def fit(self, frequency: ArrayLike, value: ArrayLike) -> Self:
        """Maximum likelihood.

        Raises:
            ValueError: shapes differ, or nobody who bought again has a value above 0.
            DaogouError: frequency and value go together, so the model would be wrong.
        """
        x, m = _checked(frequency, value)
        again = (x > 0) & (m > 0)
        x, m = x[again], m[again]
        if len(x) < 10:
            raise ValueError("fewer than 10 customers bought again: there is nothing to learn from")
        tested = independence(x, m)
        self.correlation_ = tested.value
        if tested.least > self.most_correlation:
            raise DaogouError(
                tested.said(), "GammaGamma", _("Split wholesale buyers off, or use Credibility by how often they buy.")
            )
        start = np.log([2.0, 2.0, float(m.mean())])
        found = minimize(_objective(x, m), start, method="L-BFGS-B", bounds=[(-9, 20)] * 3,
                         options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-9})  # fmt: skip
        self.parameters_ = dict(zip(("p", "q", "v"), np.exp(found.x).tolist(), strict=True))
        self.log_likelihood_ = float(-found.fun * len(x))
        return self

    def expected(self, frequency: ArrayLike, value: ArrayLike) -> Vector:
        """The mean value of a purchase to come, shape (customers,); that of all for who bought once.

        Raises:
            ValueError: the model is not fitted, or its q is 1 or below: then the mean of all has no end.
        """
        if not hasattr(self, "parameters_"):
            raise ValueError("fit the model first")
        x, m = _checked(frequency, value)
        p, q, v = self.parameters_.values()
        if q <= 1:
            raise ValueError("values are spread so widely that they have no mean")
        told: Vector = p * (v + np.where(x > 0, m * x, 0.0)) / (p * x + q - 1)
        return told

    def spread(self, frequency: ArrayLike, value: ArrayLike) -> tuple[Vector, Vector]:
        """Variances of each customer's own mean and of one purchase about it, each of shape (customers,)."""
        mean, x = self.expected(frequency, value), np.asarray(frequency, dtype=np.float64)
        p, q, _v = self.parameters_.values()
        own: Vector = mean**2 / np.maximum(p * x + q - 2, 0.1)  # without an end where q is below 2 and x is 0
        return own, (mean**2 + own) / p

    def others(self, chance: np.random.Generator, n: int, frequency: ArrayLike, value: ArrayLike) -> list["GammaGamma"]:
        """``n`` models whose parameters the same customers, which this one was fitted to, leave possible."""
        x, m = _checked(frequency, value)
        again = (x > 0) & (m > 0)
        centre = np.log(list(self.parameters_.values()))
        covariance = inverse_information(_objective(x[again], m[again]), False, centre, float(again.sum()))
        made = []
        for p, q, v in np.exp(chance.multivariate_normal(centre, covariance, n)).tolist():
            model = GammaGamma(self.most_correlation)
            model.parameters_ = {"p": p, "q": max(q, 1.01), "v": v}
            made.append(model)
        return made

    def to_bytes(self) -> bytes:
        """The fitted model as JSON, without pickle."""
        kept = {
            "kind": "GammaGamma",
            "most_correlation": self.most_correlation,
            "correlation": self.correlation_,
            "parameters": self.parameters_,
            "log_likelihood": self.log_likelihood_,
        }
        return json.dumps(kept, allow_nan=False).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The model that :meth:`to_bytes` kept.

        Raises:
            ValueError: the bytes hold another kind of model.
        """
        kept = json.loads(data)
        if kept["kind"] != "GammaGamma":
            raise ValueError(f"these bytes hold a {kept['kind']}, not a GammaGamma")
        model = cls(kept["most_correlation"])
        model.parameters_, model.log_likelihood_ = kept["parameters"], kept["log_likelihood"]
        model.correlation_ = kept["correlation"]
        return model


def customer_value(
    timing: Lifetime,
    value: Vector,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    *,
    unit_days: float = 1.0,
    days: float = YEAR,
    discount: float = 0.1,
    margin: float = 1.0,
) -> Vector:
    """Contribution that each customer will bring within ``days`` from now, as worth today; shape (customers,).

    ``value`` is that of a purchase, net of refunds, ``margin`` what of it stays, ``discount`` a year's; ``unit_days``
    are the days in the unit of time that ``timing`` was fitted in. The past is not in it.

    Raises:
        ValueError: a horizon or a unit that is not above 0, or a discount of -1 or below.
    """
    history = (frequency, recency, age)
    bought = discounted(timing, *history, unit_days=unit_days, days=days, discount=discount)
    told: Vector = bought * timing.alive(*history) * np.asarray(value) * margin
    return told


def discounted(
    timing: Lifetime,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    *,
    unit_days: float = 1.0,
    days: float = YEAR,
    discount: float = 0.1,
) -> Vector:
    """Purchases within ``days`` of each, if still a customer, a later one counting for less; shape (customers,)."""
    if not (days > 0 and unit_days > 0 and discount > -1):
        raise ValueError("days and unit_days must be above 0, discount above -1")
    ends = np.linspace(0, days, 13)
    bought = np.stack([timing.if_alive(end / unit_days, frequency, recency, age) for end in ends])
    middle = (ends[1:] + ends[:-1]) / 2
    made: Vector = (1 + discount) ** (-middle / YEAR) @ np.diff(bought, axis=0)
    return made


def _objective(x: Vector, m: Vector) -> Callable[[Vector], float]:
    """The mean negative log-likelihood of the logarithms of p, q and v."""

    def objective(logs: Vector) -> float:
        p, q, v = np.exp(logs)
        likelihood = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
        likelihood = likelihood + (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(x * m + v)
        return -float(likelihood.mean())

    return objective


def _checked(frequency: ArrayLike, value: ArrayLike) -> tuple[Vector, Vector]:
    x, m = (np.asarray(values, dtype=np.float64) for values in (frequency, value))
    if x.shape != m.shape or x.ndim != 1:
        raise ValueError("frequency and value must be of one shape (customers,)")
    if not (np.isfinite(x).all() and (x >= 0).all() and np.isfinite(m[x > 0]).all()):
        raise ValueError("frequency must be 0 or more, and who bought again must have a value")
    return x, m


@dataclass(frozen=True)
class Independence:
    """How far frequency and value go together: Pearson's correlation, Fisher's 95 % interval, the p-value of none."""

    value: float
    low: float
    high: float
    p_value: float

    @property
    def least(self) -> float:
        """What the correlation is at least, whichever its sign; 0 where the interval holds 0."""
        return 0.0 if self.low <= 0 <= self.high else min(abs(self.low), abs(self.high))

    def said(self) -> str:
        """The test in words."""
        text = (
            _("who buys often pays more a purchase: correlation {correlation} ({low} to {high}, p = {p})")
            if self.value > 0
            else _("who buys often pays less a purchase: correlation {correlation} ({low} to {high}, p = {p})")
        )
        correlation, low, high = (f"{number:.2f}" for number in (self.value, self.low, self.high))
        return text.format(correlation=correlation, low=low, high=high, p=f"{self.p_value:.2g}")


def independence(frequency: Vector, value: Vector) -> Independence:
    """The test on which Gamma-Gamma rests, of customers who bought again.

    >>> independence(np.arange(1.0, 41.0), np.arange(1.0, 41.0)).least > 0.9
    True
    """
    if np.ptp(frequency) == 0 or np.ptp(value) == 0:
        return Independence(0.0, 0.0, 0.0, 1.0)
    found = pearsonr(frequency, value)
    low, high = found.confidence_interval(0.95)
    return Independence(float(found.statistic), float(low), float(high), float(found.pvalue))

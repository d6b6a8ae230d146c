"""What a purchase of each customer brings, and with how many to come, what the customer is worth."""

import json
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import gammaln

from daogou.base.errors import DaogouError
from daogou.base.raw import Vector
from daogou.base.statistics import Z95
from daogou.base.words import gettext as _
from daogou.predict.lifetime import Lifetime

YEAR = 365.25


@dataclass
class GammaGamma:
    """The mean value of a purchase, each customer's own drawn to that of all: parameters p, q and v.

    ``frequency`` is purchases after the first and ``value`` their mean, shape (customers,). Only who bought again tells
    something. Source: Fader and Hardie (2013), The Gamma-Gamma model of monetary value.
    """

    most_correlation: float = 0.2  # between frequency and value, of which the model knows nothing

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
        self.correlation_ = _independent(x, m, self.most_correlation)

        def objective(logs: Vector) -> float:
            p, q, v = np.exp(logs)
            likelihood = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
            likelihood = likelihood + (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(x * m + v)
            return -float(likelihood.mean())

        start = np.log([2.0, 2.0, float(m.mean())])
        found = minimize(objective, start, method="L-BFGS-B", bounds=[(-9, 20)] * 3,
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
    if not (days > 0 and unit_days > 0 and discount > -1):
        raise ValueError("days and unit_days must be above 0, discount above -1")
    ends = np.linspace(0, days, 13)
    bought = np.stack([timing.expected(end / unit_days, frequency, recency, age) for end in ends])
    middle = (ends[1:] + ends[:-1]) / 2
    worth = (1 + discount) ** (-middle / YEAR)
    told: Vector = worth @ np.diff(bought, axis=0) * np.asarray(value) * margin
    return told


def _checked(frequency: ArrayLike, value: ArrayLike) -> tuple[Vector, Vector]:
    x, m = (np.asarray(values, dtype=np.float64) for values in (frequency, value))
    if x.shape != m.shape or x.ndim != 1:
        raise ValueError("frequency and value must be of one shape (customers,)")
    if not (np.isfinite(x).all() and (x >= 0).all() and np.isfinite(m[x > 0]).all()):
        raise ValueError("frequency must be 0 or more, and who bought again must have a value")
    return x, m


def _independent(x: Vector, m: Vector, most: float) -> float:
    """The correlation of frequency and value, where it is not surely larger than ``most`` (Fisher's interval)."""
    if np.ptp(x) == 0 or np.ptp(m) == 0:
        return 0.0
    correlation = float(np.clip(np.corrcoef(x, m)[0, 1], -0.999999, 0.999999))
    least = np.tanh(max(abs(np.arctanh(correlation)) - Z95 / np.sqrt(len(x) - 3), 0.0))
    if least > most:
        raise DaogouError(
            _("who buys often also pays {more}: correlation {correlation}, at least {least} by its interval").format(
                more=_("more") if correlation > 0 else _("less"),
                correlation=f"{correlation:.2f}",
                least=f"{least:.2f}",
            ),
            "GammaGamma",
            _("Split wholesale buyers off, or use each customer's own mean."),
        )
    return correlation

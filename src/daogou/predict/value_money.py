"""What a purchase of each customer brings: Gamma-Gamma where it may be used, and another model for those it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from daogou.base.errors import DaogouError
from daogou.base.raw import Vector
from daogou.predict.credibility import EDGES, Credibility
from daogou.predict.value_sales import Buyers, wholesale
from daogou.predict.worth import GammaGamma, Independence, independence

GAMMA_GAMMA, CREDIBILITY = "Gamma-Gamma", "credibility"
FEWEST = 10  # customers who bought again, below whom Gamma-Gamma learns nothing
Refused = Literal["correlated", "few", "wide"]
_UNKNOWN = Independence(0.0, -1.0, 1.0, 1.0)
Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Money:
    """The models of money that were chosen, and the test that chose.

    Attributes:
        is_wholesale: whom a model of their own is for; shape (customers,), as ``mean`` and the variances.
        tested: whether frequency and value go together, among those who bought again and are no wholesale buyers.
        refused: why Gamma-Gamma is not used; None where it is.
        mean: the expected value of a purchase.
        own: the variance of the customer's own mean.
        within: the variance of a purchase about that mean.
        factor: what another sample of customers would have made of everyone's mean, as a factor; shape (others,).
    """

    name: str
    is_wholesale: Mask
    tested: Independence
    refused: Refused | None
    mean: Vector
    own: Vector
    within: Vector
    factor: Vector

    def take(self, chosen: slice) -> "Money":
        """The same of some customers."""
        parts = {name: getattr(self, name)[chosen] for name in ("is_wholesale", "mean", "own", "within")}
        return replace(self, **parts)

    def drawn(self, chance: np.random.Generator, bought: Vector) -> Vector:
        """What so many purchases of each, shape (customers,), bring in one future."""
        made = np.zeros(len(bought))
        some = np.flatnonzero((bought > 0) & (self.mean > 0))
        mean, own, within, n = self.mean[some], self.own[some], self.within[some], bought[some]
        theirs = _gamma(chance, mean, own)
        made[some] = _gamma(chance, n * theirs, n * within * (theirs / mean) ** 2)
        return made


def money(buyers: Buyers, beyond: float, most_correlation: float, chance: np.random.Generator, others: int) -> Money:
    """The models for these customers. Gamma-Gamma is refused where who buys often surely pays otherwise.

    ``others`` is how many other samples ``factor`` is told for; 0 where nobody asks.
    """
    large = wholesale(buyers, beyond)
    usual, some = buyers.take(~large), buyers.take(large)
    again = usual.take((usual.frequency > 0) & (usual.value > 0))
    tested = independence(again.purchases, again.value) if len(again.customer) > 3 else _UNKNOWN
    found, refused = _gamma_gamma(again, most_correlation)
    model: GammaGamma | Credibility
    near: Sequence[GammaGamma | Credibility]
    if found is not None:
        model, near = found, found.others(chance, others, again.purchases, again.value)
    else:
        model = pooled = _credibility(usual)
        near = pooled.others(chance, others, usual.purchases, usual.value, _squares(usual))
    parts: list[tuple[Mask, Buyers, GammaGamma | Credibility]] = [(~large, usual, model)]
    if large.any():
        parts.append((large, some, _credibility(some, ())))
    mean, own, within = (np.zeros(len(large)) for _number in range(3))
    for place, who, theirs in parts:
        mean[place] = np.maximum(theirs.expected(who.purchases, who.value), 0.0)
        own[place], within[place] = theirs.spread(who.purchases, who.value)
    whole = max(float(mean[~large].sum()), 1e-300)
    factor = np.array([float(one.expected(usual.purchases, usual.value).sum()) / whole for one in near])
    return Money(GAMMA_GAMMA if refused is None else CREDIBILITY, large, tested, refused, mean, own, within, factor)


def _gamma_gamma(again: Buyers, most_correlation: float) -> tuple[GammaGamma | None, Refused | None]:
    """The model, or why there is none."""
    if len(again.customer) < FEWEST:
        return None, "few"
    try:
        model = GammaGamma(most_correlation).fit(again.purchases, again.value)
    except DaogouError:
        return None, "correlated"
    return (model, None) if model.parameters_["q"] > 1 else (None, "wide")


def _credibility(buyers: Buyers, edges: tuple[int, ...] = EDGES) -> Credibility:
    return Credibility(edges).fit(buyers.purchases, buyers.value, _squares(buyers))


def _squares(buyers: Buyers) -> Vector:
    """Of what stayed after refunds, which are taken as evenly spread over a customer's purchases."""
    return buyers.squares * buyers.kept**2


def _gamma(chance: np.random.Generator, mean: Vector, variance: Vector) -> Vector:
    """Draws above 0 of this mean and variance; the mean itself where it does not vary."""
    fixed = variance <= 1e-12 * mean**2
    shape = mean**2 / np.where(fixed, 1.0, variance)
    scale = np.where(fixed, 1.0, variance / np.maximum(mean, 1e-300))
    return np.where(fixed, mean, chance.gamma(np.where(fixed, 1.0, shape)) * scale)

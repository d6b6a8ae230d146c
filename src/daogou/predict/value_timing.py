"""Which model of how often customers buy: the one that later days bear out, and where it cannot be told the simpler."""

import math
from dataclasses import dataclass

import numpy as np

from daogou.predict.bgnbd import BGNBD
from daogou.predict.lifetime import Lifetime
from daogou.predict.paretonbd import ParetoNBD
from daogou.predict.value_sales import Buyers, Sales

MODELS: dict[str, type[Lifetime]] = {"BG/NBD": BGNBD, "Pareto/NBD": ParetoNBD}
_STAY = 1e-3  # odds of leaving after a purchase
MOST = 20_000  # customers whom the slow one is fitted to; the error of a parameter is then about a hundredth


@dataclass(frozen=True)
class Choice:
    """The model's name and, where later days could tell, what a customer's days said more for Pareto/NBD."""

    name: str
    days: int = 0  # kept aside; 0 where there were too few
    gain: float = math.nan  # mean difference of log-likelihoods a customer, Pareto/NBD less BG/NBD
    error: float = math.nan  # its standard error


def fitted(name: str, buyers: Buyers, seed: int) -> Lifetime:
    """The model of that name, fitted; the slow one on ``MOST`` customers drawn at random.

    Raises:
        ValueError: nobody bought again, or the likelihood has no highest point.
    """
    return MODELS[name]().fit(*learned_from(name, buyers, seed).history)


def learned_from(name: str, buyers: Buyers, seed: int) -> Buyers:
    """Those whom :func:`fitted` fits to."""
    n = len(buyers.customer)
    if name == "BG/NBD" or n <= MOST:
        return buyers
    return buyers.take(np.sort(np.random.default_rng(seed).choice(n, MOST, replace=False)))


def choose_timing(sales: Sales, moment: int, days: int, fewest: int, seed: int) -> Choice:
    """Fit both to what was known ``days`` before ``moment``, and ask which expected these days better.

    A customer's score is the density of the whole history less that of its beginning. Pareto/NBD is taken where it is
    better by more than a standard error. Where hardly anybody seems to leave both are one model, and are not compared.
    """
    before = sales.until(moment - days)
    if int((before.frequency > 0).sum()) < fewest:
        return Choice("BG/NBD")
    before = learned_from("Pareto/NBD", before, seed)
    after = sales.until(moment)
    after = after.take(np.searchsorted(after.customer, before.customer))
    try:
        simple = BGNBD().fit(*before.history)
        if simple.parameters_["a"] / simple.parameters_["b"] < _STAY:
            return Choice("BG/NBD")
        other = ParetoNBD().fit(*before.history)
    except ValueError:  # too much alike: the simpler one is tried again on everything
        return Choice("BG/NBD")
    said = [model.log_likelihoods(*after.history) - model.log_likelihoods(*before.history) for model in (simple, other)]
    more = said[1] - said[0]
    gain, error = float(more.mean()), float(more.std(ddof=1) / math.sqrt(len(more)))
    return Choice("Pareto/NBD" if gain > error else "BG/NBD", days, gain, error)

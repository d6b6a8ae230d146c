"""Actions at given prices: several roundings of whoever is not clear, and all choices at once where there are few."""

from dataclasses import dataclass

import numpy as np

from daogou.campaign.allocation.exact import exact
from daogou.campaign.allocation.limits import Array, Limits
from daogou.campaign.allocation.prices import Cooled, Market
from daogou.campaign.allocation.rounding import assign, better

_CORE = 5_000  # customers, about, whose choice is not clear enough to be set aside
_FEW = 250_000  # choices of all customers up to which an exact search is tried
_CLOSE = 1e-7  # a gap that is small enough
_CLOSE_TO_KNOW = 1e-4  # the same where only the value is wanted, many times
_PRECISION = 1e-9  # of the bound: changes that bring less are not made
_HEATS = (0.0, 1.0, 0.3, 3.0)  # of roundings, in what separates one customer from the next


@dataclass(frozen=True)
class Choice:
    """Actions of a market's customers, (customers,), what they lack to the bound, and whether every limit is kept."""

    now: Array
    lacks: float
    kept: bool

    @property
    def rank(self) -> tuple[bool, float]:
        """The least is best."""
        return not self.kept, self.lacks


def choose(market: Market, limits: Limits, cooled: Cooled, count: int) -> tuple[Array, float]:
    """Actions of the market's customers, and the bound, lower where an exact search has proven more.

    ``count`` is how many customers there are in all, 0 where no exact search is wanted.
    """
    close = _CLOSE if count else _CLOSE_TO_KNOW
    apart = market.size / max(count, len(market.customers), 1)
    if len(market.customers) > 2 * _CORE:
        core, now = market.shrink(limits, cooled.prices, apart * _CORE / 70)
        chosen = _round(core, limits, cooled, apart, close)
        if chosen.kept:
            now[now == -2] = chosen.now
            return now, cooled.bound
    chosen = _round(market, limits, cooled, apart, close)
    few = len(market.customers) == count and market.customers.value.size <= _FEW
    if not few or (chosen.kept and chosen.lacks <= _PRECISION * abs(cooled.bound)):
        return chosen.now, cooled.bound
    regret = market.customers.regret(limits, cooled.prices)
    most = chosen.lacks if chosen.kept else np.finfo(np.float64).max / 2
    found = exact(market.customers, market.amounts, limits, regret, most)
    if found.now is not None:
        better(market.customers, market.amounts, limits, cooled.prices, found.now, 0.0)
        chosen = min(chosen, _choice(market, limits, cooled, found.now), key=lambda choice: choice.rank)
    return chosen.now, min(cooled.bound, market.worth + found.bound)


def _choice(market: Market, limits: Limits, cooled: Cooled, now: Array) -> Choice:
    kept = bool(np.all(market.customers.taken(limits, now) <= market.amounts))
    return Choice(now, cooled.bound - market.worth - market.customers.worth(now), kept)


def _round(market: Market, limits: Limits, cooled: Cooled, apart: float, close: float) -> Choice:
    """The best of several roundings, or the first that is ``close``; the more heat, the more customers they draw in."""
    found: list[Choice] = []
    for heat in _HEATS:
        hot = max(heat * apart, cooled.heat)
        enough = 1e-2 * close * abs(cooled.bound)
        now = assign(market.customers, market.amounts, limits, cooled.prices, cooled.near, hot, enough)
        found.append(_choice(market, limits, cooled, now))
        if found[-1].kept and found[-1].lacks <= close * abs(cooled.bound):
            break
    return min(found, key=lambda choice: choice.rank)

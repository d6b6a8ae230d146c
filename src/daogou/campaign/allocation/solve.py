"""The whole allocation: prices from a sample, whoever they settle set aside, prices and actions for the others."""

import math
from dataclasses import dataclass, replace

import numpy as np

from daogou.campaign.allocation.choice import choose
from daogou.campaign.allocation.limits import Array
from daogou.campaign.allocation.prices import Cooled, Market, cool
from daogou.campaign.allocation.question import Asked, Question
from daogou.campaign.allocation.rounding import better

_WHOLE = 60_000  # customers up to which all are weighed at once
_SAMPLE = 20_000  # customers of each of the two samples that find first prices
_SEED = 20260101
_TURNS = 6  # looks around prices that proved to lie elsewhere, before all customers are weighed
_HIGHEST = 1e9  # no price goes above so many times what a customer is worth
_HIGHEST_OF_FEW = 1e3  # the same in a sample, which may lack whom a limit asks for
_LEAST_HEAT = 1e-10  # of the values' size


@dataclass(frozen=True)
class Answer:
    """An action for each customer, prices, and what no allocation can be worth more than."""

    action: Array
    prices: Array
    bound: float


def solve(question: Question, warm: Array | None = None) -> Answer:
    """Allocate; ``warm`` (prices,) are prices to start from. Limits are kept where that can be: the caller looks."""
    action = np.full(len(question), -2, np.int32)
    market, cooled = weigh(question, warm, action)
    return finish(question, market, cooled, action)


def weigh(question: Question, warm: Array | None, action: Array) -> tuple[Market, Cooled]:
    """Best prices, and the market of whoever they leave open; ``action`` (customers,) gets that of the others."""
    if len(question) > _WHOLE:
        return around(question, *_sampled(question, warm), action)
    market = _market(question, np.arange(len(question)), question.limits.amounts, 0.0)
    return market, _cool(market, question, warm)


def finish(question: Asked, market: Market, cooled: Cooled, action: Array) -> Answer:
    """An action for each customer of the market, and with it for all."""
    amounts, bound = market.amounts.copy(), cooled.bound
    for _turn in range(4):
        count = len(question) if question.exact else 0
        now, bound = choose(replace(market, amounts=amounts), question.limits, cooled, count)
        action[market.customers.ids] = now
        over = question.breach(action)[0]
        if over <= 0:
            break
        amounts[0] -= 2 * over  # sums in floating point hid that the budget is exceeded
    return Answer(action, cooled.prices, bound)


def bettered(question: Question, action: Array, answer: Answer) -> Array:
    """``action`` (customers,), which breaches less than that of ``answer``, made worth more."""
    customers, now = question.customers(np.arange(len(action))), action.copy()
    enough = 1e-9 * abs(answer.bound)
    better(customers, question.limits.amounts, question.limits, answer.prices, now, enough)
    return now


def _market(question: Asked, ids: Array, amounts: Array, worth: float, highest: float = _HIGHEST) -> Market:
    """The market of the customers at ``ids``, prices measured in their values."""
    customers = question.customers(ids)
    paid = customers.cost[customers.cost > 0]
    scale = np.ones(len(amounts))
    scale[0] = 1 / float(paid.mean()) if paid.size else 1.0
    values = customers.value[customers.allowed]
    size = question.ceiling or math.sqrt(float(np.square(values).mean()) if values.size else 0.0) or 1.0
    most = highest * size * scale
    if question.ceiling:
        most[len(most) - question.limits.asked :] = question.ceiling
    return Market(customers, amounts, worth, scale, size, np.zeros(len(most)), most)


def _cool(market: Market, question: Question, prices: Array | None) -> Cooled:
    start, heat = (np.zeros(len(market.amounts)), 1.0) if prices is None else (prices, 0.01)
    return cool(market, question.limits, start, heat * market.size, market.size * _LEAST_HEAT)


def around(question: Asked, first: Array, reach: Array, sample: Market, action: Array) -> tuple[Market, Cooled]:
    """Prices of many customers: only whom prices ``reach`` around ``first`` (prices,) leave open is weighed.

    ``reach`` is in the scales of ``sample``. Were the best prices further away, the box moves.
    """
    limits = question.limits
    for turn in range(_TURNS + 1):
        if turn < _TURNS:
            settled = question.settle(first, reach * sample.scale, 1e-12 * sample.size, action)
        else:
            settled, reach = question.all_open(), np.full(len(first), np.inf)
        whole = _market(question, settled.open, limits.amounts - settled.taken, settled.worth)
        whole = replace(whole, scale=sample.scale, size=sample.size)
        market = whole.within(first, reach * sample.scale)
        heat = min(float(reach.max()), sample.size)
        cooled = cool(market, limits, first, heat, sample.size * _LEAST_HEAT)
        held = market.leaves(cooled.prices, whole)
        if not held.any():
            break
        first, reach = cooled.prices, np.where(held, 4 * reach, reach)
    return market, cooled


def _sampled(question: Question, warm: Array | None) -> tuple[Array, Array, Market]:
    """Prices of two samples: their mean, how far around each to look, (prices,), in scales, and the last sample."""
    n = len(question)
    drawn = np.random.default_rng(_SEED).choice(n, 2 * _SAMPLE, replace=False, shuffle=False)
    found = [] if warm is None else [warm]
    for half in (drawn[::2], drawn[1::2]) if warm is None else (drawn,):
        market = _market(question, np.sort(half), question.limits.amounts * (len(half) / n), 0.0, _HIGHEST_OF_FEW)
        start, heat = (found[0], 0.02) if found else (np.zeros(len(market.amounts)), 1.0)
        found.append(cool(market, question.limits, start, heat * market.size, 1e-3 * market.size).prices)
    first, reach = between(found[0], found[1], market)
    return first, np.maximum(reach, 1e-4 * market.size), market


def between(one: Array, other: Array, market: Market) -> tuple[Array, Array]:
    """The mean of two prices (prices,), and how far apart they are, each at least as far as is usual, in scales."""
    apart = np.abs(one - other) / market.scale
    usual = float(np.median(apart[apart > 0])) if apart.any() else 0.0
    return (one + other) / 2, np.maximum(apart, usual)

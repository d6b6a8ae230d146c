"""Prices: the least of the dual, by Newton steps on its smoothed form while the smoothing is taken away.

The dual of a budget, of capacities and of limits of offers and groups is a sum over customers of what the best action
brings net of prices. Smoothed by a softmax of some heat it has a slope and a curvature, and each step solves a small
quadratic problem in a box (prices are 0 or more, and a step goes no further than the model has earned).
"""

from dataclasses import dataclass, replace

import numpy as np

from daogou.campaign.allocation import rows
from daogou.campaign.allocation.customers import Customers, Smoothed, settle
from daogou.campaign.allocation.limits import Array, Limits

_COOLING, _COOLING_FAST = 0.25, 0.06  # the second where the last heat took no more than
_FEW_STEPS = 3
_COLD = 1e-4  # of the size of values: below it, smoothing that no longer matters is not taken further
_STEPS = 40  # at one heat; a handful is usual
_BETTER = 0.9  # what less heat must make of the shortfall
_ALIKE = 3  # heats that did not make it better: many customers are so alike that none will
_GOOD_ENOUGH = 1e-8  # of the value: what smoothing may still give away
_SHRINK = 4 * rows.BLOCK  # customers above which the settled are set aside on the way
_FARTHER = 8.0  # how much more room they get then
_FAR = 1e-3  # of the bound: a shortfall that says that the smoothed choice went astray
_STILL = 1e-8  # of the bound: what less heat then takes off it
_ROOM = 10.0  # heats that prices may move before those set aside are looked at again


@dataclass(frozen=True)
class Market:
    """Customers whose action is open, what is left of the limits for them, and what the settled bring.

    ``scale`` (prices,) is the change of each price that matters to a customer as much as 1 of value does, and ``size``
    what a customer is worth, as a root mean square. No price goes below ``least`` or above ``most`` (prices,).
    """

    customers: Customers
    amounts: Array
    worth: float
    scale: Array
    size: float
    least: Array
    most: Array

    def within(self, prices: Array, room: Array) -> "Market":
        """The same market with prices at most ``room`` (prices,) away from ``prices``."""
        return replace(self, least=np.maximum(self.least, prices - room), most=np.minimum(self.most, prices + room))

    def leaves(self, prices: Array, whole: "Market") -> Array:
        """Shape (prices,): which prices are held by this market and would not be by ``whole``."""
        low, high = (
            (self.least > whole.least) & (prices <= self.least),
            (self.most < whole.most) & (prices >= self.most),
        )
        return np.asarray(low | high)

    def at(self, limits: Limits, prices: Array, heat: float) -> tuple[float, Array, Smoothed]:
        """The smoothed dual and its slope."""
        found = self.customers.smooth(limits, prices, heat)
        return self.worth + float(self.amounts @ prices) + found.total, self.amounts - found.taken, found

    def bound(self, prices: Array, found: Smoothed) -> float:
        """The dual, not smoothed: no allocation is worth more."""
        return self.worth + float(self.amounts @ prices) + found.exact

    def shortfall(self, prices: Array, found: Smoothed) -> float:
        """How far the smoothed choice lies below the bound, its unused or overused limits counted at their prices."""
        return found.given + float(np.abs((self.amounts - found.taken) * prices).sum())

    def shrink(self, limits: Limits, prices: Array, heat: float, room: float = _ROOM) -> tuple["Market", Array]:
        """The same market with those set aside whose action no price within reach, ``room`` heats, can change.

        Also the actions, (customers,), of those set aside, and -2 for the others.
        """
        action = np.empty(len(self.customers), np.int32)
        one = self.customers
        settled = settle(
            one.value, one.cost, one.allowed, one.group, limits, prices,
            room * heat * self.scale, rows.FAR * heat, action,
        )  # fmt: skip
        amounts, worth = self.amounts - settled.taken, self.worth + settled.worth
        smaller = replace(self, customers=one.only(settled.open), amounts=amounts, worth=worth)
        return smaller.within(prices, room * heat * self.scale), action


@dataclass(frozen=True)
class Cooled:
    """Prices of the least bound, the bound, and the prices and the heat whose smoothed choice comes nearest to it."""

    prices: Array
    bound: float
    near: Array
    heat: float


def cool(market: Market, limits: Limits, prices: Array, heat: float, least_heat: float) -> Cooled:
    """Minimise the dual from ``prices``, smoothing from ``heat`` down, to ``least_heat`` at the furthest."""
    prices = np.clip(prices, market.least, market.most)
    whole, room, ahead = market, _ROOM, prices
    best, bound = prices, np.inf
    near, worse = (prices, heat, np.inf), 0
    behind = None
    while True:
        prices, found, steps = _newton(market, limits, ahead, heat)
        if market.leaves(prices, whole).any():
            market, room, ahead = whole, _FARTHER * room, prices  # out of the box for which customers were set aside
            continue
        here, before = market.bound(prices, found), bound
        if here < bound:
            best, bound = prices, here
        short = market.shortfall(prices, found)
        worse = 0 if short < _BETTER * near[2] else worse + 1
        near = min(near, (prices, heat, short), key=lambda split: split[2])
        still = heat < _COLD * market.size and before - bound <= (_STILL if worse > _ALIKE else 1e-12) * abs(bound)
        if heat <= least_heat or short <= _GOOD_ENOUGH * abs(here) or still:
            astray = short > max(10 * near[2], _FAR * abs(here))
            return Cooled(best, bound, *near[:2]) if astray else Cooled(best, bound, best, heat)
        cooler = max(heat * (_COOLING_FAST if steps <= _FEW_STEPS else _COOLING), least_heat)
        ahead = prices if behind is None else _onward(prices, heat, *behind, cooler)
        ahead = np.clip(ahead, whole.least, whole.most)
        behind, heat = (prices, heat), cooler
        if len(market.customers) > _SHRINK:
            market, _action = market.shrink(limits, ahead, heat, room)


def _onward(prices: Array, heat: float, last: Array, last_heat: float, cooler: float) -> Array:
    """Where prices get to if they go on with the heat as they did: straight, where many customers are alike."""
    return prices + (heat - cooler) / (last_heat - heat) * (prices - last)


def _newton(market: Market, limits: Limits, prices: Array, heat: float) -> tuple[Array, Smoothed, int]:
    """Prices at the least of the dual at this heat, and the steps that it took.

    A step goes no further than a box that grows and shrinks with the success of the steps before.
    """
    value, slope, found = market.at(limits, prices, heat)
    reach = 4 * heat
    step = np.empty_like(prices)
    steps = 0
    while steps < _STEPS:
        steps += 1
        low = np.maximum(market.least - prices, -reach * market.scale)
        high = np.minimum(market.most - prices, reach * market.scale)
        rows.box_step(slope, found.curve, low, high, step)
        hoped = -float(slope @ step + step @ found.curve @ step / 2)
        if hoped <= 1e-11 * abs(value) or hoped <= 0:
            break
        tried = np.clip(prices + step, market.least, market.most)
        there, there_slope, there_found = market.at(limits, tried, heat)
        earned = (value - there) / hoped
        at_edge = bool(np.any(np.abs(step) >= 0.99 * reach * market.scale))
        if earned > 0.05:
            prices, value, slope, found = tried, there, there_slope, there_found
        if earned < 0.25:
            reach *= 0.25
            if reach < 1e-6 * heat:
                break
        elif earned > 0.75 and at_edge:
            reach *= 4
    return prices, found, steps

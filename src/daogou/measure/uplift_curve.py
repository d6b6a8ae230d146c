"""Profit against the share contacted, or against money spent where messages cost differently."""

from dataclasses import dataclass

import numpy as np

from daogou.base.estimate import Estimate
from daogou.measure.uplift_policy import Matrix, mean
from daogou.measure.uplift_trial import Places, Vector

POINTS = 20


@dataclass(frozen=True)
class Point:
    """Contacting the best ``share``: what that costs, and earns over contacting nobody; both a customer of all."""

    share: float
    spent: float
    profit: Estimate


def cost_curve(effect: Matrix, score: Matrix, cost: Matrix, unit: Places) -> list[Point]:
    """Points from nobody to everybody, best first; ``effect`` held out, each of shape (customers, arms).

    A customer is contacted by the arm whose effect less cost is largest. Where all messages cost alike, customers come
    in the order of effect; where not, in that of effect for the money, so that each point is what its budget buys best
    by the effects told. Source: Sun, Du and Wager (2021), treatment allocation under uncertain costs.
    """
    rows = np.arange(len(effect))
    arm = (effect - cost).argmax(axis=1)
    told, price = effect[rows, arm], cost[rows, arm]
    gain = score[rows, arm] - price
    order = np.argsort(-_worth(told, price), kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    found = []
    for step in range(POINTS + 1):
        taken = place < round(len(order) * step / POINTS)
        found.append(Point(step / POINTS, float((price * taken).mean()), mean(gain * taken, unit)))
    return found


def _worth(told: Vector, price: Vector) -> Vector:
    if np.ptp(price) == 0:
        return told
    free = price <= 0
    worth: Vector = np.where(free, np.inf, told / np.where(free, 1.0, price))
    return np.where(free & (told < 0), -np.inf, worth)

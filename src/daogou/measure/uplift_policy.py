"""Whom to send to: policies on held-out effects, and what each would have earned."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.measure.uplift_profit import PROFIT
from daogou.measure.uplift_trial import FEWEST_UNITS, Places, Vector

Matrix = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Shrinkage:
    """What makes a model's effects honest: of their differences only ``slope`` is kept, around the measured mean.

    Each has one value an arm. Source: the best linear predictor of Chernozhukov, Demirer, Duflo and
    Fernández-Val (2018), its slope kept between 0 and 1.
    """

    told: tuple[float, ...]  # mean effect as the model tells it
    measured: tuple[float, ...]  # mean effect as the trial shows it
    slope: tuple[float, ...]

    @classmethod
    def learn(cls, effect: Matrix, score: Matrix) -> "Shrinkage":
        """From held-out effects and doubly robust scores, both of shape (customers, arms)."""
        told, measured = effect.mean(axis=0), score.mean(axis=0)
        off = effect - told
        spread = (off**2).sum(axis=0)
        shared = (off * (score - measured)).sum(axis=0)
        slope = np.divide(shared, spread, out=np.zeros_like(spread), where=spread > 1e-12 * (1 + told**2))
        return cls(tuple(told.tolist()), tuple(measured.tolist()), tuple(np.clip(slope, 0, 1).tolist()))

    def of(self, effect: Matrix) -> Matrix:
        """The shrunk effects, of the shape given: (customers, arms)."""
        shrunk: Matrix = np.array(self.measured) + np.array(self.slope) * (effect - np.array(self.told))
        return shrunk


def best(effect: Matrix, cost: Matrix) -> Places:
    """The arm that pays most for each customer, 1 and up, or 0 where none does; shape (customers,)."""
    gain = np.column_stack([np.zeros(len(effect)), effect - cost])
    choice: Places = gain.argmax(axis=1).astype(np.int64)
    return choice


def earned(choice: Places, score: Matrix, cost: Matrix) -> Vector:
    """What each customer brought under ``choice`` over getting nothing, shape (customers,)."""
    gain = np.column_stack([np.zeros(len(score)), score - cost])
    told: Vector = gain[np.arange(len(choice)), choice]
    return told


def mean(values: Vector, unit: Places, name: str = PROFIT) -> Estimate:
    """The mean of ``values`` with the interval of means of independent units, whose customers may be alike.

    NaN for fewer than ten units. Source: Liang and Zeger (1986).
    """
    middle, groups = float(values.mean()), int(unit.max()) + 1
    if groups < FEWEST_UNITS:
        return Estimate(middle, np.nan, np.nan, len(values), name)
    sums = np.bincount(unit, values - middle)
    half = Z95 * float(np.sqrt((sums**2).sum() * groups / (groups - 1))) / len(values)
    return Estimate(middle, middle - half, middle + half, len(values), name)


@dataclass(frozen=True)
class HeldOut:
    """Choices for customers that neither model nor choice of the model had seen, each of shape (customers,)."""

    targeted: Places
    everyone: Places  # the best arm for all
    response: Places  # as many as targeted, those who are expected to respond most
    shrunk: Matrix  # the effects that ``targeted`` went by


def held_out(
    effects: Mapping[str, Matrix], score: Matrix, cost: Matrix, fold: Places, response: Vector | None
) -> HeldOut:
    """Choose for each fold by what earned most on the other folds."""
    rows, arms = score.shape
    targeted, everyone = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)
    shrunk = np.empty((rows, arms))
    for test in np.unique(fold):
        here, rest = fold == test, fold != test
        name, shrinkage = chosen(effects, score, cost, rest)
        shrunk[here] = shrinkage.of(effects[name][here])
        targeted[here] = best(shrunk[here], cost[here])
        everyone[here] = 1 + int((score[rest] - cost[rest]).mean(axis=0).argmax())
    return HeldOut(targeted, everyone, _by_response(targeted, everyone, response), shrunk)


def chosen(effects: Mapping[str, Matrix], score: Matrix, cost: Matrix, rows: Any) -> tuple[str, Shrinkage]:
    """The model whose policy earned most among ``rows``, the first of equals, and how it is shrunk there."""
    found = {}
    for name, effect in effects.items():
        shrinkage = Shrinkage.learn(effect[rows], score[rows])
        choice = best(shrinkage.of(effect[rows]), cost[rows])
        found[name] = (float(earned(choice, score[rows], cost[rows]).mean()), shrinkage)
    name = max(found, key=lambda model: found[model][0])
    return name, found[name][1]


def _by_response(targeted: Places, everyone: Places, response: Vector | None) -> Places:
    wanted = int((targeted > 0).sum())
    taken = np.zeros(len(targeted), dtype=np.int64)
    if response is not None and wanted:
        first = np.argsort(-response, kind="stable")[:wanted]
        taken[first] = everyone[first]
    return taken

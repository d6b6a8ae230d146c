"""Whom to send to: to those whom it pays to send to, to all, to nobody, or to a test first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from daogou.base.estimate import Estimate
from daogou.measure.uplift_curve import Point, cost_curve
from daogou.measure.uplift_policy import Matrix, Shrinkage, best, chosen, earned, held_out, mean
from daogou.measure.uplift_profit import costs
from daogou.measure.uplift_rare import NEEDED
from daogou.measure.uplift_tenths import Tenth, tenths
from daogou.measure.uplift_trial import Places, Vector

Action = Literal["target", "all", "nobody", "test"]
POLICIES = ("targeted", "all", "nobody", "response", "random")
LEAST_SHARE, LEAST = 0.01, 100  # customers of whom a choice must differ from a simpler one to be called better


@dataclass(frozen=True)
class Advice:
    """What to do, and everything it rests on. Profits are a customer of all, over sending to nobody.

    ``profits`` has each of ``POLICIES``, by choices for customers that no model had seen; ``over`` is what targeting
    earns beyond each other policy. ``promised`` is what the shrunk effects foretold of the targeted, ``profits``
    what these customers then showed.
    """

    action: Action
    model: str
    arms: tuple[str, ...]
    share: float  # of customers that targeting would send to
    everyone: int  # the arm that is best for all, as a place in ``arms``
    profits: Mapping[str, Estimate]
    over: Mapping[str, Estimate]
    promised: float
    effect: tuple[Estimate, ...]  # the mean effect of each arm
    shrinkage: Shrinkage
    tenths: tuple[tuple[Tenth, ...], ...]  # of each arm
    curve: tuple[Point, ...]
    enough: int | None  # customers that a test needs, where the advice is a test
    warnings: tuple[str, ...] = field(default=())
    events: int | None = None  # of the arm that has fewest, where most customers do the same; else None

    @property
    def too_rare(self) -> bool:
        """Whether there are too few events for any advice but a test."""
        return self.events is not None and self.events < NEEDED

    @property
    def expected(self) -> Estimate:
        """The profit of what is advised; of a test, that of sending to all, which it is to settle."""
        return self.profits[{"target": "targeted", "all": "all", "nobody": "nobody", "test": "all"}[self.action]]

    def choose(self, effect: ArrayLike, cost: ArrayLike) -> Places:
        """The arm for each customer under the advice, 0 for none, shape (customers,).

        ``effect`` is the advised model's, of shape (customers,) or (customers, arms); a test chooses nobody.
        """
        told = _two_dimensional(effect)
        if self.action == "target":
            return best(self.shrinkage.of(told), costs(cost, *told.shape))
        return np.full(len(told), self.everyone + 1 if self.action == "all" else 0, dtype=np.int64)


def advise(
    effects: Mapping[str, ArrayLike],
    scores: ArrayLike,
    fold: ArrayLike,
    cost: ArrayLike,
    *,
    response: ArrayLike | None = None,
    units: ArrayLike | None = None,
    arms: Sequence[str] = (),
    warnings: Sequence[str] = (),
    events: int | None = None,
) -> Advice:
    """Advice from held-out ``effects`` of one or more models and doubly robust ``scores``.

    Each has shape (customers,) or, with several arms, (customers, arms); ``fold`` says which customers were held out
    together. ``cost`` is as in :func:`daogou.measure.policy_profit`, in the outcome's unit. Model and shrinkage are
    chosen for each fold on the others, so that no number is measured on what it was chosen by. Targeting is advised
    where it earns more than nothing and more than sending to all, each with its 95 % interval, and differs from both
    for a hundred customers and one in a hundred. Else all or nobody, where the interval of sending to all excludes 0;
    else a test. ``events`` is what :func:`daogou.measure.uplift_rare.fewest_events` counts; where it is below 30, the
    advice is a test whatever the intervals say.

    Raises:
        ValueError: no model, lengths that differ, or a value that is missing.
    """
    score = _two_dimensional(scores)
    told = {name: _two_dimensional(effect) for name, effect in effects.items()}
    _check(told, score)
    rows, count = score.shape
    price = costs(cost, rows, count)
    folds = np.unique(np.asarray(fold), return_inverse=True)[1]
    unit = np.arange(rows) if units is None else np.unique(np.asarray(units), return_inverse=True)[1]
    if len(folds) != rows or len(unit) != rows or folds.max() == 0:
        raise ValueError("fold and units must have one value a customer, and there must be two folds or more")
    found = held_out(told, score, price, folds, None if response is None else np.asarray(response, dtype=np.float64))
    won = {
        "targeted": earned(found.targeted, score, price),
        "all": earned(found.everyone, score, price),
        "nobody": np.zeros(rows),
        "response": earned(found.response, score, price),
    }
    share = float((found.targeted > 0).mean())
    won["random"] = share * won["all"]
    profits = {name: mean(values, unit) for name, values in won.items() if name != "response" or response is not None}
    over = {name: mean(won["targeted"] - won[name], unit) for name in profits if name != "targeted"}
    differs = [int((found.targeted != found.everyone).sum()), int((found.targeted > 0).sum())]
    model, shrinkage = chosen(told, score, price, np.full(rows, True))
    rare = events is not None and events < NEEDED
    action = "test" if rare else _action(profits, over, min(differs), rows)
    return Advice(
        action=action,
        model=model,
        arms=tuple(arms) or tuple(str(arm + 1) for arm in range(count)),
        share=share,
        everyone=int((score - price).mean(axis=0).argmax()),
        profits=profits,
        over=over,
        promised=float(np.maximum((found.shrunk - price).max(axis=1), 0).mean()),
        effect=tuple(mean(score[:, arm], unit, "mean effect on the outcome") for arm in range(count)),
        shrinkage=shrinkage,
        tenths=tuple(tuple(tenths(found.shrunk[:, arm], score[:, arm], unit)) for arm in range(count)),
        curve=tuple(cost_curve(found.shrunk, score, price, unit)),
        enough=_enough(profits["all"], int(unit.max()) + 1, events if rare else None) if action == "test" else None,
        warnings=tuple(warnings),
        events=events,
    )


def _action(profits: Mapping[str, Estimate], over: Mapping[str, Estimate], differs: int, rows: int) -> Action:
    proven = profits["targeted"].low > 0 and over["all"].low > 0
    if proven and differs >= max(LEAST, LEAST_SHARE * rows):
        return "target"
    if profits["all"].low > 0:
        return "all"
    return "nobody" if profits["all"].high < 0 else "test"


def _enough(profit: Estimate, units: int, rare: int | None) -> int | None:
    """Units whose interval would exclude 0 four times in five, were the profit what it looks like now.

    Where only ``rare`` events were seen, nobody knows what the profit looks like: units that hold enough of them.
    """
    if rare is not None:
        return int(np.ceil(units * NEEDED / rare)) if rare else None
    half = (profit.high - profit.low) / 2
    if not np.isfinite(half) or not profit.value:
        return None
    needed = units * (half / 1.96 * 2.8 / abs(profit.value)) ** 2
    return int(np.ceil(min(needed, 1e12)))


def _two_dimensional(values: Any) -> Matrix:
    given = np.asarray(values, dtype=np.float64)
    return given[:, None] if given.ndim == 1 else given


def _check(told: Mapping[str, Matrix], score: Matrix) -> None:
    if not told:
        raise ValueError("effects has no model: give at least one")
    for name, values in {"scores": score, **told}.items():
        if values.shape != score.shape:
            raise ValueError(f"{name} has shape {values.shape}, the scores {score.shape}")
        if not np.isfinite(values).all():
            raise ValueError(f"{name} is missing or infinite somewhere")


__all__ = ["POLICIES", "Action", "Advice", "Vector", "advise"]

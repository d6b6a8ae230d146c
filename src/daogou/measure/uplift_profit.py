"""What a choice of customers would earn, measured on a trial."""

import numpy as np
from numpy.typing import ArrayLike

from daogou.base.estimate import Estimate
from daogou.measure.uplift_trial import RESAMPLES, SEED, Places, Trial, Vector, numbers

PROFIT = "profit a customer over sending to nobody"


def policy_profit(
    chosen: ArrayLike,
    treated: ArrayLike,
    outcome: ArrayLike,
    cost: ArrayLike,
    *,
    propensity: ArrayLike | None = None,
    units: ArrayLike | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Estimate:
    """What sending to the ``chosen`` would earn over sending to nobody, a customer of all, those not chosen included.

    ``chosen`` and ``treated`` are 0 and 1, or with several arms the number of the arm (0: none), of shape (customers,).
    The outcome is in money, ``cost`` is that of one message: one number, one a customer, or with several arms one an
    arm, shape (arms,). For each arm it is the mean outcome of those who were chosen for it and got it, less that of
    those who were chosen for it and got nothing, less the cost, times the share that is chosen for it. Where lots were
    not alike for all, give ``propensity``, the probability to be treated: (customers,), or (customers, arms).

    NaN where nobody who is chosen for an arm was in it, or in the control group.

    Raises:
        ValueError: what :meth:`Trial.read` refuses, a choice that is no arm, or a propensity not between 0 and 1.

    >>> policy_profit([1, 1, 0, 0], treated=[1, 0, 1, 0], outcome=[5, 1, 1, 1], cost=1).value
    1.5
    """
    trial = Trial.read(treated, outcome, units)
    rows = len(trial.arm)
    choice = numbers("chosen", chosen, rows)
    if not np.isin(choice, np.arange(trial.arms + 1)).all():
        raise ValueError(f"chosen must hold 0 (nobody is sent to) and the arms 1 to {trial.arms}, as treated does")
    price = costs(cost, rows, trial.arms)
    odds = np.ones(rows) if propensity is None else 1 / own_arm(probability(propensity, rows, trial.arms), trial.arm)

    groups = [_sums(trial, choice == arm, arm, odds, price[:, arm - 1]) for arm in range(1, trial.arms + 1)]

    def profit(weights: Vector) -> float:
        return sum(_gain(weights @ sums, float(weights.sum())) for sums in groups)

    return trial.estimate(profit, PROFIT, resamples, seed)


def costs(cost: ArrayLike, rows: int, arms: int) -> Vector:
    """Cost of a message, shape (rows, arms): from one number, one a customer, one an arm, or all of them.

    Raises:
        ValueError: another shape, or a cost that is missing or below 0.
    """
    given = np.asarray(cost, dtype=np.float64)
    if given.ndim == 1 and given.shape == (rows,):
        given = given[:, None]
    elif given.ndim == 1 and given.shape != (arms,):
        raise ValueError(f"cost must be one number, one a customer ({rows}) or one an arm ({arms}), not {given.shape}")
    elif given.ndim > 1 and given.shape not in ((rows, arms), (rows, 1)):
        raise ValueError(f"cost must have shape ({rows}, {arms}), not {given.shape}")
    if not np.isfinite(given).all() or (given < 0).any():
        raise ValueError("cost is missing or below 0 somewhere: give what one message costs")
    return np.broadcast_to(given, (rows, arms))


def probability(propensity: ArrayLike, rows: int, arms: int) -> Vector:
    """Probabilities of each arm, shape (rows, arms): from one number, one a customer, one an arm, or all of them.

    Raises:
        ValueError: another shape, or one of them, or what they leave for the control group, is not above 0.
    """
    given = np.asarray(propensity, dtype=np.float64)
    if given.ndim == 1 and given.shape == (rows,):
        given = given[:, None]
    try:
        read: Vector = np.broadcast_to(given, (rows, arms))
    except ValueError:
        raise ValueError(f"propensity must have shape ({rows}, {arms}), not {given.shape}") from None
    if not (read > 0).all() or not (read.sum(axis=1) < 1).all():
        raise ValueError("propensity must lie between 0 and 1: who had no chance to be in both arms shows no effect")
    return read


def own_arm(propensity: Vector, arm: Places) -> Vector:
    """The probability of the arm that each customer was in, shape (rows,); the control group has what is left."""
    every = np.column_stack([1 - propensity.sum(axis=1), propensity])
    mine: Vector = every[np.arange(len(arm)), arm]
    return mine


def _sums(trial: Trial, chosen: Vector, arm: int, odds: Vector, price: Vector) -> Vector:
    """What is added up of the customers chosen for an arm, shape (customers, 6)."""
    inside = chosen.astype(np.float64)
    treated, control = inside * odds * (trial.arm == arm), inside * odds * (trial.arm == 0)
    return np.column_stack([inside, inside * price, treated, treated * trial.outcome, control, control * trial.outcome])


def _gain(sums: Vector, everyone: float) -> float:
    """Of the customers chosen for one arm, a customer of all."""
    chosen, paid, treated, won, control, kept = sums
    if not chosen:
        return 0.0
    if not treated or not control:
        return np.nan
    return float((chosen * (won / treated - kept / control) - paid) / everyone)

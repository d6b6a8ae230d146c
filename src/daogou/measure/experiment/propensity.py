"""Who would have been reached, and what each would have brought without it: models that never saw the person."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from daogou.measure.experiment.arrays import checked, columns_of

Array = np.ndarray[Any, Any]

FOLDS = 5
_PENALTIES = tuple(float(10**power) for power in range(6))  # on standardised columns, chosen by left-out people
_C = 0.1  # of the logistic model; of 0.001 to 0.3 it foretold best who was reached by the example company


@dataclass(frozen=True)
class Foretold:
    """Arrays of shape (n,), of models trained without the person.

    Attributes:
        propensity: the probability of having been reached, above 0 and below 1.
        if_not: the outcome expected without having been reached.
    """

    propensity: Array
    if_not: Array


def foretold(outcome: Array, treated: Array, covariates: Array, *, seed: int = 0) -> Foretold:
    """Cross-fitted in five folds, drawn from ``seed``: each person is foretold by models trained on the others.

    ``outcome`` and ``treated`` of shape (n,), ``covariates`` (n, k) known before the start, NaN where not known. Being
    reached is a logistic regression, the outcome a ridge regression on those not reached alone; both see each column
    as it is and, where it has more than two values, its logarithm. Source of the folds: Chernozhukov et al. (2018).

    >>> x = np.linspace(-1, 1, 400)
    >>> made = foretold(10 * x, np.arange(400) % 2, x)
    >>> bool(np.abs(made.propensity - 0.5).max() < 0.1), bool(np.abs(made.if_not - 10 * x).max() < 1)
    (True, True)

    Raises:
        ValueError: unequal lengths, an arm other than 0 and 1, fewer than five people in an arm, or an outcome that is
            no number.
    """
    from sklearn.linear_model import LogisticRegression  # here: it takes longer to load than all else in this module

    y, is_treated = checked(outcome, treated)
    fewest = min(int(is_treated.sum()), int((~is_treated).sum()))
    if fewest < FOLDS:
        raise ValueError(f"an arm has {fewest} people: {FOLDS} are needed to train without each of them")
    x = standardised(covariates, len(y))
    if not x.shape[1]:
        x = np.zeros((len(y), 1))
    fold = folds(is_treated, seed)
    chance, base = np.empty(len(y)), np.empty(len(y))
    for k in range(FOLDS):
        mine, rest = fold == k, fold != k
        reached = LogisticRegression(C=_C, max_iter=1000).fit(x[rest], is_treated[rest])
        chance[mine] = reached.predict_proba(x[mine])[:, 1]
        others = rest & ~is_treated
        base[mine] = ridge(x[others], y[others], x[mine])
    return Foretold(chance, base)


def ridge(x: Array, y: Array, asked: Array) -> Array:
    """Ridge regression of ``y`` on ``x``, foretold for the rows ``asked``; the penalty by generalised cross-validation.

    Source: Golub, Heath and Wahba (1979). From the covariances alone, so that many campaigns take no time.

    >>> x = np.arange(100.0)[:, None]
    >>> ridge(x, 2 * x[:, 0], np.array([[50.0]])).round(1).tolist()
    [100.0]
    """
    centre, mean = x.mean(axis=0), y.mean()
    within = x - centre
    values, vectors = np.linalg.eigh(within.T @ within)
    values = np.maximum(values, 0.0)
    along = vectors.T @ (within.T @ (y - mean))
    total, n = float((y - mean) @ (y - mean)), len(y)
    slopes, errors = [], []
    for penalty in _PENALTIES:
        slope = along / (values + penalty)
        left = n - 1 - float((values / (values + penalty)).sum())
        errors.append((total - 2 * slope @ along + slope**2 @ values) / left**2 if left > 0 else np.inf)
        slopes.append(slope)
    return np.asarray(mean + (asked - centre) @ (vectors @ slopes[int(np.argmin(errors))]))


def standardised(covariates: Array, n: int) -> Array:
    """What the models see, shape (n, columns): mean 0 and deviation 1, each column also as its logarithm.

    >>> standardised(np.array([[0.0, 1.0], [1.0, 1.0], [0.0, 1.0]]), 3).shape
    (3, 1)
    >>> standardised(np.array([0.0, 10.0, 1000.0]), 3).shape
    (3, 2)
    """
    x = np.asarray(covariates, dtype=np.float64).reshape(n, -1)
    many = np.array([len(np.unique(column[np.isfinite(column)])) > 2 for column in x.T], dtype=bool)
    logs = np.sign(x[:, many]) * np.log1p(np.abs(x[:, many]))
    columns = np.column_stack([columns_of(x, n), columns_of(logs, n)])
    spread = columns.std(axis=0)
    seen = spread > 1e-9 * np.maximum(np.abs(columns).max(axis=0, initial=0.0), 1e-300)
    return np.asarray(columns[:, seen] / spread[seen])


def folds(treated: Array, seed: int) -> Array:
    """The fold of each person, shape (n,): within each arm as equal as can be.

    >>> np.bincount(folds(np.array([True] * 10 + [False] * 5), 0)).tolist()
    [3, 3, 3, 3, 3]
    """
    rng = np.random.default_rng(seed)
    fold = np.empty(len(treated), dtype=np.int64)
    for side in (True, False):
        mine = np.flatnonzero(treated == side)
        fold[mine] = rng.permutation(len(mine)) % FOLDS
    return fold

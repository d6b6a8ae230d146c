"""Arrays as they come, checked once for every reading."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def checked(outcome: Array, treated: Array) -> tuple[Array, Array]:
    """``outcome`` as float64 and ``treated`` as bool, both of shape (n,).

    >>> checked([1, 2], [0, 1])
    (array([1., 2.]), array([False,  True]))

    Raises:
        ValueError: unequal lengths, an arm other than 0 and 1, an arm without anyone, or an outcome that is no number.
    """
    y, arm = np.asarray(outcome, dtype=np.float64), np.asarray(treated)
    if y.ndim != 1 or arm.shape != y.shape:
        raise ValueError(f"outcome and treated must be of one length: they have shapes {y.shape} and {arm.shape}")
    is_treated = arms_of(arm)
    if not np.isfinite(y).all():
        unknown = int((~np.isfinite(y)).sum())
        raise ValueError(f"outcome holds {unknown} values that are no number: give 0 for who did nothing")
    return y, is_treated


def arms_of(treated: Array) -> Array:
    """``treated`` as bool, shape (n,).

    Raises:
        ValueError: an arm other than 0 and 1, or an arm without anyone.
    """
    arm = np.asarray(treated)
    if arm.dtype != bool and not ((arm == 0) | (arm == 1)).all():
        raise ValueError("treated must hold 0 and 1 alone (or False and True)")
    is_treated = arm.astype(bool)
    for side, name in ((True, "treated"), (False, "not treated")):
        if not (is_treated == side).any():
            raise ValueError(f"nobody is {name}: two arms are needed to tell a difference")
    return is_treated


def columns_of(covariates: Array | None, n: int) -> Array:
    """Covariates of shape (n, k), centred; a value that is not known is the mean, and a column more says where.

    >>> columns_of(np.array([1.0, 3.0, np.nan]), 3).tolist()
    [[-1.0, -0.3333333333333333], [1.0, -0.3333333333333333], [0.0, 0.6666666666666667]]

    Raises:
        ValueError: another length than ``n``.
    """
    if covariates is None:
        return np.zeros((n, 0))
    x = np.asarray(covariates, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    if len(x) != n:
        raise ValueError(f"covariates have {len(x)} rows, the outcome {n}")
    unknown = ~np.isfinite(x)
    known = np.where(unknown, 0.0, x)
    means = known.sum(axis=0) / np.maximum((~unknown).sum(axis=0), 1)
    filled = np.column_stack([np.where(unknown, means, x), unknown[:, unknown.any(axis=0)].astype(np.float64)])
    centred = filled - filled.mean(axis=0)
    return np.asarray(centred[:, centred.std(axis=0) > 0])


def units_of(unit: Array | None, is_treated: Array) -> Array:
    """The number of each row's unit, shape (n,); every row its own where there is no ``unit``.

    Raises:
        ValueError: another length, or a unit in both arms.
    """
    if unit is None:
        return np.arange(len(is_treated))
    if len(unit) != len(is_treated):
        raise ValueError(f"unit has {len(unit)} rows, treated {len(is_treated)}")
    names, place = np.unique(np.asarray(unit), return_inverse=True)
    inside = np.bincount(place, is_treated)
    both = (inside > 0) & (inside < np.bincount(place))
    if both.any():
        first = names[both].tolist()[0]
        raise ValueError(f"{int(both.sum())} units are in both arms, the first of them {first!r}: a unit has one arm")
    return np.asarray(place)


def weights_of(propensity: Array | None, is_treated: Array) -> Array:
    """One over the probability of each row's own arm, shape (n,); 1 for everyone where nobody's differed.

    >>> weights_of(np.array([0.5, 0.75]), np.array([True, False])).tolist()
    [2.0, 4.0]

    Raises:
        ValueError: another length, or a probability that is not above 0 and below 1.
    """
    if propensity is None:
        return np.ones(len(is_treated))
    chance = np.asarray(propensity, dtype=np.float64)
    if chance.shape != is_treated.shape or not ((chance > 0) & (chance < 1)).all():
        raise ValueError(
            "propensity needs a probability above 0 and below 1 for each row: whoever could be in one arm alone has"
            " nobody to be compared with"
        )
    return np.where(is_treated, 1 / chance, 1 / (1 - chance))

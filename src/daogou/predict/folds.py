"""Which rows are learned from and which are tested on: folds where there is no time, later blocks where there is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from daogou.base.raw import Vector

Places = np.ndarray[Any, np.dtype[np.int64]]

FOLDS, REPEATS, BLOCKS = 5, 2, 5
_ONE_IS_ENOUGH = 20_000  # rows from which a second round of folds tells nothing new


@dataclass(frozen=True)
class Split:
    """Places of the rows to learn from and to test on, and the round that they belong to."""

    train: Places
    test: Places
    round: int


def folds(y: Vector, groups: Any, seed: int) -> Iterator[Split]:
    """Every row is tested once a round, by a model that saw none of it nor of its group; rates are alike in each fold.

    Two rounds of five folds; one from 20,000 rows.
    """
    least = int(min(y.sum(), (1 - y).sum()))
    for number in range(REPEATS if len(y) < _ONE_IS_ENOUGH else 1):
        kind = StratifiedKFold if groups is None else StratifiedGroupKFold
        splitter = kind(min(FOLDS, least), shuffle=True, random_state=seed + number)
        for train, test in splitter.split(y, y, groups):
            yield Split(train, test, number)


def blocks(y: Vector, when: Any, groups: Any) -> Iterator[Split]:
    """Five blocks of time, each tested by a model of all rows before it; rows of one moment stay together.

    Groups whose outcome never changes could be recognised: their earlier rows are left out of learning.
    """
    _moments, place = np.unique(np.asarray(when), return_inverse=True)
    until = np.cumsum(np.bincount(place))
    block = (np.maximum(until - 1, 0) * (BLOCKS + 1) // len(y))[place]
    whole = groups is not None and _settled(y, np.asarray(groups))
    for number in range(1, BLOCKS + 1):
        test, train = np.flatnonzero(block == number), np.flatnonzero(block < number)
        if whole:
            train = train[~np.isin(np.asarray(groups)[train], np.asarray(groups)[test])]
        if len(test) and len(np.unique(y[train])) == 2:
            yield Split(train, test, number)


def _settled(y: Vector, groups: Any) -> bool:
    _names, group, rows = np.unique(groups, return_inverse=True, return_counts=True)
    happened = np.bincount(group, y)
    several = rows > 1
    return bool(several.any() and ((happened == 0) | (happened == rows))[several].all())

"""A likeness to the seeds: logistic regression of seed or not over scaled profiles."""

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from daogou.profile.mixed import Space

Array = np.ndarray[Any, Any]

_MOST_SEEDS, _MOST_OTHERS = 20_000, 40_000  # rows learned from
_C = 0.1  # chosen on the example company: docs/methods/lookalike.md


def points_of(space: Space, rows: Any) -> Array:
    """float32 of shape (rows, columns); what is not known is 0: it neither adds to a likeness nor takes."""
    made = np.empty((rows.num_rows, len(space.titles)), dtype=np.float32)
    start = 0
    for part in space.parts(rows):
        placed = space.place(part)
        made[start : start + len(placed)] = np.nan_to_num(placed)
        start += len(placed)
    return made


def likeness(points: Array, is_seed: Array, may_learn: Array, seed: int) -> Array:
    """A number for each point, higher the more alike to the seeds.

    Learned from them and from a sample of the others that ``may_learn`` marks, both kinds weighing alike.
    """
    random = np.random.default_rng(seed)
    seeds = random.permutation(np.flatnonzero(is_seed))[:_MOST_SEEDS]
    others = random.permutation(np.flatnonzero(may_learn & ~is_seed))[:_MOST_OTHERS]
    places = np.sort(np.concatenate([seeds, others]))
    model = LogisticRegression(C=_C, class_weight="balanced", max_iter=500)
    model.fit(points[places].astype(np.float64), is_seed[places])
    scores: Array = points @ model.coef_[0].astype(np.float32)
    return scores

"""Why a score is what it is: what each column of the data adds to it."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Vector = np.ndarray[Any, np.dtype[np.float64]]
Unit = Literal["log-odds", "probability", "value"]


@dataclass(frozen=True)
class Contributions:
    """``base`` and the row's ``values`` add up to its score.

    ``values`` has shape (rows, names), ``names`` being the data's own columns. The score is the log-odds of the
    prediction; of Linear and Tree it is the prediction itself, before it is kept inside 0 and 1.
    """

    names: tuple[str, ...]
    values: Matrix
    base: float
    unit: Unit

    @property
    def scores(self) -> Vector:
        """Shape (rows,)."""
        added: Vector = self.base + self.values.sum(axis=1)
        return added

    def strongest(self, count: int) -> np.ndarray[Any, np.dtype[np.intp]]:
        """Places in ``names`` of the columns that move each row most, shape (rows, count or fewer); ties in order."""
        return np.argsort(-np.abs(self.values), axis=1, kind="stable")[:, :count]

"""Numbers and texts as columns that can be weighed: scaled, without gaps, one column a text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from daogou.base.raw import Vector
from daogou.predict.columns import MISSING, Codes, Matrix

FARTHEST = 5.0  # deviations from the mean beyond which a number pulls no harder


@dataclass(frozen=True)
class Design:
    """How the columns of a model are made: learned from the rows that it was fitted on, and from no other."""

    logged: bool  # numbers enter as sign(x) log(1 + |x|): counts and money are skewed
    mean: Vector
    scale: Vector
    gaps: np.ndarray[Any, np.dtype[np.int64]]  # places of the numbers that are missing somewhere
    levels: tuple[int, ...]  # of each text

    @classmethod
    def learn(cls, numbers: Matrix, levels: Sequence[Sequence[str]], logged: bool) -> Self:
        """From numbers of shape (rows, numbers), NaN where missing."""
        values = _logged(numbers) if logged else numbers
        known = ~np.isnan(values)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, values, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, values - mean, 0.0) ** 2).sum(axis=0) / count)
        constant = spread <= 1e-12 * np.maximum(np.abs(mean), 1.0)  # but for what adding up loses
        gaps = np.flatnonzero(~known.all(axis=0))
        return cls(logged, mean, np.where(constant, 1.0, spread), gaps, tuple(len(texts) for texts in levels))

    def of(self, numbers: Matrix, codes: Codes) -> Matrix:
        """Shape (rows, numbers + numbers with gaps + levels and "missing" of each text)."""
        values = _logged(numbers) if self.logged else numbers
        scaled = np.clip((values - self.mean) / self.scale, -FARTHEST, FARTHEST)
        absent = np.isnan(scaled)
        parts = [np.where(absent, 0.0, scaled), absent[:, self.gaps].astype(np.float64)]
        for place, levels in enumerate(self.levels):
            values = np.array([MISSING, *range(levels)])
            parts.append((codes[:, [place]] == values).astype(np.float64))
        return np.hstack(parts)

    def gathered(self, parts: Matrix) -> Matrix:
        """What each number and each text adds, shape (rows, numbers + texts), from what each column of ``of`` adds."""
        width = len(self.mean)
        whole = np.hstack([parts[:, :width], np.zeros((len(parts), len(self.levels)))])
        whole[:, self.gaps] += parts[:, width : width + len(self.gaps)]
        start = width + len(self.gaps)
        for place, levels in enumerate(self.levels):
            whole[:, width + place] = parts[:, start : start + levels + 1].sum(axis=1)
            start += levels + 1
        return whole

    def state(self) -> dict[str, Any]:
        """What was learned, as JSON can hold it."""
        return {
            "logged": self.logged,
            "mean": self.mean.tolist(),
            "scale": self.scale.tolist(),
            "gaps": self.gaps.tolist(),
            "levels": list(self.levels),
        }

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Self:
        """What :meth:`state` told."""
        mean, scale = (np.array(state[name], dtype=np.float64) for name in ("mean", "scale"))
        return cls(state["logged"], mean, scale, np.array(state["gaps"], dtype=np.int64), tuple(state["levels"]))


def _logged(numbers: Matrix) -> Matrix:
    logged: Matrix = np.sign(numbers) * np.log1p(np.abs(numbers))
    return logged

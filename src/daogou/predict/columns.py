"""Columns of any eager frame as two matrices: numbers, and codes of texts."""

from dataclasses import dataclass
from typing import Any, Self

import narwhals as nw
import numpy as np
from narwhals.typing import IntoDataFrame

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]

RARE = 10  # a text seen in fewer training rows says nothing of its own: it counts as any other
MISSING = -1


@dataclass(frozen=True)
class Columns:
    """The columns that a model learned from, and the values of each text column, in order.

    >>> import pyarrow as pa
    >>> frame = pa.table({"age": [30, None], "plan": ["basic", None]})
    >>> columns = Columns.learn(frame, rare=1)
    >>> columns.numbers_of(frame).tolist(), columns.codes_of(frame).tolist()
    ([[30.0], [nan]], [[0], [-1]])
    >>> columns.codes_of(pa.table({"age": [1], "plan": ["never seen"]})).tolist()
    [[1]]
    """

    numbers: tuple[str, ...]
    texts: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]

    @classmethod
    def learn(cls, frame: IntoDataFrame, rare: int = RARE) -> Self:
        """Sort the columns by type and collect the texts that ``rare`` rows or more hold.

        Raises:
            ValueError: a column holds neither numbers, booleans nor texts.
        """
        data = nw.from_native(frame, eager_only=True)
        numbers, texts, levels = [], [], []
        for name, kind in data.schema.items():
            if kind.is_numeric() or kind == nw.Boolean:
                numbers.append(name)
            elif kind in (nw.String, nw.Categorical, nw.Object):
                values, counts = np.unique(_texts(data[name]), return_counts=True)
                texts.append(name)
                levels.append(tuple(str(v) for v, n in zip(values, counts, strict=True) if n >= rare and v != ""))
            else:
                raise ValueError(f"column {name!r} holds {kind}: give numbers, booleans or texts")
        return cls(tuple(numbers), tuple(texts), tuple(levels))

    def numbers_of(self, frame: IntoDataFrame) -> Matrix:
        """float64 of shape (rows, numbers); NaN where missing or infinite."""
        data = self._checked(frame)
        matrix = np.empty((len(data), len(self.numbers)))
        for place, name in enumerate(self.numbers):
            matrix[:, place] = data[name].cast(nw.Float64).to_numpy()
        matrix[np.isinf(matrix)] = np.nan
        return matrix

    def codes_of(self, frame: IntoDataFrame) -> Codes:
        """int32 of shape (rows, texts): place among the levels, their number for any other text, -1 where missing."""
        data = self._checked(frame)
        codes = np.empty((len(data), len(self.texts)), np.int32)
        for place, (name, levels) in enumerate(zip(self.texts, self.levels, strict=True)):
            known = {level: code for code, level in enumerate(levels)} | {"": MISSING}
            codes[:, place] = [known.get(text, len(levels)) for text in _texts(data[name])]
        return codes

    def _checked(self, frame: IntoDataFrame) -> Any:
        data = nw.from_native(frame, eager_only=True)
        if absent := [name for name in (*self.numbers, *self.texts) if name not in data.columns]:
            raise ValueError(f"the model learned from columns that are absent here: {', '.join(absent)}")
        return data


def _texts(column: Any) -> np.ndarray[Any, np.dtype[np.object_]]:
    """The texts of a column, "" where missing."""
    values = column.to_list()
    return np.array(["" if value is None or value != value else str(value) for value in values], dtype=object)

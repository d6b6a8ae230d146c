"""What every predictor has in common: checks, columns, and bytes to keep it in. Subclasses write four short methods."""

import json
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from daogou.base.raw import Raw, Vector, framed
from daogou.predict.columns import RARE, Codes, Columns, Matrix
from daogou.predict.contributions import Contributions, Unit
from daogou.predict.outcome import amounts, events

_BLOCK = 65_536  # rows that are turned into matrices at once

__all__ = ["Predictor", "ValuePredictor", "Vector"]


@dataclass
class Predictor(ABC):
    """The probability of one event for each row of a frame.

    A frame is anything that narwhals reads (pandas, pyarrow, polars), or a list of rows: columns of numbers, booleans,
    texts or dates, any of them missing in places; an infinite number counts as missing. Fields are parameters and never
    change; what ``fit`` learns ends with an underscore.
    """

    @property
    def of_values(self) -> bool:
        """Whether it predicts how much, not whether."""
        return False

    def fit(self, frame: Raw, y: ArrayLike) -> Self:
        """Learn from ``frame`` and ``y``, of shape (rows,): 1 or yes where the event happened, else 0 or no.

        Raises:
            ValueError: no rows, rows that do not match, a ``y`` beside 0 and 1, or only one of them.
        """
        data = self._chosen(frame)
        rows = len(data)
        target = amounts(y, rows) if self.of_values else events(y, rows)
        self.columns_ = Columns.learn(data.to_native(), rare=min(RARE, max(rows // 50, 1)))
        self._fit(self.columns_.numbers_of(data.to_native()), self.columns_.codes_of(data.to_native()), target)
        return self

    def predict(self, frame: Raw) -> Vector:
        """Probabilities of shape (rows,), between 0 and 1. Columns that the model does not know are left alone.

        A plain row, such as ``[30, "Male", 100, "Basic"]``, has its values in the order of the columns learned from. A
        text in the place of a number counts as missing.

        Raises:
            ValueError: the model is not fitted, or a column that it learned from is absent.
        """
        if not hasattr(self, "columns_"):
            raise ValueError("fit the model first")
        data = framed(frame, self.columns_.names)
        blocks = [data[start : start + _BLOCK].to_native() for start in range(0, max(len(data), 1), _BLOCK)]
        return np.concatenate(
            [self._predict(self.columns_.numbers_of(block), self.columns_.codes_of(block)) for block in blocks]
        )[: len(data)]  # a block of no columns forgets how many rows it has

    def contributions(self, frame: Raw) -> Contributions:
        """What each column of the data adds to the score of each row; see :class:`Contributions`.

        Raises:
            ValueError: what :meth:`predict` raises.
        """
        if not hasattr(self, "columns_"):
            raise ValueError("fit the model first")
        data = framed(frame, self.columns_.names).to_native()
        values, base = self._contributions(self.columns_.numbers_of(data), self.columns_.codes_of(data))
        owners = self.columns_.owners
        names = tuple(dict.fromkeys(owners))
        of = np.array([[owner == name for name in names] for owner in owners], dtype=np.float64)
        return Contributions(names, values @ of.reshape(len(owners), len(names)), base, self.unit)

    def classify(self, frame: Raw, at: float = 0.5) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether the event is expected, shape (rows,): where its probability is ``at`` or more.

        Raises:
            ValueError: the model predicts values, or what :meth:`predict` raises.
        """
        if self.of_values:
            raise ValueError("a model of values has no classes")
        expected: np.ndarray[Any, np.dtype[np.bool_]] = self.predict(frame) >= at
        return expected

    def to_bytes(self) -> bytes:
        """The fitted model as JSON, without pickle; :func:`daogou.predict.load` reads it back, bit for bit."""
        kept = {
            "kind": type(self).__name__,
            "parameters": asdict(self),
            "columns": asdict(self.columns_),
            "state": self._state(),
        }
        return json.dumps(kept, ensure_ascii=False, allow_nan=False).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The model that :meth:`to_bytes` kept.

        Raises:
            ValueError: the bytes hold another kind of model.
        """
        kept = json.loads(data)
        if kept["kind"] != cls.__name__:
            raise ValueError(f"these bytes hold a {kept['kind']}, not a {cls.__name__}")
        model = cls(**kept["parameters"])
        model.columns_ = Columns.restore(kept["columns"])
        model._restore(kept["state"])
        return model

    def _chosen(self, frame: Raw) -> Any:
        """The columns to learn from: all, unless a subclass says otherwise."""
        return framed(frame)

    @abstractmethod
    def _fit(self, numbers: Matrix, codes: Codes, y: Vector) -> None: ...

    @abstractmethod
    def _predict(self, numbers: Matrix, codes: Codes) -> Vector: ...

    @property
    def unit(self) -> Unit:
        """What a score is measured in: log-odds, or what is predicted itself."""
        return "value" if self.of_values else "log-odds"

    @abstractmethod
    def _contributions(self, numbers: Matrix, codes: Codes) -> tuple[Matrix, float]:
        """What each column adds, shape (rows, numbers + codes), and what they add to."""

    @abstractmethod
    def _state(self) -> dict[str, Any]:
        """What was learned, as JSON can hold it."""

    @abstractmethod
    def _restore(self, state: dict[str, Any]) -> None: ...


@dataclass
class ValuePredictor(Predictor):
    """A predictor that also does values: with ``goal="value"``, ``y`` is any finite number and so is the prediction."""

    goal: Literal["event", "value"] = field(default="event", kw_only=True)

    def __post_init__(self) -> None:
        if self.goal not in ("event", "value"):
            raise ValueError(f"goal must be 'event' or 'value', not {self.goal!r}")

    @property
    def of_values(self) -> bool:
        """Whether it predicts how much, not whether."""
        return self.goal == "value"

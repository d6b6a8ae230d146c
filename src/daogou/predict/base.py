"""What every predictor has in common: checks, columns, and bytes to keep it in. Subclasses write four short methods."""

import json
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any, Self

import narwhals as nw
import numpy as np
from narwhals.typing import IntoDataFrame
from numpy.typing import ArrayLike

from daogou.predict.columns import Codes, Columns, Matrix

Vector = np.ndarray[Any, np.dtype[np.float64]]


@dataclass
class Predictor(ABC):
    """The probability of one event for each row of a frame.

    A frame is anything that narwhals reads (pandas, pyarrow, polars): columns of numbers, booleans or texts, any of
    them missing in places. Fields are parameters and never change; what ``fit`` learns ends with an underscore.
    """

    def fit(self, frame: IntoDataFrame, y: ArrayLike) -> Self:
        """Learn from ``frame`` and ``y``, of shape (rows,): 1 where the event happened, else 0.

        Raises:
            ValueError: no rows, rows that do not match, a ``y`` beside 0 and 1, or only one of them.
        """
        data = self._chosen(frame)
        event = np.asarray(y, dtype=np.float64)
        if event.shape != (len(nw.from_native(data, eager_only=True)),):
            raise ValueError(f"y must have one value a row, not shape {event.shape}")
        if set(np.unique(event)) != {0.0, 1.0}:
            raise ValueError("y must hold both 0 and 1, and nothing else")
        self.columns_ = Columns.learn(data)
        self._fit(self.columns_.numbers_of(data), self.columns_.codes_of(data), event)
        return self

    def predict(self, frame: IntoDataFrame) -> Vector:
        """Probabilities of shape (rows,), between 0 and 1. Columns that the model does not know are left alone.

        Raises:
            ValueError: the model is not fitted, or a column that it learned from is absent.
        """
        if not hasattr(self, "columns_"):
            raise ValueError("fit the model first")
        return self._predict(self.columns_.numbers_of(frame), self.columns_.codes_of(frame))

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
        columns = kept["columns"]
        model.columns_ = Columns(
            tuple(columns["numbers"]), tuple(columns["texts"]), tuple(tuple(levels) for levels in columns["levels"])
        )
        model._restore(kept["state"])
        return model

    def _chosen(self, frame: IntoDataFrame) -> IntoDataFrame:
        """The columns to learn from: all, unless a subclass says otherwise."""
        return frame

    @abstractmethod
    def _fit(self, numbers: Matrix, codes: Codes, y: Vector) -> None: ...

    @abstractmethod
    def _predict(self, numbers: Matrix, codes: Codes) -> Vector: ...

    @abstractmethod
    def _state(self) -> dict[str, Any]:
        """What was learned, as JSON can hold it."""

    @abstractmethod
    def _restore(self, state: dict[str, Any]) -> None: ...

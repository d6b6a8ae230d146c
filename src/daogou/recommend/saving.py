"""Models as files, without pickle: choices as JSON, what was learnt as arrays."""

import io
import json
from dataclasses import fields
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.recommend.interactions import Array

_IDS = ("customer_ids_", "item_ids_")  # Arrow arrays; all else that is learnt is of numpy


class Saved:
    """A dataclass whose fields are what may be chosen; what it learns are arrays whose names end with an underscore."""

    def _prepare(self) -> None:
        """Derive from what was learnt, after fit and load, what makes answers fast."""

    def _check(self, n: int) -> None:
        """Refuse to go on without a fit."""

    def to_bytes(self) -> bytes:
        """The fitted model as npz: settings as JSON, arrays as they are; equal models give equal bytes."""
        self._check(0)
        arrays: dict[str, Any] = {
            name: _packed(value) if name in _IDS else value for name, value in self._learnt().items()
        }
        arrays["kind"] = np.array(type(self).__name__)
        arrays["settings"] = np.array(json.dumps(self._settings()))
        file = io.BytesIO()
        np.savez(file, **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The model that :meth:`to_bytes` wrote.

        Raises:
            DaogouError: the bytes hold a model of another class.
        """
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            if (kind := str(arrays["kind"])) != cls.__name__:
                raise DaogouError(
                    _("this is a saved {kind}").format(kind=kind),
                    cls.__name__,
                    _("Load it with {kind}.").format(kind=kind),
                )
            model = cls(**json.loads(str(arrays["settings"])))
            for name in arrays.files:
                if name.endswith("_"):
                    setattr(model, name, _unpacked(arrays[name]) if name in _IDS else arrays[name])
        model._prepare()
        return model

    def _learnt(self) -> dict[str, Any]:
        """What was learnt, by name."""
        return {name: value for name, value in vars(self).items() if name.endswith("_")}

    def save(self, path: Path | str) -> None:
        """Write the fitted model to the file ``path``."""
        Path(path).write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """The model that :meth:`save` wrote."""
        return cls.from_bytes(Path(path).read_bytes())

    def _settings(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]


def _packed(ids: pa.Array) -> Array:
    """Ids with their type as bytes; Arrow's own format, so that no type needs a rule of ours."""
    sink = pa.BufferOutputStream()
    table = pa.table({"ids": ids})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return np.frombuffer(sink.getvalue(), np.uint8)


def _unpacked(data: Array) -> pa.Array:
    column = pa.ipc.open_stream(pa.py_buffer(data.tobytes())).read_all()["ids"].combine_chunks()
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

"""Rows from the engine as Arrow, without the libraries that Ibis would load on the way."""

import gc
from functools import cache
from typing import Any

import ibis.expr.datatypes as dt
import numpy as np
import pyarrow as pa
from ibis.formats.pyarrow import PyArrowData

Array = np.ndarray[Any, Any]


class _Columns(PyArrowData):  # type: ignore[misc]  # Ibis does not tell its type
    """Columns as their contract types; one of which nothing is known, not even its type, is of nulls."""

    @classmethod
    def convert_column(cls, column: pa.Array, dtype: dt.DataType) -> pa.Array:
        return pa.nulls(len(column)) if dtype.is_null() else super().convert_column(column, dtype)

    @classmethod
    def convert_scalar(cls, scalar: pa.Scalar, dtype: dt.DataType) -> pa.Scalar:
        return pa.scalar(None) if dtype.is_null() else super().convert_scalar(scalar, dtype)


def as_expressed(expression: Any, found: pa.Table) -> Any:
    """What the engine ``found`` for an Ibis expression, a table or a scalar, with the types that this says.

    It is what ``to_pyarrow`` of Ibis gives, which loads pandas first: a fifth of a second in every command.
    """
    return expression.__pyarrow_result__(found, data_mapper=_Columns)


def of_floats(column: pa.ChunkedArray) -> tuple[Array, Array]:
    """The values of a float64 column, 0 where it is empty, and where that is.

    This and :func:`float_array` do what ``to_numpy`` and ``pyarrow.array`` do, which load pandas first.

    >>> values, empty = of_floats(pa.chunked_array([[1.5], [None, 2.5]]))
    >>> values.tolist(), empty.tolist()
    ([1.5, 0.0, 2.5], [False, True, False])
    """
    values, empty = [np.zeros(0)], [np.zeros(0, dtype=bool)]
    for chunk in column.chunks:
        valid, data = chunk.buffers()
        inside = slice(chunk.offset, chunk.offset + len(chunk))
        values.append(np.frombuffer(data, dtype=np.float64)[inside] if data else np.zeros(len(chunk)))
        bits = np.unpackbits(np.frombuffer(valid, dtype=np.uint8), bitorder="little")[inside] if valid else None
        empty.append(np.zeros(len(chunk), dtype=bool) if bits is None else bits == 0)
    nothing = np.concatenate(empty)
    return np.where(nothing, 0.0, np.concatenate(values)), nothing


def float_array(values: Array, empty: Array) -> pa.Array:
    """float64 ``values`` as an Arrow array, null where ``empty``.

    >>> float_array(np.array([1.5, 2.0]), np.array([False, True])).to_pylist()
    [1.5, None]
    """
    buffers = [pa.py_buffer(np.packbits(~empty, bitorder="little")), pa.py_buffer(values)]
    return pa.Array.from_buffers(pa.float64(), len(values), buffers)


@cache
def spare_loaded() -> None:
    """Let no collection of garbage look through the libraries again: an expression sets off several of them."""
    gc.freeze()

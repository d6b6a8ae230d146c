"""Rows from the engine as Arrow, without the libraries that Ibis would load on the way."""

import gc
from functools import cache
from typing import Any

import ibis.expr.datatypes as dt
import pyarrow as pa
from ibis.formats.pyarrow import PyArrowData


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


@cache
def spare_loaded() -> None:
    """Let no collection of garbage look through the libraries again: an expression sets off several of them."""
    gc.freeze()

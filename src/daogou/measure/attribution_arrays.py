"""Columns of touches and orders, of whatever kind they come in, as arrays of numbers."""

from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Array = np.ndarray[Any, Any]
MICROSECONDS_A_DAY = 86_400_000_000


def codes(channel: Any) -> tuple[tuple[str, ...], Array]:
    """The channels in alphabetical order, and the number of each row's."""
    if not len(channel):
        return (), np.zeros(0, np.int32)
    values = channel if isinstance(channel, pa.Array | pa.ChunkedArray) else pa.array(channel, from_pandas=True)
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if values.null_count:
        raise ValueError(f"channel is empty in {values.null_count} rows; leave them out or name them")
    coded = values if isinstance(values, pa.DictionaryArray) else values.cast(pa.string()).dictionary_encode()
    names = [str(name) for name in coded.dictionary.to_pylist()]
    order = np.argsort(np.array(names, dtype=object))
    rank = np.empty(len(names), np.int32)
    rank[order] = np.arange(len(names), dtype=np.int32)
    return tuple(names[i] for i in order), rank[coded.indices.to_numpy(zero_copy_only=False)]


def in_steps(value: Any, step: float | str | Decimal) -> Array:
    """Money as whole numbers of ``step``.

    >>> in_steps([12.5, 0.1], "0.01").tolist()
    [1250, 10]
    """
    values = np.asarray(value)
    if values.dtype == object:
        return np.array([_whole(Decimal(str(v)) / Decimal(str(step)), v, step) for v in values], np.int64)
    if values.dtype.kind not in "iuf":
        raise ValueError(f"value is of type {values.dtype}, not numbers")
    steps = values / float(step)
    whole = np.rint(steps)
    bad = ~(np.abs(steps - whole) <= 1e-3)
    if bad.any():
        raise ValueError(
            f"value[{np.argmax(bad)}] is {values[np.argmax(bad)]}, not a multiple of {step}; round or give step"
        )
    return whole.astype(np.int64)


def _whole(steps: Decimal, value: Any, step: Any) -> int:
    if not steps.is_finite() or steps != steps.to_integral_value():
        raise ValueError(f"value holds {value}, not a multiple of {step}; round or give step")
    return int(steps)


def counts(name: str, values: npt.ArrayLike, n: int) -> Array:
    """Whole numbers from 0, one a path, shape (n,)."""
    found = np.asarray(values, dtype=float)
    if found.shape != (n,):
        raise ValueError(f"{name} has the shape {found.shape} and there are {n} paths; give one a path")
    if not (np.isfinite(found) & (found >= 0) & (found == np.rint(found))).all():
        raise ValueError(f"{name} holds what is no count; give whole numbers from 0")
    return found.astype(np.int64)


def shared_ids(one: Any, other: Any) -> tuple[Array, Array]:
    """Customers of touches and of orders as numbers that agree."""
    arrays = [np.asarray(values) for values in (one, other)]
    if all(a.dtype.kind in "iu" or not len(a) for a in arrays):
        return arrays[0].astype(np.int64), arrays[1].astype(np.int64)
    for name, array in zip(("customer", "order_customer"), arrays, strict=True):
        if array.dtype.kind == "f" and not (array == np.rint(array)).all():
            raise ValueError(f"{name} holds a number that is not whole, or none; give ids")
    texts = [
        pa.array(array.astype(np.int64) if array.dtype.kind == "f" else array, from_pandas=True).cast(pa.string())
        for array in arrays
    ]
    if any(text.null_count for text in texts):
        raise ValueError("customer or order_customer is empty in some rows; leave them out")
    both = pa.concat_arrays(texts).dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return both[: len(arrays[0])], both[len(arrays[0]) :]


def microseconds(name: str, values: Any) -> Array:
    """Moments in microseconds, from datetime64 or from numbers in days."""
    found = np.asarray(values)
    if found.dtype == object and len(found):
        found = found.astype("datetime64[us]")
    if found.dtype.kind == "M":
        if np.isnat(found).any():
            raise ValueError(f"{name} is empty in some rows; leave them out")
        return found.astype("datetime64[us]").astype(np.int64)
    if found.dtype.kind not in "iuf" and len(found):
        raise ValueError(f"{name} is of type {found.dtype}; give datetime64, or numbers in days")
    days: Array = found.astype(float)
    if not np.isfinite(days).all():
        raise ValueError(f"{name} is empty or infinite in some rows; leave them out")
    moments: Array = np.rint(days * MICROSECONDS_A_DAY).astype(np.int64)
    return moments

"""Data as people hold it: any eager frame, or plain rows of values."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
from narwhals.typing import IntoDataFrame

Raw = IntoDataFrame | Sequence[Any] | np.ndarray[Any, Any]
Vector = np.ndarray[Any, np.dtype[np.float64]]
Places = np.ndarray[Any, np.dtype[np.int64]]

MISSING = ""


def framed(data: Raw, names: Sequence[str] = ()) -> Any:
    """``data`` as a narwhals frame: a frame as it is, a list of rows, or one row as a list of its values.

    ``names`` are those of the columns of plain rows, in their order; without them "column 1", "column 2" and so on.

    Raises:
        ValueError: a plain row has more or fewer values than there are names.

    >>> framed([30, "Male"], ["age", "gender"]).to_dict(as_series=False)
    {'age': [30], 'gender': ['Male']}
    """
    if not isinstance(data, list | tuple | np.ndarray):
        plain: Any = data
        frame = nw.from_native(plain, eager_only=True)
        if all(isinstance(name, str) for name in frame.columns):
            return frame
        # pandas numbers columns that nobody named
        return nw.from_native(plain.set_axis([str(name) for name in frame.columns], axis=1), eager_only=True)
    nested = len(data) > 0 and isinstance(data[0], list | tuple | np.ndarray)
    rows = [list(row) for row in data] if nested else [list(data)] if len(data) else []
    names = names or [f"column {place + 1}" for place in range(len(rows[0]) if rows else 0)]
    for row in rows:
        if len(row) != len(names):
            raise ValueError(f"a row has {len(row)} values; there are {len(names)} columns: {', '.join(names)}")
    columns = {name: _column([row[place] for row in rows]) for place, name in enumerate(names)}
    return nw.from_native(pa.table(columns), eager_only=True)


def _column(values: list[Any]) -> pa.Array:
    """The values as they are where they are alike, else as texts."""
    known = [None if is_missing(value) else value for value in values]
    try:
        return pa.array(known)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if value is None else str(value) for value in known])


def distinct(column: Any) -> tuple[list[str], Places]:
    """The texts of a column and the place of each row's among them; "" where missing, whole numbers without ".0"."""
    try:
        coded = column.to_arrow()
        coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
        coded = coded if pa.types.is_dictionary(coded.type) else coded.dictionary_encode()
        values, places = coded.dictionary.to_pylist(), coded.indices
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # a column of objects of several kinds
        told = [written(value) for value in column.to_list()]
        texts = sorted(set(told))
        known = {text: place for place, text in enumerate(texts)}
        return texts, np.array([known[text] for text in told], dtype=np.int64)
    texts = [*(written(value) for value in values), MISSING]
    return texts, places.fill_null(len(values)).to_numpy(zero_copy_only=False).astype(np.int64)


def written(value: Any) -> str:
    """A value as text, without blanks around it; "" where it is missing.

    >>> [written(value) for value in (3.0, " tea ", None, float("nan"), True)]
    ['3', 'tea', '', '', 'True']
    """
    if is_missing(value):
        return MISSING
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def is_missing(value: Any) -> bool:
    """Whether a value is None or not a number, in any library's way to say so.

    >>> [is_missing(value) for value in (None, float("nan"), 0, "")]
    [True, True, False, False]
    """
    return value is None or type(value).__name__ in ("NAType", "NaTType") or bool(value != value)


def number(text: str) -> float:
    """The number that a text writes; NaN where it writes none, or one without end.

    >>> number("1200.5"), number("many")
    (1200.5, nan)
    """
    try:
        value = float(text)
    except ValueError:
        return np.nan
    return value if np.isfinite(value) else np.nan


def day(text: str) -> float:
    """Days since 1970-01-01 of a date or moment written year first; NaN where the text is none.

    >>> day("1970-01-02"), day("1970/01/03 12:00"), day("soon")
    (1.0, 2.5, nan)
    """
    if len(text) < 8 or not text[:4].isdigit() or text[4].isdigit():  # "20240131" may be any number
        return np.nan
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return np.nan
    since = moment - datetime(1970, 1, 1, tzinfo=moment.tzinfo)
    return since.total_seconds() / 86_400

"""Terms of items: what stands in the columns of a table, as vectors that can be compared."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from scipy import sparse

from daogou.recommend.interactions import Array

_RUNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+|[^\W_]+")
_CHINESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def words_of(text: str) -> list[str]:
    """Words of letters with their runs of three letters, and runs of one and two Chinese characters.

    >>> words_of("Iced tea 冰红茶")
    ['iced', '^ic', 'ice', 'ced', 'ed$', 'tea', '^te', 'tea', 'ea$', '冰', '红', '茶', '冰红', '红茶']
    """
    found: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        parts = re.split(f"({_CHINESE.pattern}+)", run)
        for part in filter(None, parts):
            if _CHINESE.match(part):
                found += [*part, *(part[at : at + 2] for at in range(len(part) - 1))]
            else:
                framed = f"^{part}$"
                found += [part, *(framed[at : at + 3] for at in range(len(framed) - 2) if len(part) > 1)]
    return found


def terms_of(table: pa.Table, text: Sequence[str], bins: int) -> sparse.csr_array:
    """(rows, terms) vectors of length 1, float32; of length 0 where a row says nothing."""
    parts = []
    for name in table.column_names:
        vectors = _column(table[name].combine_chunks(), name in text, bins)
        if vectors is not None and vectors.nnz:
            parts.append(vectors)
    if not parts:
        return sparse.csr_array((table.num_rows, 0), dtype=np.float32)
    return _of_length_1(sparse.hstack(parts, format="csr")).astype(np.float32)


def _column(column: pa.Array, is_text: bool, bins: int) -> sparse.csr_array | None:
    """Vectors of one column; None for what cannot be compared."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _weighed([[term] if term is not None else [] for term in _binned(column.cast(pa.float64()), bins)])
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        values = column.cast(pa.string()).to_pylist()
        return _weighed((words_of(value) if is_text else [value]) if value else [] for value in values)
    if pa.types.is_boolean(kind):
        return _weighed([[str(value)] if value is not None else [] for value in column.to_pylist()])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _weighed([[str(each) for each in value] if value else [] for value in column.to_pylist()])
    if pa.types.is_map(kind):
        return _weighed([[f"{key}={each}" for key, each in value] if value else [] for value in column.to_pylist()])
    return None


def _binned(column: pa.Array, bins: int) -> list[int | None]:
    """The bin of each number; equal numbers share one, and what is no number has none."""
    numbers = np.asarray(column.fill_null(np.nan), float)
    there = np.isfinite(numbers)
    at = np.linspace(0, 1, bins + 1)[1:-1]
    edges: Array = np.unique(np.quantile(numbers[there], at)) if there.any() else np.zeros(0)
    return [int(place) if known else None for place, known in zip(np.searchsorted(edges, numbers), there, strict=True)]


def _weighed(rows: Iterable[Sequence[Any]]) -> sparse.csr_array:
    """Vectors of (1 + log tf) * log(1 + N / n), each of length 1; terms in the order of their first row."""
    codes: dict[Any, int] = {}
    starts: list[int] = [0]
    terms: list[int] = []
    times: list[int] = []
    for row in rows:
        counted = Counter(row)
        terms += [codes.setdefault(term, len(codes)) for term in counted]
        times += counted.values()
        starts.append(len(terms))
    columns = np.array(terms, np.int32)
    holders = np.bincount(columns, minlength=len(codes))
    telling = np.log(1 + (len(starts) - 1) / np.maximum(holders, 1))
    weights = (1 + np.log(np.array(times, np.float64))) * telling[columns]
    vectors = sparse.csr_array((weights, columns, starts), shape=(len(starts) - 1, len(codes)))
    vectors.sort_indices()
    return _of_length_1(vectors)


def _of_length_1(vectors: sparse.csr_array) -> sparse.csr_array:
    rows: Array = np.repeat(np.arange(vectors.shape[0]), np.diff(vectors.indptr))
    lengths = np.sqrt(np.bincount(rows, vectors.data**2, vectors.shape[0]))
    vectors.data = vectors.data / np.maximum(lengths, np.finfo(float).tiny)[rows]
    return vectors

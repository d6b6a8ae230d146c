"""Kernels of item neighbours: who shares how many customers, one row at a time, and votes added up.

Items are numbered by falling count of customers inside :func:`neighbours`. Each pair is then counted once, from its
rarer item, and the counters of frequent items, which are hit most, lie together in the cache. Every thread has its own
counters and its own k best of each item; which thread counted what leaves no trace: the order of the best is total.
"""

from itertools import pairwise

import numba
import numpy as np
from scipy import sparse

from daogou.recommend.interactions import Array
from daogou.recommend.ranking import in_threads, threads

_PARTS = 16  # a thread takes the next part when it is done with one


def neighbours(
    starts: Array, taken: Array, items: int, *, k: int, shrinkage: float, min_support: int
) -> tuple[Array, Array, Array]:
    """Of each item the ``k`` most similar, most similar first, in CSR form: starts (items + 1,), codes, similarities.

    Two items are neighbours if at least ``min_support`` customers took both, so rarer items have none. ``starts`` and
    ``taken`` are what each customer took, in CSR form.
    """
    counts = np.bincount(taken, minlength=items)
    by_count = np.argsort(-counts, kind="stable").astype(np.int32)
    by_count = by_count[: np.count_nonzero(counts >= max(min_support, 1))]
    number = np.full(items, -1, np.int32)
    number[by_count] = np.arange(len(by_count), dtype=np.int32)
    ids, sims = _numbered(
        _numbered_rows(starts, number[taken], len(by_count)), counts[by_count], k, shrinkage, min_support
    )
    lengths = np.zeros(items, np.int64)
    lengths[by_count] = (ids >= 0).sum(axis=1)
    by_code = number[number >= 0]
    ids, sims = ids[by_code], sims[by_code]
    return np.concatenate([[0], np.cumsum(lengths)]), by_count[ids[ids >= 0]], sims[ids >= 0]


def _numbered_rows(starts: Array, numbers: Array, items: int) -> sparse.csr_array:
    """Rows of customers with the numbers of what they took, ascending; -1 is left out."""
    kept = np.concatenate([[0], np.cumsum(numbers >= 0)])[starts]
    numbers = numbers[numbers >= 0]
    rows = sparse.csr_array((np.ones(len(numbers), np.int8), numbers, kept), shape=(len(starts) - 1, items))
    rows.sort_indices()
    return rows


def _numbered(rows: sparse.csr_array, counts: Array, k: int, shrinkage: float, min_support: int) -> tuple[Array, Array]:
    """The ``k`` best of each number: numbers (items, k), -1 where there are fewer, and similarities (items, k)."""
    items = len(counts)
    # The columns' data say where in its customer's row an item stands: what stands before it is more frequent.
    columns = sparse.csr_array((np.arange(rows.nnz), rows.indices, rows.indptr), shape=rows.shape).tocsc()
    row_starts, column_starts = rows.indptr.astype(np.int64), columns.indptr.astype(np.int64)
    customers, ends = columns.indices.astype(np.int32), columns.data.astype(np.int64)
    norms = np.sqrt(counts.astype(np.float64))
    bounds = _equal_work(ends - row_starts[customers], column_starts, _PARTS * threads())
    parts = iter(list(pairwise(bounds)))

    def count(_thread: int) -> tuple[Array, Array]:
        ids, sims = np.full((items, k), -1, np.int32), np.zeros((items, k), np.float32)
        counters, lowest = np.zeros(items, np.int32), np.zeros(items, np.float32)
        for low, high in parts:
            _count(low, high, row_starts, rows.indices, column_starts, customers, ends, norms, shrinkage, min_support,
                   counters, lowest, ids, sims)  # fmt: skip
        return ids, sims

    (ids, sims), *others = in_threads(count, range(threads()))
    for more_ids, more_sims in others:
        _merge(ids, sims, more_ids, more_sims)
    return ids, sims


def _equal_work(pairs: Array, starts: Array, parts: int) -> Array:
    """Bounds (parts + 1,) of runs of items with about equally many pairs to count, run by run."""
    done = np.concatenate([[0], np.cumsum(pairs)])[starts]
    inner = np.searchsorted(done, np.linspace(0, done[-1], parts + 1)[1:-1])
    return np.concatenate([[0], inner, [len(starts) - 1]])


@numba.njit(cache=True, nogil=True)
def _insert(item, other, sim, ids, sims):  # type: ignore[no-untyped-def]
    """Put ``other`` among the best of ``item``: higher similarity first, then the lower number; the worst drops out."""
    place = ids.shape[1]
    while place > 0 and (
        sim > sims[item, place - 1] or (sim == sims[item, place - 1] and other < ids[item, place - 1])
    ):
        place -= 1
        if place + 1 < ids.shape[1]:
            sims[item, place + 1] = sims[item, place]
            ids[item, place + 1] = ids[item, place]
    if place < ids.shape[1]:
        sims[item, place] = sim
        ids[item, place] = other


@numba.njit(cache=True, nogil=True)
def _count(  # type: ignore[no-untyped-def]
    low,
    high,
    row_starts,
    rows,
    column_starts,
    customers,
    ends,
    norms,
    shrinkage,
    min_support,
    counters,
    lowest,
    ids,
    sims,
):
    touched = np.empty(len(counters), np.int32)
    last = ids.shape[1] - 1
    for item in range(low, high):
        found = 0
        for place in range(column_starts[item], column_starts[item + 1]):
            for step in range(row_starts[customers[place]], ends[place]):
                other = rows[step]
                if counters[other] == 0:
                    touched[found] = other
                    found += 1
                counters[other] += 1
        for place in range(found - 1, -1, -1):  # the rarest first: they tend to be the most similar
            other = touched[place]
            shared = counters[other]
            counters[other] = 0
            if shared < min_support:
                continue
            sim = np.float32(shared / (norms[item] * norms[other] + shrinkage))
            if sim >= lowest[item]:
                _insert(item, other, sim, ids, sims)
                lowest[item] = sims[item, last]
            if sim > lowest[other]:  # a tie is lost: items come in rising order
                _insert(other, item, sim, ids, sims)
                lowest[other] = sims[other, last]


@numba.njit(cache=True, nogil=True)
def _merge(ids, sims, more_ids, more_sims):  # type: ignore[no-untyped-def]
    for item in range(len(ids)):
        for place in range(ids.shape[1]):
            if more_ids[item, place] < 0:
                break
            _insert(item, more_ids[item, place], more_sims[item, place], ids, sims)


@numba.njit(cache=True, nogil=True)
def add_votes(customers, starts, taken, weights, vote_starts, voted, votes, own, scores):  # type: ignore[no-untyped-def]
    """Add to ``scores`` (rows, items), NaN where nobody has voted yet, what the items of each customer vote."""
    for row in range(len(customers)):
        customer = customers[row]
        if customer < 0:
            continue
        line = scores[row]
        for place in range(starts[customer], starts[customer + 1]):
            item = taken[place]
            weight = weights[place]
            line[item] = own * weight + (0.0 if np.isnan(line[item]) else line[item])
            for vote in range(vote_starts[item], vote_starts[item + 1]):
                other = voted[vote]
                value = votes[vote] * weight
                line[other] = value if np.isnan(line[other]) else line[other] + value

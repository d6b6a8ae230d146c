"""Kernels of item neighbours: who shares how many customers, one item at a time.

Items are numbered by falling count of customers inside :func:`neighbours`. Each pair is then counted once, from its
rarer item, and the counters of frequent items, which are hit most, lie together in the cache. Every thread has its own
counters and its own k best of each item; which thread counted what leaves no trace: the order of the best is total.
"""

from itertools import pairwise

import numba
import numpy as np

from daogou.recommend.heaps import best_first, insert, merge
from daogou.recommend.interactions import Array, customers_of
from daogou.recommend.ranking import in_threads, threads

_PARTS = 16  # a thread takes the next part when it is done with one
_DENSE = 6  # more than one count in so many of the items above: all of them are looked through, else those counted
_AHEAD = 128  # rows that are fetched from memory together
_SHORT = 1 << 16  # items that 16 bits can number: twice as many in the cache


def weighted(starts: Array, taken: Array, items: int, similarity: str) -> tuple[Array, Array] | None:
    """What a shared customer counts for, (customers,), and the norm of each item, (items,); None for the cosine.

    With c customers of an item, n items of a customer and I items in all, a customer counts for idf^2, where
    idf = log((1 + I) / (1 + n)): who takes everything says little. The similarity is the sum over shared customers
    of idf^2, divided by the norms of both and the shrinkage. tfidf: the norm is the root of an item's own sum, so that
    this is a cosine. bm25: it is 1 / 101 of 100 (0.2 + 0.8 c / mean c) + 1, which holds back items of many customers.
    Weights and constants as in the library implicit, where ours are never below 0.
    """
    if similarity == "cosine":
        return None
    idf = np.log((1 + items) / (1 + np.diff(starts)))
    if similarity == "tfidf":
        norms = np.sqrt(np.bincount(taken, np.repeat(idf**2, np.diff(starts)), items))
        return idf**2, norms
    counts = np.bincount(taken, minlength=items)
    mean = max(counts.mean(), 1.0) if items else 1.0
    return idf**2, (100 * (0.2 + 0.8 * counts / mean) + 1) / 101


def neighbours(
    starts: Array,
    taken: Array,
    items: int,
    *,
    k: int,
    shrinkage: float,
    min_support: int,
    weights: tuple[Array, Array] | None = None,
) -> tuple[Array, Array, Array]:
    """Of each item the ``k`` most similar, most similar first, in CSR form: starts (items + 1,), codes, similarities.

    Two items are neighbours if at least ``min_support`` customers took both, so rarer items have none. ``starts`` and
    ``taken`` are what each customer took, in CSR form; ``weights`` those of :func:`weighted`.
    """
    counts = customers_of(taken, items)
    by_count, number = numbered(counts, min_support)
    terms, norms = (np.zeros(0), np.sqrt(counts.astype(np.float64))) if weights is None else weights
    ids, sims = _numbered(
        turned(starts, taken, number, counts[by_count]), norms[by_count], terms, k, shrinkage, min_support
    )
    lengths = np.zeros(items, np.int64)
    lengths[by_count] = (ids >= 0).sum(axis=1)
    by_code = number[number >= 0]
    ids, sims = ids[by_code], sims[by_code]
    return np.concatenate([[0], np.cumsum(lengths)]), by_count[ids[ids >= 0]], sims[ids >= 0]


def numbered(counts: Array, min_support: int) -> tuple[Array, Array]:
    """Items of enough customers by falling count, ties by code; and the number of each item, -1 for the others."""
    by_count = np.argsort(-counts, kind="stable").astype(np.int32)
    by_count = by_count[: np.count_nonzero(counts >= max(min_support, 1))]
    number = np.full(len(counts), -1, np.int32)
    number[by_count] = np.arange(len(by_count), dtype=np.int32)
    return by_count, number


def turned(starts: Array, taken: Array, number: Array, counts: Array) -> tuple[Array, Array, Array, Array]:
    """Rows of customers with the numbers that they took, ascending, and columns with the customers, both in CSR form.

    ``counts`` are the customers of each number; items of number -1 are left out.
    """
    row_starts = np.zeros(len(starts), np.int64)
    column_starts = np.concatenate([[0], np.cumsum(counts)])
    rows = np.empty(column_starts[-1], np.uint16 if len(counts) <= _SHORT else np.uint32)
    columns = np.empty(len(rows), np.uint32)
    _turn(starts, taken, number, column_starts, row_starts, columns, rows)
    return row_starts, rows, column_starts, columns


@numba.njit(cache=True, nogil=True)
def _turn(starts, taken, number, column_starts, row_starts, columns, rows):  # type: ignore[no-untyped-def]
    """Fill columns customer by customer, then rows number by number: both come out in order without a sort."""
    ends = column_starts[:-1].copy()
    for customer in range(len(starts) - 1):
        found = 0
        for place in range(starts[customer], starts[customer + 1]):
            item = number[taken[place]]
            if item >= 0:
                columns[ends[item]] = customer
                ends[item] += 1
                found += 1
        row_starts[customer + 1] = row_starts[customer] + found
    ends = row_starts[:-1].copy()
    for item in range(len(column_starts) - 1):
        for place in range(column_starts[item], column_starts[item + 1]):
            customer = columns[place]
            rows[ends[customer]] = item
            ends[customer] += 1


def _numbered(
    table: tuple[Array, Array, Array, Array], norms: Array, terms: Array, k: int, shrinkage: float, min_support: int
) -> tuple[Array, Array]:
    """The ``k`` best of each number: numbers (items, k), -1 where there are fewer, and similarities (items, k)."""
    items = len(norms)
    row_starts, rows, _column_starts, _columns = table
    work = np.zeros(items, np.int64)
    _pairs_above(row_starts, rows, work)
    parts = iter(list(pairwise(_equal_work(work, _PARTS * threads()))))

    def count(_thread: int) -> tuple[Array, Array]:
        ids, sims = np.full((items, k), -1, np.int32), np.zeros((items, k), np.float32)
        lowest = np.zeros(items, np.float32)
        spans = np.empty((len(row_starts) - 1, 2), np.uint32 if len(rows) < 1 << 32 else np.uint64)
        counters, sums = np.zeros(items, np.uint32), np.zeros(items if len(terms) else 0)
        for low, high in parts:
            here = (low, high, *table, spans, norms, shrinkage, min_support, counters, lowest, ids, sims)
            if len(terms):
                _weigh(*here, terms, sums)
            else:
                _count(*here, work)
        return ids, sims

    (ids, sims), *others = in_threads(count, range(threads()))
    for more_ids, more_sims in others:
        merge(ids, sims, more_ids, more_sims)
    best_first(ids, sims)
    return ids, sims


def _equal_work(work: Array, parts: int) -> list[int]:
    """Bounds of runs of items with about equally much ``work`` (items,), run by run."""
    done = np.cumsum(work)
    if not len(done):
        return [0, 0]
    return [0, *map(int, np.searchsorted(done, np.linspace(0, done[-1], parts + 1)[1:-1])), len(work)]


@numba.njit(cache=True, nogil=True)
def _pairs_above(row_starts, rows, work):  # type: ignore[no-untyped-def]
    """Add to ``work`` (items,) how often an item stands with a more frequent one in a customer's row."""
    for customer in range(len(row_starts) - 1):
        start = row_starts[customer]
        for place in range(start, row_starts[customer + 1]):
            work[rows[place]] += place - start


@numba.njit(cache=True, nogil=True)
def _seek(item, row_starts, rows, spans):  # type: ignore[no-untyped-def]
    """Write into ``spans`` (customers, 2) from where to where each customer's numbers below ``item`` stand."""
    for customer in range(len(spans)):
        start, stop = row_starts[customer], row_starts[customer + 1]
        spans[customer, 0] = start
        while start < stop:
            middle = (start + stop) // 2
            if rows[middle] < item:
                start = middle + 1
            else:
                stop = middle
        spans[customer, 1] = start


@numba.njit(cache=True, nogil=True, inline="always")
def _fetch(columns, low, high, spans, rows, now):  # type: ignore[no-untyped-def]
    """Copy the spans of some customers of an item, which stand in each one's row where its span ends, and move them on.

    No branch waits for memory here, so that the processor fetches many rows at once. What comes back is of no use, but
    keeps the compiler from leaving the reading out.
    """
    read = np.int64(0)
    for place in range(low, high):
        customer = columns[place]
        start, stop = spans[customer, 0], spans[customer, 1]
        spans[customer, 1] = stop + 1
        now[place - low, 0] = start
        now[place - low, 1] = stop
        read += rows[start]
    return read


@numba.njit(cache=True, nogil=True, inline="always")
def _offer(item, other, sim, lowest, ids, sims):  # type: ignore[no-untyped-def]
    """Put two items among the best of each other."""
    if sim >= lowest[item]:
        insert(item, other, sim, ids, sims)
        lowest[item] = sims[item, 0]
    if sim > lowest[other]:  # a tie is lost: items come in rising order
        insert(other, item, sim, ids, sims)
        lowest[other] = sims[other, 0]


@numba.njit(cache=True, nogil=True)
def _count(  # type: ignore[no-untyped-def]
    low, high, row_starts, rows, column_starts, columns, spans, norms, shrinkage, min_support, counters, lowest, ids,
    sims, work,
):  # fmt: skip
    _seek(low, row_starts, rows, spans)
    touched, now, read = np.empty(len(counters), np.uint32), np.empty((_AHEAD, 2), spans.dtype), np.int64(0)
    for item in range(low, high):
        norm = norms[item]
        dense = work[item] * _DENSE > item
        found = np.int64(0)
        for place in range(column_starts[item], column_starts[item + 1], _AHEAD):
            last = min(place + _AHEAD, column_starts[item + 1])
            read += _fetch(columns, place, last, spans, rows, now)
            for row in range(last - place):
                if dense:
                    for step in range(now[row, 0], now[row, 1]):
                        counters[rows[step]] += 1
                    continue
                for step in range(now[row, 0], now[row, 1]):
                    other = rows[step]
                    if counters[other] == 0:
                        touched[found] = other
                        found += 1
                    counters[other] += 1
        if not dense:
            for place in range(found - 1, -1, -1):  # the rarest first: they tend to be the most similar
                above = touched[place]
                shared = np.int64(counters[above])
                counters[above] = 0
                if shared >= min_support:
                    sim = np.float32(shared / (norm * norms[above] + shrinkage))
                    _offer(item, above, sim, lowest, ids, sims)
            continue
        for above in range(item - 1, -1, -1):
            shared = np.int64(counters[above])
            # Most pairs are far below either list, which a product tells sooner than a quotient.
            least = min(lowest[item], lowest[above]) * (norm * norms[above] + shrinkage) * 0.99999
            if shared >= max(least, min_support):
                sim = np.float32(shared / (norm * norms[above] + shrinkage))
                _offer(item, above, sim, lowest, ids, sims)
        counters[:item] = 0
    return read


@numba.njit(cache=True, nogil=True)
def _weigh(  # type: ignore[no-untyped-def]
    low, high, row_starts, rows, column_starts, columns, spans, norms, shrinkage, min_support, counters, lowest, ids,
    sims, terms, sums,
):  # fmt: skip
    _seek(low, row_starts, rows, spans)
    touched, now, read = np.empty(len(counters), np.uint32), np.empty((_AHEAD, 2), spans.dtype), np.int64(0)
    for item in range(low, high):
        found = np.int64(0)
        for place in range(column_starts[item], column_starts[item + 1], _AHEAD):
            last = min(place + _AHEAD, column_starts[item + 1])
            read += _fetch(columns, place, last, spans, rows, now)
            for row in range(last - place):
                term = terms[columns[place + row]]
                for step in range(now[row, 0], now[row, 1]):
                    other = rows[step]
                    if counters[other] == 0:
                        touched[found] = other
                        found += 1
                    counters[other] += 1
                    sums[other] += term
        for place in range(found - 1, -1, -1):
            above = touched[place]
            shared, total = np.int64(counters[above]), sums[above]
            counters[above], sums[above] = 0, 0.0
            if shared >= min_support and total > 0:
                sim = np.float32(total / (norms[item] * norms[above] + shrinkage))
                _offer(item, above, sim, lowest, ids, sims)
    return read

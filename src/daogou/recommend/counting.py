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
    counts = np.bincount(taken, minlength=items)
    by_count = np.argsort(-counts, kind="stable").astype(np.int32)
    by_count = by_count[: np.count_nonzero(counts >= max(min_support, 1))]
    number = np.full(items, -1, np.int32)
    number[by_count] = np.arange(len(by_count), dtype=np.int32)
    terms, norms = (np.zeros(0), np.sqrt(counts.astype(np.float64))) if weights is None else weights
    ids, sims = _numbered(
        numbered_rows(starts, number[taken], len(by_count)), norms[by_count], terms, k, shrinkage, min_support
    )
    lengths = np.zeros(items, np.int64)
    lengths[by_count] = (ids >= 0).sum(axis=1)
    by_code = number[number >= 0]
    ids, sims = ids[by_code], sims[by_code]
    return np.concatenate([[0], np.cumsum(lengths)]), by_count[ids[ids >= 0]], sims[ids >= 0]


def numbered_rows(starts: Array, numbers: Array, items: int) -> sparse.csr_array:
    """Rows of customers with the numbers of what they took, ascending; -1 is left out."""
    kept = np.concatenate([[0], np.cumsum(numbers >= 0)])[starts]
    numbers = numbers[numbers >= 0]
    rows = sparse.csr_array((np.ones(len(numbers), np.int8), numbers, kept), shape=(len(starts) - 1, items))
    rows.sort_indices()
    return rows


def _numbered(
    rows: sparse.csr_array, norms: Array, terms: Array, k: int, shrinkage: float, min_support: int
) -> tuple[Array, Array]:
    """The ``k`` best of each number: numbers (items, k), -1 where there are fewer, and similarities (items, k)."""
    items = len(norms)
    # The columns' data say where in its customer's row an item stands: what stands before it is more frequent.
    columns = sparse.csr_array((np.arange(rows.nnz), rows.indices, rows.indptr), shape=rows.shape).tocsc()
    row_starts, column_starts = rows.indptr.astype(np.int64), columns.indptr.astype(np.int64)
    customers, ends = columns.indices.astype(np.int32), columns.data.astype(np.int64)
    bounds = _equal_work(ends - row_starts[customers], column_starts, _PARTS * threads())
    parts = iter(list(pairwise(bounds)))

    def count(_thread: int) -> tuple[Array, Array]:
        ids, sims = np.full((items, k), -1, np.int32), np.zeros((items, k), np.float32)
        counters, lowest = np.zeros(items, np.int32), np.zeros(items, np.float32)
        sums = np.zeros(items)
        for low, high in parts:
            taken = (low, high, row_starts, rows.indices, column_starts, customers, ends, norms, shrinkage, min_support)
            if len(terms):
                _weigh(*taken, terms, sums, counters, lowest, ids, sims)
            else:
                _count(*taken, counters, lowest, ids, sims)
        return ids, sims

    (ids, sims), *others = in_threads(count, range(threads()))
    for more_ids, more_sims in others:
        _merge(ids, sims, more_ids, more_sims)
    best_first(ids, sims)
    return ids, sims


def _equal_work(pairs: Array, starts: Array, parts: int) -> Array:
    """Bounds (parts + 1,) of runs of items with about equally many pairs to count, run by run."""
    done = np.concatenate([[0], np.cumsum(pairs)])[starts]
    inner = np.searchsorted(done, np.linspace(0, done[-1], parts + 1)[1:-1])
    return np.concatenate([[0], inner, [len(starts) - 1]])


@numba.njit(cache=True, nogil=True)
def _sink(item, size, other, sim, ids, sims):  # type: ignore[no-untyped-def]
    """Put ``other`` into the first ``size`` places of an item's heap in the place of its worst, which stands first.

    Worse is a lower similarity, and of equal ones the higher number; -1 is none, and, unsigned, the highest.
    """
    hole = 0
    while True:
        child = 2 * hole + 1
        if child >= size:
            break
        right = child + 1
        if right < size and (
            sims[item, right] < sims[item, child]
            or (sims[item, right] == sims[item, child] and np.uint32(ids[item, right]) > np.uint32(ids[item, child]))
        ):
            child = right
        if sims[item, child] > sim or (sims[item, child] == sim and np.uint32(ids[item, child]) <= np.uint32(other)):
            break
        sims[item, hole] = sims[item, child]
        ids[item, hole] = ids[item, child]
        hole = child
    sims[item, hole] = sim
    ids[item, hole] = other


@numba.njit(cache=True, nogil=True)
def insert(item, other, sim, ids, sims):  # type: ignore[no-untyped-def]
    """Put ``other`` among the best of ``item``, a heap with the worst in front, which drops out."""
    if sim > sims[item, 0] or (sim == sims[item, 0] and np.uint32(other) < np.uint32(ids[item, 0])):
        _sink(item, ids.shape[1], other, sim, ids, sims)


@numba.njit(cache=True, nogil=True)
def best_first(ids, sims):  # type: ignore[no-untyped-def]
    """Turn the heaps of all items into lists: higher similarity first, then the lower number."""
    for item in range(len(ids)):
        for last in range(ids.shape[1] - 1, 0, -1):
            other, sim = ids[item, last], sims[item, last]
            ids[item, last], sims[item, last] = ids[item, 0], sims[item, 0]
            _sink(item, last, other, sim, ids, sims)


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
                insert(item, other, sim, ids, sims)
                lowest[item] = sims[item, 0]
            if sim > lowest[other]:  # a tie is lost: items come in rising order
                insert(other, item, sim, ids, sims)
                lowest[other] = sims[other, 0]


@numba.njit(cache=True, nogil=True)
def _weigh(  # type: ignore[no-untyped-def]
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
    terms,
    sums,
    counters,
    lowest,
    ids,
    sims,
):
    for item in range(low, high):
        for place in range(column_starts[item], column_starts[item + 1]):
            for step in range(row_starts[customers[place]], ends[place]):
                counters[rows[step]] += 1
                sums[rows[step]] += terms[customers[place]]
        for other in range(item - 1, -1, -1):
            shared, total = counters[other], sums[other]
            counters[other], sums[other] = 0, 0.0
            if shared < min_support or total <= 0:
                continue
            sim = np.float32(total / (norms[item] * norms[other] + shrinkage))
            if sim >= lowest[item]:
                insert(item, other, sim, ids, sims)
                lowest[item] = sims[item, 0]
            if sim > lowest[other]:  # a tie is lost: items come in rising order
                insert(other, item, sim, ids, sims)
                lowest[other] = sims[other, 0]


@numba.njit(cache=True, nogil=True)
def _merge(ids, sims, more_ids, more_sims):  # type: ignore[no-untyped-def]
    for item in range(len(ids)):
        for place in range(ids.shape[1]):
            if more_ids[item, place] >= 0:
                insert(item, more_ids[item, place], more_sims[item, place], ids, sims)


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


@numba.njit(cache=True, nogil=True)
def add_tastes(  # type: ignore[no-untyped-def]
    customers, starts, taken, weights, trending, near_starts, near, sims, own, scores
):
    """Add to ``scores`` (rows, items), NaN where nobody has voted yet, what the neighbours of each customer took."""
    for row in range(len(customers)):
        customer = customers[row]
        if customer < 0:
            continue
        line = scores[row]
        for place in range(starts[customer], starts[customer + 1]):
            line[taken[place]] = own * weights[place]
        for step in range(near_starts[customer], near_starts[customer + 1]):
            sim = np.float64(sims[step])
            for place in range(starts[near[step]], starts[near[step] + 1]):
                item = taken[place]
                value = sim * trending[place]
                line[item] = value if np.isnan(line[item]) else line[item] + value

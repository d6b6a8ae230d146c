"""The best n of a block of scores, by one kernel for every model, and the threads that run kernels."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeVar

import numba
import numpy as np

from daogou.recommend.interactions import Array

Repeat = Literal["only"] | bool
T = TypeVar("T")
R = TypeVar("R")


def threads() -> int:
    """Threads that kernels may use: the processors of this process, or ``NUMBA_NUM_THREADS``."""
    return int(numba.config.NUMBA_NUM_THREADS)


def in_threads(work: Callable[[T], R], parts: Iterable[T]) -> list[R]:
    """``work`` of every part, in order. Kernels let go of the lock, so plain threads run them side by side.

    >>> in_threads(abs, [-2, 1])
    [2, 1]
    """
    if threads() == 1:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(threads()) as pool:
        return list(pool.map(work, parts))


def best(
    scores: Array, customers: Array, starts: Array, taken: Array, allowed: Array, repeat: Repeat, n: int
) -> tuple[Array, Array]:
    """The ``n`` best items of each row of ``scores``, which are spoilt on the way: codes and scores, both (rows, n).

    NaN is no opinion and is never offered; equal scores go to the lower code; -1 and NaN where there is no more.
    ``customers`` (rows,) are codes, -1 for unknown; ``starts`` and ``taken`` are what each took, in CSR form;
    ``allowed`` is an (items,) mask.
    """
    items = np.full((len(scores), n), -1, np.int32)
    values = np.full((len(scores), n), np.nan)
    if n:
        _best(scores, customers, starts, taken, allowed, repeat is False, repeat == "only", items, values)
    return items, values


@numba.njit(cache=True, nogil=True)
def _best(scores, customers, starts, taken, allowed, no_taken, only_taken, items, values):  # type: ignore[no-untyped-def]
    n = items.shape[1]
    for row in range(len(scores)):
        line = scores[row]
        customer = customers[row]
        start = starts[customer] if customer >= 0 else 0
        stop = starts[customer + 1] if customer >= 0 else 0
        if no_taken:
            for place in range(start, stop):
                line[taken[place]] = np.nan
        found = 0
        for step in range(stop - start if only_taken else len(line)):
            item = taken[start + step] if only_taken else step
            score = line[item]
            # NaN fails both comparisons. Items come in ascending order, so that > leaves ties to the lower code.
            if not (score > values[row, n - 1] or (found < n and score == score)) or not allowed[item]:
                continue
            place = min(found, n - 1)
            while place > 0 and score > values[row, place - 1]:
                values[row, place] = values[row, place - 1]
                items[row, place] = items[row, place - 1]
                place -= 1
            values[row, place] = score
            items[row, place] = item
            found = min(found + 1, n)

"""The k best of each item as a heap with the worst in front: numbers and similarities, both (items, k).

Worse is a lower similarity, and of equal ones the higher number; -1 is none, and, unsigned, the highest.
"""

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def _sink(item, size, other, sim, ids, sims):  # type: ignore[no-untyped-def]
    """Put ``other`` into the first ``size`` places of an item's heap in the place of its worst."""
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
    """Put ``other`` among the best of ``item``, whose worst drops out."""
    if sim > sims[item, 0] or (sim == sims[item, 0] and np.uint32(other) < np.uint32(ids[item, 0])):
        _sink(item, ids.shape[1], other, sim, ids, sims)


@numba.njit(cache=True, nogil=True)
def merge(ids, sims, more_ids, more_sims):  # type: ignore[no-untyped-def]
    """Put all of ``more`` among the best of each item."""
    for item in range(len(ids)):
        for place in range(ids.shape[1]):
            if more_ids[item, place] >= 0:
                insert(item, more_ids[item, place], more_sims[item, place], ids, sims)


@numba.njit(cache=True, nogil=True)
def best_first(ids, sims):  # type: ignore[no-untyped-def]
    """Turn the heaps of all items into lists: higher similarity first, then the lower number."""
    for item in range(len(ids)):
        for last in range(ids.shape[1] - 1, 0, -1):
            other, sim = ids[item, last], sims[item, last]
            ids[item, last], sims[item, last] = ids[item, 0], sims[item, 0]
            _sink(item, last, other, sim, ids, sims)

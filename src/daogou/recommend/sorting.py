"""Similarities in order, sooner than by comparing each with each other."""

import numba
import numpy as np

BUCKETS = 4096


@numba.njit(cache=True, nogil=True)
def rising(near, found, places, counts, order):  # type: ignore[no-untyped-def]
    """Write into ``order`` the places of the rising ``near`` (found,), which lie in -1..0.

    A place is near enough where the share of 1 that a similarity lacks, by its root, says: similarities crowd at 1.
    What shares a place is sorted by insertion. Places of ``counts`` are 0 before and after.
    """
    for place in range(found):
        lacks = max(1.0 + near[place], 0.0)
        places[place] = np.int32(np.sqrt(lacks) * (BUCKETS - 1))
        counts[places[place] + 1] += 1
    for at in range(BUCKETS):
        counts[at + 1] += counts[at]
    for place in range(found):
        order[counts[places[place]]] = place
        counts[places[place]] += 1
    counts[:] = 0
    for step in range(1, found):
        this = order[step]
        value, at = near[this], step
        while at > 0 and near[order[at - 1]] > value:
            order[at] = order[at - 1]
            at -= 1
        order[at] = this

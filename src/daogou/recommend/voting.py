"""Ratings foreseen from those of the k most similar, for single pairs and for whole rows.

Of equal similarities the earlier row of the training set votes; those of 0 and below do not vote.
"""

import numba
import numpy as np

from daogou.recommend.likeness import UNKNOWN, add_row, similarity_of, working_arrays
from daogou.recommend.sorting import BUCKETS, rising


@numba.njit(cache=True, nogil=True)
def _weakest(near, found, heap):  # type: ignore[no-untyped-def]
    """The k-th highest of ``near``, and how many of its equals are among the k highest; k is the heap's length."""
    k = len(heap)
    heap[:] = 0.0
    for place in range(found):
        value = near[place]
        if value <= heap[0]:
            continue
        hole = 0
        while True:
            child = 2 * hole + 1
            if child >= k:
                break
            if child + 1 < k and heap[child + 1] < heap[child]:
                child += 1
            if heap[child] >= value:
                break
            heap[hole] = heap[child]
            hole = child
        heap[hole] = value
    room = 0
    for value in heap:
        if value == heap[0]:
            room += 1
    return heap[0], room


@numba.njit(cache=True, nogil=True)
def _cut(near, found, heap):  # type: ignore[no-untyped-def]
    """A similarity that k of ``near`` reach or pass, and how many of its equals are among them.

    Halving an interval counts without a branch, so that the processor does several at a time; where ties keep it from
    finding exactly k, the heap does.
    """
    k = len(heap)
    low, middle, high = 0.0, 1.0, 2.0
    for _step in range(18):
        there = 0
        for place in range(found):
            there += near[place] >= middle
        if there == k:
            return middle, k
        if there > k:
            if middle == 1.0:  # more are equal, or as good as, than may vote
                break
            low = middle
        else:
            high = middle
        middle = 0.5 * (low + high)
    return _weakest(near, found, heap)


@numba.njit(cache=True, nogil=True)
def _average(near, values, found, min_k, heap):  # type: ignore[no-untyped-def]
    """The mean of ``values`` weighed by ``near``, of the k nearest; NaN if fewer than ``min_k`` are near."""
    if found < min_k:
        return np.nan
    total, weighted = 0.0, 0.0
    if found <= len(heap):
        for place in range(found):
            total += near[place]
            weighted += near[place] * values[place]
        return weighted / total
    weakest, room = _cut(near, found, heap)
    for place in range(found):
        if near[place] > weakest:
            total += near[place]
            weighted += near[place] * values[place]
        elif near[place] == weakest and room > 0:
            room -= 1
            total += weakest
            weighted += weakest * values[place]
    return weighted / total


@numba.njit(cache=True, nogil=True, inline="always")  # a call would count references of all arrays, for a few ratings
def _gather(rated, y, one, two, floats, sims, near, values, others):  # type: ignore[no-untyped-def]
    """The similar who rated ``y``, in the order of rows: how near, their value and who; returns how many."""
    form, unit, min_support = rated.form, rated.unit, rated.min_support
    xs, y_values = rated.y_xs, rated.y_values
    found = 0
    for place in range(rated.y_starts[y], rated.y_starts[y + 1]):
        other = xs[place]
        sim = sims[other]
        if sim == UNKNOWN:
            sim = similarity_of(form, unit, min_support, one, two, floats, other)
            sims[other] = sim
        near[found] = sim
        values[found] = y_values[place]
        others[found] = other
        found += sim > 0
    return found


@numba.njit(cache=True, nogil=True)
def _buffers(rated):  # type: ignore[no-untyped-def]
    longest = 1
    for y in range(len(rated.y_starts) - 1):
        longest = max(longest, rated.y_starts[y + 1] - rated.y_starts[y])
    return np.empty(longest), np.empty(longest), np.empty(longest, np.int32)


@numba.njit(cache=True, nogil=True)
def predict(rated, xs, starts, ys, k, min_k, averages):  # type: ignore[no-untyped-def]
    """Write into ``averages`` (pairs,) what each of ``xs`` is foreseen to have with its ``ys``, in CSR form."""
    one, two, floats = working_arrays(rated)
    sims = np.empty(len(rated.x_starts) - 1)
    near, values, others = _buffers(rated)
    heap = np.empty(k)
    for row in range(len(xs)):
        add_row(rated, xs[row], one, two, floats)
        sims[:] = UNKNOWN
        sims[xs[row]] = 1.0
        for pair in range(starts[row], starts[row + 1]):
            found = _gather(rated, ys[pair], one, two, floats, sims, near, values, others)
            averages[pair] = _average(near, values, found, min_k, heap)
        one[:] = 0
        two[:] = 0
        floats[:] = 0.0


@numba.njit(cache=True, nogil=True)
def voters(rated, x, ys, k, codes, sims_of):  # type: ignore[no-untyped-def]
    """Write who votes on ``x`` with each of ``ys``, and their similarities: both (ys, k), -1 and 0 beyond."""
    one, two, floats = working_arrays(rated)
    sims = np.full(len(rated.x_starts) - 1, UNKNOWN)
    near, values, others = _buffers(rated)
    heap = np.empty(k)
    add_row(rated, x, one, two, floats)
    sims[x] = 1.0
    for row in range(len(ys)):
        found = _gather(rated, ys[row], one, two, floats, sims, near, values, others)
        weakest, room = _weakest(near, found, heap)
        place = 0
        for step in range(found):
            if near[step] < weakest or (near[step] == weakest and room == 0):
                continue
            room -= near[step] == weakest
            codes[row, place] = others[step]
            sims_of[row, place] = near[step]
            place += 1


@numba.njit(cache=True, nogil=True)
def similarities(rated, x, sims):  # type: ignore[no-untyped-def]
    """Write the similarities of ``x`` with all, itself left at 0, into ``sims`` (xs,)."""
    one, two, floats = working_arrays(rated)
    add_row(rated, x, one, two, floats)
    form, unit, min_support = rated.form, rated.unit, rated.min_support
    for other in range(len(sims)):
        sims[other] = 0.0 if other == x else similarity_of(form, unit, min_support, one, two, floats, other)


@numba.njit(cache=True, nogil=True)
def _from(ys, start, stop, least):  # type: ignore[no-untyped-def]
    """The first place in start..stop of the rising ``ys`` that holds ``least`` or more."""
    while start < stop:
        middle = (start + stop) // 2
        if ys[middle] < least:
            start = middle + 1
        else:
            stop = middle
    return start


@numba.njit(cache=True, nogil=True)
def _settle(rated, sims, y_of, sim, touched, n, together, k, count, total, weighted):  # type: ignore[no-untyped-def]
    """Let those of equal similarity vote: all where there is room, else in the order of rows."""
    for step in range(n):
        y = touched[step]
        there, added = together[y, 0], together[y, 1]
        room = k - count[y]
        if there > room:
            there, added = np.float64(room), 0.0
            place = rated.y_starts[y_of[y]]
            while room > 0:
                if sims[rated.y_xs[place]] == sim:
                    added += rated.y_values[place]
                    room -= 1
                place += 1
        count[y] += np.int32(there)
        total[y] += sim * there
        weighted[y] += sim * added
        together[y] = 0.0


@numba.njit(cache=True, nogil=True)
def _walk(rated, order, near, members, sims, starts, ys, values, y_of, k, count, total, weighted, together, touched):  # type: ignore[no-untyped-def]
    """Let those in ``order`` vote, the most similar first, on each y where fewer than k have voted yet.

    What many rated is soon full, so that the head of each list, which is most of it, is skipped.
    """
    full, step, found, width = 0, 0, len(order), len(count)
    while step < found:
        while full < width and count[full] == k:
            full += 1
        if full == width:
            break
        sim = -near[order[step]]
        last = step + 1
        while last < found and near[order[last]] == -sim:
            last += 1
        alone = last == step + 1
        n = 0
        for place in range(step, last):
            other = members[order[place]]
            for pair in range(_from(ys, starts[other], starts[other + 1], full), starts[other + 1]):
                y = ys[pair]
                if count[y] == k:
                    continue
                if alone:
                    count[y] += 1
                    total[y] += sim
                    weighted[y] += sim * values[pair]
                else:
                    if together[y, 0] == 0:
                        touched[n] = y
                        n += 1
                    together[y, 0] += 1
                    together[y, 1] += values[pair]
        if n > 0:
            _settle(rated, sims, y_of, sim, touched, n, together, k, count, total, weighted)
        step = last


@numba.njit(cache=True, nogil=True)
def average_rows(rated, xs, starts, ys, values, y_of, k, min_k, averages):  # type: ignore[no-untyped-def]
    """Write what each of ``xs`` is foreseen to have with every y into ``averages`` (xs, ys); NaN without ``min_k``.

    ``starts``, ``ys`` and ``values`` list what every x rated. There, y is numbered by falling count, and ``y_of`` gives
    the number in ``rated``.
    """
    one, two, floats = working_arrays(rated)
    form, unit, min_support = rated.form, rated.unit, rated.min_support
    sims = np.zeros(len(rated.x_starts) - 1)
    near, members = np.empty(len(sims)), np.empty(len(sims), np.int64)
    places, order = np.empty(len(sims), np.int32), np.empty(len(sims), np.int64)
    counts = np.zeros(BUCKETS + 1, np.int64)
    width = averages.shape[1]
    count, total, weighted = np.zeros(width, np.int32), np.zeros(width), np.zeros(width)
    together, touched = np.zeros((width, 2)), np.empty(width, np.int64)
    for row in range(len(xs)):
        add_row(rated, xs[row], one, two, floats)
        found = 0
        for other in range(len(sims)):
            sim = 1.0 if other == xs[row] else similarity_of(form, unit, min_support, one, two, floats, other)
            sims[other] = sim
            near[found] = -sim
            members[found] = other
            found += sim > 0
        rising(near, found, places, counts, order)
        _walk(
            rated, order[:found], near, members, sims, starts, ys, values, y_of, k, count, total, weighted, together,
            touched,
        )  # fmt: skip
        for y in range(width):
            averages[row, y] = weighted[y] / total[y] if count[y] >= min_k else np.nan
        count[:] = 0
        total[:] = 0.0
        weighted[:] = 0.0
        one[:] = 0
        two[:] = 0
        floats[:] = 0.0

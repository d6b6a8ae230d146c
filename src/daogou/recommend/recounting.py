"""Item neighbours after a few more purchases: only the lists that can have changed are counted again."""

import numba
import numpy as np

from daogou.recommend.counting import numbered, turned
from daogou.recommend.heaps import best_first, insert
from daogou.recommend.interactions import Array

_SHARE = 0.3  # of the lists: with more to count again, a count of all, which meets each pair once, is quicker

Lists = tuple[Array, Array, Array]


def recounted(
    starts: Array, taken: Array, items: int, before: Array, lists: Lists, *, k: int, shrinkage: float, min_support: int
) -> Lists | None:
    """:func:`daogou.recommend.counting.neighbours` of the new rows, from the ``lists`` of the old; None if many change.

    ``before`` (items,) are the old counts, and ``lists`` the old neighbours, both in the new codes. The similarities of
    an item whose count did not change have changed only with those whose did: its list is counted again if one of them
    is in it, or is now similar enough to enter.
    """
    counts = np.bincount(taken, minlength=items)
    by_count, number = numbered(counts, min_support)
    old_starts, old_codes, old_sims = lists
    lengths, owner = np.diff(old_starts), np.repeat(np.arange(items), np.diff(old_starts))
    changed = counts != before
    again = changed.copy()
    again[owner[changed[old_codes]]] = True
    if again.mean() > _SHARE:
        return None
    last_ids, last_sims = np.full(len(by_count), np.iinfo(np.int32).max, np.int32), np.zeros(len(by_count), np.float32)
    ends = old_starts[1:][by_count] - 1
    full = lengths[by_count] == k
    last_ids[full], last_sims[full] = number[old_codes[ends[full]]], old_sims[ends[full]]
    taken_by = turned(starts, taken, number, counts[by_count])
    norms, marks = np.sqrt(counts[by_count].astype(np.float64)), np.zeros(len(by_count), bool)

    def count(which: Array) -> tuple[Array, Array]:
        ids, sims = np.full((len(which), k), -1, np.int32), np.zeros((len(which), k), np.float32)
        _recount(which, *taken_by, norms, shrinkage, min_support, ids, sims, last_ids, last_sims, marks)
        best_first(ids, sims)
        return ids, sims

    first = number[changed & (number >= 0)]
    found = count(first)
    again[by_count[marks]] = True
    if again.mean() > _SHARE:
        return None
    second = np.setdiff1d(number[again & (number >= 0)], first)
    more = count(second)
    ids, sims = (np.concatenate([found[side], more[side]]) for side in (0, 1))
    whose = by_count[np.concatenate([first, second])]
    kept = ~again[owner]
    owners = np.concatenate([owner[kept], np.repeat(whose, (ids >= 0).sum(axis=1))])
    order = np.argsort(owners, kind="stable")
    codes = np.concatenate([old_codes[kept], by_count[ids[ids >= 0]]])[order]
    starts_of = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=items))])
    return starts_of, codes, np.concatenate([old_sims[kept], sims[ids >= 0]])[order]


@numba.njit(cache=True, nogil=True)
def _recount(  # type: ignore[no-untyped-def]
    which,
    row_starts,
    rows,
    column_starts,
    columns,
    norms,
    shrinkage,
    min_support,
    ids,
    sims,
    last_ids,
    last_sims,
    marks,
):
    counters, touched = np.zeros(len(norms), np.int32), np.empty(len(norms), np.int32)
    for place in range(len(which)):
        item = which[place]
        found = 0
        for step in range(column_starts[item], column_starts[item + 1]):
            customer = columns[step]
            for other_place in range(row_starts[customer], row_starts[customer + 1]):
                other = rows[other_place]
                if counters[other] == 0:
                    touched[found] = other
                    found += 1
                counters[other] += 1
        for step in range(found):
            other = touched[step]
            shared = counters[other]
            counters[other] = 0
            if shared < min_support or other == item:
                continue
            sim = np.float32(shared / (norms[item] * norms[other] + shrinkage))
            insert(place, other, sim, ids, sims)
            if sim > last_sims[other] or (sim == last_sims[other] and item < last_ids[other]):
                marks[other] = True

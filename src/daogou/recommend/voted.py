"""Votes of items for items, added up and ranked at once."""

from collections.abc import Sequence

import numba
import numpy as np

from daogou.recommend.interactions import Array
from daogou.recommend.ranking import Repeat

Rows = tuple[Array, Array, Array]  # starts, codes and weights, in CSR form
_ALL, _NEW, _AGAIN = 0, 1, 2


def best_voted(
    customers: Array, mine: Rows, votes: Rows, own: float, allowed: Array, repeats: Sequence[Repeat], n: int
) -> list[tuple[Array, Array]]:
    """The ``n`` best items of each customer, for each of ``repeats``: codes and scores, both (rows, n).

    An item's score is ``own`` times its weight, and the sum over the customer's items of their weight times what they
    give it in ``votes``. Items without a vote are not offered; ties go to the lower code; -1 and NaN beyond.
    """
    modes = np.array([_NEW if repeat is False else _AGAIN if repeat == "only" else _ALL for repeat in repeats])
    items = np.full((len(repeats), len(customers), n), -1, np.int32)
    values = np.full((len(repeats), len(customers), n), np.nan)
    if n:
        _best_voted(customers, *mine, *votes, own, allowed, modes, items, values)
    return list(zip(items, values, strict=True))


@numba.njit(cache=True, nogil=True)
def _best_voted(  # type: ignore[no-untyped-def]
    customers, starts, taken, weights, vote_starts, voted, votes, own, allowed, modes, items, values
):
    width, n = len(allowed), items.shape[2]
    scores, touched = np.zeros(width), np.empty(width, np.int32)
    seen, had = np.full(width, -1, np.int32), np.full(width, -1, np.int32)  # the last row that touched, or had, an item
    for row in range(len(customers)):
        customer = customers[row]
        if customer < 0:
            continue
        touches = 0
        for place in range(starts[customer], starts[customer + 1]):
            item, weight = taken[place], weights[place]
            had[item] = row
            if seen[item] != row:
                seen[item] = row
                scores[item] = 0.0
                touched[touches] = item
                touches += 1
            scores[item] += own * weight
            for vote in range(vote_starts[item], vote_starts[item + 1]):
                other = voted[vote]
                if seen[other] != row:
                    seen[other] = row
                    scores[other] = 0.0
                    touched[touches] = other
                    touches += 1
                scores[other] += votes[vote] * weight
        for mode in range(len(modes)):
            codes, best = items[mode, row], values[mode, row]
            found = 0
            for step in range(touches):
                item = touched[step]
                score = scores[item]
                if found == n and (score < best[n - 1] or (score == best[n - 1] and item > codes[n - 1])):
                    continue
                if not allowed[item] or (modes[mode] != _ALL and (had[item] == row) != (modes[mode] == _AGAIN)):
                    continue
                place = min(found, n - 1)
                while place > 0 and (score > best[place - 1] or (score == best[place - 1] and item < codes[place - 1])):
                    best[place] = best[place - 1]
                    codes[place] = codes[place - 1]
                    place -= 1
                best[place] = score
                codes[place] = item
                found = min(found + 1, n)

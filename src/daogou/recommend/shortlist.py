"""Kernels that add up what a customer's items speak for, and keep the best n, without a matrix of all scores.

``speaking`` is what each customer took, (starts, items, weights) in CSR form, where weights of length 1 hold for all;
``lists`` is what each item speaks for, (starts, items, similarities) in CSR form. The score of item j is
own * weight of j + trend of j * the sum over the customer's items i with j in their list of similarity(i, j) * weight
of i; no opinion is a score of 0.
"""

from typing import NamedTuple

import numba
import numpy as np

from daogou.recommend.interactions import Array
from daogou.recommend.ranking import Repeat

_RUN = 64  # scores that are compared with the worst of the list at once
_DENSE = 2  # more votes than so many for each item: all items are looked through, else those that have a vote
_LEAST = 1e-250  # a smaller weight would leave a vote of 0


class Votes(NamedTuple):
    """All that scores are made of."""

    starts: Array  # (customers + 1,)
    items: Array
    weights: Array
    list_starts: Array  # (items + 1,)
    listed: Array
    similarities: Array
    trend: Array  # (items,), or of length 0 for 1
    own: float


def scored(votes: Votes, customers: Array, scores: Array) -> None:
    """Write the scores of ``customers`` (rows,), -1 for unknown, into (rows, items); NaN is no opinion."""
    _scored(*votes, customers, scores)


def shortlist(
    votes: Votes, customers: Array, taken: tuple[Array, Array], allowed: Array, repeat: Repeat, n: int
) -> tuple[Array, Array]:
    """:func:`scored` and :func:`daogou.recommend.ranking.best` in one, equal to them bit for bit."""
    codes, scores = np.full((len(customers), n), -1, np.int32), np.full((len(customers), n), np.nan)
    if n and len(allowed):
        _shortlist(*votes, customers, *taken, allowed, repeat is False, repeat == "only", codes, scores)
    return codes, scores


@numba.njit(cache=True, nogil=True, inline="always")
def _add(start, stop, items, weights, list_starts, listed, similarities, line):  # type: ignore[no-untyped-def]
    for place in range(start, stop):
        item = items[place]
        weight = weights[place if len(weights) > 1 else 0]
        if weight < _LEAST:
            continue
        for vote in range(list_starts[item], list_starts[item + 1]):
            line[listed[vote]] += similarities[vote] * weight


@numba.njit(cache=True, nogil=True, inline="always")
def _finish(start, stop, items, weights, trend, own, line):  # type: ignore[no-untyped-def]
    if len(trend):
        for item in range(len(line)):
            line[item] *= trend[item]
    if own != 0:
        for place in range(start, stop):
            line[items[place]] += own * weights[place if len(weights) > 1 else 0]


@numba.njit(cache=True, nogil=True)
def _scored(  # type: ignore[no-untyped-def]
    starts, items, weights, list_starts, listed, similarities, trend, own, customers, scores
):
    for row in range(len(customers)):
        customer = customers[row]
        if customer < 0:
            continue
        line = scores[row]
        line[:] = 0.0
        _add(starts[customer], starts[customer + 1], items, weights, list_starts, listed, similarities, line)
        _finish(starts[customer], starts[customer + 1], items, weights, trend, own, line)
        for item in range(len(line)):
            if line[item] == 0:
                line[item] = np.nan


@numba.njit(cache=True, nogil=True, inline="always")
def _place(item, score, found, codes, scores):  # type: ignore[no-untyped-def]
    """Put an item among the best of a row, ties to the lower code; how many there are then."""
    n = len(codes)
    place = min(found, n - 1)
    if found == n and (score < scores[place] or (score == scores[place] and item > codes[place])):
        return found
    while place > 0 and (score > scores[place - 1] or (score == scores[place - 1] and item < codes[place - 1])):
        scores[place] = scores[place - 1]
        codes[place] = codes[place - 1]
        place -= 1
    scores[place] = score
    codes[place] = item
    return min(found + 1, n)


@numba.njit(cache=True, nogil=True, inline="always")
def _best_of(line, allowed, codes, scores):  # type: ignore[no-untyped-def]
    """Keep the best of a whole line: a run of scores is looked at closely if one of them can enter."""
    n, found, worst = len(codes), 0, 0.0
    for start in range(0, len(line), _RUN):
        stop = min(start + _RUN, len(line))
        better = 0
        for item in range(start, stop):
            better += line[item] > worst
        if better:
            for item in range(start, stop):
                if line[item] > worst and allowed[item]:
                    found = _place(item, line[item], found, codes, scores)
                    worst = scores[n - 1] if found == n else 0.0


@numba.njit(cache=True, nogil=True)
def _shortlist(  # type: ignore[no-untyped-def]
    starts, items, weights, list_starts, listed, similarities, trend, own,
    customers, taken_starts, taken, allowed, no_taken, only_taken, codes, scores,
):  # fmt: skip
    # each item once for its votes, and once more for its own weight where its votes come to 0
    line, touched = np.zeros(len(allowed)), np.empty(2 * len(allowed) + 1, np.uint32)
    for row in range(len(customers)):
        customer = customers[row]
        if customer < 0:
            continue
        start, stop = starts[customer], starts[customer + 1]
        mine = taken[taken_starts[customer] : taken_starts[customer + 1]]
        votes = stop - start
        for place in range(start, stop):
            votes += list_starts[items[place] + 1] - list_starts[items[place]]
        if only_taken:
            _add(start, stop, items, weights, list_starts, listed, similarities, line)
            _finish(start, stop, items, weights, trend, own, line)
            found = 0
            for item in mine:
                if line[item] > 0 and allowed[item]:
                    found = _place(item, line[item], found, codes[row], scores[row])
            line[:] = 0.0
        elif votes > _DENSE * len(line):
            _add(start, stop, items, weights, list_starts, listed, similarities, line)
            _finish(start, stop, items, weights, trend, 0.0 if no_taken else own, line)
            if no_taken:
                for item in mine:
                    line[item] = 0.0
            _best_of(line, allowed, codes[row], scores[row])
            line[:] = 0.0
        else:
            _few(
                start, stop, items, weights, list_starts, listed, similarities, trend, own,
                mine, allowed, no_taken, line, touched, codes[row], scores[row],
            )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def _few(  # type: ignore[no-untyped-def]
    start, stop, items, weights, list_starts, listed, similarities, trend, own,
    mine, allowed, no_taken, line, touched, codes, scores,
):  # fmt: skip
    """Keep the best where few items have a vote: they alone are looked at and set back."""
    n = 0
    for place in range(start, stop):
        item = items[place]
        weight = weights[place if len(weights) > 1 else 0]
        if weight < _LEAST:
            continue
        for vote in range(list_starts[item], list_starts[item + 1]):
            other = listed[vote]
            before, more = line[other], similarities[vote] * weight
            touched[n] = other  # written over where it is no news, which costs less than to ask
            n += (before == 0) & (more != 0)
            line[other] = before + more
    if len(trend):
        for step in range(n):
            line[touched[step]] *= trend[touched[step]]
    if no_taken:
        for item in mine:
            line[item] = 0.0
    elif own != 0:
        for place in range(start, stop):
            item = items[place]
            if line[item] == 0:
                touched[n] = item
                n += 1
            line[item] += own * weights[place if len(weights) > 1 else 0]
    found, worst = 0, 0.0
    for step in range(n):
        item = touched[step]
        score = line[item]
        line[item] = 0.0
        if score >= worst and score > 0 and allowed[item]:
            found = _place(item, score, found, codes, scores)
            worst = scores[-1] if found == len(scores) else 0.0


@numba.njit(cache=True, nogil=True)
def spoken(list_starts, listed, similarities, mine, columns, parts):  # type: ignore[no-untyped-def]
    """Write into ``parts`` (asked, mine) the similarity with which each of ``mine`` speaks for each item asked for.

    ``columns`` (items,) is the place of an item among those asked for, -1 for all others.
    """
    for place in range(len(mine)):
        item = mine[place]
        for vote in range(list_starts[item], list_starts[item + 1]):
            if columns[listed[vote]] >= 0:
                parts[columns[listed[vote]], place] = similarities[vote]

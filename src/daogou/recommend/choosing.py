"""The kernel of rules: the best items of each row of scores that meet them, and what fills the rest of a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from daogou.recommend.interactions import Array
from daogou.recommend.ranking import Repeat

if TYPE_CHECKING:
    from daogou.recommend.base import Recommender

PINNED, CATALOGUE = -1, -2  # what spoke for an item, beside the place of a model: its pin, and nothing at all
NOBODY = -3
_DEEPER = 4  # times n: how many of a row are ranked at first, where caps may turn some of them down


@dataclass(frozen=True, eq=False)
class Block:
    """Rules of a block of rows, in codes of items; ``starts`` and ``kept`` are what rows are kept from, in CSR form.

    ``groups`` (caps, items) are codes, -1 for none, of which at most ``most`` (caps,) may stand in a list. ``pins`` are
    ranks and codes, by rank.
    """

    offered: Array
    factors: Array
    levels: Array | None
    suits: Array
    starts: Array
    kept: Array
    groups: Array
    most: Array
    pins: Sequence[tuple[int, int]]


def choose_block(
    models: "Sequence[Recommender]", rows: Array, n: int, repeat: Repeat, rules: Block
) -> tuple[Array, Array, Array]:
    """Codes, scores and what spoke of the best ``n`` for each of ``rows`` (customers' codes): all (rows, n)."""
    may = _may(models[0], rows, repeat, rules)
    made = _Lists(len(rows), n)
    made.pin(may, rules.pins)
    for given_way in range(len(rules.most) + 1):  # the first caps have given way
        caps = rules.groups[given_way:], rules.most[given_way:]
        for place, model in enumerate(models):
            if len(lacking := made.lacking()):
                made.take(model.scores(rows[lacking]), lacking, may, rules.factors, *caps, place)
        if len(lacking := made.lacking()):
            made.take(np.zeros((len(lacking), may.shape[1])), lacking, may, rules.factors[:0], *caps, CATALOGUE)
    return made.in_order()


class _Lists:
    """The lists of a block as they grow: pins first, then the others as they are chosen."""

    def __init__(self, rows: int, n: int) -> None:
        self._codes = np.full((rows, n), -1, np.int32)
        self._scores = np.full((rows, n), np.nan)
        self._spoke = np.full((rows, n), NOBODY, np.int8)
        self._counts = np.zeros(rows, np.int32)
        self._ranks = np.zeros((rows, n), np.int32)  # of pins

    def pin(self, may: Array, pins: Sequence[tuple[int, int]]) -> None:
        """Put in each pin that may be offered and whose rank the list has."""
        for rank, code in pins:
            rows = np.flatnonzero(may[:, code] & (rank <= self._codes.shape[1]))
            places = self._counts[rows]
            self._codes[rows, places], self._spoke[rows, places], self._ranks[rows, places] = code, PINNED, rank
            self._counts[rows] += 1

    def lacking(self) -> Array:
        """The rows that are not full."""
        return np.asarray(np.flatnonzero(self._counts < self._codes.shape[1]))

    def take(self, scores: Array, rows: Array, *rest: Any) -> None:
        """Fill ``rows`` from their ``scores``, which are spoilt on the way."""
        _take(scores, rows, *rest, _DEEPER, self._codes, self._scores, self._spoke, self._counts)

    def in_order(self) -> tuple[Array, Array, Array]:
        """Codes, scores and what spoke, each pin at its rank, or last where the list ends before it."""
        if self._ranks.any():
            for row in range(len(self._codes)):
                order = _ranked(self._ranks[row, : self._counts[row]])
                for side in (self._codes, self._scores, self._spoke):
                    side[row, : len(order)] = side[row, order]
        unsaid = (self._codes >= 0) & np.isnan(self._scores)
        self._scores[unsaid] = 0.0  # a pin of which no model has an opinion
        return self._codes, self._scores, self._spoke


def _ranked(ranks: Array) -> list[int]:
    """Places in order: pins (``ranks`` above 0) at their ranks, the others, as they come, between them.

    >>> _ranked(np.array([2, 9, 0, 0]))
    [2, 0, 3, 1]
    """
    pins, others = np.flatnonzero(ranks).tolist(), np.flatnonzero(ranks == 0).tolist()
    order: list[int] = []
    while pins or others:
        at_its_rank = bool(pins) and (ranks[pins[0]] <= len(order) + 1 or not others)
        order.append((pins if at_its_rank else others).pop(0))
    return order


def _may(model: "Recommender", rows: Array, repeat: Repeat, rules: Block) -> Array:
    """(rows, items) whether each row may be offered each item."""
    may = np.repeat(rules.offered[None], len(rows), axis=0)
    if rules.levels is not None:
        may &= rules.levels <= rules.suits[:, None]
    _forbid(rules.starts, rules.kept, np.arange(len(rows)), may)
    if repeat is True:
        return may
    if repeat == "only":
        taken = np.zeros_like(may)
        _allow(model.starts_, model.taken_, rows, taken)
        return np.asarray(may & taken)
    _forbid(model.starts_, model.taken_, rows, may)
    return may


@numba.njit(cache=True, nogil=True)
def _forbid(starts, items, owners, may):  # type: ignore[no-untyped-def]
    for row in range(len(owners)):
        if owners[row] >= 0:
            for place in range(starts[owners[row]], starts[owners[row] + 1]):
                if items[place] >= 0:
                    may[row, items[place]] = False


@numba.njit(cache=True, nogil=True)
def _allow(starts, items, owners, may):  # type: ignore[no-untyped-def]
    for row in range(len(owners)):
        if owners[row] >= 0:
            for place in range(starts[owners[row]], starts[owners[row] + 1]):
                may[row, items[place]] = True


@numba.njit(cache=True, nogil=True)
def _take(scores, rows, may, factors, groups, most, source, deeper, codes, values, spoke, counts):  # type: ignore[no-untyped-def]
    """Add to the lists of ``rows`` the best of ``scores`` that may be offered and that the caps let through."""
    n, width = codes.shape[1], scores.shape[1]
    depth = n if len(most) == 0 else deeper * n
    best, score_of = np.empty(depth, np.int32), np.empty(depth)
    held = np.zeros((len(most), groups.max() + 1 if groups.size else 0), np.int32)
    for place in range(len(rows)):
        row, line = rows[place], scores[place]
        for step in range(counts[row]):
            code = codes[row, step]
            _hold(groups, held, code, 1)
            if code < width:
                if values[row, step] != values[row, step]:
                    values[row, step] = _boosted(line[code], factors, code)
                line[code] = np.nan
        found = 0
        for item in range(width):
            if not (line[item] == line[item] and may[row, item]):
                line[item] = np.nan
                continue
            score = _boosted(line[item], factors, item)
            line[item] = score
            # Items come in ascending order, so that > leaves ties to the lower code.
            if found == depth and not score > score_of[depth - 1]:
                continue
            step = min(found, depth - 1)
            while step > 0 and score > score_of[step - 1]:
                score_of[step], best[step] = score_of[step - 1], best[step - 1]
                step -= 1
            score_of[step], best[step] = score, item
            found = min(found + 1, depth)
        _walk(row, line, best[:found], groups, most, held, source, codes, values, spoke, counts)
        if counts[row] < n and found == depth and len(most):
            rest = np.flatnonzero(line == line)
            order = rest[np.argsort(-line[rest], kind="mergesort")].astype(np.int32)
            _walk(row, line, order, groups, most, held, source, codes, values, spoke, counts)
        for step in range(counts[row]):
            _hold(groups, held, codes[row, step], -1)


@numba.njit(cache=True, nogil=True)
def _boosted(score, factors, item):  # type: ignore[no-untyped-def]
    if len(factors) == 0:
        return score
    return score * factors[item] if score > 0 else score / factors[item]


@numba.njit(cache=True, nogil=True)
def _hold(groups, held, code, step):  # type: ignore[no-untyped-def]
    for cap in range(len(groups)):
        if groups[cap, code] >= 0:
            held[cap, groups[cap, code]] += step


@numba.njit(cache=True, nogil=True)
def _walk(row, line, order, groups, most, held, source, codes, values, spoke, counts):  # type: ignore[no-untyped-def]
    """Add the items of ``order`` that the caps let through, until the list is full."""
    for step in range(len(order)):
        if counts[row] == codes.shape[1]:
            break
        code = order[step]
        full = False
        for cap in range(len(most)):
            full = full or (groups[cap, code] >= 0 and held[cap, groups[cap, code]] >= most[cap])
        if full:
            continue
        codes[row, counts[row]], values[row, counts[row]], spoke[row, counts[row]] = code, line[code], source
        counts[row] += 1
        line[code] = np.nan
        _hold(groups, held, code, 1)

"""Ratings as neighbours need them: lists of both sides, built once; what pairs and rows are foreseen to have."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from daogou.recommend.interactions import Array
from daogou.recommend.likeness import COSINE_FLOATS, Rated, coded, grouped, tables
from daogou.recommend.ranking import in_threads, threads
from daogou.recommend.voting import average_rows, predict, similarities, voters

_PARTS = 4  # a thread takes the next part when it is done with one


@dataclass(frozen=True, eq=False)
class RatingNeighbours:
    """Neighbours among x that vote on y: customers on items, or items on customers.

    ``xs``, ``ys`` and ``values`` of shape (ratings,) are one rating a pair, in the order of rows. A member without a
    rating is unknown.
    """

    xs: Array
    ys: Array
    values: Array
    x_count: int
    y_count: int
    k: int
    min_k: int
    min_support: int
    similarity: str
    centered: bool

    @cached_property
    def mean(self) -> float:
        """The mean of all ratings; NaN without any."""
        return float(self.values.mean()) if len(self.values) else np.nan

    @cached_property
    def x_rated(self) -> Array:
        """(xs,) how many ratings each x has."""
        return np.bincount(self.xs, minlength=self.x_count)

    @cached_property
    def y_rated(self) -> Array:
        """(ys,) how many ratings each y has."""
        return np.bincount(self.ys, minlength=self.y_count)

    @cached_property
    def means(self) -> Array:
        """(xs,) mean rating of each x."""
        return np.asarray(np.bincount(self.xs, self.values, self.x_count) / np.maximum(self.x_rated, 1))

    @cached_property
    def _number(self) -> Array:
        """(ys,) place of each y in the order of first rows."""
        first = np.full(self.y_count, len(self.ys))
        first[self.ys[::-1]] = np.arange(len(self.ys))[::-1]
        number = np.empty(self.y_count, np.int32)
        number[np.argsort(first, kind="stable")] = np.arange(self.y_count, dtype=np.int32)
        return number

    @cached_property
    def rated(self) -> Rated:
        """What the kernels read."""
        longest = int(self.x_rated.max(initial=0))
        form, codes, unit = coded(self.values, self.similarity, longest, self.min_support)
        y_starts, by_y = grouped(self._number[self.ys], self.y_count)
        y_xs = self.xs[by_y].astype(np.uint32)  # unsigned, so that no kernel asks whether a place counts from the end
        x_starts, by_x = grouped(y_xs, self.x_count)
        y_ratings = self.values[by_y]
        y_codes = codes[by_y] if form < COSINE_FLOATS else codes
        numbers = np.repeat(np.arange(self.y_count, dtype=np.int32), np.diff(y_starts))
        return Rated(
            x_starts,
            numbers[by_x],
            y_codes[by_x] if form < COSINE_FLOATS else codes,
            y_ratings[by_x],
            y_starts,
            y_xs,
            y_codes,
            y_ratings,
            y_ratings - self.means[y_xs] if self.centered else y_ratings,
            tables(form, int(codes.max(initial=0)) + 1),
            form,
            unit,
            self.min_support,
        )

    def pairs(self, xs: Array, ys: Array) -> Array:
        """(pairs,) the rating that each pair is foreseen to have; codes of -1 are unknown."""
        known = (xs >= 0) & (ys >= 0)
        known[known] = (self.x_rated[xs[known]] > 0) & (self.y_rated[ys[known]] > 0)
        starts, order = grouped(xs[known], self.x_count)
        asked = np.flatnonzero(np.diff(starts))
        starts = np.append(starts[asked], starts[-1])
        numbers = self._number[ys[known]][order]
        averages = np.empty(len(order))
        bounds = np.unique(np.searchsorted(starts, np.linspace(0, len(order), _PARTS * threads() + 1)))
        parts = [slice(low, high) for low, high in pairwise(bounds.tolist())]

        def part(rows: slice) -> None:
            predict(
                self.rated, asked[rows], starts[rows.start : rows.stop + 1], numbers, self.k, self.min_k, averages
            )  # fmt: skip

        if len(order):
            self.rated  # noqa: B018 - made once, before the threads ask for it
            in_threads(part, parts if threads() > 1 else [slice(0, len(asked))])
        found = np.full(len(xs), self.mean)
        inside = np.empty(len(order))
        inside[order] = averages
        if self.centered:
            means = self.means[xs[known]]
            found[known] = np.where(np.isnan(inside), means, means + inside)
        else:
            found[known] = np.where(np.isnan(inside), self.mean, inside)
        return found

    def rows(self, xs: Array, chosen: Array) -> Array:
        """(xs, chosen) what each x is foreseen to have with each of the y in ``chosen``; NaN without ``min_k`` votes.

        ``xs`` are known codes, ``chosen`` distinct ones.
        """
        column = np.full(self.y_count, -1, np.int64)
        chosen = chosen[np.argsort(-self.y_rated[chosen], kind="stable")]
        column[chosen] = np.arange(len(chosen))
        rated, y_of = self.rated, self._number[chosen].astype(np.int64)
        places = np.concatenate(
            [np.zeros(0, np.int64), *(np.arange(rated.y_starts[y], rated.y_starts[y + 1]) for y in y_of)]
        )
        columns = np.repeat(np.arange(len(chosen)), self.y_rated[chosen])
        starts, order = grouped(rated.y_xs[places], self.x_count)
        averages = np.empty((len(xs), len(chosen)))
        average_rows(
            rated, xs, starts, columns[order].astype(np.int32), rated.y_values[places[order]], y_of, self.k, self.min_k,
            averages,
        )  # fmt: skip
        if self.centered:
            averages += self.means[xs, None]
        back = np.argsort(chosen, kind="stable")
        return averages[:, back]

    def voters(self, x: int, ys: Array) -> tuple[Array, Array]:
        """Who votes on ``x`` with each of ``ys``: codes and similarities, both (ys, k), -1 and 0 beyond."""
        codes = np.full((len(ys), self.k), -1, np.int32)
        sims = np.zeros((len(ys), self.k))
        voters(self.rated, x, self._number[ys], self.k, codes, sims)
        return codes, sims

    def similar(self, x: int) -> Array:
        """(xs,) similarities of ``x`` with all; 0 with itself."""
        sims = np.zeros(self.x_count)
        similarities(self.rated, x, sims)
        return sims

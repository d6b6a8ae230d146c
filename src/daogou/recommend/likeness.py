"""Likeness of two customers or two items by what both were rated: one row of similarities at a time.

The side whose members are compared is called x, the other y: customers and items for user neighbours, items and
customers for item neighbours. The rules, and the order in which sums are made, are those of Surprise
(similarities.pyx), so that equal similarities are equal bit for bit and ties fall alike.

Ratings on a grid (whole, half, quarter or eighth steps) are coded as small integers. All sums that a pair needs lie
packed in one or two 64-bit words: one look-up in a table and one or two additions a co-rating, all exact. Ratings on no
grid are summed as float64, in the order of the first rows of y.
"""

from typing import NamedTuple

import numba
import numpy as np

from daogou.recommend.interactions import Array

# How the sums of a pair are kept. The words, from the highest bits to the lowest:
COSINE_WORD = 0  # product (21 bits), squares of x (21), squares of y (21)
COSINE_WORDS = 1  # product (31), count (32); squares of x (31), squares of y (32)
MSD_WORD = 2  # squared differences (31), count (32)
PEARSON_WORDS = 3  # product (23), sum of x (20), sum of y (20); squares of x (23), squares of y (24), count (16)
COSINE_FLOATS = 4  # from here on: count, product (or squared differences), sums of x and y, squares of x and y
MSD_FLOATS = 5
PEARSON_FLOATS = 6
_FLOATS = {"cosine": COSINE_FLOATS, "msd": MSD_FLOATS, "pearson": PEARSON_FLOATS}
UNKNOWN = -2.0  # a similarity that is not computed yet


class Rated(NamedTuple):
    """Ratings as lists of both sides; y is numbered by first row, and the list of each y is in the order of rows."""

    x_starts: Array  # (xs + 1,)
    x_ys: Array  # ascending
    x_codes: Array  # (ratings,) uint8; empty when summed as floats
    x_ratings: Array  # (ratings,) float64
    y_starts: Array  # (ys + 1,)
    y_xs: Array
    y_codes: Array
    y_ratings: Array
    y_values: Array  # (ratings,) what is averaged: the rating, or its distance from the mean of its x
    tables: Array  # (2, codes, codes) what a pair of codes adds to each word
    form: int
    unit: float  # of a squared difference
    min_support: int


def coded(values: Array, similarity: str, longest: int, min_support: int) -> tuple[int, Array, float]:
    """How sums are kept, the code of each value, and the unit of squares; COSINE_FLOATS or higher has no codes.

    ``longest`` is the most ratings that an x has.
    """
    floats = _FLOATS[similarity]
    low, high = (values.min(), values.max()) if len(values) else (0.0, 0.0)
    for power in (1, 2, 4, 8):
        origin = 0.0 if similarity == "cosine" else low * power  # the others do not change when all ratings are moved
        scaled = values * power - origin
        top = high * power - origin
        if top > 255 or low * power < origin or (longest * max(abs(low), abs(high)) * power) ** 2 >= 2**53:
            break
        codes = scaled.astype(np.uint8)
        if (codes == scaled).all():
            form = _form(similarity, float(top), float(low), longest, min_support)
            return (floats if form is None else form), codes, 1.0 / power**2
    return floats, np.zeros(0, np.uint8), 1.0


def _form(similarity: str, top: float, low: float, longest: int, min_support: int) -> int | None:
    squares = longest * top * top
    if similarity == "cosine" and low > 0 and min_support <= 1 and squares < 2**21:
        return COSINE_WORD
    if similarity == "pearson":
        return PEARSON_WORDS if squares < 2**23 and longest < 2**16 and longest * top < 2**20 else None
    if squares < 2**31:
        return COSINE_WORDS if similarity == "cosine" else MSD_WORD
    return None


def tables(form: int, codes: int) -> Array:
    """(2, codes, codes) what a rating of x and one of y add to the words."""
    value = np.arange(codes, dtype=np.int64)
    x, y = value[:, None], value[None, :]
    words = np.zeros((2, codes, codes), np.int64)
    if form == COSINE_WORD:
        words[0] = (x * y << 42) + (x * x << 21) + y * y
    elif form == COSINE_WORDS:
        words[0] = (x * y << 32) + 1
        words[1] = (x * x << 32) + y * y
    elif form == MSD_WORD:
        words[0] = ((x - y) ** 2 << 32) + 1
    elif form == PEARSON_WORDS:
        words[0] = (x * y << 40) + (x << 20) + y
        words[1] = (x * x << 40) + (y * y << 16) + 1
    return words


@numba.njit(cache=True, nogil=True)
def add_row(rated, x, one, two, floats):  # type: ignore[no-untyped-def]
    """Add up the sums of ``x`` with all others, in the arrays that the form uses; they come full of zeros."""
    form, xs, codes, ratings = rated.form, rated.y_xs, rated.y_codes, rated.y_ratings
    for place in range(rated.x_starts[x], rated.x_starts[x + 1]):
        y = rated.x_ys[place]
        start, stop = rated.y_starts[y], rated.y_starts[y + 1]
        if form >= COSINE_FLOATS:
            r = rated.x_ratings[place]
            for step in range(start, stop):
                other, s = xs[step], ratings[step]
                floats[other, 0] += 1.0
                floats[other, 1] += (r - s) * (r - s) if form == MSD_FLOATS else r * s
                floats[other, 2] += r
                floats[other, 3] += s
                floats[other, 4] += r * r
                floats[other, 5] += s * s
        elif form in (COSINE_WORDS, PEARSON_WORDS):
            first, second = rated.tables[0, rated.x_codes[place]], rated.tables[1, rated.x_codes[place]]
            for step in range(start, stop):
                one[xs[step]] += first[codes[step]]
                two[xs[step]] += second[codes[step]]
        else:
            first = rated.tables[0, rated.x_codes[place]]
            for step in range(start, stop):
                one[xs[step]] += first[codes[step]]


@numba.njit(cache=True, nogil=True)
def _of_words(form, unit, min_support, a, b):  # type: ignore[no-untyped-def]
    if form == COSINE_WORD:
        if a == 0:
            return 0.0
        low = (1 << 21) - 1
        return np.float64(a >> 42) / np.sqrt(np.float64(a >> 21 & low) * np.float64(a & low))
    low = (1 << 32) - 1
    if form == COSINE_WORDS:
        n, p, qx, qy = np.float64(a & low), np.float64(a >> 32), np.float64(b >> 32), np.float64(b & low)
        return _of_sums(COSINE_FLOATS, min_support, n, p, 0.0, 0.0, qx, qy)
    if form == MSD_WORD:
        n, p = np.float64(a & low), np.float64(a >> 32) * unit
        return _of_sums(MSD_FLOATS, min_support, n, p, 0.0, 0.0, 0.0, 0.0)
    low = (1 << 20) - 1
    p, sx, sy = np.float64(a >> 40), np.float64(a >> 20 & low), np.float64(a & low)
    qx, qy, n = np.float64(b >> 40), np.float64(b >> 16 & (1 << 24) - 1), np.float64(b & (1 << 16) - 1)
    return _of_sums(PEARSON_FLOATS, min_support, n, p, sx, sy, qx, qy)


@numba.njit(cache=True, nogil=True)
def _of_sums(form, min_support, n, p, sx, sy, qx, qy):  # type: ignore[no-untyped-def]
    if n < min_support:
        return 0.0
    if form == MSD_FLOATS:
        return 1.0 / (p / n + 1.0)
    if form == PEARSON_FLOATS:
        p = n * p - sx * sy
        qx, qy = n * qx - sx * sx, n * qy - sy * sy
    squares = qx * qy
    return p / np.sqrt(squares) if squares > 0 else 0.0


@numba.njit(cache=True, nogil=True, inline="always")
def similarity_of(form, unit, min_support, one, two, floats, other):  # type: ignore[no-untyped-def]
    """The similarity of the row's x and ``other``; 0 without enough in common, or where it is not defined."""
    # Numbers are handed on, no arrays: counting their references would take longer than the sum.
    if form < COSINE_FLOATS:
        return _of_words(form, unit, min_support, one[other], two[other])
    return _of_sums(
        form, min_support, floats[other, 0], floats[other, 1], floats[other, 2], floats[other, 3], floats[other, 4],
        floats[other, 5],
    )  # fmt: skip


@numba.njit(cache=True, nogil=True)
def working_arrays(rated):  # type: ignore[no-untyped-def]
    """Zeroed sums for :func:`add_row`; those that the form does not use are empty."""
    xs = len(rated.x_starts) - 1
    words, sums = (xs, 0) if rated.form < COSINE_FLOATS else (0, xs)
    return np.zeros(words, np.int64), np.zeros(words, np.int64), np.zeros((sums, 6))


@numba.njit(cache=True, nogil=True)
def grouped(keys, groups):  # type: ignore[no-untyped-def]
    """Places by key, in rising order within a key, in CSR form: starts (groups + 1,) and places (keys,)."""
    starts = np.zeros(groups + 1, np.int64)
    for key in keys:
        starts[key + 1] += 1
    for group in range(groups):
        starts[group + 1] += starts[group]
    fill = starts[:-1].copy()
    places = np.empty(len(keys), np.int64)
    for place in range(len(keys)):
        places[fill[keys[place]]] = place
        fill[keys[place]] += 1
    return starts, places

"""Groups of points by k-means, how many there are, and whether they are more than noise.

Points may miss attributes (NaN). A missing value is filled from a random row for the first pass, which makes no point
that many rows share, and then by the centre of its row's group, so that what is not known pulls no centre (k-POD: Chi,
Chi and Baraniuk 2016). A row goes to the centre that is nearest in what is known of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_samples
from sklearn.metrics.pairwise import euclidean_distances
from threadpoolctl import threadpool_limits

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.profile.noise import Blocks as Blocks
from daogou.profile.noise import continuum, shuffled

Array = np.ndarray[Any, Any]

KS = range(2, 11)
_CURVE_SAMPLE = 20_000  # rows that k is chosen on
_DRAWS = 3  # of data without kinds, of each sort
_SILHOUETTE_SAMPLE = 2_000  # its cost grows with the square
_ROUNDS = 20  # of filling what is missing
_AS_GOOD = 1.01  # an earlier grouping stays where its inertia is at most this many times the best


@dataclass(frozen=True)
class Clarity:
    """How clear ``k`` groups are: silhouette of the data, and the highest of data like them that have no kinds."""

    k: int
    silhouette: Estimate
    shuffled: float


Curve = tuple[Clarity, ...]


def better_than_noise(curve: Curve, k: int) -> bool:
    """Whether the silhouette's interval lies above the best of data without kinds of customers.

    Best against best, since k was chosen by the same curve.
    """
    chosen = next(clarity for clarity in curve if clarity.k == k)
    return chosen.silhouette.low > max(clarity.shuffled for clarity in curve)


def curve(points: Array, blocks: Blocks, ks: Sequence[int], seed: int) -> Curve:
    """How clear each number of groups is, on a sample of ``points`` and on data like it without kinds.

    These are three shuffles (six of fewer than 2,000 rows) and, of two numbers or more, as many continua:
    :mod:`daogou.profile.noise`.
    """
    random = np.random.default_rng(seed)
    sample = points[np.sort(random.permutation(len(points))[:_CURVE_SAMPLE])]
    fit_on = filled(sample, blocks, random)
    draws = _DRAWS if len(sample) >= _SILHOUETTE_SAMPLE else 2 * _DRAWS  # fewer rows differ more from draw to draw
    ways = [shuffled] * draws + [continuum] * draws * (len(blocks.numbers) > 1)
    noises = [way(fit_on, blocks, random) for way in ways]
    with threadpool_limits(limits=1):  # sums of several threads are added in an order that differs from run to run
        seen, *noise = (_silhouettes(values, ks, seed) for values in (fit_on, *noises))
    return tuple(
        Clarity(k, estimate, max(drawn[place].value for drawn in noise))
        for place, (k, estimate) in enumerate(zip(ks, seen, strict=True))
    )


def chosen(found: Curve, before: int = 0) -> int:
    """The largest k whose silhouette is within one standard error of the best; ``before`` if it is within that, too.

    As clear as the clearest, and as fine as that allows. The rule of one standard error is Breiman's (1984); he prefers
    the coarser side.
    """
    best = max(found, key=lambda clarity: clarity.silhouette.value).silhouette
    error = (best.high - best.value) / Z95
    near = [clarity.k for clarity in found if clarity.silhouette.value >= best.value - error]
    return before if before in near else max(near)


def centres(points: Array, blocks: Blocks, k: int, seed: int, start: Array | None = None) -> Array:
    """The centres of ``k`` groups, shape (k, columns); ``start``, an earlier grouping, stays where it is as good."""
    with threadpool_limits(limits=1):
        return _centres(points, blocks, k, seed, start)


def _centres(points: Array, blocks: Blocks, k: int, seed: int, start: Array | None) -> Array:
    values = filled(points, blocks, np.random.default_rng(seed))
    model = KMeans(k, n_init=10, random_state=seed).fit(values)
    if start is not None:
        again = KMeans(k, init=start, n_init=1, random_state=seed).fit(values)
        model = again if again.inertia_ <= _AS_GOOD * model.inertia_ else model
    if not np.isnan(points).any():
        return np.asarray(model.cluster_centers_)
    of = None
    for _round in range(_ROUNDS):
        before, of = of, assigned(points, model.cluster_centers_)
        if before is not None and (before == of).all():
            break
        values = np.where(np.isnan(points), model.cluster_centers_[of], points)
        model = KMeans(k, init=model.cluster_centers_, n_init=1, random_state=seed).fit(values)
    return np.asarray(model.cluster_centers_)


def assigned(points: Array, middles: Array) -> Array:
    """The number of the centre that is nearest to each point in what is known of it; ties to the first."""
    nearest: Array = gaps_to(points, middles).argmin(axis=1)
    return nearest


def gaps_to(points: Array, middles: Array) -> Array:
    """Squared distances of shape (points, centres) over what is known of each point."""
    known = np.isfinite(points)
    values = np.where(known, points, 0.0)
    squares = (values**2).sum(axis=1)[:, None] - 2 * values @ middles.T + known.astype(np.float64) @ (middles**2).T
    return np.asarray(np.maximum(squares, 0.0))


def filled(points: Array, blocks: Blocks, random: np.random.Generator) -> Array:
    """Points without gaps: an attribute that a row misses is taken whole from a random row that has it."""
    if not np.isnan(points).any():
        return points
    made = points.copy()
    for block in blocks.slices:
        missing = np.isnan(points[:, block.start])
        if missing.any():
            donors = np.flatnonzero(~missing)
            made[missing, block] = points[random.choice(donors, int(missing.sum())), block] if len(donors) else 0.0
    return made


def _silhouettes(points: Array, ks: Sequence[int], seed: int) -> list[Estimate]:
    """Mean silhouette over a sample for each k, with the normal interval of a mean; 0 where it is not defined.

    Source: Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation and validation of cluster analysis.
    """
    sample = np.sort(np.random.default_rng(seed).permutation(len(points))[:_SILHOUETTE_SAMPLE])
    distances = euclidean_distances(points[sample])
    np.fill_diagonal(distances, 0.0)
    distinct = len(np.unique(points, axis=0))
    made = []
    for k in ks:
        # a shuffle of few rows may have fewer different ones than the data
        of = KMeans(min(k, distinct), n_init=4, random_state=seed).fit_predict(points)
        defined = 1 < len(set(of[sample])) < len(sample)
        each = silhouette_samples(distances, of[sample], metric="precomputed") if defined else np.zeros(len(sample))
        half = Z95 * float(each.std()) / len(each) ** 0.5
        mean = float(each.mean())
        made.append(Estimate(mean, mean - half, mean + half, len(each), "silhouette"))
    return made

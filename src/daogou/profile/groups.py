"""Groups of customers by k-means, and whether they are more than noise."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_samples
from sklearn.metrics.pairwise import euclidean_distances
from threadpoolctl import threadpool_limits

from daogou.base.estimate import Estimate
from daogou.base.statistics import Z95
from daogou.profile.matrix import scaled
from daogou.profile.settings import SegmentSettings

Array = np.ndarray[Any, Any]

FEWEST = 30  # customers below which groups would be anecdotes
_KS = range(2, 11)
_FIT_SAMPLE = 20_000  # customers that k is chosen on
_SHUFFLES = 3
_SILHOUETTE_SAMPLE = 2_000  # its cost grows with the square


@dataclass(frozen=True)
class Clarity:
    """How clear ``k`` groups are: silhouette of the data, and the highest of three shuffles within each column."""

    k: int
    silhouette: Estimate
    shuffled: float


@dataclass(frozen=True)
class Groups:
    """A group number for each customer, 0 upwards, and the curve that k was chosen by (one entry for a given k)."""

    of: Array
    k: int
    curve: tuple[Clarity, ...]

    @property
    def better_than_noise(self) -> bool:
        """Whether the silhouette's interval lies above the best of shuffled data, which has no groups.

        Best against best, since k was chosen by the same curve.
        """
        chosen = next(clarity for clarity in self.curve if clarity.k == self.k)
        return chosen.silhouette.low > max(clarity.shuffled for clarity in self.curve)


def groups(values: Array, settings: SegmentSettings) -> Groups | None:
    """Groups of the rows of ``values`` (customers, numbers), or None where there are too few customers or differences.

    k is the largest of 2 to 10 whose silhouette is within one standard error of the best: as clear as the clearest,
    and as fine as that allows. The rule of one standard error is Breiman's (1984); he prefers the coarser side.
    """
    points = scaled(values)
    distinct = len(np.unique(points, axis=0))
    ks = [settings.k] if settings.k else [k for k in _KS if k < distinct]
    if len(points) < max(FEWEST, ks[-1] if ks else 0) or distinct <= max(ks[0] if ks else 2, 2):
        return None
    # one thread: partial sums of several are added in the order that they finish in, which differs from run to run
    with threadpool_limits(limits=1):
        curve = _curve(points, ks, settings.seed)
        k = _choice(curve)
        of = KMeans(k, n_init=10, random_state=settings.seed).fit_predict(points)
    return Groups(of, k, curve)


def _curve(points: Array, ks: list[int], seed: int) -> tuple[Clarity, ...]:
    random = np.random.default_rng(seed)
    fit_on = points[np.sort(random.permutation(len(points))[:_FIT_SAMPLE])]
    noises = [np.column_stack([random.permutation(column) for column in fit_on.T]) for _shuffle in range(_SHUFFLES)]
    seen, *shuffled = (_silhouettes(values, ks, seed) for values in (fit_on, *noises))
    return tuple(
        Clarity(k, estimate, max(noise[place].value for noise in shuffled))
        for place, (k, estimate) in enumerate(zip(ks, seen, strict=True))
    )


def _silhouettes(points: Array, ks: list[int], seed: int) -> list[Estimate]:
    """Mean silhouette over a sample for each k, with the normal interval of a mean; 0 where it is not defined.

    Source: Rousseeuw (1987), Silhouettes: a graphical aid to the interpretation and validation of cluster analysis.
    """
    sample = np.sort(np.random.default_rng(seed).permutation(len(points))[:_SILHOUETTE_SAMPLE])
    distances = euclidean_distances(points[sample])
    np.fill_diagonal(distances, 0.0)
    made = []
    for k in ks:
        of = KMeans(k, n_init=4, random_state=seed).fit_predict(points)
        defined = 1 < len(set(of[sample])) < len(sample)
        each = silhouette_samples(distances, of[sample], metric="precomputed") if defined else np.zeros(len(sample))
        half = Z95 * float(each.std()) / len(each) ** 0.5
        mean = float(each.mean())
        made.append(Estimate(mean, mean - half, mean + half, len(each), "silhouette"))
    return made


def _choice(curve: tuple[Clarity, ...]) -> int:
    best = max(curve, key=lambda clarity: clarity.silhouette.value).silhouette
    error = (best.high - best.value) / Z95
    return max(clarity.k for clarity in curve if clarity.silhouette.value >= best.value - error)

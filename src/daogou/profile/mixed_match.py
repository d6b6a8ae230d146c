"""Groups found again: the numbers of an earlier run kept for the groups that are still the same.

The new groups' means are placed in the earlier run's scaled space, and given to its centres one to one so that the sum
of squared distances is least (the assignment problem, solved by scipy's ``linear_sum_assignment``). A number is kept
only where the mean lies as near to the old centre as the old group's own rows did on average; else the group is a new
one, with a number that was never used.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.optimize import linear_sum_assignment

from daogou.profile.groups import Array, assigned
from daogou.profile.mixed import Space

if TYPE_CHECKING:
    from daogou.profile.mixed_kmeans import KMeans


@dataclass(frozen=True)
class Before:
    """An earlier run, as far as its attributes are still there."""

    space: Space
    centres: Array  # (groups, columns)
    numbers: tuple[int, ...]
    spreads: tuple[float, ...]  # mean squared distance of a group's rows to its centre
    used: int  # numbers that were ever given
    start: Array | None  # its groups as centres of the new space; None where k or the attributes changed

    @classmethod
    def of(cls, model: "KMeans", space: Space, data: Any, k: int) -> Self | None:
        """The earlier ``model`` beside a new ``space``; None where they share no attribute."""
        known = [place for place, name in enumerate(model.space_.names) if name in data.columns]
        if not known:
            return None
        columns = np.concatenate([np.arange(len(model.space_.titles))[model.space_.blocks[place]] for place in known])
        old = model.space_
        shared = Space(tuple(old.attributes[n] for n in known), tuple(old.kinds[n] for n in known), ())
        centres = model.centres_[:, columns]
        made = cls(shared, centres, model.numbers_, model.spreads_, model.used_, None)
        same = set(old.names) == set(space.names) and len(centres) == k
        return cls(**{**vars(made), "start": made._start(space, data)}) if same else made

    def means(self, data: Any, of: Array, k: int, space: Space | None = None) -> Array:
        """The mean of each of ``k`` groups in the earlier space (or in ``space``), shape (k, columns)."""
        placed_in = space or self.space
        sums, counts = np.zeros((k, len(placed_in.titles))), np.zeros((k, len(placed_in.titles)))
        start = 0
        for part in placed_in.parts(data.to_native()):
            points = placed_in.place(part)
            inside = of[start : start + len(points)]
            start += len(points)
            member = (inside[:, None] == np.arange(k)).astype(np.float64).T
            sums += member @ np.nan_to_num(points)
            counts += member @ np.isfinite(points)
        return np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)

    def _start(self, space: Space, data: Any) -> Array | None:
        parts = [assigned(self.space.place(part), self.centres) for part in self.space.parts(data.to_native())]
        of = np.concatenate(parts)
        k = len(self.centres)
        return self.means(data, of, k, space) if len(np.unique(of)) == k else None


def matched(means: Array, before: Before, order: Array) -> tuple[Array, int]:
    """The number of each new group, and how many numbers were ever used; ``order`` ranks groups for new numbers."""
    gaps = ((means[:, None, :] - before.centres[None, :, :]) ** 2).sum(axis=2)
    numbers = np.full(len(means), -1, dtype=np.int64)
    for new, old in zip(*linear_sum_assignment(gaps), strict=True):
        if gaps[new, old] <= before.spreads[old]:
            numbers[new] = before.numbers[old]
    used = before.used
    for new in order:
        if numbers[new] < 0:
            numbers[new], used = used, used + 1
    return numbers, used

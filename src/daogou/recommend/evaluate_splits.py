"""What models may learn from, and what they are judged by."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from daogou.recommend.interactions import Array, Interactions


@dataclass(frozen=True, eq=False)
class Split:
    """Events to learn from and events to foresee; codes and ids are the same in both."""

    before: Interactions
    after: Interactions


def by_time(interactions: Interactions, cut: float, until: float = np.inf) -> Split:
    """A global temporal split, for everyone at the same moment: before ``cut``, and from it to before ``until``.

    Moments are days since 1970.

    Raises:
        ValueError: ``interactions`` have no times.
    """
    if interactions.when is None:
        raise ValueError("a temporal split needs times")
    when = interactions.when
    return Split(interactions.where(when < cut), interactions.where((when >= cut) & (when < until)))


def leave_last_out(interactions: Interactions) -> Split:
    """The last event of each customer against all before it; of events at one time, that of the highest item id.

    Without times, the event of the highest item id is the last. A customer of one event has no past. Models may see
    what others did later, which a shop never can: this answers what follows what, not what will happen.
    """
    when = np.zeros(len(interactions)) if interactions.when is None else interactions.when
    order = np.lexsort((interactions.items, when, interactions.customers))
    ends = np.append(np.diff(interactions.customers[order]) != 0, True) if len(order) else np.zeros(0, bool)
    is_last = np.zeros(len(interactions), bool)
    is_last[order[ends]] = True
    return Split(interactions.where(~is_last), interactions.where(is_last))


def folds(interactions: Interactions, k: int, seed: int) -> Iterator[tuple[Split, Array]]:
    """``k`` splits of the events, each event foreseen once; with the places of those that are, ascending.

    Chance alone divides them, whatever their time: for ratings, whose taste is asked for and not their moment.
    """
    order = np.random.default_rng(seed).permutation(len(interactions))
    for places in np.array_split(order, k):
        foreseen = np.zeros(len(interactions), bool)
        foreseen[places] = True
        yield Split(interactions.where(~foreseen), interactions.where(foreseen)), np.flatnonzero(foreseen)

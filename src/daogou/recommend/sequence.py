"""What people take next."""

from dataclasses import dataclass
from itertools import pairwise

import numba
import numpy as np
from scipy import sparse

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.recommend.base import Recommender
from daogou.recommend.heaps import best_first, insert
from daogou.recommend.interactions import Array, Interactions
from daogou.recommend.ranking import Repeat, in_threads, threads
from daogou.recommend.shortlist import Votes, scored, shortlist, spoken

_PARTS = 16  # a thread takes the next part when it is done with one


@dataclass
class SequentialKNN(Recommender):
    """Items that others took soon after what the customer took last.

    A customer's events are steps: what bears the same time is one step, and without times all is one. With n_j events
    of item j, and the sum over all customers and all their events of j and later events of i, d steps after it, d at
    most ``window``::

        a(j, i)   = sum of decay ^ max(d - 1, 0)
        sim(j, i) = a(j, i) / (sqrt(n_j n_i) + shrinkage)
        score(i)  = sum over the customer's events of items j, m steps before the last one and m < window, with i among
                    the k items of highest sim(j, i), of decay ^ m sim(j, i)

    The similarity has a direction: a camera leads to a case, a case to no camera. What is taken again has one with
    itself. Events within one step lead to each other. Ludewig & Jannach (2018), Evaluation of session-based
    recommendation algorithms (sequential rules), with decay in steps and normalised as a cosine.
    """

    k: int = 100  # items that each item leads to
    window: int = 10  # steps
    decay: float = 0.8  # weight of each step further away
    shrinkage: float = 0.0

    def _fit(self, interactions: Interactions) -> None:
        if min(self.k, self.window) < 1:
            raise DaogouError(
                _("k or window is below 1"), "SequentialKNN", _("Let 1 item or more vote, from 1 step or more.")
            )
        if not 0 < self.decay <= 1:
            raise DaogouError(
                _("decay is {decay}").format(decay=self.decay), "SequentialKNN", _("Choose one above 0, up to 1.")
            )
        customers, items, steps = _in_time(interactions)
        starts = np.searchsorted(customers, np.arange(len(interactions.customer_ids) + 1)).astype(np.int64)
        ends = np.append(starts[1:], len(items))[customers] if len(items) else starts[:0]
        self.next_starts_, self.next_, self.similarities_ = self._followers(items, steps, ends)
        self._keep_recent(customers, items, steps, ends, len(interactions.item_ids))

    def _keep_recent(self, customers: Array, items: Array, steps: Array, ends: Array, width: int) -> None:
        """What each customer took last, and how much it weighs."""
        back = steps[ends - 1] - steps
        recent = back < self.window
        weights = float(self.decay) ** back[recent]
        shape = (len(self.customer_ids_), width)
        last = sparse.coo_array((weights, (customers[recent], items[recent])), shape=shape).tocsr()
        last.sort_indices()
        self.recent_starts_, self.recent_ = last.indptr.astype(np.int64), last.indices.astype(np.int32)
        self.recent_weights_ = last.data

    def _followers(self, items: Array, steps: Array, ends: Array) -> tuple[Array, Array, Array]:
        """Of each item the k that follow it most, in CSR form."""
        width = len(self.item_ids_)
        counts = np.bincount(items, minlength=width)
        places = np.argsort(items, kind="stable")
        starts = np.concatenate([[0], np.cumsum(counts)])
        ids, sims = np.full((width, self.k), -1, np.int32), np.zeros((width, self.k), np.float32)
        norms, decays = np.sqrt(counts), float(self.decay) ** np.maximum(np.arange(self.window + 1) - 1, 0)
        bounds = np.searchsorted(starts, np.linspace(0, len(items), _PARTS * threads() + 1)[1:-1])
        parts = list(pairwise([0, *bounds.tolist(), width]))
        in_threads(
            lambda part: _follow(*part, starts, places, items, steps, ends, decays, norms, self.shrinkage, ids, sims),
            parts,
        )
        best_first(ids, sims)
        lengths = (ids >= 0).sum(axis=1)
        return np.concatenate([[0], np.cumsum(lengths)]), ids[ids >= 0], sims[ids >= 0]

    def _prepare(self) -> None:
        recent = self.recent_starts_, self.recent_, self.recent_weights_
        lists = self.next_starts_, self.next_.view(np.uint32), self.similarities_
        self._votes = Votes(*recent, *lists, np.zeros(0), 0.0)

    def _score(self, customers: Array, scores: Array) -> None:
        scored(self._votes, customers, scores)
        for row in np.flatnonzero(customers >= 0):  # what was taken lately has an opinion, if one of 0
            recent = self.recent_[slice(*self.recent_starts_[customers[row] : customers[row] + 2])]
            scores[row, recent] = np.nan_to_num(scores[row, recent])

    def _best(self, customers: Array, allowed: Array, repeat: Repeat, n: int) -> tuple[Array, Array]:
        if repeat is not False:
            return super()._best(customers, allowed, repeat, n)
        return shortlist(self._votes, customers, (self.starts_, self.taken_), allowed, repeat, n)

    def _likeness(self, items: Array) -> Array:
        found = np.full((len(items), len(self.item_ids_)), np.nan)
        for row, item in enumerate(items):
            leads = slice(*self.next_starts_[item : item + 2])
            found[row, self.next_[leads]] = self.similarities_[leads]
        return found

    def _contributions(self, customer: int, items: Array) -> tuple[Array, Array]:
        mine = slice(*self.recent_starts_[customer : customer + 2]) if customer >= 0 else slice(0)
        taken = self.recent_[mine]
        parts, columns = np.zeros((len(items), len(taken))), np.full(len(self.item_ids_), -1)
        columns[items] = np.arange(len(items))
        spoken(*self._votes[3:6], taken, columns, parts)
        return np.tile(taken, (len(items), 1)), parts * self.recent_weights_[mine]


def _in_time(interactions: Interactions) -> tuple[Array, Array, Array]:
    """Events by customer and time: customers, items, and the step of each, from 0 for a customer's first."""
    customers, items = interactions.customers, interactions.items
    when = np.zeros(len(items)) if interactions.when is None else interactions.when
    order = np.lexsort((items, when, customers))
    customers, items, when = customers[order], items[order], when[order]
    if not len(items):
        return customers, items, np.zeros(0, np.int64)
    begins = np.append(True, np.diff(customers) != 0)
    step = np.cumsum(np.append(False, np.diff(when) != 0) | begins)
    return customers, items, step - np.repeat(step[begins], np.diff(np.append(np.flatnonzero(begins), len(step))))


@numba.njit(cache=True, nogil=True)
def _follow(  # type: ignore[no-untyped-def]
    low, high, starts, places, items, steps, ends, decays, norms, shrinkage, ids, sims
):
    sums, touched = np.zeros(len(norms)), np.empty(len(norms), np.int32)
    window = len(decays) - 1
    for item in range(low, high):
        found = 0
        for step in range(starts[item], starts[item + 1]):
            place = places[step]
            first = place  # the start of the step: it leads to what stands in it before too
            while first > 0 and ends[first - 1] == ends[place] and steps[first - 1] == steps[place]:
                first -= 1
            for later in range(first, ends[place]):
                distance = steps[later] - steps[place]
                if distance > window:
                    break
                other = items[later]
                if distance == 0 and other == item:
                    continue
                if sums[other] == 0:
                    touched[found] = other
                    found += 1
                sums[other] += decays[distance]
        for step in range(found):
            other = touched[step]
            sim = np.float32(sums[other] / (norms[item] * norms[other] + shrinkage))
            sums[other] = 0.0
            insert(item, other, sim, ids, sims)

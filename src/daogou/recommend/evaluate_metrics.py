"""What a list is worth: definitions, each by hand in the tests.

Where a list is judged, ``hits`` (customers, places) says which places hold what the customer took later, and
``relevant`` (customers,) how much that was, at least 1. A place without an item is no hit. Models order equal scores
by item id before they are judged, so that no tie is broken by luck. Customers who took nothing of the kind that is
asked for are not judged at all.
"""

import numpy as np
from scipy import sparse

from daogou.recommend.interactions import Array


def ndcg(hits: Array, relevant: Array, k: int) -> Array:
    """(customers,) normalised discounted cumulative gain of the first ``k`` places, 0 to 1, each hit worth the same.

    The sum over hits at place p = 1, 2, ... of 1 / log2(p + 1), over the same sum for a list that begins with all that
    was taken, cut at ``k`` too. Source: Järvelin & Kekäläinen (2002).

    >>> ndcg(np.array([[True, False, True]]), np.array([2]), 3).round(4).tolist()
    [0.9197]
    """
    k = min(k, hits.shape[1])
    discounts = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discounts)[np.minimum(relevant, k) - 1]
    return np.asarray(hits[:, :k] @ discounts / ideal)


def recall(hits: Array, relevant: Array, k: int) -> Array:
    """(customers,) the share of what was taken that stands in the first ``k`` places, 0 to 1.

    >>> recall(np.array([[True, False, True]]), np.array([4]), 3).tolist()
    [0.5]
    """
    return np.asarray(hits[:, :k].sum(axis=1) / relevant)


def reciprocal_rank(hits: Array, _relevant: Array, k: int) -> Array:
    """(customers,) 1 / the place of the first hit among the first ``k``, 0 without one; its mean is MRR.

    >>> reciprocal_rank(np.array([[False, True, True], [False, False, False]]), np.array([2, 1]), 3).tolist()
    [0.5, 0.0]
    """
    first = hits[:, :k]
    place = first.argmax(axis=1) + 1 if first.shape[1] else np.ones(len(first))
    return np.where(first.any(axis=1), 1 / place, 0.0)


def hit(hits: Array, _relevant: Array, k: int) -> Array:
    """(customers,) 1 if any of the first ``k`` places is a hit, else 0; its mean is the hit rate.

    >>> hit(np.array([[False, True], [False, False]]), np.array([2, 1]), 2).tolist()
    [1.0, 0.0]
    """
    return np.asarray(hits[:, :k].any(axis=1), dtype=np.float64)


def novelty(codes: Array, takers: Array, customers: int) -> Array:
    """(customers,) mean of -log2((takers + 1) / (customers + 1)) over a list: how little known its items are.

    ``codes`` (customers, places), -1 for none; ``takers`` (items,) of ``customers`` in all. NaN for an empty list. The
    self-information of Zhou et al. (2010), with one more taker and customer, so that an item nobody took counts too.

    >>> novelty(np.array([[0, 1], [-1, -1]]), np.array([7, 1]), 7).tolist()
    [1.0, nan]
    """
    bits = np.append(-np.log2((takers + 1) / (customers + 1)), 0.0)
    there = codes >= 0
    return _mean((bits[codes] * there).sum(axis=1), there.sum(axis=1))


def diversity(codes: Array, took: sparse.csr_array) -> Array:
    """(customers,) 1 - the mean cosine of the takers of each two items of a list; 1 where no two share any.

    ``took`` (customers, items) of zeros and ones. NaN for a list of fewer than two. The intra-list distance of Smyth &
    McClave (2001), by who takes an item, which every company knows.

    >>> took = sparse.csr_array(np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]]))
    >>> diversity(np.array([[0, 1, -1], [0, 2, -1], [1, -1, -1]]), took).round(9).tolist()
    [0.0, 1.0, nan]
    """
    there = codes >= 0
    counts = there.sum(axis=1)
    norms = np.sqrt(np.maximum(np.bincount(took.indices, minlength=took.shape[1]), 1))
    rows = np.repeat(np.arange(len(codes)), counts)
    lists = sparse.csr_array((1 / norms[codes[there]], (rows, codes[there])), shape=(len(codes), took.shape[1]))
    together = lists @ took.T.tocsr().astype(np.float64)
    of_itself = np.bincount(rows, took.sum(axis=0)[codes[there]] > 0, minlength=len(codes))
    pairs = counts * (counts - 1)
    return 1.0 - _mean(np.asarray(together.multiply(together).sum(axis=1)).ravel() - of_itself, pairs)


def coverage(offered: Array, items: int) -> Array:
    """(draws,) the share of ``items`` that stand in any list; ``offered`` (draws, items offered) are counts."""
    return np.asarray((offered > 0).sum(axis=1) / max(items, 1))


def gini(offered: Array, items: int) -> Array:
    """(draws,) how unevenly lists hold the ``items``: 0 all alike, near 1 all lists the same few; NaN without lists.

    With counts x_1 <= ... <= x_M of all M items, the sum of (2 j - M - 1) x_j over M times the sum of x_j. Items that
    stand nowhere need not be among ``offered`` (draws, items offered).

    >>> gini(np.array([[2.0, 2.0], [4.0, 0.0]]), 2).tolist()
    [0.0, 0.5]
    """
    counts = np.sort(offered, axis=1)
    total = counts.sum(axis=1)
    places = items - counts.shape[1] + np.arange(1, counts.shape[1] + 1)
    return _mean(counts @ (2.0 * places - items - 1), items * total)


def _mean(total: Array, count: Array) -> Array:
    return np.asarray(np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0))

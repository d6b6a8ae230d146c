"""A few numbers for each customer and each item, whose product says how well they go together."""

from dataclasses import dataclass
from typing import Any, Self

import numba
import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.recommend.base import Recommender
from daogou.recommend.interactions import Array, Interactions, codes_of
from daogou.recommend.ranking import in_threads, threads

_SEED = 20
_FEW = 1_000_000  # pairs, up to which a second thread waits more than it works
_BLOCK = 512  # customers that are solved in one call
_TILE = 32  # customers that are scored in one product


@dataclass
class ALS(Recommender):
    """Factors of customers and items by alternating least squares on what was taken.

    A customer took item i with confidence c_i = 1 + ``alpha`` w_i, w_i as :class:`ItemKNN` has it, and did not take
    the others with confidence 1. The library implicit finds the factors y of items that come nearest to that. With
    them, C the diagonal of the customer's confidences and p = 1 for what was taken, those of a customer are exact::

        x        = (Y' C Y + regularization I)^-1 Y' C p
        score(j) = x . y_j = sum over the customer's items i of c_i y_j' (Y' C Y + regularization I)^-1 y_i

    so that each item's part in a score is known. Hu, Koren & Volinsky (2008), Collaborative filtering for implicit
    feedback datasets, section 5. There is no opinion on what nobody took or where the score is not above 0.

    ``update`` comes near a fit on all and does not equal it: it keeps the factors of known items, solves those of new
    items from the factors of their customers, and solves all customers anew.
    """

    factors: int = 64
    regularization: float = 0.05
    alpha: float = 10.0
    iterations: int = 15
    half_life: float | None = None  # days

    def _fit(self, interactions: Interactions) -> None:
        if min(self.factors, self.iterations) < 1 or min(self.regularization, self.alpha) <= 0:
            raise DaogouError(
                _("factors, iterations, regularization or alpha is too low"),
                "ALS",
                _("Choose 1 or more of the first two, and the others above 0."),
            )
        if interactions.values is not None and (interactions.values < 0).any():
            raise DaogouError(_("a value is below 0"), "ALS", _("Values are weights: leave such rows out."))
        weights = np.log2(1 + interactions.weights(self.half_life, interactions.pairs()[2]))
        self.confidences_ = 1 + self.alpha * weights  # (pairs,)
        known = getattr(self, "_known", None)
        self.item_factors_ = self._factors() if known is None else self._factors_from(*known)
        self.customer_factors_ = self._solved(self.starts_, self.taken_, self.confidences_, self.item_factors_)

    def _matrix(self) -> sparse.csr_matrix:
        shape = len(self.customer_ids_), len(self.item_ids_)
        return sparse.csr_matrix((self.confidences_.astype(np.float32), self.taken_, self.starts_), shape=shape)

    def _factors(self) -> Array:
        """(items, factors) by the library; 0 for what nobody took."""
        found = np.zeros((len(self.item_ids_), self.factors))
        if len(self.taken_):
            # Before the limit, which holds for the libraries that are loaded by then.
            from implicit.cpu.als import AlternatingLeastSquares

            with threadpool_limits(1, "blas"):  # a sum over several threads would differ from run to run
                model = AlternatingLeastSquares(
                    factors=self.factors,
                    regularization=self.regularization,
                    iterations=self.iterations,
                    random_state=_SEED,
                    num_threads=threads() if len(self.taken_) > _FEW else 1,
                )
                model.fit(self._matrix(), show_progress=False)
            taken = np.unique(self.taken_)
            found[taken] = model.item_factors[taken]
        return found

    def _factors_from(self, ids: Any, factors: Array, customer_ids: Any, customer_factors: Array) -> Array:
        """Those of known items as they are; of new ones from those of the customers who were known."""
        found = np.zeros((len(self.item_ids_), self.factors))
        found[codes_of(ids, self.item_ids_)] = factors
        people = np.zeros((len(self.customer_ids_), self.factors))
        people[codes_of(customer_ids, self.customer_ids_)] = customer_factors
        turned = self._matrix().tocsc()
        new = np.flatnonzero((found == 0).all(axis=1) & (np.diff(turned.indptr) > 0))
        places = np.concatenate([np.arange(turned.indptr[i], turned.indptr[i + 1]) for i in new] or [np.zeros(0, int)])
        starts = np.concatenate([[0], np.cumsum(np.diff(turned.indptr)[new])])
        found[new] = self._solved(starts, turned.indices[places], turned.data[places].astype(float), people)
        return found

    def _solved(self, starts: Array, taken: Array, confidences: Array, factors: Array) -> Array:
        """(rows, factors) the exact least squares of each row against ``factors``."""
        with threadpool_limits(1, "blas"):
            gram = factors.T @ factors + self.regularization * np.eye(self.factors)
        found = np.zeros((len(starts) - 1, self.factors))
        rows = [slice(start, start + _BLOCK) for start in range(0, len(found), _BLOCK)]
        in_threads(
            lambda at: _solve(starts[at.start : at.stop + 1], taken, confidences, factors, gram, found[at]), rows
        )
        return found

    def _prepare(self) -> None:
        self._gram = self.item_factors_.T @ self.item_factors_ + self.regularization * np.eye(self.factors)

    def _learn_more(self, past: Interactions, more: Interactions) -> Self:
        self._known = self.item_ids_, self.item_factors_, self.customer_ids_, self.customer_factors_
        try:
            return super()._learn_more(past, more)
        finally:
            del self._known

    def _block(self) -> int:
        return _TILE * max(len(self.item_ids_), 1)

    def _score(self, customers: Array, scores: Array) -> None:
        known = np.flatnonzero(customers >= 0)
        # Products of one size: with any other the last digits would hang on how many customers are asked for.
        tile = np.zeros((_TILE, self.factors))
        for start in range(0, len(known), _TILE):
            rows = known[start : start + _TILE]
            tile[: len(rows)] = self.customer_factors_[customers[rows]]
            scores[rows] = (tile @ self.item_factors_.T)[: len(rows)]
        scores[scores <= 0] = np.nan

    def _contributions(self, customer: int, items: Array) -> tuple[Array, Array]:
        mine = slice(*self.starts_[customer : customer + 2]) if customer >= 0 else slice(0)
        taken, confidences = self.taken_[mine], self.confidences_[mine]
        Y = self.item_factors_
        gram = self._gram + (Y[taken].T * (confidences - 1)) @ Y[taken]
        parts = (Y[items] @ np.linalg.solve(gram, Y[taken].T)) * confidences
        return np.tile(taken, (len(items), 1)), parts

    def _likeness(self, items: Array) -> Array:
        lengths = np.linalg.norm(self.item_factors_, axis=1)
        there = np.maximum(lengths, np.finfo(float).tiny)
        alike = (self.item_factors_[items] / there[items, None]) @ (self.item_factors_ / there[:, None]).T
        return np.where((alike > 0) & (lengths > 0), alike, np.nan)


@numba.njit(cache=True, nogil=True)
def _solve(starts, taken, confidences, factors, gram, found):  # type: ignore[no-untyped-def]
    """Write into ``found`` (rows, factors), 0 for rows without items, by Cholesky's decomposition."""
    size = len(gram)
    matrix, right = np.empty((size, size)), np.empty(size)
    for row in range(len(starts) - 1):
        if starts[row] == starts[row + 1]:
            continue
        matrix[:] = gram
        right[:] = 0.0
        for place in range(starts[row], starts[row + 1]):
            y, more = factors[taken[place]], confidences[place] - 1.0
            for i in range(size):
                right[i] += confidences[place] * y[i]
                scaled = more * y[i]
                for j in range(i + 1):
                    matrix[i, j] += scaled * y[j]
        for i in range(size):
            for j in range(i + 1):
                total = matrix[i, j]
                for m in range(j):
                    total -= matrix[i, m] * matrix[j, m]
                matrix[i, j] = np.sqrt(total) if i == j else total / matrix[j, j]
        for i in range(size):
            for m in range(i):
                right[i] -= matrix[i, m] * right[m]
            right[i] /= matrix[i, i]
        for i in range(size - 1, -1, -1):
            for m in range(i + 1, size):
                right[i] -= matrix[m, i] * right[m]
            right[i] /= matrix[i, i]
        found[row] = right

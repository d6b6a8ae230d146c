"""Models that learn from all items at once."""

from dataclasses import dataclass

import numpy as np
import psutil
from scipy import sparse
from scipy.linalg import lapack
from threadpoolctl import threadpool_limits

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.recommend.base import Recommender
from daogou.recommend.interactions import Array, Interactions

_COLUMNS = 500  # of the item x item matrix that are counted at a time
_SMALL = 1000  # items, below which a second thread waits more than it works
_SHARE = 0.8  # of the free memory that may be used


@dataclass
class EASE(Recommender):
    """A linear model of each item on all others, in closed form.

    With X (customers, items) of weights, as :class:`ItemKNN` has them, and P = (X' X + regularization I)^-1::

        B(j, i) = -P(j, i) / P(i, i), and 0 where i = j
        score(i) = sum over the customer's items j of w_j B(j, i)

    Steck (2019), Embarrassingly shallow autoencoders for sparse data. The inverse is by Cholesky in float32. There is
    no opinion on what the customer did not take and whose score is not above 0. Memory and time grow with the square
    and the cube of the items: 20,000 take 3.2 GB.
    """

    regularization: float = 100.0
    half_life: float | None = None  # days

    def _fit(self, interactions: Interactions) -> None:
        if self.regularization <= 0:
            raise DaogouError(
                _("regularization is {value}").format(value=self.regularization), "EASE", _("Choose one above 0.")
            )
        if interactions.values is not None and (interactions.values < 0).any():
            raise DaogouError(_("a value is below 0"), "EASE", _("Values are weights: leave such rows out."))
        self.weights_ = np.log2(1 + interactions.weights(self.half_life, interactions.pairs()[2]))
        self.known_ = np.unique(self.taken_)  # only what somebody took takes part
        _check_memory(len(self.known_))
        self.coefficients_ = _coefficients(self._matrix(), float(self.regularization))

    def _matrix(self) -> sparse.csr_array:
        columns = np.searchsorted(self.known_, self.taken_)
        shape = (len(self.customer_ids_), len(self.known_))
        return sparse.csr_array((self.weights_.astype(np.float32), columns, self.starts_), shape=shape)

    def _mine(self, customer: int) -> tuple[Array, Array]:
        """Rows of the coefficients of what the customer took, and their weights."""
        mine = slice(self.starts_[customer], self.starts_[customer + 1])
        return np.searchsorted(self.known_, self.taken_[mine]), self.weights_[mine]

    def _score(self, customers: Array, scores: Array) -> None:
        for row in np.flatnonzero(customers >= 0):
            places, weights = self._mine(customers[row])
            if len(places):
                found = weights @ self.coefficients_[places].astype(np.float64)
                mine = found[places]
                found[found <= 0] = np.nan
                found[places] = mine
                scores[row, self.known_] = found

    def _likeness(self, items: Array) -> Array:
        found = np.full((len(items), len(self.item_ids_)), np.nan)
        place = np.full(len(self.item_ids_), -1)
        place[self.known_] = np.arange(len(self.known_))
        there = np.flatnonzero(place[items] >= 0)
        found[there[:, None], self.known_] = self.coefficients_[place[items[there]]]
        return np.where(found > 0, found, np.nan)

    def _contributions(self, customer: int, items: Array) -> tuple[Array, Array]:
        if customer < 0 or not len(self.known_):
            return np.full((len(items), 1), -1, np.int32), np.zeros((len(items), 1))
        places, weights = self._mine(customer)
        columns = np.minimum(np.searchsorted(self.known_, items), len(self.known_) - 1)
        there = self.known_[columns] == items
        parts = self.coefficients_[places][:, columns].T.astype(np.float64) * weights * there[:, None]
        return np.tile(self.known_[places], (len(items), 1)), parts


def _check_memory(items: int) -> None:
    """Refuse what would not fit: the matrix and a copy of it, in float32."""
    needed, free = 8 * items**2, int(_SHARE * psutil.virtual_memory().available)
    if needed > free:
        raise DaogouError(
            _("{items} items need {needed:.1f} GB of memory and {free:.1f} GB can be used").format(
                items=f"{items:,}", needed=needed / 1e9, free=free / 1e9
            ),
            "EASE",
            _("Use ItemKNN, whose memory grows with the items and not with their square, or leave rare items out."),
        )


def _coefficients(X: sparse.csr_array, regularization: float) -> Array:
    """B of X (customers, items), float32 (items, items)."""
    items = X.shape[1]
    if not items:
        return np.zeros((0, 0), np.float32)
    matrix = np.empty((items, items), np.float32, order="F")
    turned = X.T.tocsr()
    for start in range(0, items, _COLUMNS):
        matrix[:, start : start + _COLUMNS] = (turned[start : start + _COLUMNS] @ X).toarray().T
    matrix[np.diag_indices(items)] += regularization
    with threadpool_limits(1 if items < _SMALL else None, "blas"):
        factor, failed = lapack.spotrf(matrix, lower=True, overwrite_a=True)
        inverse, failed_too = lapack.spotri(factor, lower=True, overwrite_c=True)
    if failed or failed_too:
        raise DaogouError(_("the matrix cannot be inverted in float32"), "EASE", _("Choose a larger regularization."))
    diagonal = np.diag(inverse).copy()
    for row in range(1, items):  # the upper half is not written
        inverse[:row, row] = inverse[row, :row]
    inverse /= -diagonal
    inverse[np.diag_indices(items)] = 0
    return np.ascontiguousarray(inverse)

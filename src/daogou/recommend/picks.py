"""What models answer: the best items of each subject."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from daogou.recommend.interactions import Array


@dataclass(frozen=True, eq=False)
class Picks:
    """The best items of each row's subject, best first; -1 and NaN where a model has nothing more to say.

    ``subjects`` (rows,) are the ids that were asked for; ``codes`` (rows, n) are places in ``item_ids``; ``scores``
    (rows, n) float64.
    """

    subjects: pa.Array
    item_ids: pa.Array
    codes: Array
    scores: Array

    @property
    def items(self) -> Array:
        """(rows, n) original ids; None where there is no more."""
        found = self.item_ids.take(pa.array(self.codes.ravel(), mask=self.codes.ravel() < 0))
        flat = np.empty(self.codes.size, object)
        flat[:] = found.to_pylist()
        return flat.reshape(self.codes.shape)

    @property
    def counts(self) -> Array:
        """(rows,) how many items were found."""
        return np.asarray((self.codes >= 0).sum(axis=1))

    def then(self, more: "Picks") -> tuple["Picks", Array]:
        """Missing places filled from ``more`` in its order, without what is there already.

        Returns the filled picks and a (rows, n) mask of places that ``more`` filled. Both must rest on the same items.
        """
        n = self.codes.shape[1]
        again = np.zeros(more.codes.shape, bool)
        for place in range(n):
            again |= more.codes == self.codes[:, [place]]
        codes = np.hstack([self.codes, np.where(again, -1, more.codes)])
        scores = np.hstack([self.scores, more.scores])
        order = np.argsort(codes < 0, axis=1, kind="stable")[:, :n]
        codes = np.take_along_axis(codes, order, axis=1)
        scores = np.where(codes < 0, np.nan, np.take_along_axis(scores, order, axis=1))
        return Picks(self.subjects, self.item_ids, codes, scores), (order >= n) & (codes >= 0)

"""What the customer took last."""

from dataclasses import dataclass

import numpy as np

from daogou.recommend.base import Recommender
from daogou.recommend.interactions import Array, Interactions


@dataclass
class RepeatLast(Recommender):
    """What the customer took before, the latest and most often first: the floor for what people buy again.

    Score of an item the customer took: the sum over the times of 0.5 ^ (age / half_life), age in days before the last
    event of all. A short half-life ranks by the last time, None by how often; there is no opinion on what the customer
    did not take. Source: the personal top-frequency baseline of Hu et al. (2020), Modeling personalized item frequency
    information for next-basket recommendation, with decay.
    """

    half_life: float | None = 28.0  # days

    def _fit(self, interactions: Interactions) -> None:
        self.weights_ = interactions.weights(self.half_life, interactions.pairs()[2])  # (pairs,)

    def _score(self, customers: Array, scores: Array) -> None:
        for row in np.flatnonzero(customers >= 0):
            mine = slice(self.starts_[customers[row]], self.starts_[customers[row] + 1])
            scores[row, self.taken_[mine]] = self.weights_[mine]

    def _contributions(self, customer: int, items: Array) -> tuple[Array, Array]:
        weights = np.zeros(len(self.item_ids_))
        if customer >= 0:
            mine = slice(self.starts_[customer], self.starts_[customer + 1])
            weights[self.taken_[mine]] = self.weights_[mine]
        return items[:, None].astype(np.int32), weights[items][:, None]

"""What to offer whom."""

from daogou.recommend.base import Picks, Reason, Recommender
from daogou.recommend.factors import EASE
from daogou.recommend.interactions import Interactions
from daogou.recommend.item_neighbours import ItemKNN
from daogou.recommend.popular import Popular
from daogou.recommend.sequence import SequentialKNN
from daogou.recommend.user_neighbours import UserKNN

__all__ = [
    "EASE",
    "Interactions",
    "ItemKNN",
    "Picks",
    "Popular",
    "Reason",
    "Recommender",
    "SequentialKNN",
    "UserKNN",
]

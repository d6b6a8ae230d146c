"""What to offer whom."""

from daogou.recommend.base import Picks, Reason, Recommender
from daogou.recommend.interactions import Interactions
from daogou.recommend.neighbours import ItemKNN
from daogou.recommend.popular import Popular

__all__ = ["Interactions", "ItemKNN", "Picks", "Popular", "Reason", "Recommender"]

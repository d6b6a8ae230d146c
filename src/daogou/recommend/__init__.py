"""What to offer whom."""

from typing import TYPE_CHECKING

from daogou.base.lazy import lazily

if TYPE_CHECKING:
    from daogou.recommend.als import ALS
    from daogou.recommend.base import Reason, Recommender
    from daogou.recommend.content import ContentBased
    from daogou.recommend.factors import EASE
    from daogou.recommend.hybrid import Hybrid
    from daogou.recommend.interactions import Interactions
    from daogou.recommend.item_neighbours import ItemKNN
    from daogou.recommend.picks import Picks
    from daogou.recommend.popular import Popular
    from daogou.recommend.sequence import SequentialKNN
    from daogou.recommend.user_neighbours import UserKNN

__all__ = [
    "ALS",
    "EASE",
    "ContentBased",
    "Hybrid",
    "Interactions",
    "ItemKNN",
    "Picks",
    "Popular",
    "Reason",
    "Recommender",
    "SequentialKNN",
    "UserKNN",
]

__getattr__ = lazily(
    __name__,
    {
        "als": ["ALS"],
        "base": ["Reason", "Recommender"],
        "content": ["ContentBased"],
        "factors": ["EASE"],
        "hybrid": ["Hybrid"],
        "interactions": ["Interactions"],
        "item_neighbours": ["ItemKNN"],
        "picks": ["Picks"],
        "popular": ["Popular"],
        "sequence": ["SequentialKNN"],
        "user_neighbours": ["UserKNN"],
    },
)

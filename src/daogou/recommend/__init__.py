"""What to offer whom."""

from typing import TYPE_CHECKING

from daogou.base.lazy import lazily

if TYPE_CHECKING:
    from daogou.recommend.als import ALS as ALS
    from daogou.recommend.base import Reason as Reason
    from daogou.recommend.base import Recommender as Recommender
    from daogou.recommend.content import ContentBased as ContentBased
    from daogou.recommend.factors import EASE as EASE
    from daogou.recommend.hybrid import Hybrid as Hybrid
    from daogou.recommend.interactions import Interactions as Interactions
    from daogou.recommend.item_neighbours import ItemKNN as ItemKNN
    from daogou.recommend.picks import Picks as Picks
    from daogou.recommend.popular import Popular as Popular
    from daogou.recommend.sequence import SequentialKNN as SequentialKNN
    from daogou.recommend.user_neighbours import UserKNN as UserKNN

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

"""The models of the settings by name."""

from collections.abc import Callable, Iterable, Mapping

from daogou.recommend.als import ALS
from daogou.recommend.base import Recommender
from daogou.recommend.content import ContentBased
from daogou.recommend.factors import EASE
from daogou.recommend.hybrid import Hybrid
from daogou.recommend.item_neighbours import ItemKNN
from daogou.recommend.popular import Popular
from daogou.recommend.repeat_last import RepeatLast
from daogou.recommend.sequence import SequentialKNN
from daogou.recommend.settings import RecommendSettings
from daogou.recommend.user_neighbours import UserKNN

SIMPLEST = "Popular"


def candidates(names: Iterable[str], settings: RecommendSettings) -> dict[str, Recommender]:
    """A model that learnt nothing yet for each of ``names``, Popular before all others, each once."""
    return {name: _MAKERS[name](settings) for name in dict.fromkeys([SIMPLEST, *names])}


def _item_knn(settings: RecommendSettings) -> Recommender:
    return ItemKNN(
        k=settings.k,
        min_support=settings.min_support,
        shrinkage=settings.shrinkage,
        half_life=settings.half_life,
        feedback="implicit",
    )


def _user_knn(settings: RecommendSettings) -> Recommender:
    return UserKNN(
        k=settings.k,
        min_support=settings.min_support,
        shrinkage=settings.shrinkage,
        half_life=settings.half_life,
        feedback="implicit",
    )


def _sequential(settings: RecommendSettings) -> Recommender:
    return SequentialKNN(k=settings.k, window=settings.window)


def _hybrid(settings: RecommendSettings) -> Recommender:
    popular = Popular(half_life=settings.popular_half_life, segment=settings.segment or None)
    content = ContentBased(half_life=settings.half_life)
    als = ALS(half_life=settings.half_life)
    return Hybrid([popular, _item_knn(settings), _user_knn(settings), _sequential(settings), als, content])


_MAKERS: Mapping[str, Callable[[RecommendSettings], Recommender]] = {
    "Popular": lambda settings: Popular(half_life=settings.popular_half_life),
    "RepeatLast": lambda settings: RepeatLast(half_life=settings.half_life),
    "ItemKNN": _item_knn,
    "UserKNN": _user_knn,
    "SequentialKNN": _sequential,
    "ContentBased": lambda settings: ContentBased(half_life=settings.half_life),
    "ALS": lambda settings: ALS(half_life=settings.half_life),
    "EASE": lambda settings: EASE(half_life=settings.half_life),
    "Hybrid": _hybrid,
}

"""The catalogue of features: every column of ``PROFILES`` beside its key, with window, source and purpose.

How each is computed stands in docs/methods/features.md; the code is ``profile/features``.
"""

from daogou.store.column import Feature
from daogou.store.features_of_orders import GAPS, MOVING, RECENT, RHYTHM, TREND_WINDOWS, WINDOWS
from daogou.store.features_of_people import DISCOUNTS, INTERESTS, OWN, PEOPLE, RETURNS, SESSIONS, share_features

__all__ = ["FEATURES", "GROUPS", "OWN", "TREND_WINDOWS", "WINDOWS"]

GROUPS: dict[str, tuple[Feature, ...]] = {
    "Recency, frequency and money": tuple(RECENT),
    "Trends": tuple(MOVING),
    "Gaps and the due window": tuple(GAPS),
    "Categories, brands, price bands and stores": tuple(share_features()),
    "Rhythm": tuple(RHYTHM),
    "Discounts and coupons": tuple(DISCOUNTS),
    "Returns": tuple(RETURNS),
    "Events and sessions": tuple(SESSIONS),
    "Interests": tuple(INTERESTS),
    "People": (*PEOPLE, OWN),
}
FEATURES: tuple[Feature, ...] = tuple(feature for group in GROUPS.values() for feature in group)

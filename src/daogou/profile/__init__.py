"""Who the customers are: features at a moment, RFM, clusters, and who needs attention now."""

from typing import TYPE_CHECKING

from daogou.base.lazy import lazily

if TYPE_CHECKING:
    from daogou.profile.mixed_kmeans import KMeans

__all__ = ["KMeans"]

__getattr__ = lazily(__name__, {"mixed_kmeans": ["KMeans"]})

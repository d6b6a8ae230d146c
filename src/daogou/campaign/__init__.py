"""Who gets which offer, who is left out at random, what it costs and what it can show."""

from typing import TYPE_CHECKING

from daogou.base.lazy import lazily

if TYPE_CHECKING:
    from daogou.campaign.allocation.allocate import allocate
    from daogou.campaign.allocation.parquet import allocate_parquet

__all__ = ["allocate", "allocate_parquet"]

__getattr__ = lazily(__name__, {"allocation.allocate": ["allocate"], "allocation.parquet": ["allocate_parquet"]})

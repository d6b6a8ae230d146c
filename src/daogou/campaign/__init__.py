"""Who gets which offer, who is left out at random, what it costs and what it can show."""

from daogou.campaign.allocation.allocate import allocate

__all__ = ["allocate"]

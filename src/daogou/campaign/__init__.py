"""Who gets which offer, who is left out at random, what it costs and what it can show."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from daogou.campaign.allocation.allocate import allocate
    from daogou.campaign.allocation.parquet import allocate_parquet

__all__ = ["allocate", "allocate_parquet"]

_HOMES = {"allocate": "allocate", "allocate_parquet": "parquet"}


def __getattr__(name: str) -> Any:
    """The allocation is imported when it is asked for: its compiler takes half a second that settings do not need."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"daogou.campaign.allocation.{_HOMES[name]}"), name)

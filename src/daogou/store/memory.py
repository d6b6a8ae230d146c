"""How much memory an engine may fill on this machine."""

from pathlib import Path

import psutil

from daogou.store.settings import WarehouseSettings

_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")  # of a container
_FLOOR, _CAP = 1_200, 6_000  # MB: with less everything goes through the disk; with more Daogou would outgrow 8 GB
_PARTS = 4  # one of so many of the machine, between them: others work there too


def machine_mb() -> int:
    """MB of this machine's memory, or of the container that it is."""
    found = [psutil.virtual_memory().total]
    for path in map(Path, _LIMITS):
        text = path.read_text(encoding="utf-8").strip() if path.exists() else ""
        found += [int(text)] if text.isdigit() else []  # "max" says that there is no limit
    return int(min(found)) // 1_000_000


def engine_mb(settings: WarehouseSettings, machine: int) -> int:
    """MB that an engine may fill where the machine has ``machine``: what the settings say, else a share within bounds.

    >>> [engine_mb(WarehouseSettings(), machine) for machine in (4_000, 16_000, 64_000)]
    [1200, 4000, 6000]
    """
    return settings.memory or min(max(machine // _PARTS, _FLOOR), _CAP)

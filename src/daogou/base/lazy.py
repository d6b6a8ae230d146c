"""Public names of a room that load their module at first use, so that reading settings loads no library."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def lazily(package: str, homes: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """The ``__getattr__`` of ``package``, whose module (a key of ``homes``) holds the names listed there (PEP 562).

    >>> lazily("daogou.base", {"statistics": ["wilson"]})("wilson").__module__
    'daogou.base.statistics'
    """
    home = {name: module for module, names in homes.items() for name in names}

    def find(name: str) -> Any:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{home[name]}"), name)

    return find

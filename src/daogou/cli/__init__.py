"""The command line. Heavy libraries are loaded by the command that needs them."""

from daogou.cli.main import main

__all__ = ["main"]

"""Daogou: whom to contact, with what, and what it really earned."""

__version__ = "0.1.0"
